"""What went out, what happened to it since, and digests of elsewhere."""
