"""Say something about items: rate, reject, keep for later, tag, note. One call is one undo step."""

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
from papertrack.core.query.filters import short
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

    from papertrack.core.records import Item


@dataclass(frozen=True, slots=True)
class JudgementInput:
    """What the author says about each of the items named.

    Attributes:
        state: REJECTED or LATER, or None when the rest of the verdict says it.
        area: The area of the rating; None where the item leaves only one choice.
        halves: The rating in half points, 1 to 10; None says nothing about it.
        unrates: Take the value of the rating back; an item without any goes back to the queue.
        emoji, label, remark: None says nothing, an empty text takes it back.
        notes: Text by field; an empty text takes it back.
    """

    state: State | None = None
    area: str | None = None
    halves: int | None = None
    unrates: bool = False
    emoji: str | None = None
    label: str | None = None
    remark: str | None = None
    tags_added: tuple[str, ...] = ()
    tags_removed: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def speaks_of_rating(self) -> bool:
        """Whether any field of a rating is given."""
        given = (self.halves, self.emoji, self.label, self.remark)
        return self.unrates or any(value is not None for value in given)


@dataclass(frozen=True, slots=True)
class JudgedItem:
    """What was written down about one item, a sentence each: ``rated 12 mech-interp 3.5``."""

    item: int
    lines: tuple[str, ...]


def judge(
    db: sqlite3.Connection, named: Sequence[str], verdict: JudgementInput, now: datetime
) -> list[JudgedItem]:
    """Write a verdict about items into the journal, as one undo step.

    Args:
        db: The database.
        named: The items as the author named them; acknowledgements repeat these names.
        verdict: What to say about each.
        now: The present.

    Returns:
        What was said, on disk by then.

    Raises:
        NoSuchItem: An item is not known; then nothing was said about any.
        UsageError: The verdict says nothing, or its area is not known.
    """
    with transaction(db):
        numbers = [references.find(db, name) for name in named]
        statements: list[Statement] = []
        said: list[JudgedItem] = []
        for name, number in zip(named, numbers, strict=True):
            item = items.read_item(db, number)
            mine, lines = state_input(
                journal_read.subject_of(db, number),
                name,
                verdict,
                item,
                choose_area(db, item, verdict),
            )
            statements += mine
            said.append(JudgedItem(number, tuple(lines)))
        if not statements:
            message = "no judgement was given"
            raise UsageError(message, hint="give --area and --value, --reject, --later or a note")
        journal.append(db, statements, now)
    return said


def choose_area(db: sqlite3.Connection, item: Item, verdict: JudgementInput) -> str | None:
    """Find the area that a rating is meant for.

    Raises:
        UsageError: The area or the home of the item is not known, or is retired and was not its
            own before, or no area was named and there is more than one choice.
    """
    areas = {area.slug: area for area in list_areas(db)}
    known = [slug for slug, area in areas.items() if not area.is_retired]
    rated = [rating.area for rating in item.judgement.ratings]
    for named in filter(None, (verdict.area, verdict.notes.get(HOME))):
        if named in areas and named not in (*known, *rated):
            message = f'the area "{named}" is retired'
            raise UsageError(message, hint=f"bring it back: papertrack areas restore {named}")
        if named not in areas:
            message = f'there is no area "{named}"'
            meant = short(named, {slug: areas[slug].name for slug in known})
            hint = f"the areas are {', '.join(known) or 'not written yet'}"
            if len(meant) == 1:
                hint = f'did you mean "{meant[0]}"?'
            raise UsageError(message, hint=hint)
    if verdict.area is not None:
        return verdict.area
    if not verdict.speaks_of_rating:
        return None
    choices = rated if len(rated) == 1 else known
    if len(choices) != 1:
        message = "no area was named for the rating"
        raise UsageError(message, hint=f"add --area with one of {', '.join(known)}")
    return choices[0]


def state_input(
    subject: str, name: str, verdict: JudgementInput, item: Item, area: str | None
) -> tuple[list[Statement], list[str]]:
    """Put a verdict about one item into statements and their acknowledgements.

    Args:
        subject: What the journal calls the item.
        name: What the author calls it.
        verdict: What is said.
        item: The item as it is.
        area: What `choose_area` says.
    """
    statements: list[Statement] = []
    lines: list[str] = []
    if verdict.state is not None:
        statements.append(set_state(subject, verdict.state))
        lines.append({State.LATER: "later", State.REJECTED: "rejected"}[verdict.state] + f" {name}")
    if area is not None and verdict.speaks_of_rating:
        statements += _rating_statements(subject, area, verdict)
        if verdict.halves is not None:
            statements.append(set_state(subject, State.KEPT))
            lines.append(f"rated {name} {area} {rating_value(verdict.halves)}")
        elif verdict.unrates:
            others = (one for one in item.judgement.ratings if one.area != area)
            if item.state is State.KEPT and all(one.halves is None for one in others):
                statements.append(set_state(subject, State.NEW))
            lines.append(f"unrated {name} {area}")
        else:
            lines.append(f"noted {name} {area}")
    for tag in verdict.tags_added:
        statements.append(set_tag(subject, typed(tag), present=True))
        lines.append(f"tagged {name} +{tag}")
    for tag in verdict.tags_removed:
        statements.append(set_tag(subject, typed(tag), present=False))
        lines.append(f"tagged {name} -{tag}")
    for note_field, text in verdict.notes.items():
        statements.append(set_note(subject, note_field, typed(text)))
        lines.append(f"noted {name} {note_field}")
    if _is_kept_by(verdict, item):
        statements.append(set_state(subject, State.KEPT))
        lines.append(f"kept {name}")
    return statements, lines


def _is_kept_by(verdict: JudgementInput, item: Item) -> bool:
    """Tell whether notes alone take an item into the digest: some need no rating."""
    if verdict.state is not None or verdict.speaks_of_rating or item.state is State.KEPT:
        return False
    given = {name for name, text in verdict.notes.items() if text.strip()}
    if verdict.notes.get(FORMAT) in {BRIEF, LINK} or DEADLINE in given:
        return True
    return item.kind is Kind.OPPORTUNITY and bool(given & {"what", "body", LINE, PLACE, PRIZE})


def _rating_statements(subject: str, area: str, verdict: JudgementInput) -> list[Statement]:
    given: dict[str, Value] = {
        "halves": verdict.halves,
        "emoji": verdict.emoji,
        "label": verdict.label,
        "remark": verdict.remark,
    }
    return [
        set_rating(
            subject, area, name, (typed(value).strip() or None) if isinstance(value, str) else value
        )
        for name, value in given.items()
        if value is not None or (name == "halves" and verdict.unrates)
    ]
