"""Read the log of acts, undo them, and redo them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.core.judging.event_text import (
    LoggedAct,
    LoggedStatement,
    current_event,
    describe,
    describe_register,
    describe_with_value,
    is_echo,
    is_implied,
    register_of,
)
from papertrack.core.judging.journal import PAIR_VERBS, Statement, next_redo
from papertrack.errors import UsageError
from papertrack.storage import items, journal, journal_read
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from papertrack.core.judging.journal import Event

_BATCH = 200  # acts to read at a time, so that a long log is not held in memory


def read_log(
    db: sqlite3.Connection,
    *,
    item: str | None = None,
    since: datetime | None = None,
    limit: int | None = None,
    holding: bool = False,
) -> Iterator[LoggedAct]:
    """Read acts, newest first.

    Args:
        db: The database.
        item: Only statements about this item, as the author names it; None for everything.
        since: Only acts from this moment on.
        limit: The maximum number of acts; None for all.
        holding: Only acts that can be undone.

    Raises:
        NoSuchItem: The item is unknown.
    """
    number = references.find(db, item) if item is not None else None
    undone = journal_read.undone(db)
    acts = journal_read.list_acts(
        db,
        item_id=number,
        since=since,
        limit=limit,
        passed_over=undone if holding else None,
    )
    return _read(db, acts, undone, number)


def _read(
    db: sqlite3.Connection, acts: Sequence[str], undone: frozenset[str], item: int | None
) -> Iterator[LoggedAct]:
    ours = journal_read.device_of(db)
    for start in range(0, len(acts), _BATCH):
        said = journal_read.acts_events(db, acts[start : start + _BATCH], item)
        events = [event for act in said for event in act]
        named = journal_read.named_items(db, (event.subject for event in events))
        numbers = journal_read.act_numbers(db, _acts_in(events))
        for act in said:
            first = act[0]
            yield LoggedAct(
                number=numbers[first.act],
                at=first.at,
                device=first.device,
                is_ours=first.device == ours,
                is_undone=first.act in undone,
                statements=tuple(_read_statements(act, named, numbers)),
            )


def _acts_in(events: Sequence[Event]) -> set[str]:
    targets = {event.subject.removeprefix("act:") for event in events}
    return {event.act for event in events} | targets


def _read_statements(
    act: Sequence[Event],
    named: Mapping[str, tuple[int, str]],
    numbers: Mapping[str, int],
) -> Iterator[LoggedStatement]:
    spoken_of = {event.subject for event in act}
    for event in act:
        number, title = named.get(event.subject, (None, event.subject.replace(":", " ", 1)))
        # If only one of two works is listed, the echo is its only statement about the pair.
        if is_echo(event) and ("follows" in event.payload or event.payload["other"] in spoken_of):
            continue
        what = describe_with_value(event)
        if event.verb in {"undo", "redo"}:
            target = numbers.get(event.subject.removeprefix("act:"))
            done = "undid" if event.verb == "undo" else "redid"
            what = f"{done} act {target}" if target else f"{done} an act that is not here"
            title = ""
        yield LoggedStatement(
            verb=event.verb,
            what=what,
            subject=event.subject,
            item=number,
            title=title,
            payload=event.payload,
            follows=is_implied(event, act),
        )


_NAMED = 3  # more items with the same statement are only counted


@dataclass(frozen=True, slots=True)
class Undone:
    """An act that was undone or redone.

    Attributes:
        items: The numbers of its items.
        lines: Its statements, one line each.
        act: Its number.
        state_now: The current state of everything it set, one line each; empty for the newest act,
            where it is obvious.
    """

    items: tuple[int, ...]
    lines: tuple[str, ...]
    act: int
    state_now: tuple[str, ...] = ()


def undo(db: sqlite3.Connection, now: datetime) -> Undone | None:
    """Undo the newest act that is not undone; None if there is nothing to undo."""
    with transaction(db):
        events = journal_read.last_act(db)
        return append_reversal(db, "undo", events, now) if events else None


def undo_last(db: sqlite3.Connection, count: int, now: datetime) -> list[Undone]:
    """Undo up to `count` of the newest acts, all or none; each can be redone separately."""
    with transaction(db):
        undone: list[Undone] = []
        while len(undone) < count and (one := undo(db, now)) is not None:
            undone.append(one)
        return undone


def undo_acts(db: sqlite3.Connection, numbers: Sequence[int], now: datetime) -> list[Undone]:
    """Undo acts by number, all or none; see `undo_act`."""
    with transaction(db):
        return [undo_act(db, number, now) for number in numbers]


def undo_act(db: sqlite3.Connection, number: int, now: datetime) -> Undone:
    """Undo an act by number, however old it is; later acts stay.

    An act sets single values: of a rating, a tag, a text. If a later act has set the same value,
    nothing visible changes; otherwise the earlier value is restored.

    Raises:
        UsageError: There is no such act, or it is already undone.
    """
    with transaction(db):
        events = reversible_events(db, number)
        if events[0].act in journal_read.undone(db):
            message = f"act {number} is already undone"
            raise UsageError(message, hint=f"to redo it, run: papertrack redo {number}")
        return append_reversal(db, "undo", events, now, explained=True)


def reversible_events(db: sqlite3.Connection, number: int) -> list[Event]:
    """Read the events of an act that can be undone or redone.

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
        raise UsageError(message, hint=f"run: papertrack {other} {about}")
    return events


