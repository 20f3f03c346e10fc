"""Merge a draft that the author edited with the draft as it would be written today.

Three texts meet: what was generated last time, the file as the author left it, and what would be
generated now. Between the lines that all three have in common, one side alone has changed
something, or both have. What both have changed is taken apart further, because most of it does not
contradict: an edited paragraph beside a new card, closing words after the last item.

A merge by lines sees a moved card as one that was deleted here and written there: what the other
side has changed in it would be a conflict. Where one side alone has moved cards, the others are
put into its order first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

from papertrack.core.drafts.document import find_regions, rows_of
from papertrack.core.text.spans import CARD, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

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
class SharedRegion:
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
) -> Iterator[SharedRegion]:
    """Find the lines of a base that neither side has changed, by intersecting two matchings."""
    blocks = tuple(Matching(base, side).get_matching_blocks() for side in (mine, new))
    at = [0, 0]
    while all(place < len(side) for place, side in zip(at, blocks, strict=True)):
        (in_base, in_mine, mines), (in_other, in_new, news) = blocks[0][at[0]], blocks[1][at[1]]
        start, ends = max(in_base, in_other), (in_base + mines, in_other + news)
        if (size := min(ends) - start) > 0:
            yield SharedRegion(start, in_mine + start - in_base, in_new + start - in_other, size)
        at[ends[0] > ends[1]] += 1
    yield SharedRegion(len(base), len(mine), len(new), 0)


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


MINE_FROM, BETWEEN, NEW_UNTIL = "<<<<<<< you", "=======", ">>>>>>> papertrack"
RESOLVE = f'resolve each "{MINE_FROM}" block: keep one side, delete the markers'

_MARKER = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
# Where a new block begins though no blank line is before it: headings, lists, quotations, tables.
_OPENS_BLOCK = re.compile(r"\s{0,3}(?:#|>|\||<!--|[-+*]\s|\d{1,9}[.)]\s)")
_CLOSING = re.compile(r"\s{0,3}(?:#|(?:-\s*){3,}$|(?:\*\s*){3,}$|(?:_\s*){3,}$)")
_BLANKS = re.compile(r"(\s+)")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class MergedDraft:
    """What came of a merge.

    Attributes:
        text: The new text of the file.
        conflicts: How many places hold both texts between markers.
    """

    text: str
    conflicts: int


def merge(base: str, mine: str, new: str) -> MergedDraft:
    """Bring what would be generated today into a file that was edited by hand.

    Every line that the author wrote or changed is in the result as it stands in the file, and
    every line that the author deleted is not, except between the markers of a conflict.

    Args:
        base: The text as it was generated for the file last time.
        mine: The file, with any line endings, with or without a byte order mark.
        new: The text as it is generated today.
    """
    mark = _BOM if mine.startswith(_BOM) else ""
    theirs = lines_of(mine.removeprefix(_BOM))
    ending = usual_ending(theirs)
    old, today = (
        [Line(line.words, ending if line.ending else "") for line in lines_of(text)]
        for text in (base, new)
    )
    lines: list[Line] = []
    conflicts = 0
    for part in _parts(old, theirs, today):
        if isinstance(part, _Conflict):
            conflicts += 1
            lines += part.lines(ending)
        else:
            lines += part
    return MergedDraft(mark + joined(lines, ending), conflicts)


def has_conflicts(text: str) -> bool:
    """Tell whether a text still holds the markers of a conflict."""
    return _MARKER.search(text) is not None


def plain_text(text: str) -> str:
    """Write a text as it is generated: LF behind every line, no byte order mark."""
    return "".join(
        line.words + ("\n" if line.ending else "") for line in lines_of(text.removeprefix(_BOM))
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

    mine: Sequence[Line]
    new: Sequence[Line]

    def lines(self, ending: str) -> list[Line]:
        markers = [Line(marker, ending) for marker in (MINE_FROM, BETWEEN, NEW_UNTIL)]
        return [markers[0], *self.mine, markers[1], *self.new, markers[2]]


_Part = Sequence[Line] | _Conflict


def _parts(base: Sequence[Line], mine: Sequence[Line], new: Sequence[Line]) -> Iterator[_Part]:
    words = [[line.words for line in lines] for lines in (base, mine, new)]
    at_base = at_mine = at_new = 0
    for same in shared_regions(words[0], words[1], words[2]):
        changed = base[at_base : same.base], mine[at_mine : same.mine], new[at_new : same.new]
        if changed[1] or changed[2]:
            yield from _settled(*changed, is_last=same.base == len(base))
        yield mine[same.mine : same.mine + same.size]
        at_base, at_mine, at_new = (place + same.size for place in (same.base, same.mine, same.new))


def _settled(
    base: Sequence[Line], mine: Sequence[Line], new: Sequence[Line], *, is_last: bool
) -> Iterator[_Part]:
    words = [[line.words for line in lines] for lines in (base, mine, new)]
    if words[1] == words[0]:
        yield new
    elif words[2] in (words[0], words[1]):
        yield mine
    else:
        yield from _untangled(base, mine, new, is_last=is_last)


def _untangled(
    base: Sequence[Line], mine: Sequence[Line], new: Sequence[Line], *, is_last: bool
) -> Iterator[_Part]:
    """Part the changes of both sides from each other where they stand side by side."""
    at = 0
    words = [line.words for line in base]
    base = as_in(mine, base)
    for mine_hunks, new_hunks in _clusters(words, hunks_of(base, mine), hunks_of(base, new)):
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
            is_end = is_last and end == len(base)
            yield from _both(base[start:end], ours, theirs, is_end=is_end)
    yield base[at:]


def _both(
    base: Sequence[Line], mine: Sequence[Line], new: Sequence[Line], *, is_end: bool
) -> Iterator[_Part]:
    """Settle what both have put into one place, which is empty where both insert."""
    mine_words, new_words = [line.words for line in mine], [line.words for line in new]
    if mine_words == new_words:
        yield mine
    elif not base and not ({*mine_words} & {*new_words} - {""}):
        # Nothing is contradicted. What the author adds behind an item belongs to it; a heading,
        # a rule and closing words do not.
        first = next((words for words in mine_words if words.strip()), "")
        yield from (new, mine) if is_end or _CLOSING.match(first) else (mine, new)
    elif woven := _woven(base, mine, new):
        yield [woven]
    else:
        same = _same_at_start(mine_words, new_words)
        rest = _same_at_start(mine_words[same:][::-1], new_words[same:][::-1])
        yield mine[:same]
        yield _Conflict(mine[same : len(mine) - rest], new[same : len(new) - rest])
        yield mine[len(mine) - rest :]


def _woven(base: Sequence[Line], mine: Sequence[Line], new: Sequence[Line]) -> Line | None:
    """Put figures and glyphs that changed, a date or a rating, into a line edited elsewhere.

    Words are never mixed: two sentences that were changed make no third one.
    """
    if not len(base) == len(mine) == len(new) == 1:
        return None
    words = [_BLANKS.split(line.words) for line in (base[0], mine[0], new[0])]
    ours, theirs = (_changes(words[0], side) for side in words[1:])
    for start, end, said in theirs:
        if any(map(str.isalpha, "".join([*words[0][start:end], *said]))):
            return None
        if any((start < to and at < end) or start == end == at == to for at, to, _ in ours):
            return None
    woven = list(words[0])
    for start, end, said in sorted([*ours, *theirs], key=lambda one: one[:2], reverse=True):
        woven[start:end] = said
    return Line("".join(woven), mine[0].ending)


def _changes(base: Sequence[str], side: Sequence[str]) -> list[tuple[int, int, Sequence[str]]]:
    matcher = SequenceMatcher(None, base, side, autojunk=False)
    return [
        (start, end, side[at:to])
        for tag, start, end, at, to in matcher.get_opcodes()
        if tag != "equal"
    ]


def _clusters(
    base: Sequence[str], mine: Sequence[Hunk], new: Sequence[Hunk]
) -> Iterator[tuple[list[Hunk], list[Hunk]]]:
    """Gather the changes that reach into each other, in the order of the base."""
    waiting = sorted(
        [(hunk, 0) for hunk in mine] + [(hunk, 1) for hunk in new],
        key=lambda one: (one[0].start, one[0].end, one[1]),
    )
    sides: tuple[list[Hunk], list[Hunk]] = ([], [])
    for hunk, side in waiting:
        if (sides[0] or sides[1]) and not any(
            _meet(base, other, hunk) for other in (*sides[0], *sides[1])
        ):
            yield sides
            sides = ([], [])
        sides[side].append(hunk)
    if sides[0] or sides[1]:
        yield sides


def _meet(base: Sequence[str], hunk: Hunk, later: Hunk) -> bool:
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


def _applied(base: Sequence[Line], hunks: Sequence[Hunk], start: int, end: int) -> Sequence[Line]:
    """Write a stretch of the base as one side has it."""
    lines: list[Line] = []
    at = start
    for hunk in hunks:
        lines += [*base[at : hunk.start], *hunk.lines]
        at = hunk.end
    return [*lines, *base[at:end]]


def _same_at_start(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


_Places = dict[str, tuple[int, int]]  # where the card of an item begins and ends, in characters


def merge_cards(
    base: tuple[str, Sequence[Span]], mine: str, new: tuple[str, Sequence[Span]]
) -> MergedDraft:
    """Merge as `redraft.merge` does, and follow cards that one side has moved.

    Args:
        base: What was generated last time, and what stood where in it.
        mine: The file.
        new: What is generated today, and what stands where in it.
    """
    plainly = merge(base[0], mine, new[0])
    if not plainly.conflicts or not base[1]:
        return plainly
    places = _cards(base[1]), _hand_cards(base, mine), _cards(new[1])
    shared = [owner for owner in places[0] if owner in places[1] and owner in places[2]]
    old, by_hand, today = (sorted(shared, key=at.__getitem__) for at in places)
    if by_hand != old and today == old:
        aligned = merge(
            _in_order(base[0], places[0], by_hand), mine, _in_order(new[0], places[2], by_hand)
        )
    elif today != old and by_hand == old:
        aligned = merge(
            _in_order(base[0], places[0], today), _in_order(mine, places[1], today), new[0]
        )
    else:
        return plainly
    return aligned if aligned.conflicts < plainly.conflicts else plainly


def _cards(spans: Sequence[Span]) -> _Places:
    """Tell where the cards stand; those that stand in several places are left out."""
    found: dict[str, list[tuple[int, int]]] = {}
    for span in spans:
        if span.field == CARD:
            found.setdefault(span.subject, []).append((span.start, span.end))
    return {subject: places[0] for subject, places in found.items() if len(places) == 1}


def _hand_cards(base: tuple[str, Sequence[Span]], mine: str) -> _Places:
    lines = plain_text(mine).split("\n")
    raw = lines_of(mine.removeprefix(_BOM))
    starts = [len(mine) - len(mine.removeprefix(_BOM))]
    for line in raw:
        starts.append(starts[-1] + len(line.words) + len(line.ending))
    found: _Places = {}
    for region in find_regions(rows_of(*base), lines):
        last = region.end
        while last > region.start and (last > len(raw) or not raw[last - 1].words.strip()):
            last -= 1
        if region.owner and last > region.start:
            end = starts[last - 1] + len(raw[last - 1].words)
            found[region.owner] = (starts[region.start], end)
    return found


def _in_order(text: str, places: Mapping[str, tuple[int, int]], order: Sequence[str]) -> str:
    """Put the cards of a text into another order; all that stands between them stays."""
    slots = sorted(places[owner] for owner in order)
    parts: list[str] = []
    at = 0
    for (start, end), owner in zip(slots, order, strict=True):
        parts += [text[at:start], text[slice(*places[owner])]]
        at = end
    return "".join([*parts, text[at:]])
