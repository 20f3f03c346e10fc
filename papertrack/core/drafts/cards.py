"""Which lines of an edited draft belong to which item, wherever they were moved to.

A line that was printed once tells whose it is, and so do the address of a work and an anchor.
The card of an item reaches from its first line to where the next card begins, or a heading of the
issue.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core.drafts.anchors import read_anchor

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from papertrack.core.drafts.document import Row

_ADDRESS = re.compile(r"https?://[^\s<>()\[\]\"']+")
_NO_LEVEL = 7
_HEADING = re.compile(r" {0,3}(#{1,6})(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Region:
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


def find_regions(rows: Sequence[Row], lines: Sequence[str]) -> list[Region]:
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
        Region(start, end, *begins[start])
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


def _runs(signs: Sequence[str]) -> list[Region]:
    """Find for every item the stretch that holds most of its signs, in the order of the lines."""
    runs: list[Region] = []
    weights: list[int] = []
    for at, owner in enumerate(signs):
        if not owner:
            continue
        if runs and runs[-1].owner == owner:
            runs[-1] = Region(runs[-1].start, at + 1, owner)
            weights[-1] += 1
        else:
            runs.append(Region(at, at + 1, owner))
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
    run: Region, first: Row, lines: Sequence[str], begins: Container[int], inside: Container[int]
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
