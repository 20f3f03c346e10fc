"""The query language, its completion, and how its words match."""
