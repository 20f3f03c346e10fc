"""Digests that were written elsewhere, or before there was a ledger."""
