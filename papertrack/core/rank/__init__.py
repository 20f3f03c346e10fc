"""Ranking: learned from what the author kept, and explained."""
