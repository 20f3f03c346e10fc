"""Queries among the words of a call, and a mistake in one with a caret under it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperCommand

from papertrack.cli.session import plain

if TYPE_CHECKING:
    from papertrack.errors import QueryMistake

QueryArgument = Annotated[
    list[str] | None, typer.Argument(help="What to find, see below.", metavar="QUERY")
]

LANGUAGE = """
    \b
    A query:
      sparse autoencoder       both words: title, authors, abstract, notes, tags
      "sparse autoencoder"     next to each other       interp*   how words begin
      title: author: note: abstract:                    only there
      area:mi  tag:toy  source:arxiv  cat:cs.LG  kind:post  issue:2026-W45
      rating>=3.5  area:mi>=4  rating:2..3              area:mi rating>=4 is the same
      is:new later kept rejected old rated unrated judged published incomplete
         withdrawn updated brief link                   has:notes code remark …
      @7d                      judged in 7 days, or not judged and seen in them
      @2026-W46  @2026-11-01..2026-11-15  seen:2d  published<2026-10  judged:today
      -tag:hype  not ( … )  a or b                      id:2611.99901  saved:NAME
"""
# A word that begins with one hyphen and is no option: -tag:hype, -"two words", -(a or b), -hype.
_NEGATION = re.compile(r'-(?:[^\W\d_]{2}|[^-].*[:=<>]|["(@#\u201c]|[^\x00-\x7f]).*', re.DOTALL)
_GUARD = "\0"  # no call can hold it
_LEAD = "papertrack: "
_MOST_BEFORE = 60  # columns before the caret; what is left of them is cut off


class QueryCommand(TyperCommand):
    """A command with a query among its words, in which a leading hyphen means "not"."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Read the words of the call; negated terms are no options."""
        guarded = [_GUARD + word[1:] if _NEGATION.fullmatch(word) else word for word in args]
        rest = super().parse_args(ctx, guarded)
        ctx.params = {name: _without_guard(value) for name, value in ctx.params.items()}
        return rest


def _without_guard(value: object) -> object:
    if isinstance(value, str):
        return value.replace(_GUARD, "-")
    if isinstance(value, list | tuple):
        return [_without_guard(one) for one in value]
    return value


def query_text(words: list[str] | None) -> str:
    """Put the words of a call together as one query."""
    return " ".join(words or [])


def caret_lines(mistake: QueryMistake) -> str:
    """Draw a mistake in a query: the query, and under the place a caret with what is wrong."""
    before = plain(mistake.query[: mistake.at])
    after = plain(mistake.query[mistake.at :])
    cut = ""
    while _columns(before) > _MOST_BEFORE:
        before, cut = before[1:], "…"
    indent = " " * (_columns(_LEAD + cut + before))
    hint = f"; {mistake.hint}" if mistake.hint else ""
    return f"{_LEAD}{cut}{before}{after}\n{indent}^ {plain(mistake.what + hint)}"


def _columns(text: str) -> int:
    """Count the columns that a terminal needs for a text."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)
