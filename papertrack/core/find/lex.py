"""The words of a query, each with its place: parentheses, negations, "and", "or" and terms."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from papertrack.errors import QueryMistake

Sign = Literal["(", ")", "-", "and", "or", "term", "end"]

RELATION = r":|>=|<=|=>|=<|>|<|=|\N{GREATER-THAN OR EQUAL TO}|\N{LESS-THAN OR EQUAL TO}"
_FIELD = re.compile(rf"([A-Za-z]+)({RELATION})")
_RELATION = re.compile(RELATION)
# Word processors turn quotes into these; nobody means the character.
_OPENING, _CLOSING = '"\N{LEFT DOUBLE QUOTATION MARK}', '"\N{RIGHT DOUBLE QUOTATION MARK}'
_ADDRESS = re.compile(r"https?://[^\s\"\u201c\u201d]+", re.IGNORECASE)
_RUN = re.compile(r"[^\s()\"\u201c\u201d]*")
_SPELLINGS = {
    "=>": ">=",
    "\N{GREATER-THAN OR EQUAL TO}": ">=",
    "=<": "<=",
    "\N{LESS-THAN OR EQUAL TO}": "<=",
}
_OPERATORS: dict[str, Sign] = {
    "and": "and",
    "&": "and",
    "&&": "and",
    "or": "or",
    "|": "or",
    "||": "or",
    "not": "-",
}


class Token(NamedTuple):
    """One word of a query.

    Attributes:
        sign: What it is.
        at: Its place in the query, in characters from 0.
        field: The name before the relation, in lower case; None for words and times.
        relation: ``:``, ``=``, ``>``, ``>=``, ``<`` or ``<=``; ``@`` for a time without a field.
        value: What follows, without quotes.
        value_at: Its place.
        is_quoted: Whether it stood in quotes.
        is_prefix: Whether ``*`` stood behind it.
        bound: A relation and value behind a quoted value: ``area:"mi">=3``; else empty.
    """

    sign: Sign
    at: int
    field: str | None = None
    relation: str = ""
    value: str = ""
    value_at: int = 0
    is_quoted: bool = False
    is_prefix: bool = False
    bound: str = ""


def cut(query: str) -> list[Token]:
    """Cut a query into its words; the last one is ``end``.

    Args:
        query: Without control characters.

    Raises:
        QueryMistake: A quotation is not closed.
    """
    tokens: list[Token] = []
    at = 0
    while at < len(query):
        character = query[at]
        if character.isspace():
            at += 1
        elif character in "()":
            tokens.append(Token("(" if character == "(" else ")", at))
            at += 1
        elif character == "-" and query[at + 1 : at + 2].strip():
            tokens.append(Token("-", at))
            at += 1
        else:
            token, at = _term(query, at)
            tokens.append(token)
    tokens.append(Token("end", len(query)))
    return tokens


def spelled(relation: str) -> str:
    """Write a relation the one way that the rest of the program knows."""
    return _SPELLINGS.get(relation, relation)


def _term(query: str, start: int) -> tuple[Token, int]:
    """Cut one term or operator off; returns it and where the next one may begin."""
    if address := _ADDRESS.match(query, start):
        return Token("term", start, value=address[0], value_at=start), address.end()
    name = _FIELD.match(query, start)
    if query[start] == "@":
        field, relation, at = None, "@", start + 1
    elif name:
        field, relation, at = name[1].lower(), spelled(name[2]), name.end()
    else:
        field, relation, at = None, "", start
    if query[at : at + 1] and query[at] in _OPENING + _CLOSING:
        return _quotation(query, Token("term", start, field, relation, value_at=at + 1))
    run = _RUN.match(query, at)
    value = run[0] if run else ""
    if not (name or relation) and (sign := _OPERATORS.get(value.casefold())):
        return Token(sign, start), at + len(value)
    is_prefix = len(value) > 1 and value.endswith("*")
    token = Token("term", start, field, relation, value.removesuffix("*") if is_prefix else value)
    return token._replace(value_at=at, is_prefix=is_prefix), at + len(value)


def _quotation(query: str, token: Token) -> tuple[Token, int]:
    """Read a value in quotes, and what follows it without a blank."""
    start = token.value_at
    end = next((at for at in range(start, len(query)) if query[at] in _OPENING + _CLOSING), None)
    if end is None:
        message = "this quotation is not closed"
        raise QueryMistake(message, query=query, at=start - 1, hint='put a " behind it')
    at = end + 1
    is_prefix = query[at : at + 1] == "*"
    at += is_prefix
    bound = ""
    if token.field and _RELATION.match(query, at) and (run := _RUN.match(query, at)):
        bound = run[0]
        at = run.end()
    whole = token._replace(value=query[start:end], is_quoted=True, is_prefix=is_prefix, bound=bound)
    return whole, at
