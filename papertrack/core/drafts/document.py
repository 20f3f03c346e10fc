"""A draft in its file: anchors, the rows a template printed, the region of each item.

A row is a line, or several if a text of the author spans them. It alternates between slots, which
hold texts of the author, and literals, which come from the template. An edited row is read back by
its literals, so no template needs to be known.

A line that was printed once identifies its item, and so do the address of a work and an anchor.
The card of an item reaches from its first line to the next card or a heading of the issue.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core.text.ratings import read_rating
from papertrack.core.text.spans import CARD, Span

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Sequence

    from papertrack.core.text.ratings import ReadRating

_ANCHOR = re.compile(r"<!-- papertrack (\S+) -->[ \t]*")
_ANCHOR_LINE = re.compile(r"^<!-- papertrack \S+ -->[ \t]*(?:\r\n|\n|\r|\Z)", re.MULTILINE)


def with_anchors(text: str, spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    """Put an anchor before every item of a draft.

    Args:
        text: The rendered draft.
        spans: The spans of its texts.

    Returns:
        The text with anchors, and its spans.
    """
    anchors = {
        span.start: f"<!-- papertrack {_written(span.subject)} -->\n"
        for span in spans
        if span.field == CARD and (span.start == 0 or text[span.start - 1] == "\n")
    }
    parts: list[str] = []
    at = 0
    for start, anchor in sorted(anchors.items()):
        parts += [text[at:start], anchor]
        at = start
    parts.append(text[at:])

    def moved(place: int, *, is_end: bool) -> int:
        return place + sum(
            len(anchor)
            for start, anchor in anchors.items()
            if start < place or (start == place and not is_end)
        )

    return "".join(parts), tuple(
        Span(
            moved(span.start, is_end=False),
            moved(span.end, is_end=True),
            span.subject,
            span.field,
            span.area,
        )
        for span in spans
    )


def strip_anchors(text: str) -> str:
    """Remove the anchors of a draft; all else stays unchanged, line endings included."""
    return _ANCHOR_LINE.sub("", text)


def read_anchor(line: str, known: Collection[str] | None = None) -> str | None:
    """Return the subject of an anchor line; None if it is no anchor, or of no known item.

    Args:
        line: Without its ending.
        known: The subjects to accept; None for any, returned as written in the anchor.
    """
    found = _ANCHOR.fullmatch(line)
    if found is None:
        return None
    if known is None:
        return found[1]
    return next((subject for subject in known if _written(subject) == found[1]), None)


def _written(subject: str) -> str:
    """Encode a subject so that it cannot end the comment and contains no space."""
    return "-%2D".join(subject.split("--")).replace(" ", "%20")


RATING, REMARK, LABEL, EMOJI = "rating", "remark", "label", "emoji"
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")  # CommonMark 0.31, 2.4


@dataclass(frozen=True, slots=True)
class Slot:
    """A text of the author in a row; see `papertrack.core.text.spans.Span`."""

    subject: str
    field: str
    area: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row as printed.

    Attributes:
        line: Its first line, from 0.
        literals: One more than slots: before, between and after them.
        owner: The item whose card it belongs to; empty outside all cards.
    """

    line: int
    literals: tuple[str, ...]
    slots: tuple[Slot, ...]
    owner: str = ""

    @property
    def text(self) -> str:
        """The whole row."""
        parts = [self.literals[0]]
        for slot, literal in zip(self.slots, self.literals[1:], strict=True):
            parts += [slot.text, literal]
        return "".join(parts)

    @property
    def lines(self) -> list[str]:
        """Its lines."""
        return self.text.split("\n")

    @property
    def prefix(self) -> str:
        """Its beginning, up to the first text that is not a label; may be empty."""
        parts = [self.literals[0]]
        for slot, literal in zip(self.slots, self.literals[1:], strict=True):
            if slot.field != LABEL:
                break
            parts += [slot.text, literal]
        return "".join(parts)

    @property
    def ends_with_text(self) -> bool:
        """Whether nothing follows its last slot, so that the text there may continue."""
        return bool(self.slots) and not self.literals[-1].strip()


