-- What ranking has to remember. Frozen: later changes are later files.

-- What was learned of the author: one row. journal is the last event (seq) that was heard, and
-- learned_from names all that it was learned from; body is compressed JSON.
CREATE TABLE rank_models (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  learned_from TEXT NOT NULL,
  journal INTEGER NOT NULL,
  made_at TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT;

-- What is expected of an item. It is not touched once the item is judged: it then says what was
-- expected before. words is what the words of the areas alone say.
CREATE TABLE standings (
  item_id INTEGER PRIMARY KEY REFERENCES items (id),
  made_at TEXT NOT NULL,
  learned_from TEXT NOT NULL,
  score REAL NOT NULL,
  chance REAL NOT NULL CHECK (chance BETWEEN 0 AND 1),
  words REAL NOT NULL,
  reasons TEXT NOT NULL CHECK (json_valid(reasons)),
  areas TEXT NOT NULL CHECK (json_valid(areas)),
  halves TEXT NOT NULL CHECK (json_valid(halves))
) STRICT;
