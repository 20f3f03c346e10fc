"""Edit all that was said of an item in one card, and write down what changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from papertrack.commands.judge import JudgementInput, choose_area, state_input
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
        item: The item as it is now.
        changed: What is different now (``what``, ``tags``, ``rating in interp``); empty when
            nothing is.
        lines: What was written down, a sentence each.
    """

    item: Item
    changed: tuple[str, ...]
    lines: tuple[str, ...]


def write_down(
    db: sqlite3.Connection, number: int, *, opened: str, edited: str, now: datetime
) -> Edited:
    """Write down what the author changed in a card, as one undo step.

    Args:
        db: The database.
        number: The item.
        opened: The card as the editor was opened on it: what changed elsewhere meanwhile stays.
        edited: The card as the author left it.
        now: The present.

    Raises:
        UsageError: The card cannot be read, or names an area that is not known; nothing was
            written.
    """
    old, new = read_card(opened), read_card(edited)
    with transaction(db):
        item = items.read_item(db, number)
        subject = journal_read.subject_of(db, number)
        statements: list[Statement] = []
        lines: list[str] = []
        left = item
        changed: list[str] = []
        for verdict in _verdicts(old, new, item):
            changed += _names(verdict)
            area = choose_area(db, item, verdict)
            mine, said = state_input(subject, str(number), verdict, left, area)
            statements += mine
            lines += said
            if verdict.unrates and area is not None:
                left = _without(left, area)
        if statements:
            journal.append(db, statements, now)
    return Edited(items.read_item(db, number), tuple(changed), tuple(lines))


def _verdicts(old: CardContent, new: CardContent, item: Item) -> list[JudgementInput]:
    """Say what is different: what is unrated first, so that what is rated decides the state."""
    notes = {name: text for name, text in new.notes.items() if text != old.notes.get(name, "")}
    if notes.get(TITLE) == item.title:
        notes[TITLE] = ""  # the work's own title again: nothing of the author's is left
    before = old.tags or ()
    after = before if new.tags is None else new.tags
    areas = dict.fromkeys(area for area, _ in new.ratings)
    about_areas = [verdict for area in areas if (verdict := _about(area, old, new))]
    return [
        *sorted(about_areas, key=lambda verdict: not verdict.unrates),
        JudgementInput(
            tags_added=tuple(tag for tag in after if tag not in before),
            tags_removed=tuple(tag for tag in before if tag not in after),
            notes=notes,
        ),
    ]


def _about(area: str, old: CardContent, new: CardContent) -> JudgementInput | None:
    """Say what is different in the rating of one area; None when nothing is."""
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
        unrates=value == "",
        emoji=changed.get("emoji"),
        label=changed.get("label"),
        remark=changed.get("remark"),
    )


def _names(verdict: JudgementInput) -> list[str]:
    """Name the fields that a verdict is about."""
    is_valued = verdict.halves is not None or verdict.unrates
    fields = {
        "rating": True if is_valued else None,
        "emoji": verdict.emoji,
        "label": verdict.label,
        "remark": verdict.remark,
    }
    names = [f"{name} in {verdict.area}" for name, said in fields.items() if said is not None]
    tags = ["tags"] if verdict.tags_added or verdict.tags_removed else []
    return [*names, *tags, *verdict.notes]


def _without(item: Item, area: str) -> Item:
    left = tuple(one for one in item.judgement.ratings if one.area != area)
    return replace(item, judgement=replace(item.judgement, ratings=left))
