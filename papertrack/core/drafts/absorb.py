"""Read an edited draft back: what of the author's judgement was changed in it by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core.drafts.anchors import read_anchor
from papertrack.core.drafts.cards import Region, find_regions, first_address
from papertrack.core.drafts.document import RATING, Edit, Row, Slot, rows_of, unescape
from papertrack.core.drafts.edits import learned_keys, read_region
from papertrack.core.judging.notes import BRIEF, FORMAT, LINE
from papertrack.core.text.markdown import without_emphasis
from papertrack.core.text.ratings import ReadRating, read_rating

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from papertrack.core.text.spans import Span

_LINKED = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\(<?(https?://[^\s<>]*?)>?\)")
_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*?)\s*#*\s*$")


@dataclass(frozen=True, slots=True)
class NewCard:
    """An item that was written into the draft by hand.

    Attributes:
        line: Where it stands, from 1.
        section: The area (slug) under whose heading it stands; None outside of all.
        title, url: None when it has none.
        notes: Text by field.
    """

    line: int
    section: str | None
    title: str | None
    url: str | None
    notes: Mapping[str, str]
    rating: ReadRating | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What an edited draft says.

    Attributes:
        edits: The texts that were changed.
        removed: The items that are no longer there.
        new: The items that were not there.
        before, after: The items by the section (area, or None) under which they stand, in their
            order, as printed and as they are now; a new one is the line at which it begins.
    """

    edits: tuple[Edit, ...] = ()
    removed: tuple[str, ...] = ()
    new: tuple[NewCard, ...] = ()
    before: tuple[tuple[str | None, str], ...] = ()
    after: tuple[tuple[str | None, str | int], ...] = ()


def read_back(
    printed: str, spans: Sequence[Span], edited: str, glyphs: Collection[str] = ()
) -> Reading:
    """Read an edited draft.

    Args:
        printed: The draft as it was generated.
        spans: What stands where in it.
        edited: The draft as the author left it, with LF line endings.
        glyphs: What may stand for a point of a rating beside emoji.
    """
    if printed == edited:
        return Reading()
    rows = rows_of(printed, spans)
    lines = edited.split("\n")
    regions = find_regions(rows, lines)
    learned = learned_keys(rows)
    edits: list[Edit] = []
    new: list[NewCard] = []
    after: list[tuple[str | None, str | int]] = []
    sections = _sections(rows)
    section: str | None = None
    around: list[str] = []
    for region in regions:
        own = lines[region.start : region.end]
        if region.owner and _has_text(own):
            mine = [row for row in rows if row.owner == region.owner]
            said, rest = read_region(mine, own, learned=learned, glyphs=glyphs)
            edits += said
            around += ["", *rest]  # closing words stand behind the last card
            after.append((section, region.owner))
        elif region.is_new:
            card = _read_new(region, own, section, learned, glyphs)
            if card is not None:
                new.append(card)
                after.append((section, card.line))
        else:
            around += own
            section = next((sections[one] for one in reversed(own) if one in sections), section)
    outside = [row for row in rows if not row.owner]
    edits += read_region(outside, around, learned={}, glyphs=glyphs)[0]
    there = {owner for _, owner in after}
    before = _printed_order(rows, sections)
    return Reading(
        edits=tuple(edits),
        removed=tuple(owner for _, owner in before if owner not in there),
        new=tuple(new),
        before=before,
        after=tuple(after),
    )


def _sections(rows: Sequence[Row]) -> dict[str, str]:
    """Tell which line is the heading of which area."""
    return {
        row.text: slot.subject.removeprefix("area:")
        for row in rows
        for slot in row.slots
        if slot.subject.startswith("area:") and _HEADING.match(row.text)
    }


def _printed_order(
    rows: Sequence[Row], sections: Mapping[str, str]
) -> tuple[tuple[str | None, str], ...]:
    order: dict[str, str | None] = {}
    section: str | None = None
    for row in rows:
        if row.owner:
            order.setdefault(row.owner, section)
        else:
            section = sections.get(row.text, section)
    return tuple((section, owner) for owner, section in order.items())


def _has_text(lines: Sequence[str]) -> bool:
    return any(line.strip() and read_anchor(line) is None for line in lines)


def _read_new(
    region: Region,
    lines: Sequence[str],
    section: str | None,
    learned: Mapping[str, Slot],
    glyphs: Collection[str],
) -> NewCard | None:
    """Read a card that was written by hand.

    Returns:
        None when it has neither title nor address, or nothing by which a draft takes it in.
    """
    opening = next((line for line in lines if line.strip() and read_anchor(line) is None), "")
    linked = _LINKED.search(opening)
    heading = _HEADING.match(opening)
    title = linked[1] if linked else heading[1] if heading else None
    url = linked[2] if linked else first_address(opening) or first_address("\n".join(lines))
    if not title and not url:
        return None
    notes: dict[str, str] = {}
    rating: ReadRating | None = None
    if section == BRIEF:
        notes[FORMAT] = BRIEF
        if linked and (line := opening[linked.end() :].strip(" :")):
            notes[LINE] = line
    for text in re.split(r"\n[ \t]*(?:\n[ \t]*)+", "\n".join(lines)):
        key = next((key for key in learned if text.startswith(key)), None)
        if key is None:
            continue
        if learned[key].field == RATING:
            rating = read_rating(text[len(key) :], glyphs)
        else:
            notes[learned[key].field] = text[len(key) :].strip()
    if rating is None and section != BRIEF:
        return None
    return NewCard(
        line=region.start + 1,
        section=section,
        title=unescape(without_emphasis(title)) if title else None,
        url=url,
        notes=notes,
        rating=rating,
    )
