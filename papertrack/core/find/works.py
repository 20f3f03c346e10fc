"""Works that a query names: by short number, arXiv identifier, DOI or address."""

from __future__ import annotations

from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.identifier import Identifier
from papertrack.core.query.filters import Named
from papertrack.core.works.identity import identify_doi, identify_url, read_doi

_LONGEST_NUMBER = 18  # digits of an SQLite integer


def read_bare_work(text: str) -> Named | None:
    """Read a word that stands without a field; None when it is just a word."""
    if paper := read_arxiv_id(text):
        return Named(None, (Identifier("arxiv", paper.base),), text)
    is_address = text.lower().startswith(("http://", "https://"))
    found = tuple(identify_url(text)) if is_address else ()
    return Named(None, found, text) if found else None


def read_work(text: str, *, is_number: bool) -> Named | None:
    """Read what stands behind ``id:`` and its like; None when it names no work.

    Args:
        text: The value.
        is_number: Whether digits alone are a short number.
    """
    if is_number and text.isascii() and text.isdigit():
        number = int(text) if len(text) <= _LONGEST_NUMBER else -1
        return Named(number, (), text)
    if paper := read_arxiv_id(text):
        return Named(None, (Identifier("arxiv", paper.base),), text)
    if doi := read_doi(text):
        return Named(None, (identify_doi(doi),), text)
    found = tuple(identify_url(text))
    return Named(None, found, text) if found else None
