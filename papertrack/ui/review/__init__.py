"""The rating screen, a card at a time."""
