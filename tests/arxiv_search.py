"""Search the way arXiv's API does: no operator binds stronger than another, all group to the right.

``cat:cs.LG OR cat:cs.AI AND all:x`` is therefore everything in cs.LG, as it is on the real server.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.arxiv_documents import Preprint

    Matches = Callable[[Preprint], bool]

_TOKEN = re.compile(
    r"""\s*(?: (?P<mark>[()])
             | (?P<window>submittedDate:\[(?P<since>\d{8,12})\ TO\ (?P<until>\d{8,12})\])
             | (?:(?P<field>[a-z]+):)? (?: "(?P<phrase>[^"]*)" | (?P<word>[^\s()"]+) )
             | (?:(?P<group>[a-z]+):(?=\()) )""",
    re.VERBOSE,
)
_OPERATORS = ("AND", "OR", "ANDNOT")


class BadQuery(ValueError):
    """What the real server answers with 400."""


def read_search(query: str) -> Matches:
    """Read a query into a test of a paper."""
    tokens = [match for match in _TOKEN.finditer(query) if match[0].strip()]
    if "".join(match[0] for match in tokens).strip() != query.strip():
        raise BadQuery(query)
    matches, rest = _expression(tokens, "all")
    if rest:
        raise BadQuery(query)
    return matches


def _expression(tokens: list[re.Match[str]], field: str) -> tuple[Matches, list[re.Match[str]]]:
    left, rest = _operand(tokens, field)
    if not rest or rest[0]["mark"] == ")":
        return left, rest
    operator = rest[0]["word"] if rest[0]["word"] in _OPERATORS else None
    # Two operands side by side are joined by OR, also those that were meant as one phrase.
    right, rest = _expression(rest[1:] if operator else rest, field)
    if operator == "AND":
        return (lambda paper: left(paper) and right(paper)), rest
    if operator == "ANDNOT":
        return (lambda paper: left(paper) and not right(paper)), rest
    return (lambda paper: left(paper) or right(paper)), rest


def _operand(tokens: list[re.Match[str]], field: str) -> tuple[Matches, list[re.Match[str]]]:
    if not tokens or tokens[0]["mark"] == ")" or tokens[0]["word"] in _OPERATORS:
        what = "an operand is missing"
        raise BadQuery(what)
    first, rest = tokens[0], tokens[1:]
    if first["group"]:
        return _operand(rest, first["group"])
    if first["mark"]:
        inside, rest = _expression(rest, field)
        if not rest or rest[0]["mark"] != ")":
            what = "a parenthesis is open"
            raise BadQuery(what)
        return inside, rest[1:]
    if first["window"]:
        return _window(first["since"], first["until"]), rest
    sought = (first["phrase"] or first["word"] or "").lower()
    return _term(first["field"] or field, sought), rest


def _window(since: str, until: str) -> Matches:
    first = datetime.strptime(since.ljust(12, "0"), "%Y%m%d%H%M").replace(tzinfo=UTC)
    filled = until + "2359"[len(until) - 8 :]
    last = datetime.strptime(filled, "%Y%m%d%H%M").replace(tzinfo=UTC) + timedelta(minutes=1)
    return lambda paper: first <= paper.versions[0] < last


def _term(field: str, sought: str) -> Matches:
    if field == "cat":
        stem = sought.rstrip("*")
        is_open = sought.endswith("*")
        return lambda paper: any(
            code.lower().startswith(stem) if is_open else code.lower() == sought
            for code in paper.categories
        )
    end = "" if sought.endswith("*") else r"\b"
    whole = re.compile(rf"\b{re.escape(sought.rstrip('*'))}{end}")
    return lambda paper: bool(whole.search(_texts(paper).get(field, "").lower()))


def _texts(paper: Preprint) -> dict[str, str]:
    texts = {
        "ti": paper.title,
        "abs": paper.abstract,
        "au": ", ".join(paper.names),
        "co": paper.comment or "",
        "jr": paper.journal_ref or "",
    }
    return texts | {"all": "\n".join(texts.values())}
