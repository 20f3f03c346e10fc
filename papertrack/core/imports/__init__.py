"""Reading published digests back, from papertrack or other tools."""
