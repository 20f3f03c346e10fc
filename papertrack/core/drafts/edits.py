"""Read an edited draft back: which of the author's judgements were changed by hand.

Unchanged rows are found first, then rows that still begin as printed, then rows of the author's
text alone, by their place. Ambiguous edits are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from papertrack.core.drafts.document import (
    LABEL,
    RATING,
    CardRegion,
    Edit,
    Row,
    Slot,
    find_regions,
    first_address,
    read_anchor,
    read_row,
    rows_of,
    unescape,
)
from papertrack.core.judging.notes import BRIEF, FORMAT, LABELS, LINE
from papertrack.core.text.markdown import without_emphasis
from papertrack.core.text.ratings import ReadRating, read_rating

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from papertrack.core.text.spans import Span

_BODY = "body"
# Texts of several paragraphs; any other ends with its paragraph.
_LONG = frozenset({*LABELS, "background", "lead", "intro", "outro", "opportunities_intro"})


def learn_prefixes(rows: Sequence[Row]) -> dict[str, Slot]:
    """Learn the prefix of each text of an item, to recognise texts added by hand.

    Args:
        rows: The rows of the draft.

    Returns:
        Slots without subject and text, by the prefix of their row.
    """
    keys = {f"**{label}:** ": Slot("", field, "", "") for field, label in LABELS.items()}
    del keys[f"**{LABELS[_BODY]}:** "]
    for row in rows:
        texts = [slot for slot in row.slots if slot.field != LABEL]
        if row.owner and row.prefix.strip() and texts and texts[0].field in {*LABELS, RATING}:
            keys[row.prefix] = Slot("", texts[0].field, "", "")
    return keys


def read_region(
    rows: Sequence[Row],
    lines: Sequence[str],
    *,
    prefixes: Mapping[str, Slot],
    glyphs: Collection[str],
) -> tuple[list[Edit], list[str]]:
    """Read the rows of one region from its edited lines.

    Args:
        rows: The rows as printed, in order.
        lines: The lines now.
        prefixes: The result of `learn_prefixes`; empty where no text can be added.
        glyphs: Characters other than emoji that may stand for a point of a rating.

    Returns:
        The edits (that of a field which was not printed has a slot without text), and the lines at
        the end that belong to none of the rows.
    """
    matcher = _RowMatcher(rows, lines)
    matcher.match_unchanged()
    matcher.match_prefixed()
    added = matcher.find_added(prefixes)
    matcher.match_by_place()
    owner = next((row.owner for row in rows if row.owner), "")
    area = next((slot.area for row in rows for slot in row.slots if slot.area), "")
    edits: list[Edit] = []
    reached = 0
    for number, row in enumerate(rows):
        if number in matcher.places:
            start, end = matcher.extent(number)
            edits += read_row(row, "\n".join(lines[start:end]), glyphs) or []
            reached = max(reached, end)
        else:
            edits += [Edit(slot, None) for slot in row.slots if slot.field in _LONG]
    for at, key in added.items():
        slot = prefixes[key]
        text = "\n".join(lines[at : matcher.end_of(at)])[len(key) :]
        reached = max(reached, matcher.end_of(at))
        if slot.field != RATING and text.strip():
            edits.append(Edit(Slot(owner, slot.field, area, ""), text))
    return edits, list(lines[reached:])


class _RowMatcher:
    """Matches rows to lines, step by step.

    Attributes:
        places: The first line and the one after the last, by the position of the row.
    """

    def __init__(self, rows: Sequence[Row], lines: Sequence[str]) -> None:
        self.places: dict[int, tuple[int, int]] = {}
        self._rows, self._lines = rows, lines
        self._begins: set[int] = set()
        self._taken: set[int] = set()

    def match_unchanged(self) -> None:
        """Match unchanged rows; of several candidates, the first after the previous row."""
        at = 0
        for number, row in enumerate(self._rows):
            size = len(row.lines)
            spots = [
                spot
                for spot in range(len(self._lines) - size + 1)
                if list(self._lines[spot : spot + size]) == row.lines
                and not self._taken & {*range(spot, spot + size)}
            ]
            if spots:
                spot = next((spot for spot in spots if spot >= at), spots[0])
                self._match(number, spot, spot + size)
                at = spot + size

    def match_prefixed(self) -> None:
        """Match edited rows by their prefix; of several candidates, the most similar."""
        for number, row in enumerate(self._rows):
            if number in self.places or not row.slots or not row.prefix.strip():
                continue
            spots = [
                spot
                for spot, line in enumerate(self._lines)
                if spot not in self._taken
                and (line.startswith(row.prefix.rstrip()) or _reads_label(row, line))
            ]
            if spots:
                spot = max(spots, key=lambda spot: _similarity(row.lines[0], self._lines[spot]))
                self._match(number, spot, spot + 1)

    def find_added(self, prefixes: Mapping[str, Slot]) -> dict[int, str]:
        """Find texts that were not printed; returns their prefixes by line."""
        there = {slot.field for number in self.places for slot in self._rows[number].slots}
        added: dict[int, str] = {}
        for spot, line in enumerate(self._lines):
            key = next((key for key in prefixes if line.startswith(key)), None)
            if key is not None and spot not in self._taken and prefixes[key].field not in there:
                added[spot] = key
                there.add(prefixes[key].field)
                self._begins.add(spot)
                self._taken.add(spot)
        return added

    def match_by_place(self) -> None:
        """Match rows of the author's text alone by their place between two matched rows."""
        for number, row in enumerate(self._rows):
            if number in self.places or not row.slots or row.prefix.strip():
                continue
            start = max((self.places[n][1] for n in self.places if n < number), default=0)
            end = min(
                (self.places[n][0] for n in self.places if n > number), default=len(self._lines)
            )
            free = self._free(start, end)
            others = [
                other
                for other in range(number + 1, len(self._rows))
                if other not in self.places and self._rows[other].slots
            ]
            next_known = min((n for n in self.places if n > number), default=len(self._rows))
            waiting = [other for other in others if other < next_known]
            if free and not waiting:
                self._match(number, free[0], free[-1] + 1)
            elif free:
                best = max(free, key=lambda at: _similarity(row.lines[0], self._lines[at]))
                self._match(number, best, best + 1)

    def extent(self, number: int) -> tuple[int, int]:
        """Return the first line of a row and the one after its last: one paragraph, or more."""
        start, end = self.places[number]
        row = self._rows[number]
        last = row.slots[-1] if row.slots else None
        if last is None or not row.ends_with_text or last.field not in _LONG:
            return start, end
        # The next row is matched, so everything before that can only be this text.
        is_enclosed = self.places.get(number + 1, (0, 0))[0] >= end or (
            number + 1 == len(self._rows) and any(spot >= end for spot in self._begins)
        )
        continues = is_enclosed or last.field == _BODY or "\n\n" in last.text
        return start, max(end, self.end_of(start, paragraphs=continues))

    def end_of(self, start: int, *, paragraphs: bool = False) -> int:
        """Find the end of the text that begins at a line: of its paragraph, or of all of them."""
        end = start + 1
        for at in range(start + 1, len(self._lines)):
            is_blank = not self._lines[at].strip()
            if at in self._begins or (is_blank and not paragraphs):
                break
            if not is_blank:
                end = at + 1
        return end

    def _free(self, start: int, end: int) -> list[int]:
        """List the first unmatched lines between two lines."""
        free: list[int] = []
        for at in range(start, end):
            if at in self._taken:
                if free:
                    break
            elif self._lines[at].strip():
                free.append(at)
        return free

    def _match(self, number: int, start: int, end: int) -> None:
        self.places[number] = (start, end)
        self._begins.add(start)
        self._taken |= {*range(start, end)}


