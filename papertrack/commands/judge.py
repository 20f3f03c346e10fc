"""Judge items: rate, reject, keep for later, tag, note. One call is one undo step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.core.judging.journal import (
    Statement,
    Value,
    set_note,
    set_rating,
    set_state,
    set_tag,
)
from papertrack.core.judging.notes import BRIEF, DEADLINE, FORMAT, HOME, LINE, LINK, PLACE, PRIZE
from papertrack.core.kinds import Kind, State
from papertrack.core.query.filters import match_slugs
from papertrack.core.records import Item
from papertrack.core.text.clean import typed
from papertrack.core.text.ratings import rating_value
from papertrack.errors import UsageError
from papertrack.storage import items, journal, journal_read
from papertrack.storage.database import transaction
from papertrack.storage.sources import list_areas

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class JudgementInput:
    """A judgement of each of the named items.

    Attributes:
        state: REJECTED or LATER; None if the other fields decide it.
        area: The area of the rating; None if the item leaves only one choice.
        halves: The rating in half points, 1 to 10; None leaves it unchanged.
        removes_rating: Remove the value of the rating; an unrated item returns to the queue.
        emoji, label, remark: None leaves it unchanged, an empty text removes it.
        notes: Text by field; an empty text removes it.
    """

    state: State | None = None
    area: str | None = None
    halves: int | None = None
    removes_rating: bool = False
    emoji: str | None = None
    label: str | None = None
    remark: str | None = None
    tags_added: tuple[str, ...] = ()
    tags_removed: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_rating_fields(self) -> bool:
        """Whether any field of a rating is given."""
        given = (self.halves, self.emoji, self.label, self.remark)
        return self.removes_rating or any(value is not None for value in given)


@dataclass(frozen=True, slots=True)
class JudgedItem:
    """What was stored about one item, one line each: ``rated 12 mech-interp 3.5``."""

    item: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What a judgement changed about one item; saying the same again changes nothing.

    Attributes:
        name: The item as the author named it, the first time.
        item: The item after the judgement.
        ratings: The areas whose rating changed.
        tags: The tags that were added or removed.
        notes: The fields of the notes that changed.
    """

    name: str
    item: Item
    state: bool
    ratings: tuple[str, ...]
    tags: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the item is as it was."""
        return not (self.state or self.ratings or self.tags or self.notes)


@dataclass(frozen=True, slots=True)
class JudgingAct:
    """A stored judgement.

    Attributes:
        number: The number of the act, for ``papertrack undo``.
        said: What was stored, for each name.
        changes: What it changed, for each item once.
    """

    number: int
    said: tuple[JudgedItem, ...]
    changes: tuple[ItemChange, ...]


def judge(
    db: sqlite3.Connection, named: Sequence[str], judgement: JudgementInput, now: datetime
) -> JudgingAct:
    """Store a judgement of items in the journal, as one undo step.

    Args:
        db: The database.
        named: The items as the author named them; acknowledgements repeat these names.
        judgement: What to store about each.
        now: The current time.

    Returns:
        What was stored, on disk by then.

    Raises:
        NoSuchItem: An item is unknown; nothing was stored about any.
        UsageError: The judgement is empty, or its area is unknown.
    """
    with transaction(db):
        numbers = [references.find(db, name) for name in named]
        before = {item.id: item for item in items.read_items(db, list(dict.fromkeys(numbers)))}
        names = dict(zip(reversed(numbers), reversed(named), strict=True))
        statements: list[Statement] = []
        said: list[JudgedItem] = []
        for name, number in zip(named, numbers, strict=True):
            item = before[number]
            mine, lines = judgement_statements(
                journal_read.subject_of(db, number),
                name,
                judgement,
                item,
                choose_area(db, item, judgement),
            )
            statements += mine
            said.append(JudgedItem(number, tuple(lines)))
        if not statements:
            message = "no judgement was given"
            raise UsageError(message, hint="give --area and --value, --reject, --later or a note")
        events = journal.append(db, statements, now)
        after = items.read_items(db, list(before))
        return JudgingAct(
            number=journal_read.act_number(db, events[0].act),
            said=tuple(said),
            changes=tuple(_change(names[item.id], before[item.id], item) for item in after),
        )


def _change(name: str, before: Item, after: Item) -> ItemChange:
    ratings = [
        {one.area: (one.halves, one.emoji, one.label, one.remark) for one in item.judgement.ratings}
        for item in (before, after)
    ]
    notes = [item.judgement.notes for item in (before, after)]
    tags = set(before.judgement.tags).symmetric_difference(after.judgement.tags)
    return ItemChange(
        name=name,
        item=after,
        state=before.state is not after.state,
        ratings=_changed_keys(*ratings),
        tags=tuple(sorted(tags)),
        notes=_changed_keys(*notes),
    )


def _changed_keys(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(key for key in sorted({*before, *after}) if before.get(key) != after.get(key))


def choose_area(db: sqlite3.Connection, item: Item, judgement: JudgementInput) -> str | None:
    """Find the area that a rating is meant for.

    Raises:
        UsageError: The area or home is unknown, or is retired and the item has no rating in it, or
            none was named and there is more than one choice.
    """
    areas = {area.slug: area for area in list_areas(db)}
    known = [slug for slug, area in areas.items() if not area.is_retired]
    rated = [rating.area for rating in item.judgement.ratings]
    for named in filter(None, (judgement.area, judgement.notes.get(HOME))):
        if named in areas and named not in (*known, *rated):
            message = f'the area "{named}" is retired'
            raise UsageError(message, hint=f"restore it: papertrack areas restore {named}")
        if named not in areas:
            message = f'there is no area "{named}"'
            meant = match_slugs(named, {slug: areas[slug].name for slug in known})
            hint = f"the areas are {', '.join(known) or 'not written yet'}"
            if len(meant) == 1:
                hint = f'did you mean "{meant[0]}"?'
            raise UsageError(message, hint=hint)
    if judgement.area is not None:
        return judgement.area
    if not judgement.has_rating_fields:
        return None
    choices = rated if len(rated) == 1 else known
    if len(choices) != 1:
        message = "no area was named for the rating"
        raise UsageError(message, hint=f"add --area with one of {', '.join(known)}")
    return choices[0]


def judgement_statements(
    subject: str, name: str, judgement: JudgementInput, item: Item, area: str | None
) -> tuple[list[Statement], list[str]]:
    """Turn a judgement of one item into statements and their acknowledgements.

    Args:
        subject: The name of the item in the journal.
        name: The name that the author used.
        judgement: The judgement.
        item: The item before it.
        area: The result of `choose_area`.
    """
    statements: list[Statement] = []
    lines: list[str] = []
    if judgement.state is not None:
        statements.append(set_state(subject, judgement.state))
        lines.append(
            {State.LATER: "later", State.REJECTED: "rejected"}[judgement.state] + f" {name}"
        )
    if area is not None and judgement.has_rating_fields:
        statements += _rating_statements(subject, area, judgement)
        if judgement.halves is not None:
            statements.append(set_state(subject, State.KEPT))
            lines.append(f"rated {name} {area} {rating_value(judgement.halves)}")
        elif judgement.removes_rating:
            others = (one for one in item.judgement.ratings if one.area != area)
            if item.state is State.KEPT and all(one.halves is None for one in others):
                statements.append(set_state(subject, State.NEW))
            lines.append(f"unrated {name} {area}")
        else:
            lines.append(f"noted {name} {area}")
    for tag in judgement.tags_added:
        statements.append(set_tag(subject, typed(tag), present=True))
        lines.append(f"tagged {name} +{tag}")
    for tag in judgement.tags_removed:
        statements.append(set_tag(subject, typed(tag), present=False))
        lines.append(f"tagged {name} -{tag}")
    for note_field, text in judgement.notes.items():
        statements.append(set_note(subject, note_field, typed(text)))
        lines.append(f"noted {name} {note_field}")
    if _notes_keep_item(judgement, item):
        statements.append(set_state(subject, State.KEPT))
        lines.append(f"kept {name}")
    return statements, lines


def _notes_keep_item(judgement: JudgementInput, item: Item) -> bool:
    """Return whether the notes alone keep an item: some cards need no rating."""
    if judgement.state is not None or judgement.has_rating_fields or item.state is State.KEPT:
        return False
    given = {name for name, text in judgement.notes.items() if text.strip()}
    if judgement.notes.get(FORMAT) in {BRIEF, LINK} or DEADLINE in given:
        return True
    return item.kind is Kind.OPPORTUNITY and bool(given & {"what", "body", LINE, PLACE, PRIZE})


def _rating_statements(subject: str, area: str, judgement: JudgementInput) -> list[Statement]:
    given: dict[str, Value] = {
        "halves": judgement.halves,
        "emoji": judgement.emoji,
        "label": judgement.label,
        "remark": judgement.remark,
    }
    return [
        set_rating(
            subject, area, name, (typed(value).strip() or None) if isinstance(value, str) else value
        )
        for name, value in given.items()
        if value is not None or (name == "halves" and judgement.removes_rating)
    ]
