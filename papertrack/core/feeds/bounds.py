"""How long the parts of an entry may be; a sender chooses them, and some choose megabytes."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from papertrack.core.text.html_text import SUMMARY_LIMIT, cut_text

if TYPE_CHECKING:
    from papertrack.core.records import ArxivFacts, Entry

# Several times what real ones have: the longest title of 74,728 papers has 246 characters; papers
# of large experiments name 3,000 authors and more.
_TITLE, _NAME, _ADDRESS = 1_000, 2_000, 8_000
_AUTHORS, _LINKS, _CATEGORIES = 6_000, 20, 100


def bounded(entry: Entry) -> Entry:
    """Cut what is longer than anybody needs; nearly every entry stays as it is."""
    is_modest = (
        len(entry.title) <= _TITLE
        and len(entry.guid) <= _NAME
        and len(entry.url or "") <= _ADDRESS
        and len(entry.summary) <= SUMMARY_LIMIT
        and len(entry.authors) <= _AUTHORS
        and len(entry.links) <= _LINKS
        and (entry.arxiv is None or len(entry.arxiv.categories) <= _CATEGORIES)
    )
    if is_modest:
        return entry
    return replace(
        entry,
        title=cut_text(entry.title, _TITLE),
        guid=entry.guid if len(entry.guid) <= _NAME else _hashed(entry.guid),
        url=entry.url if entry.url and len(entry.url) <= _ADDRESS else None,
        summary=cut_text(entry.summary),
        authors=entry.authors[:_AUTHORS],
        links=tuple(link for link in entry.links[:_LINKS] if len(link) <= _ADDRESS),
        arxiv=_bounded_facts(entry.arxiv) if entry.arxiv else None,
    )


def _bounded_facts(facts: ArxivFacts) -> ArxivFacts:
    return replace(facts, categories=facts.categories[:_CATEGORIES])


def _hashed(guid: str) -> str:
    return f"hash:{blake2b(guid.encode(), digest_size=16).hexdigest()}"
