-- What an intake that misses nothing has to remember. Frozen: later changes are later files.
-- A "day" is YYYY-MM-DD: New York's for arXiv, which announces by it, else the author's.

-- Before this moment the server wants not to be asked again; NULL means any time.
ALTER TABLE documents ADD COLUMN due_at TEXT;

-- What an address said of itself: moved for good (how often in a row, to where), or gone.
CREATE TABLE addresses (
  url TEXT PRIMARY KEY,
  moved_to TEXT,
  times_moved INTEGER NOT NULL DEFAULT 0,
  moved_at TEXT,
  gone_at TEXT
) STRICT, WITHOUT ROWID;

-- How far a source has got in an archive: a set of arXiv's OAI-PMH, or its own query.
-- token is where a harvest that was broken off goes on, NULL when it was completed;
-- reached is the moment up to which all is known, NULL before the first complete one.
CREATE TABLE harvests (
  source_id INTEGER NOT NULL REFERENCES sources (id),
  name TEXT NOT NULL,
  since TEXT NOT NULL,
  token TEXT,
  answered_at TEXT,
  reached TEXT,
  PRIMARY KEY (source_id, name)
) STRICT, WITHOUT ROWID;

-- Which papers arXiv's feed announced first in a category on a day, so that a feed that shows
-- yesterday's again is told from a new one. Only the last few days are kept.
CREATE TABLE batches (
  category TEXT NOT NULL,
  day TEXT NOT NULL,
  papers TEXT NOT NULL CHECK (json_valid(papers)),
  PRIMARY KEY (category, day)
) STRICT, WITHOUT ROWID;

-- How a source fared on a day: complete, quiet, stale, late or failed.
CREATE TABLE coverage (
  source_id INTEGER NOT NULL REFERENCES sources (id),
  day TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT,
  entries INTEGER NOT NULL DEFAULT 0,
  new INTEGER NOT NULL DEFAULT 0,
  checked_at TEXT NOT NULL,
  PRIMARY KEY (source_id, day)
) STRICT, WITHOUT ROWID;

-- When each version of a paper was submitted, as arXiv's archive tells.
CREATE TABLE submissions (
  item_id INTEGER NOT NULL REFERENCES items (id),
  version INTEGER NOT NULL,
  submitted_at TEXT NOT NULL,
  born_id INTEGER NOT NULL REFERENCES items (id),
  PRIMARY KEY (item_id, version)
) STRICT, WITHOUT ROWID;

-- Papers that the text of an item links to, when it links to one or two.
CREATE TABLE mentions (
  item_id INTEGER NOT NULL REFERENCES items (id),
  arxiv TEXT NOT NULL,
  PRIMARY KEY (item_id, arxiv)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_by_paper ON mentions (arxiv);

-- Pairs of items that may be one work; the lower number first. answer is NULL while the author
-- has not been asked, else "merged" or "apart": those are never proposed nor merged again.
CREATE TABLE pairs (
  first_id INTEGER NOT NULL REFERENCES items (id),
  second_id INTEGER NOT NULL REFERENCES items (id),
  reason TEXT NOT NULL,
  proposed_at TEXT NOT NULL,
  answer TEXT,
  PRIMARY KEY (first_id, second_id),
  CHECK (first_id < second_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pairs_by_second ON pairs (second_id);
