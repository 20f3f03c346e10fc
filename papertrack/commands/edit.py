"""Store what the author changed in the card of an item."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from papertrack.commands.judge import JudgementInput, choose_area, judgement_statements
from papertrack.core.judging.card import CardContent, read_card
from papertrack.core.judging.notes import TITLE
from papertrack.core.records import Item
from papertrack.core.text.ratings import read_halves
from papertrack.storage import items, journal, journal_read
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from papertrack.core.judging.journal import Statement


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edited card changed.

    Attributes:
        item: The item after the edit.
        changed: The changed fields (``what``, ``tags``, ``rating in interp``); empty if none.
        lines: One line for each stored change.
    """

    item: Item
    changed: tuple[str, ...]
    lines: tuple[str, ...]


def store_card(
    db: sqlite3.Connection, number: int, *, opened: str, edited: str, now: datetime
) -> Edited:
    """Store what the author changed in a card, as one undo step.

    Args:
        db: The database.
        number: The item.
        opened: The card before editing; only differences from it are stored.
        edited: The card as the author left it.
        now: The current time.

    Raises:
        UsageError: The card cannot be read, or names an unknown area; nothing was stored.
    """
    old, new = read_card(opened), read_card(edited)
    with transaction(db):
        item = items.read_item(db, number)
        subject = journal_read.subject_of(db, number)
        statements: list[Statement] = []
        lines: list[str] = []
        remaining = item
        changed: list[str] = []
        for judgement in _judgements(old, new, item):
            changed += _changed_fields(judgement)
            area = choose_area(db, item, judgement)
            mine, said = judgement_statements(subject, str(number), judgement, remaining, area)
            statements += mine
            lines += said
            if judgement.removes_rating and area is not None:
                remaining = _without_rating(remaining, area)
        if statements:
            journal.append(db, statements, now)
    return Edited(items.read_item(db, number), tuple(changed), tuple(lines))


def _judgements(old: CardContent, new: CardContent, item: Item) -> list[JudgementInput]:
    """List the differences; removed ratings first, so that given ones decide the state."""
    notes = {name: text for name, text in new.notes.items() if text != old.notes.get(name, "")}
    if notes.get(TITLE) == item.title:
        notes[TITLE] = ""  # the work's own title again: remove the author's
    before = old.tags or ()
    after = before if new.tags is None else new.tags
    areas = dict.fromkeys(area for area, _ in new.ratings)
    rating_changes = [judgement for area in areas if (judgement := _rating_change(area, old, new))]
    return [
        *sorted(rating_changes, key=lambda judgement: not judgement.removes_rating),
        JudgementInput(
            tags_added=tuple(tag for tag in after if tag not in before),
            tags_removed=tuple(tag for tag in before if tag not in after),
            notes=notes,
        ),
    ]


def _rating_change(area: str, old: CardContent, new: CardContent) -> JudgementInput | None:
    """Find the difference in the rating of one area; None if there is none."""
    changed = {
        name: text
        for (where, name), text in new.ratings.items()
        if where == area and text != old.ratings.get((area, name), "")
    }
    if not changed:
        return None
    value = changed.get("halves")
    return JudgementInput(
        area=area,
        halves=read_halves(value) if value else None,
        removes_rating=value == "",
        emoji=changed.get("emoji"),
        label=changed.get("label"),
        remark=changed.get("remark"),
    )


def _changed_fields(judgement: JudgementInput) -> list[str]:
    """Name the fields that a judgement sets."""
    is_valued = judgement.halves is not None or judgement.removes_rating
    fields = {
        "rating": True if is_valued else None,
        "emoji": judgement.emoji,
        "label": judgement.label,
        "remark": judgement.remark,
    }
    names = [f"{name} in {judgement.area}" for name, said in fields.items() if said is not None]
    tags = ["tags"] if judgement.tags_added or judgement.tags_removed else []
    return [*names, *tags, *judgement.notes]


def _without_rating(item: Item, area: str) -> Item:
    remaining = tuple(one for one in item.judgement.ratings if one.area != area)
    return replace(item, judgement=replace(item.judgement, ratings=remaining))
