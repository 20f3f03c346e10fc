"""Feeds of blogs: found, read in every form that they come in, listed."""