@dataclass(frozen=True, slots=True)
class Edit:
    """A changed text of the author in the edited draft.

    Attributes:
        slot: Its slot, with the printed text.
        text: The text now; None if it was removed.
    """

    slot: Slot
    text: str | None


def rows_of(text: str, spans: Sequence[Span]) -> list[Row]:
    """Split a rendered text into its rows, without the blank lines between them.

    Args:
        text: The text.
        spans: The spans of its texts.
    """
    slots = _outermost(spans)
    cards = [span for span in spans if span.field == CARD]
    rows: list[Row] = []
    at = number = 0
    while at < len(text):
        end = _row_end(text, at, slots)
        if text[at:end].strip():
            rows.append(_row(text, (at, end), slots, cards, number))
        number += text.count("\n", at, end) + 1
        at = end + 1
    return rows


def read_row(row: Row, text: str, glyphs: Collection[str]) -> list[Edit] | None:
    """Read the slots of an edited row.

    Args:
        row: The row as printed.
        text: The row now.
        glyphs: Characters other than emoji that may stand for a point of a rating.

    Returns:
        The changes; None when the edit is ambiguous.
    """
    if text == row.text:
        return []
    at = next((at for at, slot in enumerate(row.slots) if slot.field == RATING), None)
    if at is not None:
        return _read_rated(row, at, text, glyphs)
    return _read_one(row, text) or _read_all(row, text)


def unescape(text: str) -> str:
    """Remove the backslash escapes from a line of Markdown."""
    return _ESCAPED.sub(r"\1", text)


def _read_one(row: Row, text: str) -> list[Edit] | None:
    """Read a row with a single changed slot, which is never ambiguous."""
    for at, slot in enumerate(row.slots):
        before, after = _around(row, at)
        if not after and text.rstrip() == before.rstrip():
            return [Edit(slot, None)]
        is_whole = text.startswith(before) and text.endswith(after)
        if is_whole and len(before) + len(after) <= len(text):
            now = text[len(before) : len(text) - len(after)]
            return [Edit(slot, now if now.strip() else None)]
    return None


def _read_all(row: Row, text: str) -> list[Edit] | None:
    if not row.slots or not all(literal for literal in row.literals[1:-1]):
        return None
    literals = [re.escape(literal) for literal in row.literals]
    found = re.fullmatch("(.*?)".join(literals), text, re.DOTALL)
    if found is None:
        return None
    texts = zip(row.slots, found.groups(), strict=True)
    return [Edit(slot, now if now.strip() else None) for slot, now in texts if now != slot.text]


def _read_rated(row: Row, at: int, text: str, glyphs: Collection[str]) -> list[Edit] | None:
    """Read a row with a rating and its remark, printed or not."""
    last = at
    while last + 1 < len(row.slots) and row.slots[last + 1].field == REMARK:
        last += 1
    tail = _around(row, last)[1]
    if last > at and tail.startswith(")"):
        tail = tail[1:]
    if not text.endswith(tail):
        return None
    body = text.removesuffix(tail) if tail else text
    before = _around(row, at)[0]
    edits: list[Edit] = []
    if body.startswith(before):
        rest = body[len(before) :]
    else:
        head = _read_label(row, at, body)
        if head is None:
            return None
        edits, rest = head
    rating = read_rating(rest, glyphs)
    if rating is None:
        return None
    return edits + _changed_rating(row, at, last, rating, glyphs)


def _read_label(row: Row, at: int, text: str) -> tuple[list[Edit], str] | None:
    """Read a changed label before a rating."""
    if at != 1 or row.slots[0].field != LABEL or not row.literals[1].strip():
        return None
    pattern = f"{re.escape(row.literals[0])}(.+?){re.escape(row.literals[1])}(.*)"
    found = re.fullmatch(pattern, text, re.DOTALL)
    return ([Edit(row.slots[0], found[1])], found[2]) if found else None


