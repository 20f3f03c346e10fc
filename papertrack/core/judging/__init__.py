"""The author's judgements: journal, notes, cards, and their display."""