def append_reversal(
    db: sqlite3.Connection,
    verb: str,
    events: Sequence[Event],
    now: datetime,
    *,
    explained: bool = False,
) -> Undone:
    """Record that an act is undone or redone, and describe the result.

    Args:
        db: The database, inside a transaction.
        verb: ``undo`` or ``redo``.
        events: The events of the act.
        now: The current time.
        explained: Whether to describe the current state, too.
    """
    journal.append(db, [Statement(verb, f"act:{events[0].act}", {})], now)
    spoken = [event for event in events if not is_echo(event)]
    about = {event.subject: journal_read.items_of(db, [event.subject]) for event in spoken}
    numbers = dict.fromkeys(number for found in about.values() for number in found)
    shown = [event for event in spoken if not is_implied(event, events)]
    state_now: list[tuple[str, str]] = []
    if explained:
        passed_over = journal_read.undone(db)
        state_now = [_state_now(db, event, about[event.subject], passed_over) for event in shown]
    return Undone(
        items=tuple(numbers),
        lines=tuple(_event_lines(db, shown, about)),
        act=journal_read.act_number(db, events[0].act),
        state_now=tuple(_state_lines(state_now)),
    )


def _event_lines(
    db: sqlite3.Connection, events: Sequence[Event], about: Mapping[str, Sequence[int]]
) -> list[str]:
    """Describe events; many items with the same statement share a line."""
    by_text: dict[str, dict[str, Event]] = {}
    for event in events:
        by_text.setdefault(describe(event, ""), {})[event.subject] = event
    lines: dict[str, None] = {}
    for words, by_subject in by_text.items():
        if len(by_subject) > _NAMED:
            lines[f"{words}: {len(by_subject)} items"] = None
            continue
        for subject, event in by_subject.items():
            lines[describe(event, _title(db, event, about[subject]))] = None
    return list(lines)


def _state_lines(state_now: Sequence[tuple[str, str]]) -> list[str]:
    """Join names and their states; of many items with the same state, name the first ones."""
    named: dict[str, dict[str, None]] = {}
    for name, said in state_now:
        named.setdefault(said, {})[name] = None
    first = {said: [*names][:_NAMED] for said, names in named.items()}
    lines = dict.fromkeys(f"{name}{said}" for name, said in state_now if name in first[said])
    more = sum(max(0, len(names) - _NAMED) for names in named.values())
    return [*lines, f"and the same for {more} more"] if more else [*lines]


def _state_now(
    db: sqlite3.Connection, event: Event, about: Sequence[int], passed_over: frozenset[str]
) -> tuple[str, str]:
    """Return the name of an event's subject, and the current value of what the event set."""
    item = about[0] if about else None
    name = f"item {item}" if item is not None else event.subject.replace(":", " ", 1)
    if event.verb in PAIR_VERBS:
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
    last = current_event(said, passed_over, register_of(event))
    if last is None:
        return name, f" has no {describe_register(event)}"
    return name, f": {describe_with_value(last)} (act {journal_read.act_number(db, last.act)})"


def _title(db: sqlite3.Connection, event: Event, about: Sequence[int]) -> str:
    if about:
        return items.read_item(db, about[0]).title
    return event.subject.replace(":", " ", 1)


def redo(db: sqlite3.Connection, now: datetime) -> Undone | None:
    """Redo the act that was undone last; None if there is nothing to redo.

    As in an editor, acts are redone newest first, and a new act ends this: what was undone before
    it can be redone only by number (see `redo_act`).
    """
    with transaction(db):
        act = next_redo(journal_read.undoings(db))
        if act is None:
            return None
        return append_reversal(db, "redo", journal_read.act_events(db, act), now)


def redo_last(db: sqlite3.Connection, count: int, now: datetime) -> list[Undone]:
    """Redo up to `count` of the acts undone last, all or none."""
    with transaction(db):
        redone: list[Undone] = []
        while len(redone) < count and (one := redo(db, now)) is not None:
            redone.append(one)
        return redone


def redo_acts(db: sqlite3.Connection, numbers: Sequence[int], now: datetime) -> list[Undone]:
    """Redo acts by number, all or none; see `redo_act`."""
    with transaction(db):
        return [redo_act(db, number, now) for number in numbers]


def redo_act(db: sqlite3.Connection, number: int, now: datetime) -> Undone:
    """Redo an undone act by number, whatever came after it.

    It counts from its original time: later values of the same things stay.

    Raises:
        UsageError: There is no such act, or it was not undone.
    """
    with transaction(db):
        events = reversible_events(db, number)
        if events[0].act not in journal_read.undone(db):
            message = f"act {number} is not undone"
            raise UsageError(message, hint="papertrack log marks undone acts")
        return append_reversal(db, "redo", events, now, explained=True)
