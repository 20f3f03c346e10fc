"""The tree of a query, and the names that a query may use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.core.identifier import Identifier
from papertrack.core.kinds import Kind, State

if TYPE_CHECKING:
    from collections.abc import Iterator

# Values of `is:`, in addition to the states and kinds.
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
    """The names that the author's queries can use.

    Attributes:
        areas: Names by slug, including retired areas.
        sources: Slugs, including retired sources.
        tags: As typed.
        issues: The published issues.
        searches: Saved queries by name.
        shorts: Short names of areas, by slug.
    """

    areas: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    searches: Mapping[str, str] = field(default_factory=dict)
    shorts: Mapping[str, str] = field(default_factory=dict)


def match_names(typed: str, known: Iterable[str]) -> tuple[str, ...]:
    """Find names regardless of case; a ``*`` at the end stands for any ending."""
    wanted = typed.casefold()
    if wanted.endswith("*"):
        return tuple(name for name in known if name.casefold().startswith(wanted[:-1]))
    return tuple(name for name in known if name.casefold() == wanted)


def match_slugs(
    typed: str, known: Mapping[str, str], shorts: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Find slugs by their start, or else by the initials of the slug or name.

    Args:
        typed: ``mech``, or ``mi`` for "mech-interp" or for the name "Mechanistic Interpretability".
        known: Names by slug.
        shorts: The author's short names by slug; an exact match wins.
    """
    wanted = typed.casefold()
    given = (slug for slug, word in (shorts or {}).items() if word.casefold() == wanted)
    if found := match_names(typed, known) or tuple(slug for slug in given if slug in known):
        return found
    if found := match_names(f"{wanted}*", known):
        return found
    return tuple(
        slug
        for slug, name in known.items()
        if wanted in {_initials(slug.replace("-", " ")), _initials(name)}
    )


def suggest_name(typed: str, known: Iterable[str], *, what: str) -> str:
    """Suggest the most similar name, or else list the names.

    Args:
        typed: The unknown name.
        known: The names that exist.
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


# Fields of a query that search one column of an item's text.
TITLE, AUTHOR, ABSTRACT, NOTE = "title", "author", "abstract", "note"
# The time in `@7d`, without a field: when an item was judged, or else added.
TOUCHED = "@"


@dataclass(frozen=True, slots=True)
class Words:
    """A word or phrase in the text of an item.

    Attributes:
        text: As typed; contains a letter or digit.
        column: TITLE, AUTHOR, ABSTRACT or NOTE; None for all of them and tags.
        is_prefix: Whether the last word matches as a prefix.
    """

    text: str
    column: str | None = None
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """A property of an item.

    Attributes:
        field: ``area``, ``tag``, ``source``, ``kind``, ``cat``, ``issue``, ``is`` or ``has``.
        values: The names that match; an item needs one of them.
        typed: The value as typed.
    """

    field: str
    values: tuple[str, ...]
    typed: str


@dataclass(frozen=True, slots=True)
class Rated:
    """A best rating between two values, in half points, both included.

    Attributes:
        areas: The areas whose ratings count; empty means all.
        named: The area as typed if it is part of the term: ``area:mi>=3``; else None.
    """

    low: int
    high: int
    areas: tuple[str, ...] = ()
    named: str | None = None


@dataclass(frozen=True, slots=True)
class Between:
    """A moment in a span of time that includes `since` but not `until`; None is open.

    Attributes:
        field: TOUCHED, ``seen``, ``judged``, ``announced``, ``published`` or ``updated``.
        typed: As typed, relation first: ``:7d``, ``>=2026-11-01``.
    """

    field: str
    since: datetime | None
    until: datetime | None
    typed: str


@dataclass(frozen=True, slots=True)
class Named:
    """One work, by its short number or identifier.

    Attributes:
        number: The short number; None for an identifier.
        names: The identifiers that it may have.
        typed: The value as typed.
    """

    number: int | None
    names: tuple[Identifier, ...]
    typed: str


@dataclass(frozen=True, slots=True)
class Not:
    """Items that do not match the part."""

    part: Filter


@dataclass(frozen=True, slots=True)
class And:
    """Items that match all parts; without parts, every item."""

    parts: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """Items that match at least one part."""

    parts: tuple[Filter, ...]


Term = Words | OneOf | Rated | Between | Named
Filter = Term | Not | And | Or


def join_filters(kind: type[And | Or], parts: list[Filter]) -> Filter:
    """Join filters by "and" or "or", flattening nested groups of the same kind."""
    flat: list[Filter] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def negate(part: Filter) -> Filter:
    """Negate a filter; a double negation is removed."""
    return part.part if isinstance(part, Not) else Not(part)


def bind_ratings(tree: Filter) -> Filter:
    """Restrict ratings to the areas that they are joined with by "and".

    ``area:mi rating>=3`` finds items rated 3 or more in that area, whatever they are rated
    elsewhere. A negated area, or one that is joined by "or", does not restrict ratings.
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
                    else bind_ratings(part)
                    for part in parts
                )
            )
        case Or(parts):
            return Or(tuple(map(bind_ratings, parts)))
        case Not(part):
            return Not(bind_ratings(part))
        case _:
            return tree


def terms(tree: Filter, *, wanted_only: bool = False) -> Iterator[Term]:
    """List the terms of a tree from left to right.

    Args:
        tree: The filter.
        wanted_only: Leave out negated terms.
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
    """Write a tree as a query that reads as the same tree."""
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
