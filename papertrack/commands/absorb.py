"""Read an edited draft back into the journal, as one undo step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from papertrack.commands import add
from papertrack.commands.compose import make_draft, read_recipe
from papertrack.commands.draft import DraftFile, read_file, readable_text, unresolved
from papertrack.core.drafts.edit_statements import (
    DraftContext,
    EditStatement,
    changes_of,
    new_item_statement,
    order_statements,
)
from papertrack.core.drafts.edits import read_back
from papertrack.core.drafts.merge import has_conflicts, plain_text
from papertrack.core.works.identity import names_of
from papertrack.errors import HandEdited, UsageError
from papertrack.storage import issues, items, journal, journal_read
from papertrack.storage.database import transaction
from papertrack.storage.sources import list_areas

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime, tzinfo
    from pathlib import Path

    from papertrack.config.schema import Config
    from papertrack.core.drafts.edits import NewCard
    from papertrack.core.judging.journal import Statement
    from papertrack.core.records import Item

_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class LeftoverLine:
    """A line in which the file and the draft still differ.

    Attributes:
        line: Its number in the file, from 1; None if only the draft has it.
    """

    line: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Absorbed:
    """The edits found in a draft's file.

    Attributes:
        file: The file as read.
        changes: The edits that go into the journal.
        left: The lines that could not be attributed; they stay in the file.
    """

    file: DraftFile
    changes: tuple[EditStatement, ...]
    left: tuple[LeftoverLine, ...]


def propose(
    db: sqlite3.Connection, config: Config, path: Path, *, now: datetime, zone: tzinfo
) -> Absorbed:
    """Find what `absorb` would store, with the same arguments, and store nothing."""
    db.execute("BEGIN IMMEDIATE")  # `transaction` nests in it; everything is rolled back
    try:
        return absorb(db, config, path, now=now, zone=zone)
    finally:
        db.rollback()


def absorb(  # the inputs of a draft, and what the author agreed to
    db: sqlite3.Connection,
    config: Config,
    path: Path,
    *,
    now: datetime,
    zone: tzinfo,
    expected: Absorbed | None = None,
) -> Absorbed:
    """Store the hand edits of a draft's file in the journal, as one undo step.

    Args:
        db: The database.
        config: The config.
        path: The file; it is only read.
        now: The current time.
        zone: The author's time zone.
        expected: What the author has agreed to; None without confirmation.

    Raises:
        UsageError: The file does not exist, is not UTF-8, or was not written by papertrack.
        HandEdited: It contains a conflict, the database changed since it was drafted, or its edits
            are no longer those that the author agreed to.
    """
    file = _read(db, path)
    if expected is not None and file.body != expected.file.body:
        message = f"{file.path} was changed in the meantime; nothing was absorbed"
        raise HandEdited(message, hint="run the same command again")
    base = file.base
    recipe = read_recipe(base.recipe, zone) if base else None
    if base is None or recipe is None:
        message = f"{file.path} was drafted by an older papertrack"
        raise UsageError(message, hint=f"run: papertrack draft -o {path}")
    edited = plain_text(readable_text(file))
    if edited == base.text:
        _refuse_unless_agreed(file, (), expected)
        return Absorbed(file, (), ())
    with transaction(db):
        today = make_draft(db, config, recipe.extended_to(now), now=now)
        if today.text != base.text:
            message = f"items or texts of {file.path} changed since it was drafted"
            raise HandEdited(message, hint=f"run: papertrack draft -o {path}")
        changes, statements = _read_edits(db, base, edited, now)
        _refuse_unless_agreed(file, changes, expected)
        if statements:
            journal.append(db, statements, now)
        recipe = recipe.extended_to(now + _TICK)  # include what is stored now
        after = make_draft(db, config, recipe, now=now)
        if statements:
            # Later drafts compare the file with this draft, which contains the edits.
            number = issues.write_export(
                db,
                path=str(file.path),
                issue=after.issue,
                text=after.text,
                now=now,
                spans=after.spans,
                recipe=recipe.to_json(),
            )
            issues.mark_placed(db, number)
    return Absorbed(file, tuple(changes), tuple(_leftover_lines(after.text, edited)))


def _read(db: sqlite3.Connection, path: Path) -> DraftFile:
    try:
        file = read_file(db, path)
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}"
        raise UsageError(message, hint="name the file of a draft") from error
    if file.body is None:
        message = f"there is no file {path}"
        raise UsageError(message, hint="name the file of a draft")
    if file.base is None:
        message = f"{file.path} was not written by papertrack"
        raise UsageError(message, hint="name the file of a draft")
    if file.is_edited and has_conflicts(file.text):
        raise unresolved(file.path)
    return file


def _refuse_unless_agreed(
    file: DraftFile, changes: Sequence[EditStatement], expected: Absorbed | None
) -> None:
    """Refuse changes that differ from those that the author agreed to.

    Only the shown fields are compared: the subject of a new item differs from call to call.
    """
    if expected is not None and _as_shown(changes) != _as_shown(expected.changes):
        message = f"the database was changed in the meantime; nothing of {file.path} was absorbed"
        raise HandEdited(message, hint="run the same command again")


def _as_shown(changes: Sequence[EditStatement]) -> list[tuple[str | None, ...]]:
    return [(one.about, one.what, one.before, one.after) for one in changes]


def _read_edits(
    db: sqlite3.Connection, base: issues.Export, edited: str, now: datetime
) -> tuple[list[EditStatement], list[Statement]]:
    """Read the edits, store added items, and turn everything into statements."""
    areas = list_areas(db)
    glyphs = {area.slug: area.emoji for area in areas}
    reading = read_back(base.text, base.spans, edited, {*glyphs.values()})
    subjects = [owner for _, owner in reading.before]
    subjects += [edit.slot.subject for edit in reading.edits]
    known = DraftContext(
        items=_items(db, subjects),
        glyphs=glyphs,
        labels={area.slug: area.rating_label for area in areas},
        issue=base.issue,
        texts=issues.read_texts(db, base.issue),
    )
    changes = changes_of(reading, known)
    statements: list[Statement] = []
    added: dict[int, str] = {}
    for card in reading.new:
        subject, said = _find_or_store(db, card, now)
        if subject in known.items:
            continue  # a second card of an item in the draft
        known = replace(known, items={**known.items, **_items(db, [subject])})
        added[card.line] = subject
        statements += said
        changes.append(new_item_statement(card, subject, known.items[subject], known))
    changes += order_statements(reading, added, known)
    return changes, statements + [says for change in changes for says in change.statements]


def _items(db: sqlite3.Connection, subjects: list[str]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for subject in dict.fromkeys(subjects):
        numbers = journal_read.items_of(db, [subject])
        if numbers:
            found[subject] = items.read_item(db, numbers[0])
    return found


def _find_or_store(
    db: sqlite3.Connection, card: NewCard, now: datetime
) -> tuple[str, list[Statement]]:
    """Find the item of a card that the author added, or create it."""
    work = add.NamedWork(card.url, card.title)
    number = items.find_item(db, names_of(card.url)) if card.url else None
    if number is not None:
        return journal_read.subject_of(db, number), []
    number, _ = add.store_work(db, work, add.describe(work), now)
    subject = journal_read.subject_of(db, number)
    return subject, [add.added_statement(subject, work, items.read_item(db, number))]


def _leftover_lines(draft: str, edited: str) -> list[LeftoverLine]:
    """List the lines that only the file or only the draft has."""
    ours, theirs = draft.splitlines(), edited.splitlines()
    left: list[LeftoverLine] = []
    matching = SequenceMatcher(None, ours, theirs, autojunk=False)
    for tag, start, end, at, to in matching.get_opcodes():
        if tag != "equal":
            left += [LeftoverLine(None, line) for line in ours[start:end] if line.strip()]
            left += [LeftoverLine(n + 1, theirs[n]) for n in range(at, to) if theirs[n].strip()]
    return left
