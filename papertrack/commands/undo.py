"""Take acts back: the newest, several, or any by its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core.judging.event_text import (
    describe,
    describe_whole,
    goes_without_saying,
    is_echo,
    last_word,
    name_register,
    register_of,
)
from papertrack.core.judging.journal import TIES, Statement
from papertrack.errors import UsageError
from papertrack.storage import items, journal, journal_read
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from papertrack.core.judging.journal import Event


_NAMED = 3  # of more items that were told the same, or are the same now, only the number is said


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, or brought back, and the items it was about.

    Attributes:
        items: Their numbers.
        lines: What it said, a sentence each.
        act: Its number.
        holds: What holds now of each thing that it said, a sentence each; empty for the newest act,
            where it is plain.
    """

    items: tuple[int, ...]
    lines: tuple[str, ...]
    act: int
    holds: tuple[str, ...] = ()


def undo(db: sqlite3.Connection, now: datetime) -> Undone | None:
    """Take back the newest act that still holds; None when there is nothing to take back."""
    with transaction(db):
        events = journal_read.last_act(db)
        return say_anew(db, "undo", events, now) if events else None


def undo_last(db: sqlite3.Connection, count: int, now: datetime) -> list[Undone]:
    """Take back the newest acts, at most so many, all or none; each can be redone alone."""
    with transaction(db):
        undone: list[Undone] = []
        while len(undone) < count and (one := undo(db, now)) is not None:
            undone.append(one)
        return undone


def undo_acts(db: sqlite3.Connection, numbers: Sequence[int], now: datetime) -> list[Undone]:
    """Take back acts by their numbers, all or none; see `undo_act`."""
    with transaction(db):
        return [undo_act(db, number, now) for number in numbers]


def undo_act(db: sqlite3.Connection, number: int, now: datetime) -> Undone:
    """Take back an act by its number, however old it is; what was said later stays.

    Every act sets single things: a rating's value, a tag, a text. Where a later act has set the
    same thing, nothing changes to the eye; where none has, what was said before it holds again.

    Raises:
        UsageError: There is no such act, or it is undone already.
    """
    with transaction(db):
        events = act_to_change(db, number)
        if events[0].act in journal_read.undone(db):
            message = f"act {number} is undone already"
            raise UsageError(message, hint=f"to bring it back: papertrack redo {number}")
        return say_anew(db, "undo", events, now, explained=True)


def act_to_change(db: sqlite3.Connection, number: int) -> list[Event]:
    """Find what an act said that is to be taken back or brought back.

    Raises:
        UsageError: There is no such act, or it is itself an undo or a redo.
    """
    events = journal_read.act_numbered(db, number)
    if not events:
        message = f"there is no act {number}"
        raise UsageError(message, hint="papertrack log shows the numbers of all acts")
    if events[0].verb in {"undo", "redo"}:
        about = journal_read.act_number(db, events[0].subject.removeprefix("act:"))
        done, other = ("undid", "redo") if events[0].verb == "undo" else ("redid", "undo")
        message = f"act {number} only {done} act {about}"
        raise UsageError(message, hint=f"say: papertrack {other} {about}")
    return events


def say_anew(
    db: sqlite3.Connection,
    verb: str,
    events: Sequence[Event],
    now: datetime,
    *,
    explained: bool = False,
) -> Undone:
    """Write down that an act is undone or redone, and say what came of it.

    Args:
        db: The database, inside a transaction.
        verb: ``undo`` or ``redo``.
        events: What the act said.
        now: The present.
        explained: Say what holds now.
    """
    journal.append(db, [Statement(verb, f"act:{events[0].act}", {})], now)
    spoken = [event for event in events if not is_echo(event)]
    about = {event.subject: journal_read.items_of(db, [event.subject]) for event in spoken}
    numbers = dict.fromkeys(number for found in about.values() for number in found)
    told = [event for event in spoken if not goes_without_saying(event, events)]
    holds: list[tuple[str, str]] = []
    if explained:
        passed_over = journal_read.undone(db)
        holds = [_what_holds(db, event, about[event.subject], passed_over) for event in told]
    return Undone(
        items=tuple(numbers),
        lines=tuple(_lines(db, told, about)),
        act=journal_read.act_number(db, events[0].act),
        holds=tuple(_sentences(holds)),
    )


def _lines(
    db: sqlite3.Connection, events: Sequence[Event], about: Mapping[str, Sequence[int]]
) -> list[str]:
    """Say what events said; what many items were told alike is said once."""
    alike: dict[str, dict[str, Event]] = {}
    for event in events:
        alike.setdefault(describe(event, ""), {})[event.subject] = event
    lines: dict[str, None] = {}
    for words, by_subject in alike.items():
        if len(by_subject) > _NAMED:
            lines[f"{words}: {len(by_subject)} items"] = None
            continue
        for subject, event in by_subject.items():
            lines[describe(event, _title(db, event, about[subject]))] = None
    return list(lines)


def _sentences(holds: Sequence[tuple[str, str]]) -> list[str]:
    """Join names and what holds of them; what holds of many items is said of the first ones."""
    named: dict[str, dict[str, None]] = {}
    for name, said in holds:
        named.setdefault(said, {})[name] = None
    first = {said: [*names][:_NAMED] for said, names in named.items()}
    lines = dict.fromkeys(f"{name}{said}" for name, said in holds if name in first[said])
    more = sum(max(0, len(names) - _NAMED) for names in named.values())
    return [*lines, f"likewise for {more} more"] if more else [*lines]


def _what_holds(
    db: sqlite3.Connection, event: Event, about: Sequence[int], passed_over: frozenset[str]
) -> tuple[str, str]:
    """Name what an event was about, and say what holds of it now."""
    item = about[0] if about else None
    name = f"item {item}" if item is not None else event.subject.replace(":", " ", 1)
    if event.verb in TIES:
        other = journal_read.items_of(db, [str(event.payload["other"])])
        if item is None or not other:
            return name, ": nothing to join or part here"
        if other == [item]:
            return str(item), " is one item"
        return f"{item} and {other[0]}", " are two items"
    if item is not None and event.verb in {"state", "add"}:
        return name, f" is {items.read_item(db, item).state.value}"
    said = (
        journal_read.item_events(db, item)
        if item
        else journal_read.subject_events(db, event.subject)
    )
    last = last_word(said, passed_over, register_of(event))
    if last is None:
        return name, f" has no {name_register(event)}"
    return name, f": {describe_whole(last)} (act {journal_read.act_number(db, last.act)})"


def _title(db: sqlite3.Connection, event: Event, about: Sequence[int]) -> str:
    if about:
        return items.read_item(db, about[0]).title
    return event.subject.replace(":", " ", 1)
