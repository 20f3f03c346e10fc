"""arXiv: its identifiers, documents, announcements and queries."""
