"""Take back the newest act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core.glyphs import rating_value
from papertrack.core.journal import TIES, Event, Statement
from papertrack.storage import items, journal
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, and the items it was about."""

    items: tuple[int, ...]
    lines: tuple[str, ...]


def undo(db: sqlite3.Connection, now: datetime) -> Undone | None:
    """Take back the newest act that still holds; None when there is nothing to take back."""
    with transaction(db):
        events = journal.last_act(db)
        if not events:
            return None
        journal.append(db, [Statement("undo", f"act:{events[0].act}", {})], now)
        lines: dict[str, None] = {}
        numbers: dict[int, None] = {}
        for event in events:
            about = journal.items_of(db, [event.subject])
            if is_echo(event):
                continue
            numbers.update(dict.fromkeys(about))
            if not _goes_without_saying(event, events):
                lines[describe(event, _title(db, event, about))] = None
    return Undone(tuple(numbers), tuple(lines))


def is_echo(event: Event) -> bool:
    """Tell whether an event repeats for the other of two works what was said of the first."""
    return event.verb in TIES and not (event.payload["stays"] and "follows" not in event.payload)


def _goes_without_saying(event: Event, act: Sequence[Event]) -> bool:
    """Tell whether a state only follows from a rating or an addition of the same act."""
    return event.verb == "state" and any(
        other.subject == event.subject
        and (other.verb == "add" or other.payload.get("field") == "halves")
        for other in act
    )


def _title(db: sqlite3.Connection, event: Event, about: Sequence[int]) -> str:
    if about:
        return items.read_item(db, about[0]).title
    return event.subject.replace(":", " ", 1)


def describe(event: Event, title: str) -> str:
    """Say in a few words what an event said, for messages and the log."""
    said = event.payload
    match event.verb:
        case "state":
            words = {"kept": "kept", "rejected": "rejected", "later": "later", "new": "queued"}
            what = words.get(str(said["to"]), str(said["to"]))
        case "rate":
            what = f"{said['field']} in {said['area']}"
            if said["field"] == "halves" and isinstance(said["to"], int):
                what = f"rating {rating_value(said['to'])} in {said['area']}"
        case "tag":
            what = f"tag {'+' if said['to'] else '-'}{said['tag']}"
        case "note" | "text":
            what = f"text of {said['field']}"
        case "add":
            what = "added"
        case "merge":
            what = f'merged {"with" if said["stays"] else "into"} "{said["title"]}"'
        case "split":
            what = f'not the same story as "{said["title"]}"'
        case _:
            what = event.verb
    return f'{what}: "{title}"' if title else what
