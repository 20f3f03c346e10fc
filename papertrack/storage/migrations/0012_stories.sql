-- What finds items that may tell the same story. Frozen: later changes are later files.

-- Hashes of an item's own title and of the first words of its text, which other items may share;
-- NULL where they say too little. Made again by storage.pairs.write_all_story_keys.
CREATE TABLE story_keys (
  item_id INTEGER PRIMARY KEY REFERENCES items (id),
  title INTEGER,
  opening INTEGER
) STRICT;
CREATE INDEX story_keys_by_title ON story_keys (title) WHERE title IS NOT NULL;
CREATE INDEX story_keys_by_opening ON story_keys (opening) WHERE opening IS NOT NULL;

-- Stored items get theirs when the database is next opened.
INSERT INTO meta (key, value) SELECT 'stories', 'due' WHERE EXISTS (SELECT 1 FROM items);
