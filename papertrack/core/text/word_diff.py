"""What changed between two texts, word by word, the way a reader wants to see it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class DiffKind(StrEnum):
    """What became of some words."""

    SAME = "same"
    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Word:
    """A word; `is_glued` when no space stands before it, as between Chinese characters."""

    text: str
    is_glued: bool = False


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """Words in a row that have the same fate."""

    change: DiffKind
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words as running text."""
        return join_words(self.words)


# Chinese, Japanese and Thai are written without spaces: there each character counts as a word.
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"(\s*)([{_UNSPACED}]|[^\s{_UNSPACED}]+)")
_OPENING, _CLOSING = '([{"“\u2018«', ')]}"”\u2019».,;:!?'  # curly quotes too
_ISLAND = 2  # words
# Where the words of both texts make more pairs than this (an abstract: a few thousand), frequent
# ones are no anchors: 300 times the same word would take seconds.
_PAIRS = 20_000


def compare(old: str, new: str) -> tuple[DiffPiece, ...]:
    """Compare two texts word by word; how they are broken into lines is no difference.

    A word or two that stay between larger changes are taken into them: ``[-one a two-] {+six a
    ten+}`` reads better than four snippets.

    Returns:
        The pieces in order: all that are not new are the old text, all that are not old the new.
        Two pieces in a row never have the same fate, and an old one comes before its new one.
    """
    before, after = read_words(old), read_words(new)
    return tuple(_pieces(_without_islands(_blocks(before, after))))


def is_changed(pieces: Sequence[DiffPiece]) -> bool:
    """Tell whether anything differs at all."""
    return any(piece.change is not DiffKind.SAME for piece in pieces)


def count_changed(pieces: Sequence[DiffPiece]) -> int:
    """Count the words that went or came; of a replacement the longer side counts."""
    total, went = 0, 0
    for piece in pieces:
        size = len(piece.words)
        if piece.change is DiffKind.OLD:
            total, went = total + size, size
        elif piece.change is DiffKind.NEW:
            total, went = total + max(0, size - went), 0
        else:
            went = 0
    return total


def read_words(text: str) -> tuple[Word, ...]:
    """Part a text into words, and the marks around them, which are glued to them."""
    return tuple(
        Word(part, is_glued=place > 0 or (not match[1] and match.start() > 0))
        for match in _WORD.finditer(text)
        for place, part in enumerate(_unpunctuated(match[2]))
    )


def _unpunctuated(run: str) -> list[str]:
    """Part a word from the marks before and behind it: ``(rules,`` is three."""
    behind = run.lstrip(_OPENING)
    word = behind.rstrip(_CLOSING)
    parts = (run[: len(run) - len(behind)], word, behind[len(word) :])
    return [part for part in parts if part]


def join_words(words: Sequence[Word]) -> str:
    """Write words as running text."""
    start, *rest = words or (Word(""),)
    return start.text + "".join(word.text if word.is_glued else f" {word.text}" for word in rest)


@dataclass(frozen=True, slots=True)
class _Block:
    """A stretch of both texts: the same in both, or the one in the place of the other."""

    is_same: bool
    old: tuple[Word, ...]
    new: tuple[Word, ...]

    @property
    def letters(self) -> int:
        return max(sum(len(word.text) for word in side) for side in (self.old, self.new))


def _blocks(before: tuple[Word, ...], after: tuple[Word, ...]) -> list[_Block]:
    """Align two texts; what they have in common at both ends need not be searched."""
    from difflib import SequenceMatcher  # noqa: PLC0415  # 2 ms, where something is compared

    olds, news = [one.text for one in before], [one.text for one in after]
    least = min(len(olds), len(news))
    start = next((at for at in range(least) if olds[at] != news[at]), least)
    rest = least - start
    end = next((at for at in range(rest) if olds[-1 - at] != news[-1 - at]), rest)
    old_end, new_end = len(olds) - end, len(news) - end
    olds, news = olds[start:old_end], news[start:new_end]
    counts = Counter(news)
    pairs = sum(counts[text] for text in olds)
    matcher = SequenceMatcher(None, olds, news, autojunk=pairs > _PAIRS)
    blocks = [_Block(is_same=True, old=before[:start], new=after[:start])]
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        old = before[start + old_from : start + old_to]
        new = after[start + new_from : start + new_to]
        blocks.append(_Block(is_same=tag == "equal", old=old, new=new))
    blocks.append(_Block(is_same=True, old=before[old_end:], new=after[new_end:]))
    return [block for block in blocks if block.old or block.new]


def _without_islands(blocks: Sequence[_Block]) -> Iterator[_Block]:
    """Take a word or two that stayed into the changes around them, where those are longer."""
    joined: list[_Block] = []
    for at, block in enumerate(blocks):
        if block.is_same and not _is_island(blocks, at):
            yield from _joined(joined)
            joined = []
            yield block
        else:
            joined.append(block)
    yield from _joined(joined)


def _joined(blocks: Sequence[_Block]) -> Iterator[_Block]:
    if blocks:
        old = tuple(word for block in blocks for word in block.old)
        new = tuple(word for block in blocks for word in block.new)
        yield _Block(is_same=False, old=old, new=new)


def _is_island(blocks: Sequence[_Block], at: int) -> bool:
    block = blocks[at]
    if not 0 < at < len(blocks) - 1 or len(block.new) > _ISLAND:
        return False
    return block.letters < min(blocks[at - 1].letters, blocks[at + 1].letters)


def _pieces(blocks: Iterable[_Block]) -> Iterator[DiffPiece]:
    for block in blocks:
        if block.is_same:
            yield DiffPiece(DiffKind.SAME, block.new)
        else:
            if block.old:
                yield DiffPiece(DiffKind.OLD, block.old)
            if block.new:
                yield DiffPiece(DiffKind.NEW, block.new)
