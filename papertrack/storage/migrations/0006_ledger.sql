-- What publishing has to remember. Frozen: later changes are later files.
-- What was known of a paper when an issue went out, so that later news of it can be told.
ALTER TABLE issue_items ADD COLUMN arxiv_version INTEGER;
ALTER TABLE issue_items ADD COLUMN journal_ref TEXT;
ALTER TABLE issue_items ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0
  CHECK (withdrawn IN (0, 1));

-- The key it was cited by in bibliographies, which never changes any more.
ALTER TABLE issue_items ADD COLUMN cite_key TEXT;
