-- Addresses name their works better than before. The new identifiers are put beside the old ones,
-- none of which is dropped or changed, when the database is next opened: storage.ingest.add_names.
INSERT INTO meta (key, value) SELECT 'names', 'due' WHERE EXISTS (SELECT 1 FROM identifiers);
