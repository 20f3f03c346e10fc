"""Events of the journal in words, for messages and the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.core.judging.journal import PAIR_VERBS, Event, Value, in_order
from papertrack.core.text.clean import one_line
from papertrack.core.text.ratings import rating_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing that an act said.

    Attributes:
        what: In words, with the value that it gave: ``remark in interp = "small n"``.
        subject: What it is about, as the journal names it.
        item: The number of the item that this is today; None for issues, acts, and items that are
            not here.
        title: What is printed for the item; the subject where there is none.
        follows: It goes without saying once the rest of the act is read.
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
        number: By which it is undone or brought back.
        at: When the clock of its machine said it was.
        device: Which machine wrote it.
        is_ours: Whether that is this one.
        is_undone: Whether it is taken back.
    """

    number: int
    at: datetime
    device: str
    is_ours: bool
    is_undone: bool
    sayings: tuple[Saying, ...]


_STATES = {"new": "queued"}
_ISSUES = {"publish": "published", "unpublish": "taken back from print"}
_SHOWN = 60  # characters of a text; the whole of it is in `papertrack show`

Register = tuple[str, ...]


def is_echo(event: Event) -> bool:
    """Tell whether an event repeats for the other of two works what was said of the first."""
    return event.verb in PAIR_VERBS and not (
        event.payload["stays"] and "follows" not in event.payload
    )


def goes_without_saying(event: Event, act: Sequence[Event]) -> bool:
    """Tell whether a state only follows from a rating or an addition of the same act."""
    return event.verb == "state" and any(
        other.subject == event.subject
        and (other.verb == "add" or other.payload.get("field") == "halves")
        for other in act
    )


def describe(event: Event, title: str) -> str:
    """Say in a few words what an event said.

    Args:
        event: The event.
        title: What it is about; empty where that is known already.
    """
    said = event.payload
    match event.verb:
        case "state":
            what = _STATES.get(str(said["to"]), str(said["to"]))
        case "rate":
            what = f"{said['field']} in {said['area']}"
            if said["field"] == "halves":
                halves = said["to"]
                value = f" {rating_value(halves)}" if isinstance(halves, int) else ""
                what = f"rating{value} in {said['area']}"
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
        case "publish" | "unpublish":
            what = f"{event.verb}ed"
        case _:
            what = _ISSUES.get(event.verb, event.verb)
    return f'{what}: "{title}"' if title else what


def describe_whole(event: Event) -> str:
    """Say what an event said with the value that it gave: ``remark in interp = "small n"``."""
    if event.verb not in {"rate", "note", "text"}:
        return describe(event, "")
    said, value = event.payload, event.payload["to"]
    if value is None:
        return f"{describe(event, '')} taken back"
    if said["field"] == "halves":
        return describe(event, "")
    what = str(said["field"]) if event.verb != "rate" else describe(event, "")
    text = one_line(str(value))
    return f'{what} = "{text[: _SHOWN - 1].rstrip() + "…" if len(text) > _SHOWN else text}"'


def register_of(event: Event) -> Register:
    """Name what an event sets; a later event about the same takes its place."""
    said = event.payload
    match event.verb:
        case "rate":
            return ("rate", str(said["area"]), str(said["field"]))
        case "tag":
            return ("tag", str(said["tag"]))
        case "note" | "text":
            return (event.verb, str(said["field"]))
        case verb if verb in PAIR_VERBS:
            return ("tie", *sorted((event.subject, str(said["other"]))))
        case verb if verb in _ISSUES:
            return ("publish",)
        case _:
            return (event.verb,)


def name_register(event: Event) -> str:
    """Call what an event sets by its name: ``remark in interp``, ``tag toy``."""
    said = event.payload
    match event.verb:
        case "rate":
            field = "rating" if said["field"] == "halves" else said["field"]
            return f"{field} in {said['area']}"
        case "tag":
            return f"tag {said['tag']}"
        case "note" | "text":
            return f"text of {said['field']}"
        case verb if verb in _ISSUES:
            return "issue"
        case _:
            return event.verb


def last_word(events: Iterable[Event], undone: frozenset[str], register: Register) -> Event | None:
    """Find what holds of one thing that can be said; None when nothing does.

    Args:
        events: Every event about the item or issue, in any order.
        undone: The acts to pass over.
        register: What `register_of` says.
    """
    return next(
        (
            event
            for event in reversed(in_order(events))
            if event.act not in undone and register_of(event) == register
        ),
        None,
    )
