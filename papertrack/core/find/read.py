"""Read a query: ``area:mi rating>=3.5 @7d -tag:hype "sparse autoencoder"``."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from papertrack.core.find.lex import Token, cut
from papertrack.core.find.names import Vocabulary
from papertrack.core.query.filters import And, Filter, Or, bound, joined, negated
from papertrack.errors import QueryMistake, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Bounds that no person reaches: deeper or longer, SQLite would refuse the query it becomes.
MAX_CHARACTERS = 4000
MAX_TERMS = 120
MAX_DEPTH = 40


class Query(NamedTuple):
    """A query as read.

    Attributes:
        tree: What it asks for.
        notes: What the author may want to know: a tag that no item has.
    """

    tree: Filter
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What reading a query needs to know, and what it found out.

    Attributes:
        query: The text that is being read.
        within: The saved searches whose text this is, outermost first.
        budget: How many terms may still come; one number in a list, shared by saved searches.
    """

    query: str
    vocabulary: Vocabulary
    now: datetime
    zone: tzinfo
    within: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    budget: list[int] = field(default_factory=lambda: [MAX_TERMS])

    def refuse(self, what: str, at: int, hint: str | None = None) -> NoReturn:
        """Say what is wrong at a place of the query.

        Raises:
            QueryMistake: Always.
        """
        if self.within:
            what = f'in the saved search "{self.within[-1]}": {what}'
        raise QueryMistake(what, query=self.query, at=at, hint=hint)


def read_query(query: str, vocabulary: Vocabulary, *, now: datetime, zone: tzinfo) -> Query:
    """Read a query; one of nothing but blanks asks for everything.

    Args:
        query: As typed; control characters in it count as blanks.
        vocabulary: The author's areas, sources, tags, issues and saved searches.
        now: The present, for times ago.
        zone: The author's time zone, for days.

    Raises:
        QueryMistake: It cannot be read.
    """
    desk = Desk(plain_query(query), vocabulary, now, zone)
    return Query(bound(_read(desk)), tuple(dict.fromkeys(desk.notes)))


def plain_query(query: str) -> str:
    """Put a blank in the place of every character that cannot be seen."""
    return "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in query)


def read_saved(desk: Desk, name: str, at: int) -> Filter:
    """Read a saved search in the place where another query names it.

    Raises:
        QueryMistake: It cannot be read, or it is part of itself.
    """
    if name in desk.within:
        message = f'the saved search "{name}" is part of itself'
        desk.refuse(message, at, "change it in [searches] of the config")
    return _read(
        Desk(
            plain_query(desk.vocabulary.searches[name]),
            desk.vocabulary,
            desk.now,
            desk.zone,
            (*desk.within, name),
            desk.notes,
            desk.budget,
        )
    )


def _read(desk: Desk) -> Filter:
    if len(desk.query) > MAX_CHARACTERS:
        message = f"the query is longer than {MAX_CHARACTERS} characters"
        desk.refuse(message, MAX_CHARACTERS, "ask for less at once")
    tokens = _Tokens(cut(desk.query))
    if tokens.peek.sign == "end":
        return And()
    tree = _either(desk, tokens, 0)
    if tokens.peek.sign == ")":
        desk.refuse('this ")" closes nothing', tokens.peek.at, "take it out")
    return tree


class _Tokens:
    """The words of a query that were not read yet."""

    def __init__(self, tokens: list[Token]) -> None:
        self._rest: Iterator[Token] = iter(tokens)
        self.peek = next(self._rest)

    def take(self) -> Token:
        token = self.peek
        self.peek = next(self._rest, token)
        return token


def _either(desk: Desk, tokens: _Tokens, depth: int) -> Filter:
    parts = [_both(desk, tokens, depth)]
    while tokens.peek.sign == "or":
        tokens.take()
        parts.append(_both(desk, tokens, depth))
    return joined(Or, parts)


def _both(desk: Desk, tokens: _Tokens, depth: int) -> Filter:
    parts = [_single(desk, tokens, depth)]
    while tokens.peek.sign in {"and", "term", "(", "-"}:
        if tokens.peek.sign == "and":
            tokens.take()
        parts.append(_single(desk, tokens, depth))
    return joined(And, parts)


def _single(desk: Desk, tokens: _Tokens, depth: int) -> Filter:
    token = tokens.take()
    is_negated = False
    while token.sign == "-":
        is_negated = not is_negated
        token = tokens.take()
    part = _group(desk, tokens, token, depth) if token.sign == "(" else _term(desk, token)
    return negated(part) if is_negated else part


def _group(desk: Desk, tokens: _Tokens, opening: Token, depth: int) -> Filter:
    if depth >= MAX_DEPTH:
        message = f"parentheses stand more than {MAX_DEPTH} deep"
        desk.refuse(message, opening.at, "take some out")
    if tokens.peek.sign == ")":
        desk.refuse("nothing stands between these parentheses", opening.at, "fill them")
    part = _either(desk, tokens, depth + 1)
    if tokens.take().sign != ")":
        desk.refuse("this parenthesis is not closed", opening.at, 'put a ")" behind it')
    return part


def _term(desk: Desk, token: Token) -> Filter:
    from papertrack.core.query.parse import read_term  # noqa: PLC0415  # it reads saved searches

    if token.sign != "term":
        found = {"end": "the query ends", ")": '")" stands'}.get(
            token.sign, f'"{token.sign}" stands'
        )
        desk.refuse(f"{found} where something to find is missing", token.at, "write it there")
    desk.budget[0] -= 1
    if desk.budget[0] < 0:
        message = f"the query has more than {MAX_TERMS} terms"
        desk.refuse(message, token.at, "ask for less at once")
    try:
        return read_term(desk, token)
    except QueryMistake:
        raise
    except UsageError as error:
        desk.refuse(error.what, token.value_at, error.hint)
