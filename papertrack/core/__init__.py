"""Pure decisions: bytes and records in, records out; nothing here opens, prints or waits."""
