"""The queue of the rating screen as a list."""
