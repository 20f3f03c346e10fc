"""Merge a draft that the author has edited with the draft as it would be written today.

Three texts meet: what was generated last time, the file as the author left it, and what would be
generated now. Between the lines that all three have in common, one side alone has changed
something, or both have. What both have changed is taken apart further, because most of it does not
contradict: an edited paragraph beside a new card, closing words after the last item.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from papertrack.core.drafts.redraft_lines import (
    Hunk,
    Line,
    as_in,
    hunks_of,
    joined,
    lines_of,
    shared_regions,
    usual_ending,
)

MINE_FROM, BETWEEN, NEW_UNTIL = "<<<<<<< you", "=======", ">>>>>>> papertrack"

_MARKER = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
# Where a new block begins though no blank line is before it: headings, lists, quotations, tables.
_OPENS_BLOCK = re.compile(r"\s{0,3}(?:#|>|\||<!--|[-+*]\s|\d{1,9}[.)]\s)")
_CLOSING = re.compile(r"\s{0,3}(?:#|(?:-\s*){3,}$|(?:\*\s*){3,}$|(?:_\s*){3,}$)")
_BLANKS = re.compile(r"(\s+)")
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
    return Merged(mark + joined(lines, ending), conflicts)


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
