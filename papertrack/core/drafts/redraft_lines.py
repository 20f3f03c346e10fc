"""Lines of a draft, and which of two texts' lines belong together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_MOST_PAIRS = 1000  # of paragraphs that are compared; 0.1 ms each
_ALIKE = 0.5  # how much of a paragraph must be left for it to be the same one

_Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A line, and how it ends: nothing, LF, CRLF or CR."""

    words: str
    ending: str


@dataclass(frozen=True, slots=True)
class Hunk:
    """A stretch of the base, and what one side has put in its place; empty ones insert."""

    start: int
    end: int
    lines: Sequence[Line]

    @property
    def words(self) -> list[str]:
        """The lines without their endings."""
        return [line.words for line in self.lines]


def hunks_of(base: Sequence[Line], side: Sequence[Line]) -> list[Hunk]:
    """List what one side has changed, in the order of the base."""
    matching = Matching([line.words for line in base], [line.words for line in side])
    hunks: list[Hunk] = []
    at_base = at_side = 0
    for in_base, in_side, length in matching.get_matching_blocks():
        if in_base > at_base or in_side > at_side:
            hunks += _parted(base[at_base:in_base], side[at_side:in_side], at_base)
        at_base, at_side = in_base + length, in_side + length
    return hunks


def _parted(base: Sequence[Line], side: Sequence[Line], start: int) -> list[Hunk]:
    """Part changed paragraphs from whole ones that were put between them or taken away.

    Args:
        base: What stood there.
        side: What stands there now.
        start: Where it stood.
    """
    olds, news = [line.words for line in base], [line.words for line in side]
    pairs = _alike(_paragraphs(olds, (0, len(olds))), _paragraphs(news, (0, len(news))))
    hunks: list[Hunk] = []
    at_base = at_side = 0
    edges = [*pairs, ((len(base), len(base)), (len(side), len(side)))]
    for (from_base, to_base), (from_side, to_side) in edges:
        for old, new in (
            ((at_base, from_base), (at_side, from_side)),
            ((from_base, to_base), (from_side, to_side)),
        ):
            if olds[slice(*old)] != news[slice(*new)]:
                hunks.append(Hunk(start + old[0], start + old[1], side[slice(*new)]))
        at_base, at_side = to_base, to_side
    return hunks


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def as_in(side: Sequence[Line], base: Sequence[Line]) -> Sequence[Line]:
    """Give lines of the base the endings that they have on one side."""
    lines = list(base)
    matching = Matching([line.words for line in base], [line.words for line in side])
    for in_base, in_side, length in matching.get_matching_blocks():
        lines[in_base : in_base + length] = side[in_side : in_side + length]
    return lines


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of lines that three texts share; the last one is empty and ends all three.

    Attributes:
        base, mine, new: Where it begins in each.
        size: How many lines it has.
    """

    base: int
    mine: int
    new: int
    size: int


def shared_regions(
    base: Sequence[str], mine: Sequence[str], new: Sequence[str]
) -> Iterator[Region]:
    """Find the lines of a base that neither side has changed, by intersecting two matchings."""
    blocks = tuple(Matching(base, side).get_matching_blocks() for side in (mine, new))
    at = [0, 0]
    while all(place < len(side) for place, side in zip(at, blocks, strict=True)):
        (in_base, in_mine, mines), (in_other, in_new, news) = blocks[0][at[0]], blocks[1][at[1]]
        start, ends = max(in_base, in_other), (in_base + mines, in_other + news)
        if (size := min(ends) - start) > 0:
            yield Region(start, in_mine + start - in_base, in_new + start - in_other, size)
        at[ends[0] > ends[1]] += 1
    yield Region(len(base), len(mine), len(new), 0)


class Matching:
    """Which lines of two texts belong together.

    difflib leaves it to chance to which of two blank lines an inserted paragraph is joined. Here
    an insertion or a deletion always slides down as far as it can, so that it begins with its own
    text and ends with the blank line behind it, and two sides agree on where it stands.
    """

    def __init__(self, base: Sequence[str], side: Sequence[str]) -> None:
        """Compare two texts."""
        self._base = base
        self._side = side

    def get_matching_blocks(self) -> list[tuple[int, int, int]]:
        """List the stretches that are the same: where in either text, and how many lines.

        The last one is empty and stands at the end of both.
        """
        matcher = SequenceMatcher(None, self._base, self._side, autojunk=False)
        blocks: list[list[int]] = []
        at_base = at_side = 0
        for block in matcher.get_matching_blocks():
            words = self._base[block.a : block.a + block.size]
            if not any(line.strip() for line in words) and block.size:
                continue  # a blank line that is the same says nothing
            blocks += self._blanks((at_base, block.a), (at_side, block.b))
            blocks.append([block.a, block.b, block.size])
            at_base, at_side = block.a + block.size, block.b + block.size
        for before, after in pairwise(blocks):
            self._slide(before, after)
        end = (len(self._base), len(self._side), 0)
        return [(x, y, size) for x, y, size in blocks if size] + [end]

    def _blanks(self, base: tuple[int, int], side: tuple[int, int]) -> list[list[int]]:
        """Match the blank lines around paragraphs that are alike, so that each stands by itself."""
        if base[0] == base[1] or side[0] == side[1]:
            return []
        pairs = _alike(_paragraphs(self._base, base), _paragraphs(self._side, side))
        places: set[tuple[int, int]] = {(base[0], side[0]), (base[1] - 1, side[1] - 1)}
        for one, other in pairs:
            places |= {(one[0] - 1, other[0] - 1), (one[1], other[1])}
        found: list[list[int]] = []
        for in_base, in_side in sorted(places):
            is_inside = base[0] <= in_base < base[1] and side[0] <= in_side < side[1]
            is_next = not found or (in_base > found[-1][0] and in_side > found[-1][1])
            if is_inside and is_next and not (self._base[in_base] or self._side[in_side]):
                found.append([in_base, in_side, 1])
        return found

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


def _paragraphs(lines: Sequence[str], stretch: _Stretch) -> list[tuple[_Stretch, str]]:
    """List the paragraphs of a stretch: where each begins and ends, and its text."""
    found: list[tuple[_Stretch, str]] = []
    start: int | None = None
    for at in range(stretch[0], stretch[1] + 1):
        is_blank = at == stretch[1] or not lines[at].strip()
        if not is_blank and start is None:
            start = at
        elif is_blank and start is not None:
            found.append(((start, at), "\n".join(lines[start:at])))
            start = None
    return found


def _alike(
    base: Sequence[tuple[_Stretch, str]], side: Sequence[tuple[_Stretch, str]]
) -> list[tuple[_Stretch, _Stretch]]:
    """Pair the paragraphs that are most alike, in their order."""
    if len(base) * len(side) > _MOST_PAIRS:
        return []
    # The best sum of likenesses of all before, and the pairs that make it.
    best: list[tuple[float, list[tuple[_Stretch, _Stretch]]]] = [(0.0, [])] * (len(side) + 1)
    for one, text in base:
        row = [best[0]]
        for at, (other, words) in enumerate(side):
            likeness = _likeness(text, words)
            total, pairs = best[at]
            paired = (total + likeness, [*pairs, (one, other)])
            choices = [best[at + 1], row[at], *([paired] if likeness >= _ALIKE else [])]
            row.append(max(choices, key=lambda choice: choice[0]))
        best = row
    return best[-1][1]


def lines_of(text: str) -> list[Line]:
    """Part a text into its lines, whatever they end with."""
    lines: list[Line] = []
    for line in _LINE.findall(text):
        words = line.rstrip("\r\n")
        lines.append(Line(words, line[len(words) :]))
    return lines


def usual_ending(lines: Sequence[Line]) -> str:
    """Tell how most lines end; LF where none does."""
    endings = Counter(line.ending for line in lines if line.ending)
    return endings.most_common(1)[0][0] if endings else "\n"


def joined(lines: Sequence[Line], ending: str) -> str:
    """Write lines one behind another; only the last may lack its ending."""
    return "".join(
        line.words + (line.ending or (ending if at < len(lines) - 1 else ""))
        for at, line in enumerate(lines)
    )
