"""Cards that changed places between two drafts, brought into one order before they are merged.

A merge by lines sees a moved card as one that was deleted here and written there: what the other
side has changed in it would be a conflict. Where one side alone has moved cards, the others are
put into its order first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.drafts.cards import find_regions
from papertrack.core.drafts.document import rows_of
from papertrack.core.drafts.merge import Merged, merge, plain_text
from papertrack.core.drafts.redraft_lines import lines_of
from papertrack.core.text.spans import CARD, Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BOM = "\ufeff"
_Places = dict[str, tuple[int, int]]  # where the card of an item begins and ends, in characters


def merge_cards(
    base: tuple[str, Sequence[Span]], mine: str, new: tuple[str, Sequence[Span]]
) -> Merged:
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
