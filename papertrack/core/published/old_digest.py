"""Digests that were written before, or elsewhere: which works they printed, where, how rated.

What is read are the shapes that people write: sections with cards (labelled lines and a row of
emoji), sections that tell of one work, and lists of one-liners; as Markdown or as plain text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from papertrack.core.judging.notes import LABELS
from papertrack.core.text.ratings import ReadRating, read_rating

if TYPE_CHECKING:
    from collections.abc import Collection

_TITLE_LIMIT = 120

_FIELDS = {label.casefold(): name for name, label in LABELS.items()} | {"what it is": "what"}
_LABELLED = re.compile(
    r"\s*(?P<label>[^\s:\uff1a][^:\uff1a]{0,40}?)\s*[:\uff1a]\s*(?P<text>.*)", re.DOTALL
)
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_US_DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED_DATE = re.compile(
    r"\b(?:(?P<before>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<month>[A-Z][a-z]{2,8})\.?\s+"
    r"(?:(?P<after>\d{1,2})(?:st|nd|rd|th)?,?\s+)?(?P<year>\d{4})\b"
)
_LISTS = frozenset(
    {"other research", "opportunities", "in brief", "briefly", "links", "other news", "news"}
    | {"other", "jobs", "events", "also", "further reading", "reading", "quick links"}
)
_FAREWELL = re.compile(r"(?:thank|thanks|see you|subscribe|until next)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")


@dataclass(frozen=True, slots=True)
class OldItem:
    """One work that a digest printed.

    Attributes:
        line: Where it begins, from 1.
        section: The heading it stands under; None before the first.
        title: As printed; None where only a link stands there.
        url: Its own address; None without one.
        links: Every http(s) address in its text, its own first.
        notes: The author's text by field (see `papertrack.core.judging.notes.LABELS`).
        label: What stood before the rating; None without one.
    """

    line: int
    section: str | None
    title: str | None
    url: str | None = None
    links: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    rating: ReadRating | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A line of a digest that belongs to no work."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class OldDigest:
    """A digest as read.

    Attributes:
        title: Its first heading or line; empty without one.
        day: The date that the title bears; None without one.
        sections: Every heading of a section, in order.
    """

    title: str
    day: date | None
    sections: tuple[str, ...]
    items: tuple[OldItem, ...]
    unread: tuple[Unread, ...]


def read_label(text: str) -> tuple[str, str] | None:
    """Part ``What is it: …`` into the field's name and its text; None for any other line."""
    found = _LABELLED.fullmatch(text)
    name = found and _FIELDS.get(_straight(found["label"]))
    return (name, found["text"].strip()) if found and name else None


def read_rating_line(text: str, known: Collection[str] = ()) -> tuple[str, ReadRating] | None:
    """Part ``Rating: 💡💡 (why)`` into label and rating; None for any other line."""
    found = _LABELLED.fullmatch(text)
    rating = read_rating(found["text"], known) if found else None
    return (found["label"], rating) if found and rating else None


def read_date(title: str) -> date | None:
    """Find the date in a title: ``2026-11-15``, ``11/15/2026`` (US), ``15 November 2026``."""
    if found := _ISO_DATE.search(title):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _US_DATE.search(title):
        return _date(int(found[3]), int(found[1]), int(found[2]))
    for named in _NAMED_DATE.finditer(title):
        day = named["before"] or named["after"]
        month = named["month"][:3].lower()
        if day and month in _MONTHS:
            return _date(int(named["year"]), _MONTHS.index(month) + 1, int(day))
    return None


def is_list_section(heading: str) -> bool:
    """Whether a section by that name holds one-liners, each of a work of its own."""
    return _straight(heading).strip(" .:!") in _LISTS


def is_farewell(text: str) -> bool:
    """Whether a paragraph thanks the readers, or asks them to subscribe."""
    return _FAREWELL.match(text) is not None


def first_sentence(text: str) -> str:
    """Take the first sentence of a one-liner, as the name of a work that has no other."""
    sentence = _SENTENCE_END.split(" ".join(text.split()), maxsplit=1)[0]
    if len(sentence) <= _TITLE_LIMIT:
        return sentence
    start = sentence[:_TITLE_LIMIT]
    return (start.rpartition(" ")[0] or start) + " …"


def _straight(text: str) -> str:
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").strip().casefold()


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
