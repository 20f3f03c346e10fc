-- Addresses lose their passwords and keys: only the config holds those. Frozen: later changes are
-- later files.

-- What is secret in an address cannot be told in SQL, so an address that may hold a secret goes as a
-- whole. All of it comes back by itself: the addresses of sources from the config, the rest from the
-- next fetch, which downloads such a feed once more in full.
CREATE TEMP TABLE suspects AS
SELECT url FROM (
  SELECT url FROM sources WHERE url IS NOT NULL
  UNION SELECT url FROM documents
  UNION SELECT url FROM addresses
  UNION SELECT moved_to FROM addresses WHERE moved_to IS NOT NULL
) AS known, (SELECT column1 AS pattern FROM (VALUES
  ('%://%@%'), ('%/private/%'), ('%;%=%'), ('%?%\%%'),
  ('%?%token%'), ('%?%secret%'), ('%?%pass%'), ('%?%pwd%'), ('%?%key%'), ('%?%auth%'),
  ('%?%sig%'), ('%?%sess%'), ('%?%sid%'), ('%?%cred%'), ('%?%hmac%'), ('%?%jwt%'),
  ('%?%bearer%'), ('%?%otp%'), ('%?%://%'), ('%reddit.com/%?%')
)) AS secret
WHERE known.url LIKE secret.pattern ESCAPE '\'
GROUP BY known.url;

UPDATE sources SET url = NULL WHERE url IN (SELECT url FROM suspects);
DELETE FROM documents WHERE url IN (SELECT url FROM suspects);
DELETE FROM addresses WHERE url IN (SELECT url FROM suspects)
  OR moved_to IN (SELECT url FROM suspects);
UPDATE fetches SET error = 'an error that named an address' WHERE error LIKE '%://%';
UPDATE coverage SET reason = 'an error that named an address' WHERE reason LIKE '%://%';

-- What was deleted stands in the file until its space is used again, so the file is to be written
-- anew; no step can do that, for it is no part of a transaction.
INSERT INTO meta (key, value) SELECT 'vacuum', 'due' WHERE EXISTS (SELECT 1 FROM suspects);
DROP TABLE suspects;
