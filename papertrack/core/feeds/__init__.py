"""Feeds: discovery, parsing (RSS, Atom, JSON Feed), and lists of them in OPML."""