def _changed_rating(
    row: Row, at: int, last: int, rating: ReadRating, glyphs: Collection[str]
) -> list[Edit]:
    printed = row.slots[at]
    before = read_rating(printed.text, glyphs)
    remark = row.slots[last].text if last > at else None
    edits: list[Edit] = []
    if before is None or before.halves != rating.halves:
        edits.append(Edit(printed, str(rating.halves)))
    if rating.emoji is not None and (before is None or before.emoji != rating.emoji):
        edits.append(Edit(_slot(printed, EMOJI, before.emoji if before else ""), rating.emoji))
    if (remark or None) != rating.remark:
        edits.append(Edit(_slot(printed, REMARK, remark or ""), rating.remark))
    return edits


def _slot(printed: Slot, field: str, text: str | None) -> Slot:
    return Slot(printed.subject, field, printed.area, text or "")


def _around(row: Row, at: int) -> tuple[str, str]:
    """Return the printed text before and after a slot."""
    slots, literals = row.slots, row.literals
    before = "".join(a + b.text for a, b in zip(literals[:at], slots[:at], strict=True))
    after = "".join(a + b.text for a, b in zip(literals[at + 1 : -1], slots[at + 1 :], strict=True))
    return before + literals[at], after + literals[-1]


def _outermost(spans: Iterable[Span]) -> list[Span]:
    """List the spans of texts that lie within no other."""
    found: list[Span] = []
    for span in spans:
        is_inner = bool(found) and span.start < found[-1].end
        if span.field != CARD and span.end > span.start and not is_inner:
            found.append(span)
    return found


def _row_end(text: str, start: int, slots: Sequence[Span]) -> int:
    """Find the end of the row that begins at `start`, after all texts that begin in it."""
    end = _line_end(text, start)
    while True:
        reach = max((slot.end for slot in slots if start <= slot.start < end), default=end)
        further = _line_end(text, reach) if reach > end else end
        if further == end:
            return end
        end = further


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _row(
    text: str, stretch: tuple[int, int], slots: Sequence[Span], cards: Sequence[Span], number: int
) -> Row:
    start, end = stretch
    mine = [slot for slot in slots if start <= slot.start < end]
    literals = list(_literals(text, stretch, mine))
    owners = {card.subject for card in cards if card.start < end and start < card.end}
    return Row(
        line=number,
        literals=tuple(literals),
        slots=tuple(
            Slot(slot.subject, slot.field, slot.area, text[slot.start : slot.end]) for slot in mine
        ),
        owner=owners.pop() if len(owners) == 1 else "",
    )


def _literals(text: str, stretch: tuple[int, int], slots: Sequence[Span]) -> Iterator[str]:
    at, end = stretch
    for slot in slots:
        yield text[at : slot.start]
        at = slot.end
    yield text[at:end]


_ADDRESS = re.compile(r"https?://[^\s<>()\[\]\"']+")
_NO_LEVEL = 7
_HEADING = re.compile(r" {0,3}(#{1,6})(?:\s|$)")


@dataclass(frozen=True, slots=True)
class CardRegion:
    """Consecutive lines of an edited draft.

    Attributes:
        start, end: The first line, from 0, and the one after the last.
        owner: The item whose card it is; empty outside all cards.
        is_new: Whether it looks like the card of an item that was not in the draft.
    """

    start: int
    end: int
    owner: str = ""
    is_new: bool = False


def find_regions(rows: Sequence[Row], lines: Sequence[str]) -> list[CardRegion]:
    """Split an edited draft into the cards of its items and the text between them.

    Args:
        rows: The draft as printed.
        lines: The edited draft.

    Returns:
        Regions that cover the edited draft, in its order.
    """
    runs = _runs(_signs(rows, lines))
    firsts = {row.owner: row for row in reversed(rows) if row.owner}
    prefixes = _opening_prefixes(rows, list(firsts.values()))
    frames = {line for row in rows if not row.owner for line in row.lines}
    level = _title_level(prefixes)
    known = {*firsts}
    inside = {at for run in runs for at in range(run.start, run.end)}
    begins: dict[int, tuple[str, bool]] = {0: ("", False)}
    last = ""
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        is_anchored, last = read_anchor(last, known) is not None, line
        if at in inside or is_anchored:
            continue
        if line in frames or (_level(line) or level) < level:
            begins[at] = ("", False)
        elif line.startswith(prefixes) or _level(line) == level or read_anchor(line) is not None:
            begins[at] = ("", True)
    for run in runs:
        start = _opening(run, firsts[run.owner], lines, begins, inside)
        begins.pop(start, None)
        begins[start] = (run.owner, False)
    ordered = sorted(begins)
    ends = [*ordered[1:], len(lines)]
    return [
        CardRegion(start, end, *begins[start])
        for start, end in zip(ordered, ends, strict=True)
        if end > start
    ]


