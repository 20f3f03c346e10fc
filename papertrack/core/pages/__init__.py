"""Web pages and registries of DOIs, read as one work each."""
