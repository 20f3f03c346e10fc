"""Watching sources: what to ask, when, and what is known to be complete."""
