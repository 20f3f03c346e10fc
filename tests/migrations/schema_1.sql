-- A database as papertrack 0.1.0 of 2026-11-22 left it (schema 1); invented items.
PRAGMA application_id = 1347711595;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'papertrack','0001_first.sql','2026-11-22 02:19:32.412975+00:00');
CREATE TABLE areas (
  slug TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  emoji TEXT NOT NULL,
  position INTEGER NOT NULL,
  rating_label TEXT NOT NULL,
  in_contents INTEGER NOT NULL CHECK (in_contents IN (0, 1)),
  retired_at TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO "areas" VALUES('attacks','Avoiding Adversarial Attacks','🛡️',1,'Rating',1,NULL);
INSERT INTO "areas" VALUES('interp','Mechanistic Interpretability','💡',0,'Rating',1,NULL);
CREATE TABLE documents (
  url TEXT NOT NULL,
  readers TEXT NOT NULL,
  etag TEXT,
  last_modified TEXT,
  checked_at TEXT NOT NULL,
  PRIMARY KEY (url, readers)
) STRICT, WITHOUT ROWID;
INSERT INTO "documents" VALUES('http://127.0.0.1:1/a.xml','f66987e570950e720b5ae653','"v1"',NULL,'2026-11-20T13:00:01.000Z');
INSERT INTO "documents" VALUES('http://127.0.0.1:1/atom/cs.LG','ea9eb92f989a1d1763eaf33d',NULL,NULL,'2026-11-20T13:00:01.000Z');
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
INSERT INTO "events" VALUES(1,'01a1f90a-e050-71ca-95b6-c8da2d329032','37e2f7c84c6fa0b4',1795179602000,'2026-11-20T13:00:02.000Z','01a1f90a-e050-71ca-95b6-c8da2d329032','rate','arxiv:9911.99901','{"area": "interp", "field": "halves", "to": 7}');
INSERT INTO "events" VALUES(2,'01a1f90a-e051-7c14-b02c-ae4ac6f0aa82','37e2f7c84c6fa0b4',1795179602001,'2026-11-20T13:00:02.000Z','01a1f90a-e050-71ca-95b6-c8da2d329032','state','arxiv:9911.99901','{"to": "kept"}');
INSERT INTO "events" VALUES(3,'01a1f90a-e052-7ccf-b6ee-4bb068768200','37e2f7c84c6fa0b4',1795179602002,'2026-11-20T13:00:02.000Z','01a1f90a-e050-71ca-95b6-c8da2d329032','note','arxiv:9911.99901','{"field": "what", "to": "Looks inside."}');
INSERT INTO "events" VALUES(4,'01a1f90a-e438-75bc-b60e-91f725cbd311','37e2f7c84c6fa0b4',1795179603000,'2026-11-20T13:00:03.000Z','01a1f90a-e438-75bc-b60e-91f725cbd311','state','url:blog.example.org/a','{"to": "rejected"}');
INSERT INTO "events" VALUES(5,'01a1f90a-e820-74b8-82ba-2967cd82608b','37e2f7c84c6fa0b4',1795179604000,'2026-11-20T13:00:04.000Z','01a1f90a-e820-74b8-82ba-2967cd82608b','undo','act:01a1f90a-e438-75bc-b60e-91f725cbd311','{}');
INSERT INTO "events" VALUES(6,'01a1f90a-ec08-7e5b-94b6-3713c4557068','37e2f7c84c6fa0b4',1795179605000,'2026-11-20T13:00:05.000Z','01a1f90a-ec08-7e5b-94b6-3713c4557068','state','url:blog.example.org/b','{"to": "later"}');
CREATE TABLE exports (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  issue TEXT NOT NULL,
  text TEXT NOT NULL,
  text_hash BLOB NOT NULL,
  generated_at TEXT NOT NULL
) STRICT;
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
INSERT INTO "fetches" VALUES(1,'96960ea6956fe22b',1,'2026-11-20T13:00:01.000Z','2026-11-20T13:00:01.000Z','stored',200,2,2,0,0,'2026-11-20T09:00:00.000Z',NULL);
INSERT INTO "fetches" VALUES(2,'96960ea6956fe22b',2,'2026-11-20T13:00:01.000Z','2026-11-20T13:00:01.000Z','stored',200,2,2,0,0,'2026-11-20T05:00:00.000Z',NULL);
CREATE TABLE hosts (
  name TEXT PRIMARY KEY,
  asked_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "hosts" VALUES('arxiv','2026-11-20T13:00:01.000Z');
CREATE TABLE identifiers (
  scheme TEXT NOT NULL,
  value TEXT NOT NULL,
  item_id INTEGER NOT NULL REFERENCES items (id),
  born_id INTEGER NOT NULL REFERENCES items (id),
  PRIMARY KEY (scheme, value)
) STRICT, WITHOUT ROWID;
INSERT INTO "identifiers" VALUES('arxiv','9911.99901',3,3);
INSERT INTO "identifiers" VALUES('arxiv','9911.99902',4,4);
INSERT INTO "identifiers" VALUES('url','blog.example.org/a',1,1);
INSERT INTO "identifiers" VALUES('url','blog.example.org/b',2,2);
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
CREATE TABLE issue_texts (
  issue TEXT NOT NULL,
  field TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (issue, field)
) STRICT;
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
INSERT INTO "items" VALUES(1,'post','A post','[]','Some text.','https://blog.example.org/a',NULL,'2026-11-20T09:00:00.000Z',NULL,'2026-11-20T13:00:01.000Z','new','new',NULL,1,NULL,NULL,'[]',NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "items" VALUES(2,'post','On paper 9911.99901','[]','Some text.','https://blog.example.org/b',NULL,'2026-11-20T09:00:00.000Z',NULL,'2026-11-20T13:00:01.000Z','new','later','2026-11-20T13:00:05.000Z',1,NULL,NULL,'[]',NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "items" VALUES(3,'paper','Circuits of a kind','[{"name": "Ada Example"}, {"name": "Ben Sample"}]','An abstract about circuits.','https://arxiv.org/abs/9911.99901','2026-11-20T05:00:00.000Z',NULL,NULL,'2026-11-20T13:00:01.000Z','new','kept','2026-11-20T13:00:02.000Z',2,1,'cs.LG','["cs.LG", "cs.AI"]',NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "items" VALUES(4,'paper','A paper','[{"name": "Ada Example"}, {"name": "Ben Sample"}]','An abstract about circuits.','https://arxiv.org/abs/9911.99902','2026-11-20T05:00:00.000Z',NULL,NULL,'2026-11-20T13:00:01.000Z','new','new',NULL,2,1,'cs.LG','["cs.LG", "cs.AI"]',NULL,NULL,NULL,NULL,0,NULL);
CREATE TABLE merges (
  id INTEGER PRIMARY KEY,
  keep_id INTEGER NOT NULL REFERENCES items (id),
  drop_id INTEGER NOT NULL REFERENCES items (id),
  merged_at TEXT NOT NULL,
  facts TEXT NOT NULL CHECK (json_valid(facts)),
  undone_at TEXT
) STRICT;
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('device','37e2f7c84c6fa0b4');
CREATE TABLE notes (
  item_id INTEGER NOT NULL REFERENCES items (id),
  field TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (item_id, field)
) STRICT;
INSERT INTO "notes" VALUES(3,'what','Looks inside.');
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
INSERT INTO "ratings" VALUES(3,'interp',7,NULL,NULL,NULL,'2026-11-20T13:00:02.000Z');
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
INSERT INTO "sightings" VALUES(1,'post-1',1,1,'https://blog.example.org/a',X'01E8AFBBFC84CD883F312737812061E917','2026-11-20T13:00:01.000Z');
INSERT INTO "sightings" VALUES(1,'post-2',2,2,'https://blog.example.org/b',X'0189D7CC5EBA400E87CF6622E7E1BBDAFB','2026-11-20T13:00:01.000Z');
INSERT INTO "sightings" VALUES(2,'oai:arXiv.org:9911.99901',3,3,'https://arxiv.org/abs/9911.99901',X'01359B5B20CD384F9B5847A5F966F29FB3','2026-11-20T13:00:01.000Z');
INSERT INTO "sightings" VALUES(2,'oai:arXiv.org:9911.99902',4,4,'https://arxiv.org/abs/9911.99902',X'01D74DBCE6B172D59B34E6214DE421C026','2026-11-20T13:00:01.000Z');
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
INSERT INTO "sources" VALUES(1,'blog','feed','blog','http://127.0.0.1:1/a.xml',NULL,'2026-11-20T13:00:01.000Z',NULL);
INSERT INTO "sources" VALUES(2,'arxiv','arxiv','arxiv',NULL,NULL,'2026-11-20T13:00:01.000Z',NULL);
INSERT INTO "sources" VALUES(3,'by-hand','by-hand','by hand',NULL,NULL,'2026-11-20T13:00:01.000Z',NULL);
CREATE TABLE tags (
  item_id INTEGER NOT NULL REFERENCES items (id),
  tag TEXT NOT NULL,
  PRIMARY KEY (item_id, tag)
) STRICT, WITHOUT ROWID;
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
INSERT INTO "versions" VALUES(1,1,NULL,'A post','Some text.','2026-11-20T13:00:01.000Z',1);
INSERT INTO "versions" VALUES(2,1,NULL,'On paper 9911.99901','Some text.','2026-11-20T13:00:01.000Z',2);
INSERT INTO "versions" VALUES(3,1,1,'Circuits of a kind','An abstract about circuits.','2026-11-20T13:00:01.000Z',3);
INSERT INTO "versions" VALUES(4,1,1,'A paper','An abstract about circuits.','2026-11-20T13:00:01.000Z',4);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX items_by_merge ON items (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX items_by_state ON items (state, first_seen_at);
CREATE INDEX items_by_first_seen ON items (first_seen_at);
CREATE INDEX items_by_judged ON items (judged_at) WHERE judged_at IS NOT NULL;
CREATE INDEX identifiers_by_item ON identifiers (item_id);
CREATE INDEX sightings_by_item ON sightings (item_id);
CREATE INDEX events_by_subject ON events (subject);
CREATE INDEX events_by_act ON events (act);
CREATE INDEX events_by_turn ON events (turn, uid);
CREATE INDEX events_that_undo ON events (subject, turn, uid) WHERE verb IN ('undo', 'redo');
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER events_are_never_replaced BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE uid = NEW.uid OR seq = NEW.seq)
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE INDEX ratings_by_area ON ratings (area);
CREATE INDEX tags_by_tag ON tags (tag);
CREATE INDEX issue_items_by_item ON issue_items (item_id);
CREATE INDEX exports_by_path ON exports (path, text_hash);
CREATE INDEX fetches_by_source ON fetches (source_id, started_at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('items',4);
INSERT INTO "sqlite_sequence" VALUES('events',6);
COMMIT;
