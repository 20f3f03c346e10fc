"""An issue as a template sees it, and the author's own texts for it.

The card of an issue is Markdown: a line for each short text, then a section for each longer one::

    # Issue 2026-W47

    Title: Limits of guarantees
    Event date: 2026-11-28

    ## Lead

    Two groups asked the same question this week.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from papertrack.core.judging.notes import DEADLINE, read_note
from papertrack.core.text.clean import http_url
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class SectionStyle:
    """An area as the digest prints it."""

    slug: str
    name: str
    emoji: str
    rating_label: str
    in_contents: bool
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled text of a card, in the author's Markdown."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """How a text cites a work, in Markdown, without and with its link.

    Attributes:
        narrative, parenthetical, names: As in `papertrack.core.digest.cite.PlainCitation`.
        linked: ``[Sevilla and Erdil (2023)](…)``.
        bracketed: ``([Tarchoun et al., 2023](…))``.
    """

    narrative: str = ""
    parenthetical: str = ""
    names: str = ""
    linked: str = ""
    bracketed: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One item as printed; a missing text is empty.

    Attributes:
        number: Its short number.
        title: The title, linked if there is an address; None when it is hidden.
        link: The bare address of a card whose title is hidden; None otherwise.
        fields: The labelled texts, in the order of the card.
        body: The author's paragraphs, after the background and with the parts filled in.
        rating: Glyphs and remark; empty without a value.
        line: The linked line of a brief, a link or an opportunity.
        name: The title without link, also when it is hidden.
        raw_title: The title as the source gave it, LaTeX included; not Markdown.
        heading: The heading of a story, its own or its title, linked unless the texts link it.
        kind: ``paper``, ``post``, ``news``, ``video``, ``opportunity`` or ``other``.
        format: ``brief``, ``link`` or empty for a whole card.
        area: The slug of its area; empty outside all areas.
        url: The address, safe inside ``(…)``.
        value: The rating as a number, ``3.5``; None without one.
        deadline: ``in 10 days (25 November)``.
        deadline_day, published: ``2026-11-25``.
        days_left: Until the deadline; None without one.
        is_last_call: Whether at most a week is left.
        is_carried: Whether an earlier issue had it.
        links_itself: Whether its own texts link the work.
    """

    number: int
    title: str | None
    link: str | None
    fields: tuple[Field, ...] = ()
    body: str = ""
    rating_label: str = "Rating"
    rating: str = ""
    line: str = ""
    name: str = ""
    raw_title: str = ""
    heading: str = ""
    teaser: str = ""
    kind: str = "paper"
    format: str = ""
    area: str = ""
    url: str = ""
    authors: tuple[str, ...] = ()
    citation: Citation = Citation()
    key: str = ""
    year: int | None = None
    published: str = ""
    value: float | None = None
    emoji: str = ""
    tags: tuple[str, ...] = ()
    deadline: str = ""
    deadline_day: str = ""
    days_left: int | None = None
    is_last_call: bool = False
    place: str = ""
    prize: str = ""
    credit: str = ""
    is_carried: bool = False
    links_itself: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Cards under one heading.

    Attributes:
        cards: Whole cards.
        briefs: Items of one line, after the cards.
        slug: That of the area; ``brief`` or ``opportunities`` for those two sections.
        kind: ``area``, ``story`` (an item with a heading of its own), ``brief`` or
            ``opportunities``.
        is_aside: Whether it is outside the digest's scope and therefore comes last.
    """

    heading: str
    anchor: str
    in_contents: bool
    cards: tuple[Card, ...]
    briefs: tuple[Card, ...] = ()
    slug: str = ""
    kind: str = "area"
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class UpcomingEvent:
    """The event that the closing line announces."""

    name: str
    day: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A whole issue, ready for a template; every text is Markdown, empty if missing.

    Attributes:
        title: The headline, without the date.
        date: The date in the author's format; `day` is the same date as ``2026-11-20``.
        lead: The paragraphs on the news of the week.
        contents_intro: The sentence above the list of sections.
        sections: The issue by area, in order, including stories, briefs and opportunities.
        name: ``2026-W47``; ``week`` and ``year`` are the numbers in it.
        number: The number of the issue, if the author gives one.
        intro: A greeting to the readers.
        teasers: The topics that the first sentence lists, in order; `has_own_teasers` when the
            author wrote them for the issue, not for its items.
        watch, listen, subscribe: Addresses.
        stories: Every whole card in a section of its own (items with the same heading share one),
            by area, for templates that print prose.
        briefs, opportunities: The items of one line.
        briefs_heading, opportunities_heading: Their headings.
        opportunities_intro: The sentence above the opportunities.
        credits: Who told the author about the opportunities.
        empty_section: The text of an area without items; if empty, such areas are left out.
        outro: The closing words.
        event: The next event, if any.
    """

    title: str
    date: str
    lead: str
    contents_intro: str
    sections: tuple[Section, ...]
    name: str = ""
    week: str = ""
    year: str = ""
    day: str = ""
    number: str = ""
    intro: str = ""
    teasers: tuple[str, ...] = ()
    has_own_teasers: bool = False
    watch: str = ""
    listen: str = ""
    subscribe: str = ""
    stories: tuple[Section, ...] = ()
    briefs: tuple[Card, ...] = ()
    opportunities: tuple[Card, ...] = ()
    briefs_heading: str = "Other research"
    opportunities_heading: str = "Opportunities"
    opportunities_intro: str = ""
    credits: tuple[str, ...] = ()
    empty_section: str = ""
    outro: str = ""
    event: UpcomingEvent | None = None
    texts: dict[str, str] = field(default_factory=dict)


