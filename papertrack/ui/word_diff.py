"""What changed between two texts, as lines: in colour, or with ``[-old-] {+new+}``."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from papertrack.core.text.word_diff import Change, Word, join_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from papertrack.core.text.word_diff import Piece

# Not by colour alone: what went is struck out, what came is underlined.
_COLOURS = {Change.OLD: "\x1b[31;9m", Change.NEW: "\x1b[32;4m"}
_PLAIN = "\x1b[0m"
_BRACKETS = {Change.OLD: ("[-", "-]"), Change.NEW: ("{+", "+}")}
_CONTEXT = 12  # words that are shown on either side of a change
_GAP = Word("…")


def diff_lines(
    pieces: Sequence[Piece], width: int, *, in_colour: bool, is_whole: bool = False
) -> list[str]:
    """Draw what changed.

    Args:
        pieces: What `papertrack.core.text.word_diff.compare` says.
        width: Columns to fill; a longer word stands on a line of its own.
        in_colour: Whether the terminal shows colours; brackets tell old from new without them.
        is_whole: Show all that stayed; else twelve words on either side of a change.
    """
    from rich.cells import cell_len  # noqa: PLC0415  # only where something is compared

    lines: list[list[_Shown]] = [[]]
    filled = 0
    for word in _shown(pieces, in_colour=in_colour, is_whole=is_whole):
        cells = cell_len(word.text)
        gap = 0 if word.is_glued or not lines[-1] else 1
        if lines[-1] and filled + gap + cells > width:
            lines.append([])
            filled = gap = 0
        lines[-1].append(word)
        filled += gap + cells
    return [_drawn(line, in_colour=in_colour) for line in lines if line]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A word as it is shown, and its fate."""

    text: str
    is_glued: bool
    change: Change


def _shown(pieces: Sequence[Piece], *, in_colour: bool, is_whole: bool) -> Iterator[_Shown]:
    for at, piece in enumerate(pieces):
        words = list(piece.words)
        if piece.change is Change.SAME and not is_whole:
            words = _near_changes(words, is_first=at == 0, is_last=at == len(pieces) - 1)
        before, behind = ("", "") if in_colour else _BRACKETS.get(piece.change, ("", ""))
        for place, word in enumerate(words):
            text = (before if place == 0 else "") + word.text
            text += behind if place == len(words) - 1 else ""
            yield _Shown(text, word.is_glued, piece.change)


def _near_changes(words: list[Word], *, is_first: bool, is_last: bool) -> list[Word]:
    """Leave out what stands far from any change, where that saves more than the gap costs."""
    head = 0 if is_first else _CONTEXT
    tail = 0 if is_last else _CONTEXT
    if len(words) <= head + tail + 1:
        return words
    return [*words[:head], _GAP, *words[len(words) - tail :]]


def _drawn(line: Sequence[_Shown], *, in_colour: bool) -> str:
    parts: list[str] = []
    for change, group in groupby(line, key=lambda word: word.change):
        words = [Word(word.text, word.is_glued) for word in group]
        text = join_words(words)
        if in_colour and change in _COLOURS:
            text = f"{_COLOURS[change]}{text}{_PLAIN}"
        parts.append(text if words[0].is_glued or not parts else f" {text}")
    return "".join(parts)
