"""Lay out an issue: which items stand in which section, in which order."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from papertrack.core.dates import day_words, read_deadline
from papertrack.core.digest.cards import IssueItem, make_card
from papertrack.core.digest.issue import Card, Digest, Section, SectionStyle, UpcomingEvent
from papertrack.core.judging import notes
from papertrack.core.judging.board import is_opportunity
from papertrack.core.records import Rating
from papertrack.core.text import markdown, spans
from papertrack.core.text.title import Math

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from papertrack.config.schema import DigestConfig

BRIEFS, OPPORTUNITIES, STORY = "brief", "opportunities", "story"
_LAST = float("inf")


@dataclass(frozen=True, slots=True)
class Rules:
    """How the author wants an issue laid out.

    Attributes:
        today: The day of the issue.
        minimum_halves: Ratings below this stay out, 1 to 10.
        order: ``judged`` (first rated first), ``rating`` (highest first) or ``date`` (newest
            first); items with a position of their own come before all others.
        math: How to print formulas in titles.
        shows_empty: Whether an area without items gets a section.
        briefs_heading, opportunities_heading: The headings of the items of one line.
    """

    today: date
    minimum_halves: int = 1
    order: str = "judged"
    math: Math = Math.ESCAPE
    shows_empty: bool = False
    briefs_heading: str = "Other research"
    opportunities_heading: str = "Opportunities"


@dataclass(frozen=True, slots=True)
class Layout:
    """The items of a `Digest`, which describes these attributes."""

    sections: tuple[Section, ...]
    stories: tuple[Section, ...]
    briefs: tuple[Card, ...]
    opportunities: tuple[Card, ...]

    @property
    def cards(self) -> tuple[Card, ...]:
        """Every item of the issue, once."""
        return tuple(
            card for section in self.sections for card in (*section.cards, *section.briefs)
        )


@dataclass(frozen=True, slots=True)
class _Placed:
    entry: IssueItem
    rating: Rating | None
    area: SectionStyle | None
    card: Card


def lay_out(entries: Sequence[IssueItem], areas: Sequence[SectionStyle], rules: Rules) -> Layout:
    """Sort items into the sections of an issue.

    Each item appears once: among the opportunities, among the briefs, or in its home area, which
    is the one the author chose, else the one with its highest rating (the first of equals). An item
    with a heading of its own gets its own section after that of its area. Areas at the end of the
    author's list that the contents leave out are asides: they come last, after opportunities.

    Args:
        entries: The candidates, in the order in which they were judged.
        areas: The sections in the author's order.
        rules: How to lay them out.
    """
    placed = [one for entry in entries if (one := _place(entry, areas, rules)) is not None]
    placed.sort(key=lambda one: _sort_key(one, rules))
    loose = [one for one in placed if one.area is None]
    opportunities = sorted(
        (one for one in loose if is_opportunity(one.entry.item)),
        key=lambda one: (_position(one), one.card.deadline_day or "9999"),
    )
    calls = [one.card for one in opportunities]
    briefs = [one.card for one in loose if not is_opportunity(one.entry.item)]
    all_briefs = [one.card for one in placed if one.card.format and one.card not in calls]
    asides = _asides(areas)
    homes: list[Section] = []
    stories: list[Section] = []
    for area in areas:
        members = [one for one in placed if one.area == area]
        is_aside = area.slug in asides
        homes += _area_sections(area, members, rules, is_aside=is_aside)
        stories += _story_sections(members, is_aside=is_aside)
    open_calls = _one_liners(calls, rules.opportunities_heading, OPPORTUNITIES)
    heads = [*_one_liners(briefs, rules.briefs_heading, BRIEFS), *open_calls]
    story_heads = [*_one_liners(all_briefs, rules.briefs_heading, BRIEFS), *open_calls]
    stories = _positioned_first(stories, {one.card.number: _position(one) for one in placed})
    return Layout(
        sections=_anchored(_insert_before_asides(homes, heads), with_titles=True),
        stories=_anchored(_insert_before_asides(stories, story_heads), with_titles=False),
        briefs=tuple(all_briefs),
        opportunities=tuple(calls),
    )


def _place(entry: IssueItem, areas: Sequence[SectionStyle], rules: Rules) -> _Placed | None:
    item = entry.item
    fields = item.judgement.notes
    ratings = {one.area: one for one in item.judgement.ratings if one.halves is not None}
    order = [area.slug for area in areas]
    rated = sorted(
        (one for slug, one in ratings.items() if slug in order),
        key=lambda one: (-(one.halves or 0), order.index(one.area)),
    )
    home = fields.get(notes.HOME)
    form = fields.get(notes.FORMAT)
    slug: str | None
    if is_opportunity(item):
        slug = None
    elif form in {notes.BRIEF, notes.LINK}:
        slug = home if home in order else None
    elif rated and (rated[0].halves or 0) >= rules.minimum_halves:
        slug = home if home in {one.area for one in rated} else rated[0].area
    else:
        return None
    area = next((area for area in areas if area.slug == slug), None)
    rating = ratings.get(slug) if slug else None
    card = make_card(entry, rating=rating, area=area, today=rules.today, math=rules.math)
    return _Placed(entry, rating, area, card)


def _asides(areas: Sequence[SectionStyle]) -> set[str]:
    """Return the slugs of the areas at the end of the list that the contents leave out."""
    asides: set[str] = set()
    for area in reversed([area for area in areas if not area.is_retired]):
        if area.in_contents:
            break
        asides.add(area.slug)
    return asides


def _sort_key(one: _Placed, rules: Rules) -> tuple[float, float, str, int]:
    item, rating = one.entry.item, one.rating
    judged = (rating.rated_at if rating else None) or item.judgement.judged_at
    at = judged.isoformat() if judged else ""
    first = 0.0
    if rules.order == "rating":
        first = -float(rating.halves or 0) if rating else 0.0
    elif rules.order == "date":
        first = -item.published_at.timestamp() if item.published_at else _LAST
    return (_position(one), first, at, item.id)


def _position(one: _Placed) -> float:
    try:
        return float(one.entry.item.judgement.notes.get(notes.POSITION, _LAST))
    except ValueError:
        return _LAST


def _area_sections(
    area: SectionStyle, members: Sequence[_Placed], rules: Rules, *, is_aside: bool
) -> list[Section]:
    own = [one for one in members if _own_heading(one) and not one.card.format]
    section = Section(
        heading=spans.mark(markdown.escape(area.name), f"area:{area.slug}", "heading"),
        anchor="",
        in_contents=area.in_contents,
        cards=tuple(one.card for one in members if one not in own and not one.card.format),
        briefs=tuple(one.card for one in members if one.card.format),
        slug=area.slug,
        is_aside=is_aside,
    )
    is_empty = not section.cards and not section.briefs
    is_shown = rules.shows_empty and area.in_contents and not area.is_retired
    first = [section] if not is_empty or (is_shown and not own) else []
    return first + [
        replace(story, in_contents=area.in_contents)
        for story in _story_sections(own, is_aside=is_aside)
    ]


def _story_sections(members: Iterable[_Placed], *, is_aside: bool) -> list[Section]:
    """Give every whole card its own section; cards with the same heading share one."""
    shared: dict[str, list[_Placed]] = {}
    for one in members:
        if not one.card.format:
            shared.setdefault(_own_heading(one) or f"\n{one.card.number}", []).append(one)
    return [
        Section(
            heading=ones[0].card.heading,
            anchor="",
            in_contents=bool(ones[0].area and ones[0].area.in_contents),
            cards=tuple(one.card for one in ones),
            slug=ones[0].card.area,
            kind=STORY,
            is_aside=is_aside,
        )
        for ones in shared.values()
    ]


def _own_heading(one: _Placed) -> str:
    return " ".join(one.entry.item.judgement.notes.get(notes.SECTION, "").split())


def _one_liners(cards: Sequence[Card], heading: str, kind: str) -> list[Section]:
    if not cards:
        return []
    head = spans.mark(markdown.escape(heading), f"area:{kind}", "heading")
    return [
        Section(head, "", in_contents=False, cards=(), briefs=tuple(cards), slug=kind, kind=kind)
    ]


def _insert_before_asides(sections: Sequence[Section], heads: Sequence[Section]) -> list[Section]:
    return [
        *(section for section in sections if not section.is_aside),
        *heads,
        *(section for section in sections if section.is_aside),
    ]


def _positioned_first(stories: list[Section], positions: Mapping[int, float]) -> list[Section]:
    """Move stories with a position to the front, whatever their area."""
    return sorted(stories, key=lambda story: min(positions[card.number] for card in story.cards))


def _anchored(sections: Sequence[Section], *, with_titles: bool) -> tuple[Section, ...]:
    """Set the anchors of sections, counting the titles of cards, which are headings too."""
    headings: list[str] = []
    at: list[int] = []
    for section in sections:
        at.append(len(headings))
        headings.append(markdown.shown(section.heading))
        if with_titles and section.kind != STORY:
            headings += [markdown.shown(card.title) for card in section.cards if card.title]
    anchors = markdown.anchors(headings)
    return tuple(
        replace(section, anchor=anchors[place]) for section, place in zip(sections, at, strict=True)
    )


_IN_TITLE = re.compile(r"\{(number|week|year)\}")


def make_digest(
    layout: Layout, style: DigestConfig, *, issue: str, day: date, texts: Mapping[str, str]
) -> Digest:
    """Make an issue.

    Args:
        layout: Its items.
        style: The texts of the config, which those of the issue override.
        issue: Its name, ``2026-W47``.
        day: Its date.
        texts: The author's texts for it, by field.
    """
    subject = f"issue:{issue}"
    year, _, week = issue.partition("-W")

    def text(field: str, default: str = "") -> str:
        return spans.mark(markdown.paragraph(texts.get(field) or default), subject, field)

    def address(field: str, default: str = "") -> str:
        url = texts.get(field) or default
        return spans.mark(markdown.destination(url), subject, field) if url else ""

    title = texts.get("title") or style.title
    values = {"number": texts.get("number", ""), "week": week.lstrip("0"), "year": year}
    title = _IN_TITLE.sub(lambda found: values[found[1]], title)
    own_teasers = [
        words for line in texts.get("teasers", "").splitlines() if (words := line.strip(" ."))
    ]
    return Digest(
        title=spans.mark(" ".join(title.split()), subject, "title"),
        date=spans.mark(day.strftime(style.date_format), subject, "date"),
        lead=text("lead"),
        contents_intro=text("contents_intro", style.contents_intro),
        sections=layout.sections,
        name=issue,
        week=week.lstrip("0"),
        year=year,
        day=day.isoformat(),
        number=text("number"),
        intro=text("intro", style.intro),
        teasers=tuple(spans.mark(line, subject, "teasers") for line in own_teasers)
        or _teasers(layout),
        has_own_teasers=bool(own_teasers),
        watch=address("watch"),
        listen=address("listen"),
        subscribe=address("subscribe", style.subscribe),
        stories=layout.stories,
        briefs=layout.briefs,
        opportunities=layout.opportunities,
        briefs_heading=markdown.escape(style.briefs_heading),
        opportunities_heading=markdown.escape(style.opportunities_heading),
        opportunities_intro=text("opportunities_intro", style.opportunities_intro),
        credits=tuple(dict.fromkeys(card.credit for card in layout.opportunities if card.credit)),
        empty_section=markdown.paragraph(style.empty_section),
        outro=text("outro", style.outro),
        event=_event(texts, day, text("event")),
    )


def _teasers(layout: Layout) -> tuple[str, ...]:
    """List the teasers of items, in the order of the stories."""
    cards = [card for section in layout.stories for card in (*section.cards, *section.briefs)]
    return tuple(card.teaser for card in cards if card.teaser)


def _event(texts: Mapping[str, str], today: date, name: str) -> UpcomingEvent | None:
    if not name:
        return None
    day = read_deadline(texts.get("event_date"))
    return UpcomingEvent(name, day_words(day, today) if day else "")
