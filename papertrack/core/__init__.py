"""Pure functions from bytes and records to records, without I/O or a clock."""
