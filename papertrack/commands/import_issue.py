"""Read an old digest into the ledger, with the ratings and texts that it printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from papertrack.commands.add import Work, describe, say_added, take_in
from papertrack.commands.printed import area_named, as_printed, find_printed, read_digest
from papertrack.core.digest.ledger import PublishedIssue, check_name, set_published, without_repeats
from papertrack.core.drafts.anchors import strip_anchors
from papertrack.core.judging.journal import Statement, set_note, set_rating, set_state
from papertrack.core.judging.notes import BRIEF, FORMAT, HIDE_TITLE, LABELS
from papertrack.core.kinds import Kind, State
from papertrack.core.published.old_digest import Unread, first_sentence, is_list_section
from papertrack.core.time.window import week_name
from papertrack.errors import UsageError
from papertrack.storage import items, journal, journal_read, ledger
from papertrack.storage.database import transaction
from papertrack.storage.sources import list_areas

if TYPE_CHECKING:
    import sqlite3
    from datetime import date, tzinfo

    from papertrack.core.digest.ledger import PrintedItem
    from papertrack.core.judging.journal import Value
    from papertrack.core.published.old_digest import OldDigest, OldItem
    from papertrack.core.records import Item
    from papertrack.storage.sources import Area

_NO_SLUG = re.compile(r"[^a-z0-9]+")
_UNJUDGED = frozenset({State.NEW, State.LATER, State.OLD})


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of reading an old digest.

    Attributes:
        issue: Its name in the ledger, ``2026-W46``.
        printed: How many works it holds.
        new: How many of them were not known before.
        rated: How many have a rating.
        new_areas: Headings with ratings that are no area of the config, and their slugs.
        unread: Lines that belong to no work.
        is_known: The same text was imported before; nothing was written.
    """

    issue: str
    title: str
    printed: int
    new: int
    rated: int
    new_areas: tuple[tuple[str, str], ...]
    unread: tuple[Unread, ...]
    is_known: bool = False


def import_issue(  # noqa: PLR0913  # what a digest may not say of itself
    db: sqlite3.Connection,
    text: str,
    *,
    name: str,
    now: datetime,
    zone: tzinfo,
    day: date | None = None,
    issue: str | None = None,
) -> Imported:
    """Take an old digest in, as one undo step; what the author said before is not changed.

    Args:
        db: The database.
        text: The digest.
        name: What messages call it.
        now: The present.
        zone: The author's time zone.
        day: Its date; None to read it from its title.
        issue: Its name in the ledger; None for the ISO week of its date.

    Raises:
        UsageError: It has no date or no works, or the ledger has another issue of that name.
    """
    text = strip_anchors(text)
    with transaction(db):
        digest = read_digest(db, text)
        day = day or digest.day
        if day is None:
            message = f"{name} has no date in its title"
            raise UsageError(message, hint="give it with --date 2026-11-15")
        if not digest.items:
            message = f"{name} names no work that could be read"
            raise UsageError(message, hint="works need a title or link under a heading")
        slug = check_name(issue) if issue else week_name(day)
        before = ledger.read_issue_text(db, slug)
        if before is not None and before != text:
            message = f"there is an issue {slug} with another text"
            raise UsageError(
                message, hint=f"give {name} another name with --issue, or unpublish {slug}"
            )
        intake = _Intake(db, list_areas(db), now)
        if before is None:
            printed = without_repeats([intake.take(item) for item in digest.items])
            end = min(now, datetime.combine(day, time(), zone) + timedelta(days=1))
            published = PublishedIssue(slug, digest.title or slug, day, end, end, text, printed)
            journal.append(db, [*intake.statements, set_published(published)], now)
    return _told(slug, digest, intake, is_known=before is not None)


def _told(slug: str, digest: OldDigest, intake: _Intake, *, is_known: bool) -> Imported:
    return Imported(
        issue=slug,
        title=digest.title,
        printed=len(digest.items),
        new=intake.new,
        rated=sum(item.rating is not None for item in digest.items),
        new_areas=tuple(intake.new_areas.items()),
        unread=digest.unread,
        is_known=is_known,
    )


class _Intake:
    """The works of one digest on their way in, and what is to be said of them."""

    def __init__(self, db: sqlite3.Connection, areas: list[Area], now: datetime) -> None:
        self._db = db
        self._areas = areas
        self._now = now
        self.statements: list[Statement] = []
        self.new_areas: dict[str, str] = {}
        self.new = 0

    def take(self, printed: OldItem) -> PrintedItem:
        """Find the work or take it in, and say what was printed of it."""
        number = find_printed(self._db, printed)
        if number is None:
            number = self._add(printed)
        item = items.read_item(self._db, number)
        area = self._area(printed)
        self.statements += _judged(journal_read.subject_of(self._db, number), item, printed, area)
        return as_printed(self._db, number, area, printed)

    def _add(self, printed: OldItem) -> int:
        title = printed.title or first_sentence(_what_is_said(printed)) or None
        kind = Kind.OPPORTUNITY if _offers(printed) else None
        work = Work(printed.url, title, kind=kind)
        number, is_new = take_in(self._db, work, describe(work), self._now)
        if is_new:
            self.new += 1
            item = items.read_item(self._db, number)
            self.statements.append(say_added(journal_read.subject_of(self._db, number), work, item))
        return number

    def _area(self, printed: OldItem) -> str:
        """Name the area of a work: its section's, or one made of the heading for a rating."""
        slug = area_named(self._areas, printed.section)
        if printed.section is None and printed.rating:  # its glyph tells, if it is one area's alone
            rated = [area.slug for area in self._areas if area.emoji == printed.rating.emoji]
            slug = rated[0] if len(rated) == 1 else None
        if slug is not None or printed.rating is None or printed.section is None:
            return slug or ""
        slug = _NO_SLUG.sub("-", printed.section.lower()).strip("-") or "imported"
        self.new_areas.setdefault(printed.section, slug)
        return slug


def _what_is_said(printed: OldItem) -> str:
    """Take the text that names a work which has neither title nor address."""
    said = [printed.notes.get(field) for field in LABELS]
    return next(filter(None, said), "")


def _offers(printed: OldItem) -> bool:
    return (printed.section or "").casefold() == "opportunities"


def _judged(subject: str, item: Item, printed: OldItem, area: str) -> list[Statement]:
    """Say what an issue says of a work, wherever the author has said nothing."""
    judgement = item.judgement
    said: list[Statement] = []
    if item.state in _UNJUDGED:
        said.append(set_state(subject, State.KEPT))
    rating = printed.rating
    if rating and all(one.area != area for one in judgement.ratings):
        fields: dict[str, Value] = {
            "halves": rating.halves,
            "emoji": rating.emoji,
            "remark": rating.remark,
            "label": printed.label if printed.label != "Rating" else None,
        }
        said += [set_rating(subject, area, name, value) for name, value in fields.items() if value]
    notes = dict(printed.notes)
    if rating is None and (is_list_section(printed.section or "") or "line" in notes):
        notes[FORMAT] = BRIEF
    if printed.title is None and printed.url is not None:
        notes[HIDE_TITLE] = "yes"
    said += [
        set_note(subject, name, text)
        for name, text in notes.items()
        if text and name not in judgement.notes
    ]
    return said
