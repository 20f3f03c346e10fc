"""Ranking of items, learned from the author's judgements."""
