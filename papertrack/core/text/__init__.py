"""Text utilities: cleaning, decoding, escaping, conversion and comparison."""
