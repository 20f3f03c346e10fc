"""The filter language as a tree, and the names that a filter may use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.core.identifier import Identifier
from papertrack.core.kinds import Kind, State

if TYPE_CHECKING:
    from collections.abc import Iterator

# What `is:` may be followed by, beside the states and kinds.
IS = (
    *("rated", "unrated", "judged", "published", "incomplete", "withdrawn", "updated"),
    *("brief", "link"),
)
HAS = (
    *("abstract", "authors", "code", "comment", "deadline", "doi", "journal", "notes", "remark"),
    *("tags", "url", "what", "new", "meaning", "good_for", "body", "line", "teaser"),
)
STATES = tuple(state.value for state in State)
KINDS = tuple(kind.value for kind in Kind)
FLAGS = (*STATES, *IS, *KINDS)

_LIKE_ENOUGH = 0.5
_LISTED = 12


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names of an author's own things.

    Attributes:
        areas: Name by slug, retired ones too.
        sources: Slugs, retired ones too.
        tags: As typed.
        issues: Of the ledger.
        searches: Saved queries by name.
        shorts: Short names of areas, by slug.
    """

    areas: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    searches: Mapping[str, str] = field(default_factory=dict)
    shorts: Mapping[str, str] = field(default_factory=dict)


def exact(typed: str, known: Iterable[str]) -> tuple[str, ...]:
    """Find names in any case; with ``*`` at the end, all that begin so."""
    wanted = typed.casefold()
    if wanted.endswith("*"):
        return tuple(name for name in known if name.casefold().startswith(wanted[:-1]))
    return tuple(name for name in known if name.casefold() == wanted)


