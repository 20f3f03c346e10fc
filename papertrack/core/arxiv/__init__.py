"""arXiv: identifiers, documents, announcements and queries."""
