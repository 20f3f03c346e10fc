"""Configs that subscribe to a loopback arXiv."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.arxiv_server import ArxivServer
    from tests.author import Author

_LEARNING = """
[[sources]]
slug = "arxiv"
kind = "arxiv"
categories = ["cs.LG", "cs.AI"]
"""
_SEARCH = """
[[sources]]
slug = "search"
kind = "arxiv-query"
all = ["circuits"]
"""


def subscribe(
    author: Author,
    arxiv: ArxivServer,
    *,
    sources: str = _LEARNING,
    first_days: int = 0,
    pause_s: float = 0,
) -> None:
    """Have a config name a loopback arXiv and some sources of it."""
    author.write_config(
        author.config_text.partition("[fetch]")[0]
        + f"[fetch]\nfirst_days = {first_days}\n"
        + f'[arxiv]\npause_s = {pause_s}\nfeed_url = "{arxiv.feed_url}"\n'
        + f'oai_url = "{arxiv.oai_url}"\napi_url = "{arxiv.api_url}"\n'
        + sources
    )


def subscribe_to_search(author: Author, arxiv: ArxivServer, **more: float) -> None:
    """Have a config name a loopback arXiv and one search of it."""
    subscribe(author, arxiv, sources=_SEARCH, pause_s=more.get("pause_s", 0))
