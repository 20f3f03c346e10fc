"""The lower part of the rating screen: areas, rating, tags, keys and the last acknowledgement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from papertrack.core.glyphs import rating_bar
from papertrack.core.records import Item, Rating, State
from papertrack.ui.review_keys import AREA_KEYS, HINTS
from papertrack.ui.review_view import Mode, View, cut, plain, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Below 24 rows the areas get one row, so that some of the abstract stays in sight.
_FULL_HEIGHT = 24
_MOST_AREA_ROWS = 3
_MOST_FAILURE_ROWS = 3
_LABEL = 9
# An emoji of several joined ones would fall apart on the screen; stars say the same.
_JOINER = "\u200d"


def foot_lines(view: View, width: int, height: int) -> list[Text]:
    """Draw what stands below the abstract; the last line is the message."""
    foot: list[Text] = []
    if view.item is not None and view.mode is not Mode.HELP:
        if view.mode is Mode.AREA or not view.is_expanded:
            foot += _area_rows(view, width, height)
        foot += _judgement_rows(view, view.item, width)
        foot += _proposal_rows(view, width)
    foot.append(Text(view.rule * width, "dim"))
    foot += _flow(_hints(view), width)
    message = plain(view.message)
    if not message and view.has_unsaved:
        message = "card text not saved yet: e edits it again, D discards it"
    style = "bold red" if view.failed else "bold"
    rows = wrap(Text(message), width - 2)[:_MOST_FAILURE_ROWS] if view.failed else []
    foot += [Text(f" {row.plain}", style) for row in rows or [Text(message)]]
    return [cut(view, row, width) for row in foot]


def _hints(view: View) -> Sequence[str]:
    if view.mode is Mode.AREA:
        keys = AREA_KEYS[: len(view.areas)]
        return (f"{' '.join(keys)} choose the area", "Escape cancel")
    if view.mode is Mode.TAGS:
        return ("Enter save", "Escape cancel", "interp -old: adds interp, removes old")
    if view.mode is Mode.HELP:
        return ("PageDown more", "any other key closes")
    if view.item is None:
        return ("k back", "u undo", "q quit")
    return HINTS


def _area_rows(view: View, width: int, height: int) -> list[Text]:
    if not view.areas:
        return [_labelled("AREAS", Text("none; add [[areas]] to the config"))]
    mark = ">" if view.ascii_only else "▸"
    cells = [
        Text(
            f"{mark if area.slug == view.target else ' '}{key} {plain(area.name)}",
            "bold reverse" if area.slug == view.target else "",
        )
        for key, area in zip(AREA_KEYS, view.areas, strict=False)
    ]
    column = max(cell.cell_len for cell in cells) + 2
    across = max(1, (width - _LABEL) // column)
    rows = [cells[start : start + across] for start in range(0, len(cells), across)]
    most = _MOST_AREA_ROWS if height >= _FULL_HEIGHT else 1
    shown = rows if view.mode is Mode.AREA else rows[:most]
    lines = [
        _labelled(
            "" if number else "AREAS",
            # The mark before a number stands in the last column of the label.
            Text.assemble(*(Text.assemble(cell, " " * (column - cell.cell_len)) for cell in row)),
            _LABEL - 1,
        )
        for number, row in enumerate(shown)
    ]
    if len(shown) < len(rows):
        lines[-1].truncate(width - len(view.ellipsis) - 1, pad=True)
        lines[-1].append(view.ellipsis)
    return lines


def _judgement_rows(view: View, item: Item, width: int) -> list[Text]:
    rating = _labelled("RATING", Text(plain(_ratings(view, item))))
    rest: list[Text] = []
    if item.judgement.tags:
        rest.append(_labelled("TAGS", Text(plain(", ".join(item.judgement.tags)))))
    notes = [name for name, text in item.judgement.notes.items() if text.strip()]
    if notes:
        rest.append(_labelled("NOTES", Text(plain(", ".join(notes)))))
    rows = [rating]
    for part in rest:
        gap = max(2, 49 - rows[-1].cell_len)
        if rows[-1].cell_len + gap + part.cell_len < width:
            rows[-1].append(" " * gap).append_text(part[1:])
        else:
            rows.append(part)
    return rows


def _proposal_rows(view: View, width: int) -> list[Text]:
    """Ask whether another item is the same work; its title gives way to the keys."""
    if view.proposal is None:
        return []
    keys = ": m merges, M not the same"
    other = f'same story? {view.proposal.item} "{plain(view.proposal.title)}'
    room = max(0, width - cell_len(keys) - 3)
    return [Text.assemble(" ", cut(view, Text(other), room), '"', keys)]


def _ratings(view: View, item: Item) -> str:
    by_area = {rating.area: rating for rating in item.judgement.ratings}
    parts = [item.state.value] if item.state in {State.REJECTED, State.LATER} else []
    if view.target is None:
        parts.append("choose an area first: a then its number")
    else:
        rating = by_area.pop(view.target, None) or Rating(view.target)
        suggested = " (suggested)" if view.target_is_suggested else ""
        parts.append(_one_rating(view, rating, suggested))
    parts += [_one_rating(view, rating) for rating in by_area.values()]
    return view.dot.join(parts)


def _one_rating(view: View, rating: Rating, suggested: str = "") -> str:
    area = next((area for area in view.areas if area.slug == rating.area), None)
    name, emoji = (area.name, area.emoji) if area else (rating.area, "*")
    glyph = rating.emoji or emoji
    if view.ascii_only or _JOINER in glyph:
        glyph = "*"
    remark = f" ({rating.remark})" if rating.remark else ""
    return f"{rating.label or name}{suggested}  {rating_bar(rating.halves, glyph)}{remark}"


def _labelled(label: str, text: Text, label_width: int = _LABEL) -> Text:
    return Text.assemble(" ", (f"{label:{label_width - 1}}", "dim"), text)


def _flow(hints: Iterable[str], width: int) -> list[Text]:
    rows: list[str] = []
    for hint in hints:
        if rows and len(rows[-1]) + 2 + len(hint) <= width:
            rows[-1] += f"  {hint}"
        else:
            rows.append(f" {hint}")
    return [Text(row) for row in rows]
