"""Merge a draft that the author edited with the draft as it would be written today.

This is a three-way merge of the text generated last time, the file as the author left it, and the
text generated now. Between the lines that all three share, one side or both have changed
something. Changes of both sides are split further, because most do not contradict each other: an
edited paragraph next to a new card, closing words after the last item.

A merge by lines sees a moved card as deleted in one place and added in another, so a change of the
other side in it would be a conflict. If only one side has moved cards, the other texts are put into
its order first.
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
_MAXIMUM_PAIRS = 1000  # of paragraphs to compare, 0.1 ms each
_MINIMUM_SIMILARITY = 0.5  # of two paragraphs, for one to be an edit of the other

_Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A line and its ending: none, LF, CRLF or CR."""

    words: str
    ending: str


@dataclass(frozen=True, slots=True)
class Hunk:
    """A stretch of the base and its replacement on one side; an empty stretch inserts."""

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
            hunks += _split_hunks(base[at_base:in_base], side[at_side:in_side], at_base)
        at_base, at_side = in_base + length, in_side + length
    return hunks


def _split_hunks(base: Sequence[Line], side: Sequence[Line], start: int) -> list[Hunk]:
    """Separate changed paragraphs from whole ones that were added or removed between them.

    Args:
        base: The old lines.
        side: The new lines.
        start: The place of the old lines in the base.
    """
    olds, news = [line.words for line in base], [line.words for line in side]
    pairs = _pair_similar(_paragraphs(olds, (0, len(olds))), _paragraphs(news, (0, len(news))))
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


