"""Days, weeks and moments: read, written, and reckoned with."""
