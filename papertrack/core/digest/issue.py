"""An issue as a template sees it: sections of cards, every text as Markdown, ready to print."""

from __future__ import annotations

from dataclasses import dataclass, field


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
    """A labelled text of a card; Markdown, as the author wrote it."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """How a text names a work; plain Markdown, and the same linked.

    Attributes:
        narrative, parenthetical, names: As in `papertrack.core.digest.cite.Citation`.
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
    """One item as printed; every text is empty where there is none.

    Attributes:
        number: Its short number.
        title: The title, linked where there is an address; None when it is hidden.
        link: The bare address of a card whose title is hidden; None otherwise.
        fields: The labelled texts, in the order of the card.
        body: The author's paragraphs, with the background before them and the parts in them.
        rating: Glyphs and remark; empty when there is no value.
        line: The one line of a brief, a link or an opportunity, linked.
        name: The title without link, also when it is hidden.
        raw_title: The title as it was given, LaTeX and all; not Markdown.
        heading: What stands over a story: its own heading or its title, linked unless the texts
            link the work themselves.
        kind: ``paper``, ``post``, ``news``, ``video``, ``opportunity`` or ``other``.
        format: ``brief``, ``link`` or empty for a whole card.
        area: The slug of the area it stands in; empty outside all areas.
        url: The address, safe inside ``(…)``.
        value: The rating as a number, ``3.5``; None without one.
        deadline: ``in 10 days (25 November)``.
        deadline_day, published: ``2026-11-25``.
        days_left: Until the deadline; None without one.
        is_last_call: Whether that is at most a week.
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
        briefs: Items of one line, behind the cards.
        slug: That of the area; ``brief`` and ``opportunities`` for these two.
        kind: ``area``, ``story`` (a heading of an item's own), ``brief`` or ``opportunities``.
        is_aside: Whether it is out of the digest's scope and stands last.
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
class Event:
    """What the closing line announces."""

    name: str
    day: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A whole issue, ready for a template; every text is Markdown, empty where there is none.

    Attributes:
        title: The headline, without the date.
        date: The date in the author's format; `day` is the same as ``2026-11-20``.
        lead: The paragraphs on the news of the week.
        contents_intro: The sentence above the list of sections.
        sections: The issue by areas, in order; with stories, briefs and opportunities among them.
        name: ``2026-W47``; ``week`` and ``year`` are the numbers in it.
        number: The number of the issue, if the author gives one.
        intro: A word to the readers.
        teasers: What the first sentence says of the issue, in order; `has_own_teasers` when the
            author wrote them for the issue, not for its items.
        watch, listen, subscribe: Addresses.
        stories: Every whole card in a section of its own (those with one heading in one), by area;
            a template tells it as prose.
        briefs, opportunities: The items of one line.
        briefs_heading, opportunities_heading: What stands over them.
        opportunities_intro: The sentence above the opportunities.
        credits: Who the opportunities were heard of from.
        empty_section: What an area without items says; empty areas are left out without it.
        outro: The closing words.
        event: What comes next; None without.
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
    event: Event | None = None
    texts: dict[str, str] = field(default_factory=dict)
