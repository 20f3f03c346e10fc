"""What the author says: the journal, notes and cards, and what is shown of them."""
