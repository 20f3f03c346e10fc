"""Journal events as text, for messages and the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.core.judging.journal import PAIR_VERBS, Event, Value, in_order
from papertrack.core.text.borrowed_titles import in_quotes
from papertrack.core.text.clean import one_line
from papertrack.core.text.ratings import rating_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class LoggedStatement:
    """One statement of an act.

    Attributes:
        what: Its text with the value: ``remark in interp = "small n"``.
        subject: Its subject in the journal.
        item: The number that the item has today; None for issues, acts, and unknown items.
        title: The printed title of the item; the subject if there is none.
        follows: Whether the other statements of the act imply it.
    """

    verb: str
    what: str
    subject: str
    item: int | None
    title: str
    payload: Mapping[str, Value]
    follows: bool = False


@dataclass(frozen=True, slots=True)
class LoggedAct:
    """One act of the journal.

    Attributes:
        number: Its number for undo and redo.
        at: The time on the clock of its device.
        device: The device that wrote it.
        is_ours: Whether that is this device.
        is_undone: Whether it was undone.
    """

    number: int
    at: datetime
    device: str
    is_ours: bool
    is_undone: bool
    statements: tuple[LoggedStatement, ...]


_STATES = {"new": "queued"}
_ISSUES = {"publish": "published", "unpublish": "taken back from print"}
_SHOWN = 60  # characters of a text; `papertrack show` prints all of it

Register = tuple[str, ...]


def is_echo(event: Event) -> bool:
    """Return whether an event only repeats a pair decision under the other work's name."""
    return event.verb in PAIR_VERBS and not (
        event.payload["stays"] and "follows" not in event.payload
    )


def is_implied(event: Event, act: Sequence[Event]) -> bool:
    """Return whether a state is implied by a rating or an addition of the same act."""
    return event.verb == "state" and any(
        other.subject == event.subject
        and (other.verb == "add" or other.payload.get("field") == "halves")
        for other in act
    )


def describe(event: Event, title: str) -> str:
    """Describe an event in a few words, without its text.

    Args:
        event: The event.
        title: The title of its subject; empty where that is known already.
    """
    payload = event.payload
    match event.verb:
        case "state":
            what = _STATES.get(str(payload["to"]), str(payload["to"]))
        case "rate":
            what = f"{payload['field']} in {payload['area']}"
            if payload["field"] == "halves":
                halves = payload["to"]
                value = f" {rating_value(halves)}" if isinstance(halves, int) else ""
                what = f"rating{value} in {payload['area']}"
        case "tag":
            what = f"tag {'+' if payload['to'] else '-'}{payload['tag']}"
        case "note" | "text":
            what = f"text of {payload['field']}"
        case "add":
            what = "added"
        case "merge":
            joined = "merged with" if payload["stays"] else "merged into"
            what = f"{joined} {in_quotes(str(payload['title']))}"
        case "split":
            what = f"not the same story as {in_quotes(str(payload['title']))}"
        case "publish" | "unpublish":
            what = f"{event.verb}ed"
        case _:
            what = _ISSUES.get(event.verb, event.verb)
    return f"{what}: {in_quotes(title)}" if title else what


def describe_with_value(event: Event) -> str:
    """Describe an event with its value: ``remark in interp = "small n"``."""
    if event.verb not in {"rate", "note", "text"}:
        return describe(event, "")
    field, value = event.payload["field"], event.payload["to"]
    if value is None:
        return f"{describe(event, '')} removed"
    if field == "halves":
        return describe(event, "")
    what = str(field) if event.verb != "rate" else describe(event, "")
    text = one_line(str(value))
    return f'{what} = "{text[: _SHOWN - 1].rstrip() + "…" if len(text) > _SHOWN else text}"'


def register_of(event: Event) -> Register:
    """Return the register that an event sets; a later event of the register replaces it."""
    payload = event.payload
    match event.verb:
        case "rate":
            return ("rate", str(payload["area"]), str(payload["field"]))
        case "tag":
            return ("tag", str(payload["tag"]))
        case "note" | "text":
            return (event.verb, str(payload["field"]))
        case verb if verb in PAIR_VERBS:
            return ("tie", *sorted((event.subject, str(payload["other"]))))
        case verb if verb in _ISSUES:
            return ("publish",)
        case _:
            return (event.verb,)


def describe_register(event: Event) -> str:
    """Describe what an event sets: ``remark in interp``, ``tag toy``."""
    payload = event.payload
    match event.verb:
        case "rate":
            field = "rating" if payload["field"] == "halves" else payload["field"]
            return f"{field} in {payload['area']}"
        case "tag":
            return f"tag {payload['tag']}"
        case "note" | "text":
            return f"text of {payload['field']}"
        case verb if verb in _ISSUES:
            return "issue"
        case _:
            return event.verb


def current_event(
    events: Iterable[Event], undone: frozenset[str], register: Register
) -> Event | None:
    """Find the event that sets a register now; None if none does.

    Args:
        events: Every event about the item or issue, in any order.
        undone: The acts to ignore.
        register: The result of `register_of`.
    """
    return next(
        (
            event
            for event in reversed(in_order(events))
            if event.act not in undone and register_of(event) == register
        ),
        None,
    )