def first_address(text: str) -> str | None:
    """Find the first http(s) address in a text."""
    found = _ADDRESS.search(text)
    return found[0].rstrip(".,;:!?") if found else None


def _signs(rows: Sequence[Row], lines: Sequence[str]) -> list[str]:
    """Return the certain owner of every line; empty where it is unknown."""
    printed = Counter(line for row in rows for line in row.lines)
    now = Counter(lines)
    owners = {
        line: row.owner
        for row in rows
        for line in row.lines
        if row.owner and line.strip() and printed[line] == 1 and now[line] == 1
    }
    signs = [owners.get(line, "") for line in lines]
    known = {row.owner for row in rows if row.owner}
    by_address = _addresses(rows, now)
    for at, line in enumerate(lines):
        if (anchored := read_anchor(line, known)) is not None:
            signs[at] = anchored
        elif not signs[at] and line not in printed:
            candidates = {
                by_address[address] for address in _ADDRESS.findall(line) if address in by_address
            }
            if len(candidates) == 1:
                signs[at] = candidates.pop()
    return signs


def _addresses(rows: Sequence[Row], now: Counter[str]) -> dict[str, str]:
    """Map addresses to the only item that has them, if the line with them was edited."""
    found: dict[str, set[str]] = {}
    for row in rows:
        for line in row.lines:
            for address in _ADDRESS.findall(line):
                found.setdefault(address, set()).add("" if line in now else row.owner)
    return {address: owners.pop() for address, owners in found.items() if len(owners) == 1}


def _runs(signs: Sequence[str]) -> list[CardRegion]:
    """Find for every item the run with most of its lines, in the order of the lines."""
    runs: list[CardRegion] = []
    weights: list[int] = []
    for at, owner in enumerate(signs):
        if not owner:
            continue
        if runs and runs[-1].owner == owner:
            runs[-1] = CardRegion(runs[-1].start, at + 1, owner)
            weights[-1] += 1
        else:
            runs.append(CardRegion(at, at + 1, owner))
            weights.append(1)
    best: dict[str, int] = {}
    for number, run in enumerate(runs):
        if run.owner not in best or weights[number] > weights[best[run.owner]]:
            best[run.owner] = number
    return [run for number, run in enumerate(runs) if best[run.owner] == number]


def _opening_prefixes(rows: Sequence[Row], firsts: Sequence[Row]) -> tuple[str, ...]:
    """List the prefixes that only the first row of a card has: ``### [``, ``- **``."""
    others = {row.prefix for row in rows if row.owner and row not in firsts}
    return tuple(sorted({row.prefix for row in firsts if row.prefix.strip()} - others))


def _title_level(prefixes: Sequence[str]) -> int:
    """Return the heading level of cards; below every level if they have no headings."""
    levels = [level for prefix in prefixes if (level := _level(prefix))]
    return min(levels, default=_NO_LEVEL)


def _level(line: str) -> int | None:
    found = _HEADING.match(line)
    return len(found[1]) if found else None


def _opening(
    run: CardRegion,
    first: Row,
    lines: Sequence[str],
    begins: Container[int],
    inside: Container[int],
) -> int:
    """Find where a card begins, even if its first row was edited beyond recognition."""
    line = lines[run.start]
    is_first = line in first.lines or (first.prefix.strip() and line.startswith(first.prefix))
    if is_first or read_anchor(line) is not None:
        return run.start
    start = run.start
    for at in range(run.start - 1, -1, -1):
        if at in inside:
            break
        if first.prefix.strip():
            if lines[at].startswith(first.prefix) or _level(lines[at]) == (
                _level(first.prefix) or -1
            ):
                return at
        elif lines[at].strip() and at not in begins:
            start = at
        if at in begins:
            break
    return start
