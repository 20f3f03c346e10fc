"""A draft as it stands in its file: anchors, the rows of a template, the region of each item.

A row is a line, or several that one text of the author spans. Between its slots, which hold texts
of the author, it has literals, which come from the template. An edited row is read back by its
literals; nothing is known of any template.

A line that was printed once tells whose it is, and so do the address of a work and an anchor.
The card of an item reaches from its first line to where the next card begins, or a heading of the
issue.
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
        spans: What stands where in it.

    Returns:
        The text with anchors, and where everything stands in it.
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
    """Take the anchors out of a draft; all else stays as it is, line endings too."""
    return _ANCHOR_LINE.sub("", text)


def read_anchor(line: str, known: Collection[str] | None = None) -> str | None:
    """Read the line of an anchor; None when it is none, or of none of the items known.

    Args:
        line: Without its end.
        known: The items that may be meant, as the journal names them; None for any, and then what
            comes back is as it is written in the anchor.
    """
    found = _ANCHOR.fullmatch(line)
    if found is None:
        return None
    if known is None:
        return found[1]
    return next((subject for subject in known if _written(subject) == found[1]), None)


def _written(subject: str) -> str:
    """Write a subject so that no part of it ends a comment or is read as another word."""
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
    """A row as it was printed.

    Attributes:
        line: Where it begins, from 0.
        literals: One more than slots: before, between and behind them.
        owner: The item in whose card it stands, empty outside of all.
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
    def key(self) -> str:
        """What it begins with, up to the first text that is not a label; may be empty."""
        parts = [self.literals[0]]
        for slot, literal in zip(self.slots, self.literals[1:], strict=True):
            if slot.field != LABEL:
                break
            parts += [slot.text, literal]
        return "".join(parts)

    @property
    def ends_with_text(self) -> bool:
        """Whether there is nothing after its last slot, so that the text there may go on."""
        return bool(self.slots) and not self.literals[-1].strip()


@dataclass(frozen=True, slots=True)
class Edit:
    """A text of the author as it stands in the edited draft.

    Attributes:
        slot: Where it stood, with the text that was printed.
        text: What stands there now; None when it was taken away.
    """

    slot: Slot
    text: str | None


def rows_of(text: str, spans: Sequence[Span]) -> list[Row]:
    """Part a rendered text into its rows; blank lines between them are left out.

    Args:
        text: The text.
        spans: What stands where in it.
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
    """Read what an edited row says in the slots that it was printed with.

    Args:
        row: The row as it was printed.
        text: The row as it stands now.
        glyphs: What may stand for a point of a rating beside emoji.

    Returns:
        Only what has changed; None when it cannot be told.
    """
    if text == row.text:
        return []
    at = next((at for at, slot in enumerate(row.slots) if slot.field == RATING), None)
    if at is not None:
        return _read_rated(row, at, text, glyphs)
    return _read_one(row, text) or _read_all(row, text)


def unescape(text: str) -> str:
    """Read one line of Markdown as the plain text that it shows, as far as it is escaped."""
    return _ESCAPED.sub(r"\1", text)


def _read_one(row: Row, text: str) -> list[Edit] | None:
    """Read a row of which a single slot was changed; that is never in doubt."""
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
    said = zip(row.slots, found.groups(), strict=True)
    return [Edit(slot, now if now.strip() else None) for slot, now in said if now != slot.text]


def _read_rated(row: Row, at: int, text: str, glyphs: Collection[str]) -> list[Edit] | None:
    """Read a row with a rating: the remark, printed or not, belongs to it."""
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
    """Read a label that was changed before a rating."""
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
    """Write what stands before and behind a slot."""
    slots, literals = row.slots, row.literals
    before = "".join(a + b.text for a, b in zip(literals[:at], slots[:at], strict=True))
    after = "".join(a + b.text for a, b in zip(literals[at + 1 : -1], slots[at + 1 :], strict=True))
    return before + literals[at], after + literals[-1]


def _outermost(spans: Iterable[Span]) -> list[Span]:
    """List the spans of texts that stand in no other."""
    found: list[Span] = []
    for span in spans:
        is_inner = bool(found) and span.start < found[-1].end
        if span.field != CARD and span.end > span.start and not is_inner:
            found.append(span)
    return found


def _row_end(text: str, start: int, slots: Sequence[Span]) -> int:
    """Find the end of the row that begins at a place: behind all texts that begin in it."""
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
    """Neighbouring lines of an edited draft.

    Attributes:
        start, end: The first line, from 0, and the one behind the last.
        owner: The item whose card it is; empty for what stands outside of all.
        is_new: Whether it looks like the card of an item that was not in the draft.
    """

    start: int
    end: int
    owner: str = ""
    is_new: bool = False


def find_regions(rows: Sequence[Row], lines: Sequence[str]) -> list[CardRegion]:
    """Part an edited draft into the cards of its items, and what stands outside of them.

    Args:
        rows: The draft as it was printed.
        lines: The edited draft.

    Returns:
        Regions in the order of the edited draft; together they are all of it.
    """
    runs = _runs(_signs(rows, lines))
    firsts = {row.owner: row for row in reversed(rows) if row.owner}
    keys = _opening_keys(rows, list(firsts.values()))
    frames = {line for row in rows if not row.owner for line in row.lines}
    level = _title_level(keys)
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
        elif line.startswith(keys) or _level(line) == level or read_anchor(line) is not None:
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
    """Tell of every line whose it is for certain; empty where that is not known."""
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
            whose = {
                by_address[address] for address in _ADDRESS.findall(line) if address in by_address
            }
            if len(whose) == 1:
                signs[at] = whose.pop()
    return signs


def _addresses(rows: Sequence[Row], now: Counter[str]) -> dict[str, str]:
    """Tell whose an address is, where one item alone has it and the line with it was edited."""
    found: dict[str, set[str]] = {}
    for row in rows:
        for line in row.lines:
            for address in _ADDRESS.findall(line):
                found.setdefault(address, set()).add("" if line in now else row.owner)
    return {address: owners.pop() for address, owners in found.items() if len(owners) == 1}


def _runs(signs: Sequence[str]) -> list[CardRegion]:
    """Find for every item the stretch that holds most of its signs, in the order of the lines."""
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


def _opening_keys(rows: Sequence[Row], firsts: Sequence[Row]) -> tuple[str, ...]:
    """List what the first row of a card begins with, and no other: ``### [``, ``- **``."""
    others = {row.key for row in rows if row.owner and row not in firsts}
    return tuple(sorted({row.key for row in firsts if row.key.strip()} - others))


def _title_level(keys: Sequence[str]) -> int:
    """Tell which level of heading the cards have; below all of them where they have none."""
    levels = [level for key in keys if (level := _level(key))]
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
    """Find where a card begins, though its first row was edited beyond recognition."""
    line = lines[run.start]
    is_first = line in first.lines or (first.key.strip() and line.startswith(first.key))
    if is_first or read_anchor(line) is not None:
        return run.start
    start = run.start
    for at in range(run.start - 1, -1, -1):
        if at in inside:
            break
        if first.key.strip():
            if lines[at].startswith(first.key) or _level(lines[at]) == (_level(first.key) or -1):
                return at
        elif lines[at].strip() and at not in begins:
            start = at
        if at in begins:
            break
    return start
