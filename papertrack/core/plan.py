"""Plan a run: which documents to ask for, and which sources read each of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from papertrack.config import ArxivConfig, ArxivQuerySource, ArxivSource, FeedSource, SourceConfig
from papertrack.core.words import is_wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.config import Config
    from papertrack.core.records import Entry

# How many papers of a query are asked for at once; arXiv's manual wants queries refined above
# 1,000, and its servers fail on some larger pages.
QUERY_PAGE = 200


@dataclass(frozen=True, slots=True)
class Download:
    """One document to ask for.

    Attributes:
        kind: How it is read: ``arxiv`` or ``feed``.
        readers: The sources that take entries from it.
        is_arxiv: Whether arXiv's pause between requests holds for it.
    """

    url: str
    kind: str
    readers: tuple[SourceConfig, ...]
    is_arxiv: bool
    allow_private_network: bool
    user_agent: str | None

    @property
    def fingerprint(self) -> str:
        """A short text that changes whenever a reader comes, goes or chooses other words."""
        said = msgspec.json.encode(self.readers)
        return hashlib.blake2b(said, digest_size=12).hexdigest()


def plan(config: Config, sources: Sequence[SourceConfig]) -> list[Download]:
    """Plan the downloads for some sources: arXiv's daily feed once for all categories together.

    Args:
        config: The config, for arXiv's addresses.
        sources: The sources to fetch, each of them in the config.
    """
    daily = [source for source in sources if isinstance(source, ArxivSource)]
    downloads: list[Download] = []
    if daily:
        categories = sorted({category for source in daily for category in source.categories})
        url = f"{config.arxiv.feed_url.rstrip('/')}/{'+'.join(categories)}"
        downloads.append(_arxiv_download(url, daily, config.arxiv.feed_url))
    for source in sources:
        match source:
            case ArxivQuerySource():
                url = query_url(config.arxiv.api_url, source)
                downloads.append(_arxiv_download(url, [source], config.arxiv.api_url))
            case FeedSource():
                downloads.append(
                    Download(
                        url=source.url,
                        kind="feed",
                        readers=(source,),
                        is_arxiv=False,
                        allow_private_network=source.allow_private_network,
                        user_agent=source.user_agent,
                    )
                )
            case ArxivSource():
                pass
    return downloads


def query_url(api_url: str, source: ArxivQuerySource) -> str:
    """Address the newest papers of a query."""
    parameters = {
        "search_query": write_query(source),
        "start": 0,
        "max_results": QUERY_PAGE,
        "sortBy": "submittedDate",
        "sortOrder": "descending",
    }
    return f"{api_url}?{urlencode(parameters)}"


def is_mirror(base_url: str) -> bool:
    """Tell whether the author named an address in ``[arxiv]``; such a one may be a private one."""
    return base_url not in {ArxivConfig().feed_url, ArxivConfig().api_url}


def write_query(source: ArxivQuerySource) -> str:
    """Write a query in arXiv's grammar, every group in parentheses and every value in quotes.

    The grammar knows no precedence and groups to the right, so ``a ANDNOT b AND c`` would mean
    ``a ANDNOT (b AND c)``; one pair of parentheses around each step makes every reading the same.
    """
    groups = [f'all:"{_quoted(word)}"' for word in source.all]
    for prefix, values in (("all", source.any), ("au", source.authors), ("cat", source.categories)):
        if values:
            terms = [
                f"cat:{value}" if prefix == "cat" else f'{prefix}:"{_quoted(value)}"'
                for value in values
            ]
            groups.append(_joined(terms, "OR"))
    query = _joined(groups, "AND")
    for word in source.exclude:
        query = f'({query} ANDNOT all:"{_quoted(word)}")'
    return query


def takes(source: SourceConfig, entry: Entry) -> bool:
    """Tell whether an entry of a shared document is meant for a source at all."""
    if not isinstance(source, ArxivSource) or entry.arxiv is None or not entry.arxiv.categories:
        return True
    wanted = {category.lower() for category in source.categories}
    return any(
        category.lower() in wanted or category.split(".")[0].lower() in wanted
        for category in entry.arxiv.categories
    )


def wants(source: SourceConfig, entry: Entry) -> bool:
    """Tell whether a source's words let a new entry in; a query has done that on the server."""
    if isinstance(source, ArxivQuerySource):
        return True
    text = f"{entry.title}\n{entry.summary}"
    return is_wanted(text, include=source.include, exclude=source.exclude)


def _arxiv_download(url: str, readers: Sequence[SourceConfig], base_url: str) -> Download:
    return Download(
        url=url,
        kind="arxiv",
        readers=tuple(readers),
        is_arxiv=True,
        allow_private_network=is_mirror(base_url)
        or any(one.allow_private_network for one in readers),
        user_agent=next((one.user_agent for one in readers if one.user_agent), None),
    )


def _quoted(value: str) -> str:
    return " ".join(value.replace('"', " ").replace("*", " ").split())


def _joined(terms: Sequence[str], operator: str) -> str:
    joined = terms[0]
    for term in terms[1:]:
        joined = f"({joined} {operator} {term})"
    return joined
