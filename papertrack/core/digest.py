"""Lay out an issue: which cards stand in which section, in which order, as which text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core import markdown, spans
from papertrack.core.glyphs import rating_glyphs
from papertrack.core.notes import HIDE_TITLE, LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from papertrack.core.records import Item, Rating


@dataclass(frozen=True, slots=True)
class SectionStyle:
    """An area as the digest prints it."""

    slug: str
    name: str
    emoji: str
    rating_label: str
    in_contents: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled text of a card; Markdown, as the author wrote it."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """One item as printed.

    Attributes:
        title: The title as Markdown, linked where there is an address; None when it is hidden.
        link: The bare address, for a card without title; None when there is none.
        rating: Glyphs and remark; empty when there is no value.
    """

    number: int
    title: str | None
    link: str | None
    fields: tuple[Field, ...]
    body: str
    rating_label: str
    rating: str


@dataclass(frozen=True, slots=True)
class Section:
    """The cards of one area under its heading."""

    heading: str
    anchor: str
    in_contents: bool
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """A whole issue, ready for a template; every text is Markdown."""

    title: str
    date: str
    lead: str
    contents_intro: str
    sections: tuple[Section, ...]


def lay_out(
    items: Sequence[Item],
    areas: Sequence[SectionStyle],
    *,
    least_halves: int,
    subjects: Mapping[int, str],
) -> tuple[Section, ...]:
    """Sort items into the sections of an issue.

    Args:
        items: The kept items of the issue's window.
        areas: The sections in the author's order.
        least_halves: Ratings below this stay out, 1 to 10.
        subjects: What the journal calls each item, by its number.

    Returns:
        The sections that have cards. An item stands once, in the area where it is rated highest
        (at a tie in the first of these areas); within a section items stand in the order in which
        they were first rated.
    """
    homes: dict[str, list[tuple[Rating, Item]]] = {}
    order = {area.slug: position for position, area in enumerate(areas)}
    for item in items:
        ratings = [
            rating
            for rating in item.judgement.ratings
            if rating.area in order and (rating.halves or 0) >= least_halves
        ]
        if ratings:
            home = min(ratings, key=lambda rating: (-(rating.halves or 0), order[rating.area]))
            homes.setdefault(home.area, []).append((home, item))
    used = [area for area in areas if area.slug in homes]
    placed = [sorted(homes[area.slug], key=_by_first_rating) for area in used]
    anchors = _section_anchors(used, placed)
    return tuple(
        Section(
            heading=spans.mark(markdown.escape(area.name), f"area:{area.slug}", "heading"),
            anchor=anchor,
            in_contents=area.in_contents,
            cards=tuple(_card(item, rating, area, subjects[item.id]) for rating, item in cards),
        )
        for area, anchor, cards in zip(used, anchors, placed, strict=True)
    )


def _section_anchors(
    areas: Sequence[SectionStyle], placed: Sequence[Sequence[tuple[Rating, Item]]]
) -> list[str]:
    """Name the anchors of the sections; the titles of cards are headings and take anchors too."""
    headings: list[str] = []
    positions: list[int] = []
    for area, cards in zip(areas, placed, strict=True):
        positions.append(len(headings))
        headings.append(area.name)
        headings += [title for _, item in cards if (title := _shown_title(item)) is not None]
    anchors = markdown.anchors(headings)
    return [anchors[position] for position in positions]


def _by_first_rating(placed: tuple[Rating, Item]) -> tuple[str, int]:
    rating, item = placed
    return (rating.rated_at.isoformat() if rating.rated_at else "", item.id)


def _shown_title(item: Item) -> str | None:
    title = item.printed_title.strip()
    return None if HIDE_TITLE in item.judgement.notes or not title else title


def _card(item: Item, rating: Rating, area: SectionStyle, subject: str) -> Card:
    notes = item.judgement.notes
    title = _shown_title(item)

    def said(text: str, field: str) -> str:
        return spans.mark(text, subject, field)

    return Card(
        number=item.id,
        title=title and markdown.link_to(said(markdown.escape(title), "title"), item.url),
        link=said(markdown.bare_link(item.url), "url") if title is None and item.url else None,
        fields=tuple(
            Field(label, said(markdown.paragraph(notes[name]), name))
            for name, label in LABELS.items()
            if name in notes and name != "body"
        ),
        body=said(markdown.paragraph(notes.get("body", "")), "body"),
        rating_label=spans.mark(
            markdown.escape(rating.label or area.rating_label), subject, "label", area.slug
        ),
        rating=_rating_line(rating, area, subject),
    )


def _rating_line(rating: Rating, area: SectionStyle, subject: str) -> str:
    if rating.halves is None:
        return ""
    glyphs = rating_glyphs(rating.halves, markdown.escape(rating.emoji or area.emoji))
    marked = spans.mark(glyphs, subject, "rating", area.slug)
    remark = " ".join((rating.remark or "").split())
    if not remark:
        return marked
    return spans.join([marked, " (", spans.mark(remark, subject, "remark", area.slug), ")"])
