"""The terms of the filter language: what each field may be followed by, and what that means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from papertrack.core.find import names
from papertrack.core.find.lex import RELATION, spelled
from papertrack.core.find.spans_of_time import BACKWARDS, read_span
from papertrack.core.query.filters import (
    ABSTRACT,
    AUTHOR,
    NOTE,
    TITLE,
    TOUCHED,
    Between,
    Filter,
    OneOf,
    Rated,
    Words,
)
from papertrack.core.query.words import holds_words
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from papertrack.core.find.lex import Token
    from papertrack.core.find.read import Desk

TIMES = ("seen", "judged", "announced", "published", "updated")
FIELDS = (
    *("area", "tag", "source", "author", "title", "abstract", "note", "rating", "is", "has"),
    *("kind", "cat", "issue", "id", "saved"),
    *TIMES,
)
_ALIASES = {
    alias: field
    for field, aliases in {
        "abstract": "abs summary",
        "area": "areas",
        "author": "authors by",
        "cat": "category",
        "id": "arxiv doi item",
        "is": "state",
        "note": "notes",
        "rating": "value",
        "saved": "search",
        "source": "sources",
        "tag": "tags",
    }.items()
    for alias in aliases.split()
}
_COLUMNS = frozenset({TITLE, AUTHOR, ABSTRACT, NOTE})
_SIZED = frozenset({"rating", "area", *TIMES})
_LEAST, _MOST = 1, 10  # half points
_BOUND = re.compile(rf"(.*?)({RELATION})(.*)")
_WEEK = re.compile(r"(\d{4})-?[wW](\d{2})")
_LONE_RELATION = re.compile(rf"(?!:)(?:{RELATION})")
# A word that may be an arXiv identifier or an address.
_MAY_BE_NAME = re.compile(r"\d{4}\.\d|/")


def read_term(desk: Desk, token: Token) -> Filter:
    """Read one term.

    Raises:
        UsageError: Its value cannot be read.
        QueryMistake: There is no such field, or nothing of that name.
    """
    if token.relation == "@":
        since, until = read_span(":", token.value, desk.now, desk.zone)
        return Between(TOUCHED, since, until, f":{token.value}")
    if token.field is None:
        return _bare(desk, token)
    field = _ALIASES.get(token.field, token.field)
    if field not in FIELDS:
        if not token.value:  # "AI:" at the end of a word is no field
            return Words(token.field, is_prefix=False)
        hint = (
            f"{names.suggestion(field, FIELDS, what='fields')} to find the text, put it in quotes"
        )
        desk.refuse(f'there is no field "{token.field}"', token.at, hint)
    if token.relation not in {":", "="} and field not in _SIZED:
        message = f"{field} is not something that is more or less"
        desk.refuse(message, token.at, f"write {field}:{token.value or '…'}")
    if not token.value.strip():
        desk.refuse(f"nothing stands behind {token.field}", token.value_at, "write it there")
    if field in TIMES:
        since, until = read_span(token.relation, token.value, desk.now, desk.zone)
        return Between(field, since, until, token.relation + token.value)
    if field in _COLUMNS:
        return _words(desk, token, field)
    return _READERS[field](desk, token)


def _bare(desk: Desk, token: Token) -> Filter:
    if not token.is_quoted and not token.is_prefix and _MAY_BE_NAME.search(token.value):
        from papertrack.core.find.works import read_bare_work  # noqa: PLC0415  # 10 ms, rarely

        if (work := read_bare_work(token.value)) is not None:
            return work
    return _words(desk, token, None)


def _words(desk: Desk, token: Token, column: str | None) -> Words:
    if column is None and not token.is_quoted:
        _refuse_strays(desk, token)
    if not holds_words(token.value):
        message = "this holds no letter or digit to look for"
        desk.refuse(message, token.value_at, "take it out")
    return Words(token.value, column, is_prefix=token.is_prefix)


def _refuse_strays(desk: Desk, token: Token) -> None:
    """Refuse what was meant as a sign and would pass for a word: ``rating >=3``, ``!probe``."""
    if _LONE_RELATION.match(token.value):
        message = "nothing stands before this"
        desk.refuse(message, token.at, "write it without blanks, as in rating>=3")
    if token.value.startswith("!") and holds_words(token.value):
        message = '"!" turns nothing round'
        desk.refuse(message, token.at, f"write -{token.value.lstrip('!')}")


def _area(desk: Desk, token: Token) -> Filter:
    typed, low, high = token.value, 0, 0
    size = token.bound
    if not token.is_quoted and (parts := _BOUND.fullmatch(token.value)):
        typed, size = parts[1], parts[2] + parts[3]
    if token.relation not in {":", "="}:
        desk.refuse("area is followed by a colon", token.at, "write area:NAME>=3")
    if size and (parts := _BOUND.fullmatch(size)):
        low, high = _span(parts[2], parts[3])
    slugs = names.short(_starred(token, typed), desk.vocabulary.areas, desk.vocabulary.shorts)
    if not slugs:
        hint = names.suggestion(typed, desk.vocabulary.areas, what="areas")
        desk.refuse(f'there is no area "{typed}"', token.value_at, hint)
    return Rated(low, high, slugs, typed) if size else OneOf("area", slugs, _starred(token, typed))


def _source(desk: Desk, token: Token) -> Filter:
    known = dict.fromkeys(desk.vocabulary.sources, "")
    slugs = names.short(_starred(token, token.value), known)
    if not slugs:
        hint = names.suggestion(token.value, known, what="sources")
        desk.refuse(f'there is no source "{token.value}"', token.value_at, hint)
    return OneOf("source", slugs, _starred(token, token.value))


def _tag(desk: Desk, token: Token) -> Filter:
    bare = token.value.lstrip("#")
    if not bare.strip():
        desk.refuse("nothing stands behind tag", token.value_at, "write it there")
    typed = _starred(token, bare)
    found = names.exact(typed, desk.vocabulary.tags)
    if not found:
        hint = names.suggestion(bare, desk.vocabulary.tags, what="tags")
        desk.notes.append(f'no item has the tag "{typed}"; {hint}')
    return OneOf("tag", found or (typed.removesuffix("*"),), typed)


def _issue(desk: Desk, token: Token) -> Filter:
    week = _WEEK.fullmatch(token.value)
    typed = f"{week[1]}-W{week[2]}" if week else token.value
    found = names.exact(_starred(token, typed), desk.vocabulary.issues)
    if not found:
        hint = names.suggestion(typed, desk.vocabulary.issues, what="issues")
        desk.refuse(f'there is no published issue "{typed}"', token.value_at, hint)
    return OneOf("issue", found, _starred(token, typed))


def _category(desk: Desk, token: Token) -> Filter:
    from papertrack.config.taxonomy import is_archive, may_be_category, nearest_category  # noqa: PLC0415  # reads a table

    code, guess = token.value, nearest_category(token.value)
    if guess is not None and guess.casefold() == code.casefold():
        code = guess
    elif not (is_archive(code) or may_be_category(code)):
        hint = f'did you mean "{guess}"?' if guess else "see https://arxiv.org/category_taxonomy"
        desk.refuse(f'arXiv has no category "{code}"', token.value_at, hint)
    return OneOf("cat", (code,), code)


def _flag(desk: Desk, token: Token) -> Filter:
    return _choice(desk, token, "is", names.FLAGS)


def _has(desk: Desk, token: Token) -> Filter:
    value = token.value.casefold().replace("-", "_")
    also = {"note": "notes", "tag": "tags", "remarks": "remark", "summary": "abstract"}
    return _choice(desk, token, "has", names.HAS, also.get(value, value))


def _kind(desk: Desk, token: Token) -> Filter:
    return _choice(desk, token, "kind", names.KINDS)


def _choice(
    desk: Desk, token: Token, field: str, known: tuple[str, ...], value: str | None = None
) -> Filter:
    chosen = token.value.casefold() if value is None else value
    if chosen not in known:
        hint = names.suggestion(chosen, known, what=f'words behind "{field}:"')
        desk.refuse(f'there is no "{field}:{token.value}"', token.value_at, hint)
    return OneOf(field, (chosen,), chosen)


def _rating(desk: Desk, token: Token) -> Filter:
    del desk
    return Rated(*_span(token.relation, token.value))


def _span(relation: str, text: str) -> tuple[int, int]:
    """Read a relation and a rating as the lowest and the highest half points that it lets in."""
    if relation in {":", "="}:
        first, dots, last = text.partition("..")
        if not dots:
            return (_halves(first),) * 2
        low, high = (_halves(first) if first else _LEAST), (_halves(last) if last else _MOST)
        if low > high:
            raise UsageError(BACKWARDS, hint=f"write {last}..{first}")
        return low, high
    halves = _halves(text)
    match spelled(relation):
        case ">=":
            return halves, _MOST
        case ">":
            return halves + 1, _MOST
        case "<=":
            return _LEAST, halves
        case _:
            return _LEAST, halves - 1


def _halves(text: str) -> int:
    from papertrack.core.text.halves import read_halves  # noqa: PLC0415  # only ratings need it

    return read_halves(text)


def _name(desk: Desk, token: Token) -> Filter:
    from papertrack.core.find.works import read_work  # noqa: PLC0415  # as above

    work = read_work(token.value, is_number=token.field in {"id", "item"})
    if work is None:
        what = f'"{token.value}" is no number, arXiv id, DOI or address'
        desk.refuse(what, token.value_at, "write id:2611.99901")
    return work


def _saved(desk: Desk, token: Token) -> Filter:
    from papertrack.core.find.read import read_saved  # noqa: PLC0415  # which reads terms

    found = names.exact(token.value, desk.vocabulary.searches)
    if not found:
        known = desk.vocabulary.searches
        hint = names.suggestion(token.value, known, what="saved searches")
        hint = hint if known else "write it in [searches] of the config"
        desk.refuse(f'there is no saved search "{token.value}"', token.value_at, hint)
    return read_saved(desk, found[0], token.value_at)


def _starred(token: Token, typed: str) -> str:
    return f"{typed}*" if token.is_prefix else typed


_READERS: dict[str, Callable[[Desk, Token], Filter]] = {
    "area": _area,
    "source": _source,
    "tag": _tag,
    "issue": _issue,
    "cat": _category,
    "is": _flag,
    "has": _has,
    "kind": _kind,
    "rating": _rating,
    "id": _name,
    "saved": _saved,
}
