-- Addresses name their works better than before: papertrack.storage.duplicates.add_names puts the new
-- identifiers beside the old ones, none of which is dropped or changed: the journal names items by them.
SELECT 1;
