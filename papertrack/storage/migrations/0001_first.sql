-- The first schema of papertrack. Frozen: later changes are later files.
-- Times are UTC, "YYYY-MM-DDTHH:MM:SS.mmmZ", so that they sort as text.

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Sections of the digest, mirrored from the config by slug; retired, never deleted.
CREATE TABLE areas (
  slug TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  emoji TEXT NOT NULL,
  position INTEGER NOT NULL,
  rating_label TEXT NOT NULL,
  in_contents INTEGER NOT NULL CHECK (in_contents IN (0, 1)),
  retired_at TEXT
) STRICT, WITHOUT ROWID;

-- Where items come from, mirrored from the config by slug; retired, never deleted.
CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  url TEXT,
  area TEXT,
  added_at TEXT NOT NULL,
  retired_at TEXT
) STRICT;

-- One work a row: what the outside says of it, and the state it has in the author's week.
CREATE TABLE items (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  authors TEXT NOT NULL CHECK (json_valid(authors)),
  summary TEXT NOT NULL,
  url TEXT,
  announced_at TEXT,
  published_at TEXT,
  updated_at TEXT,
  first_seen_at TEXT NOT NULL,
  intake TEXT NOT NULL,
  state TEXT NOT NULL,
  judged_at TEXT,
  origin_id INTEGER REFERENCES sources (id),
  arxiv_version INTEGER,
  primary_category TEXT,
  categories TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(categories)),
  comment TEXT,
  journal_ref TEXT,
  doi TEXT,
  licence TEXT,
  withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
  merged_into INTEGER REFERENCES items (id),
  CHECK ((state = 'merged') = (merged_into IS NOT NULL))
) STRICT;
CREATE INDEX items_by_merge ON items (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX items_by_state ON items (state, first_seen_at);
CREATE INDEX items_by_first_seen ON items (first_seen_at);
CREATE INDEX items_by_judged ON items (judged_at) WHERE judged_at IS NOT NULL;

-- Where duplicates meet: arxiv ids without version, dois, canonical urls, forum posts, local ids.
-- born_id is the item it first belonged to, so that a merge can be taken apart again.
CREATE TABLE identifiers (
  scheme TEXT NOT NULL,
  value TEXT NOT NULL,
  item_id INTEGER NOT NULL REFERENCES items (id),
  born_id INTEGER NOT NULL REFERENCES items (id),
  PRIMARY KEY (scheme, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX identifiers_by_item ON identifiers (item_id);

-- Which source showed which item under which guid, and a hash of what it said last.
CREATE TABLE sightings (
  source_id INTEGER NOT NULL REFERENCES sources (id),
  guid TEXT NOT NULL,
  item_id INTEGER NOT NULL REFERENCES items (id),
  born_id INTEGER NOT NULL REFERENCES items (id),
  url TEXT,
  content_hash BLOB NOT NULL,
  first_seen_at TEXT NOT NULL,
  PRIMARY KEY (source_id, guid, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_by_item ON sightings (item_id);

-- Title and summary as seen, whenever they changed.
CREATE TABLE versions (
  item_id INTEGER NOT NULL REFERENCES items (id),
  position INTEGER NOT NULL,
  arxiv_version INTEGER,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  born_id INTEGER NOT NULL REFERENCES items (id),
  PRIMARY KEY (item_id, position)
) STRICT;

-- Two items that turned out to be one work: what the one that stays was like before, so that the
-- merge can be taken apart, and remembered as a mistake.
CREATE TABLE merges (
  id INTEGER PRIMARY KEY,
  keep_id INTEGER NOT NULL REFERENCES items (id),
  drop_id INTEGER NOT NULL REFERENCES items (id),
  merged_at TEXT NOT NULL,
  facts TEXT NOT NULL CHECK (json_valid(facts)),
  undone_at TEXT
) STRICT;

-- The journal of everything the author said. Append-only; the tables below it are drawn from it.
-- turn is the order (milliseconds, never going back), at is what the clock said.
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL UNIQUE,
  device TEXT NOT NULL,
  turn INTEGER NOT NULL,
  at TEXT NOT NULL,
  act TEXT NOT NULL,
  verb TEXT NOT NULL,
  subject TEXT NOT NULL,
  payload TEXT NOT NULL CHECK (json_valid(payload))
) STRICT;
CREATE INDEX events_by_subject ON events (subject);
CREATE INDEX events_by_act ON events (act);
CREATE INDEX events_by_turn ON events (turn, uid);
CREATE INDEX events_that_undo ON events (subject, turn, uid) WHERE verb IN ('undo', 'redo');
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;
-- INSERT OR REPLACE would delete without asking the trigger below.
CREATE TRIGGER events_are_never_replaced BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE uid = NEW.uid OR seq = NEW.seq)
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;

-- Projections of the journal.
CREATE TABLE ratings (
  item_id INTEGER NOT NULL REFERENCES items (id),
  area TEXT NOT NULL,
  halves INTEGER CHECK (halves BETWEEN 1 AND 10),
  emoji TEXT,
  label TEXT,
  remark TEXT,
  rated_at TEXT,
  PRIMARY KEY (item_id, area)
) STRICT, WITHOUT ROWID;
CREATE INDEX ratings_by_area ON ratings (area);

CREATE TABLE tags (
  item_id INTEGER NOT NULL REFERENCES items (id),
  tag TEXT NOT NULL,
  PRIMARY KEY (item_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_by_tag ON tags (tag);

CREATE TABLE notes (
  item_id INTEGER NOT NULL REFERENCES items (id),
  field TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (item_id, field)
) STRICT;

CREATE TABLE issue_texts (
  issue TEXT NOT NULL,
  field TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (issue, field)
) STRICT;

-- The ledger of what was published, with each rating as it was printed.
CREATE TABLE issues (
  slug TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  date TEXT NOT NULL,
  window_since TEXT,
  window_until TEXT,
  published_at TEXT NOT NULL,
  text TEXT NOT NULL,
  text_hash BLOB NOT NULL,
  event TEXT
) STRICT;
CREATE TABLE issue_items (
  issue TEXT NOT NULL REFERENCES issues (slug),
  item_id INTEGER NOT NULL REFERENCES items (id),
  area TEXT NOT NULL,
  position INTEGER NOT NULL,
  section TEXT,
  title TEXT,
  url TEXT,
  halves INTEGER CHECK (halves BETWEEN 1 AND 10),
  rating_text TEXT,
  PRIMARY KEY (issue, item_id, area)
) STRICT, WITHOUT ROWID;
CREATE INDEX issue_items_by_item ON issue_items (item_id);

-- Every draft as it was generated, so that a hand edit can be told from our own text.
CREATE TABLE exports (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  issue TEXT NOT NULL,
  text TEXT NOT NULL,
  text_hash BLOB NOT NULL,
  generated_at TEXT NOT NULL
) STRICT;
CREATE INDEX exports_by_path ON exports (path, text_hash);

-- One row a source and run.
CREATE TABLE fetches (
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  source_id INTEGER NOT NULL REFERENCES sources (id),
  started_at TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  outcome TEXT NOT NULL,
  http_status INTEGER,
  entries INTEGER NOT NULL DEFAULT 0,
  new INTEGER NOT NULL DEFAULT 0,
  updated INTEGER NOT NULL DEFAULT 0,
  dropped INTEGER NOT NULL DEFAULT 0,
  newest_at TEXT,
  error TEXT
) STRICT;
CREATE INDEX fetches_by_source ON fetches (source_id, started_at);

-- What a server gave us to ask again with; valid only while the same sources read the document.
CREATE TABLE documents (
  url TEXT NOT NULL,
  readers TEXT NOT NULL,
  etag TEXT,
  last_modified TEXT,
  checked_at TEXT NOT NULL,
  PRIMARY KEY (url, readers)
) STRICT, WITHOUT ROWID;

-- When a host was last asked, for the pause that arXiv wants between requests.
CREATE TABLE hosts (
  name TEXT PRIMARY KEY,
  asked_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
