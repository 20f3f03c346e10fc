-- Titles and abstracts are stored once: storage/versions.py. Frozen: later changes are later files.

-- An item that never changed has no row. The last version of one that did has no texts, because
-- items has them; a merged item may show another's, so its versions keep theirs.
CREATE TABLE versions_once (
  item_id INTEGER NOT NULL REFERENCES items (id),
  position INTEGER NOT NULL,
  arxiv_version INTEGER,
  title TEXT,
  summary TEXT,
  seen_at TEXT NOT NULL,
  born_id INTEGER NOT NULL REFERENCES items (id),
  PRIMARY KEY (item_id, position),
  CHECK ((title IS NULL) = (summary IS NULL))
) STRICT;
INSERT INTO versions_once (item_id, position, arxiv_version, title, summary, seen_at, born_id)
SELECT v.item_id, v.position, v.arxiv_version, iif(v.is_present, NULL, v.title),
       iif(v.is_present, NULL, v.summary), v.seen_at, v.born_id
FROM (
  SELECT o.*, i.first_seen_at, i.arxiv_version AS present_version,
         i.merged_into IS NULL AND i.title = o.title AND i.summary = o.summary
         AND NOT EXISTS (SELECT 1 FROM items AS d WHERE d.merged_into = i.id)
         AND NOT EXISTS (SELECT 1 FROM versions AS later
                         WHERE later.item_id = o.item_id AND later.position > o.position)
         AS is_present
  FROM versions AS o JOIN items AS i ON i.id = o.born_id
) AS v
WHERE NOT (v.is_present AND v.position = 1 AND v.seen_at = v.first_seen_at
           AND v.arxiv_version IS v.present_version);
DROP TABLE versions;
ALTER TABLE versions_once RENAME TO versions;

-- The file shrinks when it is next opened.
INSERT OR REPLACE INTO meta (key, value) SELECT 'vacuum', 'due' WHERE EXISTS (SELECT 1 FROM items);