def short(
    typed: str, known: Mapping[str, str], shorts: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Find slugs by a short form: all that begin so, else those whose initials it is.

    Args:
        typed: ``mech``, or ``mi`` for "mech-interp" or for the name "Mechanistic Interpretability".
        known: Names by slug.
        shorts: Short names by slug that the author gave; they come before what we make of others.
    """
    wanted = typed.casefold()
    given = (slug for slug, word in (shorts or {}).items() if word.casefold() == wanted)
    if found := exact(typed, known) or tuple(slug for slug in given if slug in known):
        return found
    if found := exact(f"{wanted}*", known):
        return found
    return tuple(
        slug
        for slug, name in known.items()
        if wanted in {_initials(slug.replace("-", " ")), _initials(name)}
    )


def suggestion(typed: str, known: Iterable[str], *, what: str) -> str:
    """Say which name was meant, else which there are.

    Args:
        typed: What was typed.
        known: The names there are.
        what: What they are names of, in the plural: ``areas``.
    """
    import difflib  # noqa: PLC0415  # only for a mistake

    names = list(known)
    by_fold = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(typed.casefold(), by_fold, n=1, cutoff=_LIKE_ENOUGH)
    if close:
        return f'did you mean "{by_fold[close[0]]}"?'
    if not names:
        return f"there are no {what} yet"
    more = ", …" if len(names) > _LISTED else ""
    return f"the {what} are {', '.join(names[:_LISTED])}{more}"


def _initials(text: str) -> str:
    return "".join(word[0] for word in text.casefold().split())


# Columns of an item's text, as the language calls them.
TITLE, AUTHOR, ABSTRACT, NOTE = "title", "author", "abstract", "note"
# When an item was judged, else when it came in: what `@7d` without a field means.
TOUCHED = "@"


@dataclass(frozen=True, slots=True)
class Words:
    """Words that stand next to each other in the text of an item.

    Attributes:
        text: As typed; holds a letter or digit.
        column: TITLE, AUTHOR, ABSTRACT or NOTE; None looks everywhere, in tags too.
        is_prefix: Whether the last word may go on.
    """

    text: str
    column: str | None = None
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """Something that an item is, has, or belongs to.

    Attributes:
        field: ``area``, ``tag``, ``source``, ``kind``, ``cat``, ``issue``, ``is`` or ``has``.
        values: What it comes to: one of these is enough.
        typed: How it was written.
    """

    field: str
    values: tuple[str, ...]
    typed: str


@dataclass(frozen=True, slots=True)
class Rated:
    """A best rating between two values, in half points, both included.

    Attributes:
        areas: Only ratings in these count; empty means all.
        named: The area as typed, when it is part of the term: ``area:mi>=3``.
    """

    low: int
    high: int
    areas: tuple[str, ...] = ()
    named: str | None = None


@dataclass(frozen=True, slots=True)
class Between:
    """A moment in a span of time: `since` belongs to it, `until` does not; None is open.

    Attributes:
        field: TOUCHED, ``seen``, ``judged``, ``announced``, ``published`` or ``updated``.
        typed: How it was written, relation first: ``:7d``, ``>=2026-11-01``.
    """

    field: str
    since: datetime | None
    until: datetime | None
    typed: str


@dataclass(frozen=True, slots=True)
class Named:
    """The one work of a short number or a name.

    Attributes:
        number: The short number, else None.
        names: What else it may be called.
        typed: How it was written.
    """

    number: int | None
    names: tuple[Identifier, ...]
    typed: str


@dataclass(frozen=True, slots=True)
class Not:
    """What its part is not."""

    part: Filter


@dataclass(frozen=True, slots=True)
class And:
    """What all its parts are; without any part, everything."""

    parts: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """What one of its parts is."""

    parts: tuple[Filter, ...]


Term = Words | OneOf | Rated | Between | Named
Filter = Term | Not | And | Or


def joined(kind: type[And | Or], parts: list[Filter]) -> Filter:
    """Join filters by "and" or "or"; a group inside one of its own kind becomes part of it."""
    flat: list[Filter] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def negated(part: Filter) -> Filter:
    """Turn a filter round; twice is not at all."""
    return part.part if isinstance(part, Not) else Not(part)


def bound(tree: Filter) -> Filter:
    """Let a rating that stands beside an area be the rating in that area.

    ``area:mi rating>=3`` finds what is rated 3 in that area, whatever it is rated elsewhere. An
    area that is negated, or one of several behind "or", says nothing of ratings.
    """
    match tree:
        case And(parts):
            areas = tuple(
                area
                for part in parts
                if isinstance(part, OneOf) and part.field == "area"
                for area in part.values
            )
            return And(
                tuple(
                    replace(part, areas=areas)
                    if isinstance(part, Rated) and not part.areas
                    else bound(part)
                    for part in parts
                )
            )
        case Or(parts):
            return Or(tuple(map(bound, parts)))
        case Not(part):
            return Not(bound(part))
        case _:
            return tree


def terms(tree: Filter, *, wanted_only: bool = False) -> Iterator[Term]:
    """List the terms of a tree from left to right.

    Args:
        tree: The filter.
        wanted_only: Leave out what is negated.
    """
    match tree:
        case And(parts) | Or(parts):
            for part in parts:
                yield from terms(part, wanted_only=wanted_only)
        case Not(part):
            if not wanted_only:
                yield from terms(part)
        case _:
            yield tree


def write_filter(tree: Filter) -> str:
    """Write a tree as text that reads as the same tree."""
    match tree:
        case And(parts):
            return " ".join(_grouped(part, Or) for part in parts)
        case Or(parts):
            return " or ".join(_grouped(part, And) for part in parts)
        case Not(part):
            return "-" + _grouped(part, And, Or)
        case _:
            return _term_text(tree)


def _grouped(tree: Filter, *kinds: type[And | Or]) -> str:
    text = write_filter(tree)
    return f"({text})" if isinstance(tree, kinds) else text


def _term_text(term: Term) -> str:
    match term:
        case Words(text, column, is_prefix):
            return (f"{column}:" if column else "") + f'"{text}"' + ("*" if is_prefix else "")
        case OneOf(field, _, typed):
            return f'{field}:"{typed}"'
        case Rated(low, high, _, named):
            span = f"{low / 2:g}..{high / 2:g}"
            return f"rating:{span}" if named is None else f'area:"{named}"={span}'
        case Between(field, _, _, typed):
            return f"@{typed[1:]}" if field == TOUCHED else f"{field}{typed}"
        case Named(_, _, typed):
            return f'id:"{typed}"'
