"""Compare two texts word by word, for display."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class DiffKind(StrEnum):
    """Whether words are in both texts, or in one of them."""

    SAME = "same"
    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Word:
    """A word; `is_glued` if no space precedes it, as between Chinese characters."""

    text: str
    is_glued: bool = False


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """Consecutive words of the same kind."""

    change: DiffKind
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words as running text."""
        return join_words(self.words)


# Chinese, Japanese and Thai are written without spaces; each character counts as a word.
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"(\s*)([{_UNSPACED}]|[^\s{_UNSPACED}]+)")
_OPENING, _CLOSING = '([{"“\u2018«', ')]}"”\u2019».,;:!?'  # curly quotes too
_ISLAND_LIMIT = 2  # words
# Above this number of pairs of equal words (an abstract has a few thousand), frequent words are not
# used as anchors: a word repeated 300 times would take seconds.
_PAIRS = 20_000


def compare(old: str, new: str) -> tuple[DiffPiece, ...]:
    """Compare two texts word by word, ignoring line breaks.

    One or two equal words between larger changes are merged into them: ``[-one a two-] {+six a
    ten+}`` reads better than four snippets.

    Returns:
        The pieces in order: those that are not new form the old text, those that are not old the
        new one. Adjacent pieces differ in kind, and an old piece precedes its new one.
    """
    before, after = read_words(old), read_words(new)
    return tuple(_pieces(_without_islands(_blocks(before, after))))


def is_changed(pieces: Sequence[DiffPiece]) -> bool:
    """Return whether the texts differ."""
    return any(piece.change is not DiffKind.SAME for piece in pieces)


def count_changed(pieces: Sequence[DiffPiece]) -> int:
    """Count the words removed or added; for a replacement, the longer side counts."""
    total, removed = 0, 0
    for piece in pieces:
        size = len(piece.words)
        if piece.change is DiffKind.OLD:
            total, removed = total + size, size
        elif piece.change is DiffKind.NEW:
            total, removed = total + max(0, size - removed), 0
        else:
            removed = 0
    return total


def read_words(text: str) -> tuple[Word, ...]:
    """Split a text into words and punctuation, which is glued to them."""
    return tuple(
        Word(part, is_glued=place > 0 or (not match[1] and match.start() > 0))
        for match in _WORD.finditer(text)
        for place, part in enumerate(_unpunctuated(match[2]))
    )


def _unpunctuated(run: str) -> list[str]:
    """Split a word from the punctuation around it: ``(rules,`` makes three parts."""
    rest = run.lstrip(_OPENING)
    word = rest.rstrip(_CLOSING)
    parts = (run[: len(run) - len(rest)], word, rest[len(word) :])
    return [part for part in parts if part]


def join_words(words: Sequence[Word]) -> str:
    """Join words into running text."""
    start, *rest = words or (Word(""),)
    return start.text + "".join(word.text if word.is_glued else f" {word.text}" for word in rest)


@dataclass(frozen=True, slots=True)
class _Block:
    """Words that are the same in both texts, or those that replace others."""

    is_same: bool
    old: tuple[Word, ...]
    new: tuple[Word, ...]

    @property
    def letters(self) -> int:
        return max(sum(len(word.text) for word in side) for side in (self.old, self.new))


def _blocks(before: tuple[Word, ...], after: tuple[Word, ...]) -> list[_Block]:
    """Align two texts, after setting aside their common beginning and end."""
    from difflib import SequenceMatcher  # noqa: PLC0415  # takes 2 ms; only comparisons need it

    olds, news = [one.text for one in before], [one.text for one in after]
    shorter = min(len(olds), len(news))
    start = next((at for at in range(shorter) if olds[at] != news[at]), shorter)
    rest = shorter - start
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
    """Merge one or two equal words into the changes around them if those are longer."""
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
    if not 0 < at < len(blocks) - 1 or len(block.new) > _ISLAND_LIMIT:
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
