-- What a draft needs to be merged with its edited file, and read back. Frozen: later changes are
-- later files.

-- Which stretch of the text says what: a list of [start, end, subject, field, area].
ALTER TABLE exports ADD COLUMN spans TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(spans));

-- What it was made with, so that the same draft can be made again: an object, see commands/draft.
ALTER TABLE exports ADD COLUMN recipe TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(recipe));

-- 1 once the file was in place. An export is remembered before its file is replaced; where 0 is
-- left, the call was cut off, and the file may still hold what was there before.
ALTER TABLE exports ADD COLUMN placed INTEGER NOT NULL DEFAULT 1 CHECK (placed IN (0, 1));

-- What addresses that drafts link to answered when they were last asked. status is NULL when no
-- answer came; then error says why.
CREATE TABLE link_checks (
  url TEXT PRIMARY KEY,
  status INTEGER,
  error TEXT,
  checked_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
