-- An issue that was published again counts from the first time. Frozen: later changes are later
-- files.
UPDATE issues SET published_at = coalesce(
  (SELECT min(json_extract(said.payload, '$.published_at')) FROM events AS said
   WHERE said.subject = 'issue:' || issues.slug AND said.verb = 'publish' AND coalesce(
     (SELECT last.verb FROM events AS last
      WHERE last.subject = 'act:' || said.act AND last.verb IN ('undo', 'redo')
      ORDER BY turn DESC, uid DESC LIMIT 1), '') <> 'undo'),
  published_at);

-- Up to when its window reaches, and the next one begins. Drafts of before did not tell.
UPDATE issues SET window_until = published_at;
