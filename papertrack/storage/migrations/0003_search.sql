-- What finding an item by its words has to remember. Frozen: later changes are later files.

-- The words of every item. It keeps no text of its own (the items have it), so a row can be neither
-- changed nor deleted: an item whose words change gets a new row, and the old one belongs to nobody.
CREATE VIRTUAL TABLE search USING fts5 (
  title, authors, abstract, notes, tags,
  content = '', tokenize = "unicode61 remove_diacritics 2"
);
-- Items come in hundreds: more of them are held together before a piece of the index is written,
-- and pieces are joined later. It saves a quarter of the time (docs/decisions.md).
INSERT INTO search (search, rank) VALUES ('hashsize', 16777216);
INSERT INTO search (search, rank) VALUES ('automerge', 16);
-- Which row of the index is an item's, and a hash of the words in it. doc never comes down, so that
-- no number is given twice.
CREATE TABLE search_rows (
  doc INTEGER PRIMARY KEY,
  item_id INTEGER NOT NULL UNIQUE REFERENCES items (id),
  words_hash BLOB NOT NULL
) STRICT;
-- Items that the index knows and whose words may have changed since. New items are told by their
-- numbers: they are above all that the index knows.
CREATE TABLE search_due (
  item_id INTEGER PRIMARY KEY
) STRICT;

CREATE TRIGGER search_hears_of_items AFTER UPDATE OF title, authors, summary ON items
WHEN NEW.title IS NOT OLD.title OR NEW.authors IS NOT OLD.authors OR NEW.summary IS NOT OLD.summary
BEGIN
  INSERT OR IGNORE INTO search_due (item_id) VALUES (NEW.id);
END;
CREATE TRIGGER search_hears_of_notes AFTER INSERT ON notes
BEGIN
  INSERT OR IGNORE INTO search_due (item_id) VALUES (NEW.item_id);
END;
CREATE TRIGGER search_hears_of_lost_notes AFTER DELETE ON notes
BEGIN
  INSERT OR IGNORE INTO search_due (item_id) VALUES (OLD.item_id);
END;
CREATE TRIGGER search_hears_of_tags AFTER INSERT ON tags
BEGIN
  INSERT OR IGNORE INTO search_due (item_id) VALUES (NEW.item_id);
END;
CREATE TRIGGER search_hears_of_lost_tags AFTER DELETE ON tags
BEGIN
  INSERT OR IGNORE INTO search_due (item_id) VALUES (OLD.item_id);
END;
CREATE TRIGGER search_hears_of_remarks AFTER INSERT ON ratings WHEN NEW.remark IS NOT NULL
BEGIN
  INSERT OR IGNORE INTO search_due (item_id) VALUES (NEW.item_id);
END;
CREATE TRIGGER search_hears_of_lost_remarks AFTER DELETE ON ratings WHEN OLD.remark IS NOT NULL
BEGIN
  INSERT OR IGNORE INTO search_due (item_id) VALUES (OLD.item_id);
END;