def _reads_label(row: Row, line: str) -> bool:
    """Return whether a line is a row with a rating whose label was changed."""
    is_labelled = len(row.slots) > 1 and [row.slots[0].field, row.slots[1].field] == [LABEL, RATING]
    return is_labelled and read_row(row, line, [row.slots[1].text[:1]]) is not None


def _similarity(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


_LINKED = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\(<?(https?://[^\s<>]*?)>?\)")
_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*?)\s*#*\s*$")


@dataclass(frozen=True, slots=True)
class NewCard:
    """An item that the author added to the draft by hand.

    Attributes:
        line: Its first line, from 1.
        section: The area (slug) under whose heading it is; None outside all areas.
        title, url: None if missing.
        notes: Texts by field.
    """

    line: int
    section: str | None
    title: str | None
    url: str | None
    notes: Mapping[str, str]
    rating: ReadRating | None


@dataclass(frozen=True, slots=True)
class Reading:
    """The edits of a draft.

    Attributes:
        edits: The changed texts.
        removed: The removed items.
        new: The added items.
        before, after: Pairs of section (area, or None) and item, in order, as printed and now; a
            new item is represented by its first line.
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
        spans: The spans of its texts.
        edited: The draft as the author left it, with LF line endings.
        glyphs: Characters other than emoji that may stand for a point of a rating.
    """
    if printed == edited:
        return Reading()
    rows = rows_of(printed, spans)
    lines = edited.split("\n")
    regions = find_regions(rows, lines)
    prefixes = learn_prefixes(rows)
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
            found, rest = read_region(mine, own, prefixes=prefixes, glyphs=glyphs)
            edits += found
            around += ["", *rest]  # closing words follow the last card
            after.append((section, region.owner))
        elif region.is_new:
            card = _read_new(region, own, section, prefixes, glyphs)
            if card is not None:
                new.append(card)
                after.append((section, card.line))
        else:
            around += own
            section = next((sections[one] for one in reversed(own) if one in sections), section)
    outside = [row for row in rows if not row.owner]
    edits += read_region(outside, around, prefixes={}, glyphs=glyphs)[0]
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
    """Map the heading lines of areas to their slugs."""
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
    region: CardRegion,
    lines: Sequence[str],
    section: str | None,
    prefixes: Mapping[str, Slot],
    glyphs: Collection[str],
) -> NewCard | None:
    """Read a card that was written by hand.

    Returns:
        None when it has neither title nor address, or no rating outside the briefs.
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
        key = next((key for key in prefixes if text.startswith(key)), None)
        if key is None:
            continue
        if prefixes[key].field == RATING:
            rating = read_rating(text[len(key) :], glyphs)
        else:
            notes[prefixes[key].field] = text[len(key) :].strip()
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
