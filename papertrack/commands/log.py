"""Read the journal: who said what, when, and whether it still holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.core.judging.event_text import describe_whole, goes_without_saying, is_echo
from papertrack.core.judging.log import LoggedAct, Saying
from papertrack.storage import journal_read

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from papertrack.core.judging.journal import Event

_AT_ONCE = 200  # acts; the log of years need not be in memory at once


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
        item: Only what was said about this item, as the author names it; None for everything.
        since: Only acts from this moment on.
        limit: At most so many acts; None for all.
        holding: Only acts that can be undone.

    Raises:
        NoSuchItem: The item is not known.
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
    for start in range(0, len(acts), _AT_ONCE):
        said = journal_read.acts_events(db, acts[start : start + _AT_ONCE], item)
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
                sayings=tuple(_sayings(act, named, numbers)),
            )


def _acts_in(events: Sequence[Event]) -> set[str]:
    targets = {event.subject.removeprefix("act:") for event in events}
    return {event.act for event in events} | targets


def _sayings(
    act: Sequence[Event],
    named: Mapping[str, tuple[int, str]],
    numbers: Mapping[str, int],
) -> Iterator[Saying]:
    spoken_of = {event.subject for event in act}
    for event in act:
        number, title = named.get(event.subject, (None, event.subject.replace(":", " ", 1)))
        # Where only one of two works is asked for, the echo is all there is of it.
        if is_echo(event) and ("follows" in event.payload or event.payload["other"] in spoken_of):
            continue
        what = describe_whole(event)
        if event.verb in {"undo", "redo"}:
            target = numbers.get(event.subject.removeprefix("act:"))
            done = "undid" if event.verb == "undo" else "redid"
            what = f"{done} act {target}" if target else f"{done} an act that is not here"
            title = ""
        yield Saying(
            verb=event.verb,
            what=what,
            subject=event.subject,
            item=number,
            title=title,
            payload=event.payload,
            follows=goes_without_saying(event, act),
        )
