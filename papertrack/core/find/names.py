"""The names that a filter may use, and the one that was meant when there is none of that name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from papertrack.core.kinds import Kind, State

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
