"""What the lines of one item's card, or of the issue around the cards, say after they were edited.

Rows that stand there as printed are found first, then those that begin as they were printed, then
by their place those that have nothing but the author's text. What is in doubt is left alone.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from papertrack.core.drafts.document import LABEL, RATING, Edit, Row, Slot, read_row
from papertrack.core.judging.notes import LABELS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_BODY = "body"
# Texts of several paragraphs; others are one, and a paragraph behind them is not theirs.
_LONG = frozenset({*LABELS, "background", "lead", "intro", "outro", "opportunities_intro"})


def learned_keys(rows: Sequence[Row]) -> dict[str, Slot]:
    """Learn what stands before each text of an item, so that it is known where it was written in.

    Args:
        rows: The rows of the draft.

    Returns:
        By what a row begins with: a slot without subject and text.
    """
    keys = {f"**{label}:** ": Slot("", field, "", "") for field, label in LABELS.items()}
    del keys[f"**{LABELS[_BODY]}:** "]
    for row in rows:
        texts = [slot for slot in row.slots if slot.field != LABEL]
        if row.owner and row.key.strip() and texts and texts[0].field in {*LABELS, RATING}:
            keys[row.key] = Slot("", texts[0].field, "", "")
    return keys


def read_region(
    rows: Sequence[Row],
    lines: Sequence[str],
    *,
    learned: Mapping[str, Slot],
    glyphs: Collection[str],
) -> tuple[list[Edit], list[str]]:
    """Read back some rows from the lines that are left of them.

    Args:
        rows: The rows as printed, in their order.
        lines: The lines as they are now.
        learned: What `learned_keys` says; empty where no text can be added.
        glyphs: What may stand for a point of a rating beside emoji.

    Returns:
        What has changed (an edit of a field that was not printed has a slot without text), and
        the lines at the end that are none of these rows'.
    """
    found = _Found(rows, lines)
    found.take_unchanged()
    found.take_keyed()
    added = found.take_added(learned)
    found.take_by_place()
    owner = next((row.owner for row in rows if row.owner), "")
    area = next((slot.area for row in rows for slot in row.slots if slot.area), "")
    edits: list[Edit] = []
    reached = 0
    for number, row in enumerate(rows):
        if number in found.places:
            start, end = found.extent(number)
            edits += read_row(row, "\n".join(lines[start:end]), glyphs) or []
            reached = max(reached, end)
        else:
            edits += [Edit(slot, None) for slot in row.slots if slot.field in _LONG]
    for at, key in added.items():
        slot = learned[key]
        text = "\n".join(lines[at : found.end_of(at)])[len(key) :]
        reached = max(reached, found.end_of(at))
        if slot.field != RATING and text.strip():
            edits.append(Edit(Slot(owner, slot.field, area, ""), text))
    return edits, list(lines[reached:])


class _Found:
    """Which row stands where; grows while rows are found.

    Attributes:
        places: The first line and the one behind the last, by the position of the row.
    """

    def __init__(self, rows: Sequence[Row], lines: Sequence[str]) -> None:
        self.places: dict[int, tuple[int, int]] = {}
        self._rows, self._lines = rows, lines
        self._begins: set[int] = set()
        self._taken: set[int] = set()

    def take_unchanged(self) -> None:
        """Find rows that stand there as printed; of several the first behind the row before."""
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
                self._take(number, spot, spot + size)
                at = spot + size

    def take_keyed(self) -> None:
        """Find edited rows by what they begin with; of several the most alike."""
        for number, row in enumerate(self._rows):
            if number in self.places or not row.slots or not row.key.strip():
                continue
            spots = [
                spot
                for spot, line in enumerate(self._lines)
                if spot not in self._taken
                and (line.startswith(row.key.rstrip()) or _reads_label(row, line))
            ]
            if spots:
                spot = max(spots, key=lambda spot: _likeness(row.lines[0], self._lines[spot]))
                self._take(number, spot, spot + 1)

    def take_added(self, learned: Mapping[str, Slot]) -> dict[int, str]:
        """Find rows of texts that were not printed; returns what each begins with, by its line."""
        there = {slot.field for number in self.places for slot in self._rows[number].slots}
        added: dict[int, str] = {}
        for spot, line in enumerate(self._lines):
            key = next((key for key in learned if line.startswith(key)), None)
            if key is not None and spot not in self._taken and learned[key].field not in there:
                added[spot] = key
                there.add(learned[key].field)
                self._begins.add(spot)
                self._taken.add(spot)
        return added

    def take_by_place(self) -> None:
        """Find rows of the author's text alone where they stood, between the same two others."""
        for number, row in enumerate(self._rows):
            if number in self.places or not row.slots or row.key.strip():
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
                self._take(number, free[0], free[-1] + 1)
            elif free:
                best = max(free, key=lambda at: _likeness(row.lines[0], self._lines[at]))
                self._take(number, best, best + 1)

    def extent(self, number: int) -> tuple[int, int]:
        """Tell how far a row goes on: over its paragraph, and where it may over others."""
        start, end = self.places[number]
        row = self._rows[number]
        last = row.slots[-1] if row.slots else None
        if last is None or not row.ends_with_text or last.field not in _LONG:
            return start, end
        # The row behind it stands there: so what comes before that one can only be this text.
        is_enclosed = self.places.get(number + 1, (0, 0))[0] >= end or (
            number + 1 == len(self._rows) and any(spot >= end for spot in self._begins)
        )
        goes_on = is_enclosed or last.field == _BODY or "\n\n" in last.text
        return start, max(end, self.end_of(start, paragraphs=goes_on))

    def end_of(self, start: int, *, paragraphs: bool = False) -> int:
        """Find the end of a text that begins at a line: that of its paragraph, or of all."""
        end = start + 1
        for at in range(start + 1, len(self._lines)):
            is_blank = not self._lines[at].strip()
            if at in self._begins or (is_blank and not paragraphs):
                break
            if not is_blank:
                end = at + 1
        return end

    def _free(self, start: int, end: int) -> list[int]:
        """List the lines of the first text between two that belongs to no row."""
        free: list[int] = []
        for at in range(start, end):
            if at in self._taken:
                if free:
                    break
            elif self._lines[at].strip():
                free.append(at)
        return free

    def _take(self, number: int, start: int, end: int) -> None:
        self.places[number] = (start, end)
        self._begins.add(start)
        self._taken |= {*range(start, end)}


def _reads_label(row: Row, line: str) -> bool:
    """Tell whether a line is a row with a rating whose label was changed."""
    is_labelled = len(row.slots) > 1 and [row.slots[0].field, row.slots[1].field] == [LABEL, RATING]
    return is_labelled and read_row(row, line, [row.slots[1].text[:1]]) is not None


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
