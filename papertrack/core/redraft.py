"""Merge a draft that the author has edited with the draft as it would be written today.

Three texts meet: what was generated last time, the file as the author left it, and what would be
generated now. merge3 finds what all three have in common; between those places one side alone has
changed something, or both have. What both have changed is taken apart further, because most of it
does not contradict: an edited paragraph beside a new card, closing words after the last item.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Protocol

MINE_FROM, BETWEEN, NEW_UNTIL = "<<<<<<< you", "=======", ">>>>>>> papertrack"

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_MARKER = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
# Where a new block begins though no blank line is before it: headings, lists, quotations, tables.
_OPENS_BLOCK = re.compile(r"\s{0,3}(?:#|>|\||<!--|[-+*]\s|\d{1,9}[.)]\s)")
_CLOSING = re.compile(r"\s{0,3}(?:#|(?:-\s*){3,}$|(?:\*\s*){3,}$|(?:_\s*){3,}$)")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge.

    Attributes:
        text: The new text of the file.
        conflicts: How many places hold both texts between markers.
    """

    text: str
    conflicts: int


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, and how it ends: nothing, LF, CRLF or CR."""

    words: str
    ending: str


@dataclass(frozen=True, slots=True)
class _Hunk:
    """A stretch of the base, and what one side has put in its place; empty ones insert."""

    start: int
    end: int
    lines: Sequence[_Line]

    @property
    def words(self) -> list[str]:
        return [line.words for line in self.lines]


class _Texts(Protocol):
    def __getitem__(self, at: int, /) -> str: ...
    def __len__(self) -> int: ...


def merge(base: str, mine: str, new: str) -> Merged:
    """Bring what would be generated today into a file that was edited by hand.

    Every line that the author wrote or changed is in the result as it stands in the file, and
    every line that the author deleted is not, except between the markers of a conflict.

    Args:
        base: The text as it was generated for the file last time.
        mine: The file, with any line endings, with or without a byte order mark.
        new: The text as it is generated today.
    """
    mark = _BOM if mine.startswith(_BOM) else ""
    theirs = _lines(mine.removeprefix(_BOM))
    ending = _usual_ending(theirs)
    old, today = (
        [_Line(line.words, ending if line.ending else "") for line in _lines(text)]
        for text in (base, new)
    )
    lines: list[_Line] = []
    conflicts = 0
    for part in _parts(old, theirs, today):
        if isinstance(part, _Conflict):
            conflicts += 1
            lines += part.lines(ending)
        else:
            lines += part
    return Merged(mark + _joined(lines, ending), conflicts)


def has_conflicts(text: str) -> bool:
    """Tell whether a text still holds the markers of a conflict."""
    return _MARKER.search(text) is not None


def plain_text(text: str) -> str:
    """Write a text as it is generated: LF behind every line, no byte order mark."""
    return "".join(
        line.words + ("\n" if line.ending else "") for line in _lines(text.removeprefix(_BOM))
    )


def choose_base(text: str, candidates: Sequence[str]) -> int:
    """Choose the text that a file most likely grew from.

    Args:
        text: The file.
        candidates: What may have been generated for it, newest first; at least one.

    Returns:
        The position of the one that has the fewest lines more or less than the file; of several
        the newest.
    """
    held = Counter(text.splitlines())

    def distance(candidate: str) -> int:
        lines = Counter(candidate.splitlines())
        return (held - lines).total() + (lines - held).total()

    return min(range(len(candidates)), key=lambda at: distance(candidates[at]))


@dataclass(frozen=True, slots=True)
class _Conflict:
    """A place that both have changed, each in another way."""

    mine: Sequence[_Line]
    new: Sequence[_Line]

    def lines(self, ending: str) -> list[_Line]:
        markers = [_Line(marker, ending) for marker in (MINE_FROM, BETWEEN, NEW_UNTIL)]
        return [markers[0], *self.mine, markers[1], *self.new, markers[2]]


_Part = Sequence[_Line] | _Conflict


def _parts(base: Sequence[_Line], mine: Sequence[_Line], new: Sequence[_Line]) -> Iterator[_Part]:
    from merge3 import Merge3  # noqa: PLC0415  # only a draft that was edited needs it

    words = [[line.words for line in lines] for lines in (base, mine, new)]
    merging = Merge3(words[0], words[1], words[2], sequence_matcher=_Matching)
    at_base = at_mine = at_new = 0
    for start, end, from_mine, to_mine, from_new, to_new in merging.find_sync_regions():
        changed = base[at_base:start], mine[at_mine:from_mine], new[at_new:from_new]
        if changed[1] or changed[2]:
            yield from _settled(*changed, is_last=start == len(base))
        yield mine[from_mine:to_mine]
        at_base, at_mine, at_new = end, to_mine, to_new


def _settled(
    base: Sequence[_Line], mine: Sequence[_Line], new: Sequence[_Line], *, is_last: bool
) -> Iterator[_Part]:
    words = [[line.words for line in lines] for lines in (base, mine, new)]
    if words[1] == words[0]:
        yield new
    elif words[2] in (words[0], words[1]):
        yield mine
    else:
        yield from _untangled(base, mine, new, is_last=is_last)


def _untangled(
    base: Sequence[_Line], mine: Sequence[_Line], new: Sequence[_Line], *, is_last: bool
) -> Iterator[_Part]:
    """Part the changes of both sides from each other where they stand side by side."""
    at = 0
    words = [line.words for line in base]
    base = _as_in(mine, base)
    for mine_hunks, new_hunks in _clusters(words, _hunks(base, mine), _hunks(base, new)):
        together = [*mine_hunks, *new_hunks]
        start, end = min(hunk.start for hunk in together), max(hunk.end for hunk in together)
        yield base[at:start]
        at = end
        ours, theirs = (_applied(base, one, start, end) for one in (mine_hunks, new_hunks))
        if not new_hunks:
            yield ours
        elif not mine_hunks:
            yield theirs
        else:
            yield from _both(
                ours, theirs, inserts=start == end, is_end=is_last and end == len(base)
            )
    yield base[at:]


def _both(
    mine: Sequence[_Line], new: Sequence[_Line], *, inserts: bool, is_end: bool
) -> Iterator[_Part]:
    """Settle what both have put into one place."""
    mine_words, new_words = [line.words for line in mine], [line.words for line in new]
    if mine_words == new_words:
        yield mine
    elif inserts and not ({*mine_words} & {*new_words} - {""}):
        # Nothing is contradicted. What the author adds behind an item belongs to it; a heading,
        # a rule and closing words do not.
        first = next((words for words in mine_words if words.strip()), "")
        yield from (new, mine) if is_end or _CLOSING.match(first) else (mine, new)
    else:
        same = _same_at_start(mine_words, new_words)
        rest = _same_at_start(mine_words[same:][::-1], new_words[same:][::-1])
        yield mine[:same]
        yield _Conflict(mine[same : len(mine) - rest], new[same : len(new) - rest])
        yield mine[len(mine) - rest :]


def _clusters(
    base: Sequence[str], mine: Sequence[_Hunk], new: Sequence[_Hunk]
) -> Iterator[tuple[list[_Hunk], list[_Hunk]]]:
    """Gather the changes that reach into each other, in the order of the base."""
    waiting = sorted(
        [(hunk, 0) for hunk in mine] + [(hunk, 1) for hunk in new],
        key=lambda one: (one[0].start, one[0].end, one[1]),
    )
    sides: tuple[list[_Hunk], list[_Hunk]] = ([], [])
    for hunk, side in waiting:
        if (sides[0] or sides[1]) and not any(
            _meet(base, other, hunk) for other in (*sides[0], *sides[1])
        ):
            yield sides
            sides = ([], [])
        sides[side].append(hunk)
    if sides[0] or sides[1]:
        yield sides


def _meet(base: Sequence[str], hunk: _Hunk, later: _Hunk) -> bool:
    """Tell whether two changes concern the same lines, or the same paragraph."""
    if later.start < hunk.end:
        return True
    if later.start > hunk.end:
        return False
    if hunk.start == hunk.end == later.end:
        return True  # both insert here
    at = later.start
    return 0 < at < len(base) and not _is_boundary(base[at - 1], base[at])


def _is_boundary(before: str, after: str) -> bool:
    return not before.strip() or not after.strip() or _OPENS_BLOCK.match(after) is not None


def _hunks(base: Sequence[_Line], side: Sequence[_Line]) -> list[_Hunk]:
    matching = _Matching(None, [line.words for line in base], [line.words for line in side])
    hunks: list[_Hunk] = []
    at_base = at_side = 0
    for in_base, in_side, length in matching.get_matching_blocks():
        if in_base > at_base or in_side > at_side:
            hunks.append(_Hunk(at_base, in_base, side[at_side:in_side]))
        at_base, at_side = in_base + length, in_side + length
    return hunks


def _as_in(side: Sequence[_Line], base: Sequence[_Line]) -> Sequence[_Line]:
    """Give lines of the base the endings that they have on one side."""
    lines = list(base)
    matching = _Matching(None, [line.words for line in base], [line.words for line in side])
    for in_base, in_side, length in matching.get_matching_blocks():
        lines[in_base : in_base + length] = side[in_side : in_side + length]
    return lines


def _applied(
    base: Sequence[_Line], hunks: Sequence[_Hunk], start: int, end: int
) -> Sequence[_Line]:
    """Write a stretch of the base as one side has it."""
    lines: list[_Line] = []
    at = start
    for hunk in hunks:
        lines += [*base[at : hunk.start], *hunk.lines]
        at = hunk.end
    return [*lines, *base[at:end]]


class _Matching:
    """Which lines of two texts belong together, in the form that merge3 wants it.

    difflib leaves it to chance to which of two blank lines an inserted paragraph is joined. Here
    an insertion or a deletion always slides down as far as it can, so that it begins with its own
    text and ends with the blank line behind it, and two sides agree on where it stands.
    """

    def __init__(self, isjunk: object, a: _Texts, b: _Texts, autojunk: object = None) -> None:
        """Compare two texts; junk is not known here."""
        del isjunk, autojunk
        self._base = [a[at] for at in range(len(a))]
        self._side = [b[at] for at in range(len(b))]

    def get_matching_blocks(self) -> list[tuple[int, int, int]]:
        """List the stretches that are the same: where in either text, and how many lines.

        The last one is empty and stands at the end of both.
        """
        found = SequenceMatcher(None, self._base, self._side, autojunk=False).get_matching_blocks()
        blocks = [[block.a, block.b, block.size] for block in found]
        for before, after in pairwise(blocks):
            self._slide(before, after)
        end = (len(self._base), len(self._side), 0)
        return [(a, b, size) for a, b, size in blocks if size] + [end]

    def _slide(self, before: list[int], after: list[int]) -> None:
        """Move the gap between two matches down while its first line returns behind it."""
        while after[2] > 1:
            in_base, in_side = before[0] + before[2], before[1] + before[2]
            is_insertion, is_deletion = in_base == after[0], in_side == after[1]
            if is_insertion == is_deletion:
                return
            first = self._side[in_side] if is_insertion else self._base[in_base]
            if first != self._base[after[0]]:
                return
            before[2] += 1
            after[0] += 1
            after[1] += 1
            after[2] -= 1


def _same_at_start(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    for line in _LINE.findall(text):
        words = line.rstrip("\r\n")
        lines.append(_Line(words, line[len(words) :]))
    return lines


def _usual_ending(lines: Sequence[_Line]) -> str:
    endings = Counter(line.ending for line in lines if line.ending)
    return endings.most_common(1)[0][0] if endings else "\n"


def _joined(lines: Sequence[_Line], ending: str) -> str:
    """Write lines one behind another; only the last may lack its ending."""
    return "".join(
        line.words + (line.ending or (ending if at < len(lines) - 1 else ""))
        for at, line in enumerate(lines)
    )