class Form(StrEnum):
    """The form of a text."""

    LINE = "line"
    MARKDOWN = "Markdown"
    ADDRESS = "address"
    DAY = "day"


# Field, its label in the card, and its form; the short ones first.
_FIELDS = (
    ("title", "Title", Form.LINE),
    ("number", "Number", Form.LINE),
    ("contents_intro", "Contents intro", Form.LINE),
    ("watch", "Watch", Form.ADDRESS),
    ("listen", "Listen", Form.ADDRESS),
    ("subscribe", "Subscribe", Form.ADDRESS),
    ("event", "Next event", Form.LINE),
    ("event_date", "Event date", Form.DAY),
    ("lead", "Lead", Form.MARKDOWN),
    ("intro", "Intro", Form.MARKDOWN),
    ("teasers", "Teasers", Form.MARKDOWN),
    ("opportunities_intro", "Opportunities intro", Form.MARKDOWN),
    ("outro", "Outro", Form.MARKDOWN),
)
FORMS = {name: form for name, _, form in _FIELDS}
LABELS = {name: label for name, label, _ in _FIELDS}
_BY_LABEL = {label.casefold(): name for name, label in LABELS.items()}
_HEADING = re.compile(r"^##[ \t]+(.+?)[ \t]*#*[ \t]*$")
_HINT = (
    "<!-- An empty field takes its text from the config or the items. Teasers: one a line; they "
    "replace those of the items. Dates like 2026-11-28. -->"
)


def read_text(field: str, text: str) -> str:
    """Read a text of an issue as the author typed it.

    Args:
        field: A key of `FORMS`.
        text: As typed; empty removes it.

    Raises:
        UsageError: There is no such field, or the text is not the address or day it must be.
    """
    form = FORMS.get(field.replace("-", "_"))
    if form is None:
        message = f'an issue has no text "{field}"'
        raise UsageError(message, hint=f"the texts are {', '.join(FORMS)}")
    if form is Form.MARKDOWN:
        return "\n".join(line.rstrip() for line in text.strip().splitlines())
    line = " ".join(text.split())
    if form is Form.DAY:
        return read_note(DEADLINE, line)
    if form is Form.ADDRESS and line:
        url = http_url(line)
        if url is None:
            message = f'"{line}" is not an address'
            raise UsageError(message, hint="addresses begin with http:// or https://")
        return url
    return line


def write_issue_card(issue: str, texts: Mapping[str, str]) -> str:
    """Write the texts of an issue as a card to edit, with every field."""
    lines = [f"# Issue {issue}", ""]
    parts: list[str] = []
    for name, label, form in _FIELDS:
        text = texts.get(name, "")
        if form is Form.MARKDOWN:
            parts.append(f"## {label}\n\n{_escaped(text)}\n" if text else f"## {label}\n\n")
        else:
            lines.append(f"{label}: {text}".rstrip())
    return "\n".join(["\n".join(lines) + f"\n\n{_HINT}\n", *parts])


def read_issue_card(text: str) -> dict[str, str]:
    """Parse an edited card.

    Args:
        text: What `write_issue_card` wrote, as the author left it.

    Returns:
        Every field that the card mentions; one that was emptied has an empty text.

    Raises:
        UsageError: A line belongs to no field, a field appears twice, or a value is not valid for
            its field; the message names the line.
    """
    found: dict[str, list[str]] = {}
    starts: dict[str, int] = {}
    current: str | None = None
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        field = None if line.startswith("\\") else _field_of(line)
        value = line
        if field is None and current is None:
            if not line.strip() or line.startswith(("# ", "<!--")):
                continue
            label, colon, value = line.partition(":")
            field = _BY_LABEL.get(label.strip().casefold()) if colon else None
            if field is None or FORMS[field] is Form.MARKDOWN:
                raise _mistake(number, "this line belongs to no field")
            found.setdefault(field, [])
        elif field is not None:
            current, value = field, ""
        else:
            is_escaped = line.startswith("\\") and _field_of(line.lstrip("\\")) is not None
            found[current or ""].append(line[1:] if is_escaped else line)
            continue
        if field in starts:
            raise _mistake(number, f'"{LABELS[field]}" appears twice')
        starts[field] = number
        found[field] = [value]
    return {field: _read(field, lines, starts[field]) for field, lines in found.items()}


def _read(field: str, lines: list[str], number: int) -> str:
    try:
        return read_text(field, "\n".join(lines))
    except UsageError as error:
        message = f"card line {number}: {error.what}"
        raise UsageError(message, hint=error.hint) from error


def _field_of(line: str) -> str | None:
    """Return the field whose heading a line is."""
    heading = _HEADING.match(line.lstrip("\\"))
    field = _BY_LABEL.get(heading[1].casefold()) if heading else None
    return field if field and FORMS[field] is Form.MARKDOWN else None


def _escaped(text: str) -> str:
    """Escape lines of a text that would be read as the heading of a field."""
    return "\n".join("\\" + line if _field_of(line) else line for line in text.split("\n"))


def _mistake(line: int, problem: str) -> UsageError:
    lines = ", ".join(f"{LABELS[name]}:" for name in FORMS if FORMS[name] is not Form.MARKDOWN)
    heads = ", ".join(f"## {LABELS[name]}" for name in FORMS if FORMS[name] is Form.MARKDOWN)
    return UsageError(f"card line {line}: {problem}", hint=f"the fields are {lines}, {heads}")