def _similarity(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def copy_endings(side: Sequence[Line], base: Sequence[Line]) -> Sequence[Line]:
    """Return the lines of the base with their endings on one side."""
    lines = list(base)
    matching = Matching([line.words for line in base], [line.words for line in side])
    for in_base, in_side, length in matching.get_matching_blocks():
        lines[in_base : in_base + length] = side[in_side : in_side + length]
    return lines


@dataclass(frozen=True, slots=True)
class SharedRegion:
    """A stretch of lines that three texts share; the last is empty, at the end of all three.

    Attributes:
        base, mine, new: Its first line in each.
        size: The number of its lines.
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
    """Matches the lines of two texts.

    difflib joins an inserted paragraph to either of the two blank lines around it. Here an
    insertion or a deletion always slides down as far as possible, so that it begins with its own
    text and ends with the blank line after it, and both sides agree on its place.
    """

    def __init__(self, base: Sequence[str], side: Sequence[str]) -> None:
        """Compare two texts."""
        self._base = base
        self._side = side

    def get_matching_blocks(self) -> list[tuple[int, int, int]]:
        """List the common stretches: their place in each text, and their number of lines.

        The last one is empty, at the end of both.
        """
        matcher = SequenceMatcher(None, self._base, self._side, autojunk=False)
        blocks: list[list[int]] = []
        at_base = at_side = 0
        for block in matcher.get_matching_blocks():
            words = self._base[block.a : block.a + block.size]
            if not any(line.strip() for line in words) and block.size:
                continue  # equal blank lines are no evidence
            blocks += self._blanks((at_base, block.a), (at_side, block.b))
            blocks.append([block.a, block.b, block.size])
            at_base, at_side = block.a + block.size, block.b + block.size
        for before, after in pairwise(blocks):
            self._slide(before, after)
        end = (len(self._base), len(self._side), 0)
        return [(x, y, size) for x, y, size in blocks if size] + [end]

    def _blanks(self, base: tuple[int, int], side: tuple[int, int]) -> list[list[int]]:
        """Match the blank lines around similar paragraphs, so that each paragraph is separate."""
        if base[0] == base[1] or side[0] == side[1]:
            return []
        pairs = _pair_similar(_paragraphs(self._base, base), _paragraphs(self._side, side))
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
        """Move the gap between two matches down while its first line repeats after it."""
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
    """List the paragraphs of a stretch: first line, the one after the last, and text."""
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


def _pair_similar(
    base: Sequence[tuple[_Stretch, str]], side: Sequence[tuple[_Stretch, str]]
) -> list[tuple[_Stretch, _Stretch]]:
    """Pair the most similar paragraphs, in order."""
    if len(base) * len(side) > _MAXIMUM_PAIRS:
        return []
    # The best sum of similarities so far, and its pairs.
    best: list[tuple[float, list[tuple[_Stretch, _Stretch]]]] = [(0.0, [])] * (len(side) + 1)
    for one, text in base:
        row = [best[0]]
        for at, (other, words) in enumerate(side):
            similarity = _similarity(text, words)
            total, pairs = best[at]
            paired = (total + similarity, [*pairs, (one, other)])
            choices = [
                best[at + 1],
                row[at],
                *([paired] if similarity >= _MINIMUM_SIMILARITY else []),
            ]
            row.append(max(choices, key=lambda choice: choice[0]))
        best = row
    return best[-1][1]


def split_lines(text: str) -> list[Line]:
    """Split a text into lines with any ending."""
    lines: list[Line] = []
    for line in _LINE.findall(text):
        words = line.rstrip("\r\n")
        lines.append(Line(words, line[len(words) :]))
    return lines


def usual_ending(lines: Sequence[Line]) -> str:
    """Return the most common line ending, LF by default."""
    endings = Counter(line.ending for line in lines if line.ending)
    return endings.most_common(1)[0][0] if endings else "\n"


def join_lines(lines: Sequence[Line], ending: str) -> str:
    """Join lines; only the last may lack an ending."""
    return "".join(
        line.words + (line.ending or (ending if at < len(lines) - 1 else ""))
        for at, line in enumerate(lines)
    )


MINE_FROM, BETWEEN, NEW_UNTIL = "<<<<<<< you", "=======", ">>>>>>> papertrack"
RESOLVE = f'resolve each "{MINE_FROM}" block: keep one side, delete the markers'

_MARKER = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
# Blocks that need no blank line before them: headings, lists, quotations, tables.
_OPENS_BLOCK = re.compile(r"\s{0,3}(?:#|>|\||<!--|[-+*]\s|\d{1,9}[.)]\s)")
_CLOSING = re.compile(r"\s{0,3}(?:#|(?:-\s*){3,}$|(?:\*\s*){3,}$|(?:_\s*){3,}$)")
_BLANKS = re.compile(r"(\s+)")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class MergedDraft:
    """The result of a merge.

    Attributes:
        text: The new text of the file.
        conflicts: The number of blocks with both texts between markers.
    """

    text: str
    conflicts: int


def merge(base: str, mine: str, new: str) -> MergedDraft:
    """Merge the text generated today into a file that was edited by hand.

    The result has every line that the author wrote or changed, and none that the author deleted,
    except between the markers of a conflict.

    Args:
        base: The text that was generated for the file last time.
        mine: The file, with any line endings, with or without a byte order mark.
        new: The text generated today.
    """
    mark = _BOM if mine.startswith(_BOM) else ""
    theirs = split_lines(mine.removeprefix(_BOM))
    ending = usual_ending(theirs)
    old, today = (
        [Line(line.words, ending if line.ending else "") for line in split_lines(text)]
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
    return MergedDraft(mark + join_lines(lines, ending), conflicts)


def has_conflicts(text: str) -> bool:
    """Return whether a text contains the markers of a conflict."""
    return _MARKER.search(text) is not None


def plain_text(text: str) -> str:
    """Normalise a text to LF line endings without byte order mark."""
    return "".join(
        line.words + ("\n" if line.ending else "") for line in split_lines(text.removeprefix(_BOM))
    )


def choose_base(text: str, candidates: Sequence[str]) -> int:
    """Choose the text that a file was most likely generated from.

    Args:
        text: The file.
        candidates: Texts that may have been generated for it, newest first; at least one.

    Returns:
        The position of the candidate that differs from the file in the fewest lines; of equals, the
        newest.
    """
    held = Counter(text.splitlines())

    def distance(candidate: str) -> int:
        lines = Counter(candidate.splitlines())
        return (held - lines).total() + (lines - held).total()

    return min(range(len(candidates)), key=lambda at: distance(candidates[at]))


@dataclass(frozen=True, slots=True)
class _Conflict:
    """A place that both sides have changed in different ways."""

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
            yield from _merge_stretch(*changed, is_last=same.base == len(base))
        yield mine[same.mine : same.mine + same.size]
        at_base, at_mine, at_new = (place + same.size for place in (same.base, same.mine, same.new))


def _merge_stretch(
    base: Sequence[Line], mine: Sequence[Line], new: Sequence[Line], *, is_last: bool
) -> Iterator[_Part]:
    words = [[line.words for line in lines] for lines in (base, mine, new)]
    if words[1] == words[0]:
        yield new
    elif words[2] in (words[0], words[1]):
        yield mine
    else:
        yield from _merge_overlapping(base, mine, new, is_last=is_last)


def _merge_overlapping(
    base: Sequence[Line], mine: Sequence[Line], new: Sequence[Line], *, is_last: bool
) -> Iterator[_Part]:
    """Separate the changes of both sides that do not overlap."""
    at = 0
    words = [line.words for line in base]
    base = copy_endings(mine, base)
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
            yield from _merge_place(base[start:end], ours, theirs, is_end=is_end)
    yield base[at:]


def _merge_place(
    base: Sequence[Line], mine: Sequence[Line], new: Sequence[Line], *, is_end: bool
) -> Iterator[_Part]:
    """Merge two changes of one place, which is empty if both insert."""
    mine_words, new_words = [line.words for line in mine], [line.words for line in new]
    if mine_words == new_words:
        yield mine
    elif not base and not ({*mine_words} & {*new_words} - {""}):
        # The insertions do not contradict. A text of the author after an item belongs to it; a
        # heading, a rule and closing words do not.
        first = next((words for words in mine_words if words.strip()), "")
        yield from (new, mine) if is_end or _CLOSING.match(first) else (mine, new)
    elif line := _merge_figures(base, mine, new):
        yield [line]
    else:
        same = _same_at_start(mine_words, new_words)
        rest = _same_at_start(mine_words[same:][::-1], new_words[same:][::-1])
        yield mine[:same]
        yield _Conflict(mine[same : len(mine) - rest], new[same : len(new) - rest])
        yield mine[len(mine) - rest :]


def _merge_figures(base: Sequence[Line], mine: Sequence[Line], new: Sequence[Line]) -> Line | None:
    """Merge changed figures and glyphs, such as a date or a rating, into an edited line.

    Words are never mixed: two edits of a sentence must not make up a third sentence.
    """
    if not len(base) == len(mine) == len(new) == 1:
        return None
    words = [_BLANKS.split(line.words) for line in (base[0], mine[0], new[0])]
    ours, theirs = (_changes(words[0], side) for side in words[1:])
    for start, end, added in theirs:
        if any(map(str.isalpha, "".join([*words[0][start:end], *added]))):
            return None
        if any((start < to and at < end) or start == end == at == to for at, to, _ in ours):
            return None
    merged = list(words[0])
    for start, end, added in sorted([*ours, *theirs], key=lambda one: one[:2], reverse=True):
        merged[start:end] = added
    return Line("".join(merged), mine[0].ending)


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
    """Group the changes that touch each other, in the order of the base."""
    waiting = sorted(
        [(hunk, 0) for hunk in mine] + [(hunk, 1) for hunk in new],
        key=lambda one: (one[0].start, one[0].end, one[1]),
    )
    sides: tuple[list[Hunk], list[Hunk]] = ([], [])
    for hunk, side in waiting:
        if (sides[0] or sides[1]) and not any(
            _touch(base, other, hunk) for other in (*sides[0], *sides[1])
        ):
            yield sides
            sides = ([], [])
        sides[side].append(hunk)
    if sides[0] or sides[1]:
        yield sides


def _touch(base: Sequence[str], hunk: Hunk, later: Hunk) -> bool:
    """Return whether two changes concern the same lines or the same paragraph."""
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
    """Apply the changes of one side to a stretch of the base."""
    lines: list[Line] = []
    at = start
    for hunk in hunks:
        lines += [*base[at : hunk.start], *hunk.lines]
        at = hunk.end
    return [*lines, *base[at:end]]


def _same_at_start(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


_Places = dict[str, tuple[int, int]]  # start and end of each item's card, in characters


def merge_cards(
    base: tuple[str, Sequence[Span]], mine: str, new: tuple[str, Sequence[Span]]
) -> MergedDraft:
    """Merge as `merge` does, and follow cards that one side has moved.

    Args:
        base: The text generated last time, and its spans.
        mine: The file.
        new: The text generated today, and its spans.
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
    """Map items to the places of their cards, leaving out cards in several places."""
    found: dict[str, list[tuple[int, int]]] = {}
    for span in spans:
        if span.field == CARD:
            found.setdefault(span.subject, []).append((span.start, span.end))
    return {subject: places[0] for subject, places in found.items() if len(places) == 1}


def _hand_cards(base: tuple[str, Sequence[Span]], mine: str) -> _Places:
    lines = plain_text(mine).split("\n")
    raw = split_lines(mine.removeprefix(_BOM))
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
    """Reorder the cards of a text; the text between them stays."""
    slots = sorted(places[owner] for owner in order)
    parts: list[str] = []
    at = 0
    for (start, end), owner in zip(slots, order, strict=True):
        parts += [text[at:start], text[slice(*places[owner])]]
        at = end
    return "".join([*parts, text[at:]])
