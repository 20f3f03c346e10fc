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
    say_new,
    say_order,
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
class Left:
    """A line in which the file and the draft still differ.

    Attributes:
        line: Where it stands in the file, from 1; None when the draft has it and the file not.
    """

    line: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Absorbed:
    """What an edited draft says.

    Attributes:
        file: The file as it was read.
        changes: What goes into the journal.
        left: What could not be attributed; it stays in the file.
    """

    file: DraftFile
    changes: tuple[EditStatement, ...]
    left: tuple[Left, ...]


def propose(
    db: sqlite3.Connection, config: Config, path: Path, *, now: datetime, zone: tzinfo
) -> Absorbed:
    """Tell what absorbing a file would say, and say nothing; the arguments are `absorb`'s."""
    db.execute("BEGIN IMMEDIATE")  # `transaction` nests into it, and nothing of it is kept
    try:
        return absorb(db, config, path, now=now, zone=zone)
    finally:
        db.rollback()


def absorb(  # what a draft is made with, and what was seen of it
    db: sqlite3.Connection,
    config: Config,
    path: Path,
    *,
    now: datetime,
    zone: tzinfo,
    expected: Absorbed | None = None,
) -> Absorbed:
    """Write what was changed in a draft's file by hand into the journal, as one undo step.

    Args:
        db: The database.
        config: The config.
        path: The file, which is only read.
        now: The present.
        zone: The author's time zone.
        expected: What the author has seen and agreed to; None when nobody was asked.

    Raises:
        UsageError: The file is not there, is not UTF-8, or papertrack has not written it.
        HandEdited: It holds a conflict, the database has moved on since it was drafted, or it says
            something else by now than what was agreed to.
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
        today = make_draft(db, config, recipe.until(now), now=now)
        if today.text != base.text:
            message = f"there is news for {file.path} since it was drafted"
            raise HandEdited(message, hint=f"run: papertrack draft -o {path}")
        changes, statements = _understand(db, base, edited, now)
        _refuse_unless_agreed(file, changes, expected)
        if statements:
            journal.append(db, statements, now)
        recipe = recipe.until(now + _TICK)  # what is said now belongs to it
        after = make_draft(db, config, recipe, now=now)
        if statements:
            # From now on the file is compared with the draft that says the same.
            number = issues.write_export(
                db,
                path=str(file.path),
                issue=after.issue,
                text=after.text,
                now=now,
                spans=after.spans,
                recipe=recipe.words(),
            )
            issues.mark_placed(db, number)
    return Absorbed(file, tuple(changes), tuple(_left(after.text, edited)))


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
    """Refuse what another call has made of the same file since the author agreed.

    What an item that is not there yet will be called differs from time to time, and is not shown.
    """
    if expected is not None and _as_shown(changes) != _as_shown(expected.changes):
        message = f"the database was changed in the meantime; nothing of {file.path} was absorbed"
        raise HandEdited(message, hint="run the same command again")


def _as_shown(changes: Sequence[EditStatement]) -> list[tuple[str | None, ...]]:
    return [(one.about, one.what, one.before, one.after) for one in changes]


def _understand(
    db: sqlite3.Connection, base: issues.Export, edited: str, now: datetime
) -> tuple[list[EditStatement], list[Statement]]:
    """Read the edits, take in what was written in, and put all of it into statements."""
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
        subject, said = _take_in(db, card, now)
        if subject in known.items:
            continue  # it is in the draft already, a second time
        known = replace(known, items={**known.items, **_items(db, [subject])})
        added[card.line] = subject
        statements += said
        changes.append(say_new(card, subject, known.items[subject], known))
    changes += say_order(reading, added, known)
    return changes, statements + [says for change in changes for says in change.statements]


def _items(db: sqlite3.Connection, subjects: list[str]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for subject in dict.fromkeys(subjects):
        numbers = journal_read.items_of(db, [subject])
        if numbers:
            found[subject] = items.read_item(db, numbers[0])
    return found


def _take_in(db: sqlite3.Connection, card: NewCard, now: datetime) -> tuple[str, list[Statement]]:
    """Find the item of a card that was written in, or make one."""
    work = add.NamedWork(card.url, card.title)
    number = items.find_item(db, names_of(card.url)) if card.url else None
    if number is not None:
        return journal_read.subject_of(db, number), []
    number, _ = add.take_in(db, work, add.describe(work), now)
    subject = journal_read.subject_of(db, number)
    return subject, [add.say_added(subject, work, items.read_item(db, number))]


def _left(draft: str, edited: str) -> list[Left]:
    """List the lines that only the file has, and those that only the draft has."""
    ours, theirs = draft.splitlines(), edited.splitlines()
    left: list[Left] = []
    matching = SequenceMatcher(None, ours, theirs, autojunk=False)
    for tag, start, end, at, to in matching.get_opcodes():
        if tag != "equal":
            left += [Left(None, line) for line in ours[start:end] if line.strip()]
            left += [Left(n + 1, theirs[n]) for n in range(at, to) if theirs[n].strip()]
    return left
