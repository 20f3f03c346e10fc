"""The author's journal: its events, and the judgements that follow from them.

Every event sets one register of one subject: the state of an item, one field of one rating, one
tag, one note. The last event of a register counts (see `in_order`), whatever order events arrive
in, so two journals can be joined. An act is one undo step; undoing appends an `undo` event for it,
and the events of an undone act are ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from papertrack.core.kinds import State
from papertrack.core.records import Judgement, Rating

if TYPE_CHECKING:
    from collections.abc import Iterable

Value = str | int | bool | list[str] | list[dict[str, "Value"]] | dict[str, "Value"] | None

_STATES = frozenset(State)
RATING_FIELDS = ("halves", "emoji", "label", "remark")
PAIR_VERBS = frozenset({"merge", "split"})


@dataclass(frozen=True, slots=True)
class Statement:
    """One change by the author that is not in the journal yet.

    Attributes:
        verb: ``state``, ``rate``, ``tag``, ``note``, ``text``, ``add``, ``merge``, ``split``,
            ``undo`` or ``redo``.
        subject: An identifier of an item, ``issue:2026-W47`` or ``act:UID``.
        payload: The register and its new value.
    """

    verb: str
    subject: str
    payload: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Event:
    """A statement in the journal.

    Attributes:
        at: The time on the clock, which may have been wrong.
        sequence: The place in the order, in milliseconds: never before an earlier event's, even
            if the clock went back.
    """

    uid: str
    device: str
    at: datetime
    act: str
    verb: str
    subject: str
    payload: dict[str, Value]
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class PairDecision:
    """The author's last decision on two works.

    Attributes:
        subjects: Both, in alphabetical order: the register.
        verb: ``merge`` (they are one), ``split`` (they are two), or None (all decisions undone).
        keep: The one that stays, or stayed.
        at, sequence: As in the event that decided.
    """

    subjects: tuple[str, str]
    verb: str | None
    keep: str
    at: datetime
    sequence: int

    @property
    def words(self) -> str:
        """Both subjects as one text, the same on every machine."""
        return "\n".join(self.subjects)

    @property
    def other(self) -> str:
        """The one that does not stay."""
        first, second = self.subjects
        return second if self.keep == first else first


def set_state(subject: str, state: State) -> Statement:
    """Set the state of an item."""
    return Statement("state", subject, {"to": state.value})


def set_rating(subject: str, area: str, field: str, value: Value) -> Statement:
    """Set one field of a rating (see `RATING_FIELDS`); None removes it."""
    return Statement("rate", subject, {"area": area, "field": field, "to": value})


def set_tag(subject: str, tag: str, *, present: bool) -> Statement:
    """Add a tag to an item or remove it."""
    return Statement("tag", subject, {"tag": tag, "to": present})


def set_note(subject: str, field: str, text: str | None) -> Statement:
    """Set a note of an item; None or blank text removes it."""
    return Statement("note", subject, {"field": field, "to": text or None})


def set_issue_text(issue: str, field: str, text: str | None) -> Statement:
    """Set a text of an issue, such as its lead; None removes it."""
    return Statement("text", f"issue:{issue}", {"field": field, "to": text or None})


def decide_pair(
    verb: str, keep: tuple[str, str], other: tuple[str, str], *, follows: bool = False
) -> list[Statement]:
    """State that two works are one (``merge``) or two (``split``).

    Each work gets its own statement, to be found by either subject; both set one register.

    Args:
        verb: ``merge`` or ``split``.
        keep: Subject and title of the one that stays.
        other: Subject and title of the other.
        follows: Whether other statements of the act imply it, so that the log leaves it out.
    """
    return [
        Statement(
            verb,
            mine[0],
            {
                "other": theirs[0],
                "title": theirs[1],
                "stays": mine is keep,
                **({"follows": True} if follows else {}),
            },
        )
        for mine, theirs in ((keep, other), (other, keep))
    ]


def uuid7(unix_ms: int, random: bytes) -> str:
    """Make a UUID whose text sorts by time (RFC 9562 §5.7).

    Args:
        unix_ms: Milliseconds since 1970, below 2**48.
        random: Ten random bytes.
    """
    raw = bytearray(unix_ms.to_bytes(6, "big") + random[:10])
    raw[6] = 0x70 | (raw[6] & 0x0F)
    raw[8] = 0x80 | (raw[8] & 0x3F)
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def in_order(events: Iterable[Event]) -> list[Event]:
    """Sort events into the order of the journal: by sequence, then uid.

    `papertrack.storage.journal_read.ORDER` is the same order in SQL. The time of an event is not
    used, because the clocks of two devices differ.
    """
    return sorted(events, key=lambda event: (event.sequence, event.uid))


def next_redo(undoings: Iterable[Event]) -> str | None:
    """Choose the act to redo: the last one undone and not redone since.

    Args:
        undoings: Every undo and redo since the author's last other change. As in an editor, a new
            change ends the series, and what was undone before it is redone only by number.

    Returns:
        The act, or None if there is nothing to redo.
    """
    waiting: dict[str, None] = {}
    for event in in_order(undoings):
        act = event.subject.removeprefix("act:")
        waiting.pop(act, None)
        if event.verb == "undo":
            waiting[act] = None
    return next(reversed(waiting), None)


def fold_item(events: Iterable[Event], undone: frozenset[str]) -> Judgement:
    """Fold the events of one item into its judgement.

    Args:
        events: Every event about the item, in any order.
        undone: The acts to ignore.
    """
    state: State | None = None
    judged_at: datetime | None = None
    ratings: dict[str, dict[str, Value]] = {}
    rated_at: dict[str, datetime] = {}
    tags: set[str] = set()
    notes: dict[str, str] = {}
    for event in in_order(events):
        if event.act in undone:
            continue
        payload = event.payload
        match event.verb:
            case "state" if payload.get("to") in _STATES:  # a newer version may know others
                state, judged_at = State(str(payload["to"])), event.at
            case "rate":
                area = str(payload["area"])
                ratings.setdefault(area, {})[str(payload["field"])] = payload["to"]
                if payload["field"] == "halves":
                    judged_at = event.at
                    _note_first_rating(rated_at, area, event.at, given=payload["to"] is not None)
            case "tag":
                (tags.add if payload["to"] else tags.discard)(str(payload["tag"]))
            case "note":
                _put(notes, str(payload["field"]), payload["to"])
            case _:
                pass
    return Judgement(
        state=state,
        judged_at=judged_at,
        ratings=tuple(
            _rating(area, fields, rated_at.get(area))
            for area, fields in sorted(ratings.items())
            if any(value is not None and value != "" for value in fields.values())
        ),
        tags=tuple(sorted(tags)),
        notes=dict(sorted(notes.items())),
    )


def fold_texts(events: Iterable[Event], undone: frozenset[str]) -> dict[str, str]:
    """Fold the events of one issue into its texts."""
    texts: dict[str, str] = {}
    for event in in_order(events):
        if event.verb == "text" and event.act not in undone:
            _put(texts, str(event.payload["field"]), event.payload["to"])
    return dict(sorted(texts.items()))


def fold_pair_decisions(events: Iterable[Event], undone: frozenset[str]) -> list[PairDecision]:
    """Fold events into the last decision on each pair of works, in the order of decision.

    Args:
        events: ``merge`` and ``split`` events, in any order; others are ignored.
        undone: The acts to ignore.
    """
    decisions: dict[tuple[str, str], PairDecision] = {}
    for event in in_order(events):
        if event.verb not in PAIR_VERBS:
            continue
        other = str(event.payload["other"])
        subjects = (min(event.subject, other), max(event.subject, other))
        keep = event.subject if event.payload["stays"] else other
        if event.act not in undone:
            decisions.pop(subjects, None)  # moves it to the end
            decisions[subjects] = PairDecision(subjects, event.verb, keep, event.at, event.sequence)
        else:
            decisions.setdefault(
                subjects, PairDecision(subjects, None, keep, event.at, event.sequence)
            )
    return list(decisions.values())


def _note_first_rating(
    rated_at: dict[str, datetime], area: str, at: datetime, *, given: bool
) -> None:
    """Record the time of the first rating in an area, so that changing it keeps the order."""
    if given:
        rated_at.setdefault(area, at)
    else:
        rated_at.pop(area, None)


def _put(texts: dict[str, str], field: str, value: Value) -> None:
    if isinstance(value, str) and value.strip():
        texts[field] = value
    else:
        texts.pop(field, None)


def _rating(area: str, fields: dict[str, Value], rated_at: datetime | None) -> Rating:
    halves = fields.get("halves")
    return Rating(
        area=area,
        halves=halves if isinstance(halves, int) else None,
        emoji=text_of(fields.get("emoji")),
        label=text_of(fields.get("label")),
        remark=text_of(fields.get("remark")),
        rated_at=rated_at,
    )


def text_of(value: Value) -> str | None:
    """Return a value of a payload if it is text and not empty, else None."""
    return value if isinstance(value, str) and value else None
