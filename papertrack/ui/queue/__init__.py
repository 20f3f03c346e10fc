"""The rating screen as a list."""
