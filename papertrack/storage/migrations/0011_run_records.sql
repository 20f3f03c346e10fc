-- What a source sent in a run, as counted: coverage and reports follow from it alone.
ALTER TABLE fetches ADD COLUMN oldest_at TEXT;
ALTER TABLE fetches ADD COLUMN announced_bytes INTEGER;
ALTER TABLE fetches ADD COLUMN received_bytes INTEGER;
ALTER TABLE fetches ADD COLUMN broke_off INTEGER;
ALTER TABLE fetches ADD COLUMN root_closed INTEGER;
ALTER TABLE fetches ADD COLUMN announced INTEGER;
ALTER TABLE fetches ADD COLUMN shown INTEGER;
ALTER TABLE fetches ADD COLUMN repeats INTEGER;
ALTER TABLE fetches ADD COLUMN state TEXT;
ALTER TABLE fetches ADD COLUMN hint TEXT;
