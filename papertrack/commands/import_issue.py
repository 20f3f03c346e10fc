"""Import published digests: match their works to items, and add them to the ledger."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from papertrack.commands.add import NamedWork, added_statement, describe, store_work
from papertrack.core.dates import week_name
from papertrack.core.digest.ledger import (
    PrintedItem,
    PublishedIssue,
    check_name,
    set_published,
    without_repeats,
)
from papertrack.core.drafts.document import strip_anchors
from papertrack.core.imports.markdown import Unread, first_sentence, is_list_section, read_markdown
from papertrack.core.imports.plain import read_plain
from papertrack.core.judging.journal import Statement, set_note, set_rating, set_state
from papertrack.core.judging.notes import BRIEF, FORMAT, HIDE_TITLE, LABELS
from papertrack.core.kinds import Kind, State
from papertrack.core.works.identity import names_of
from papertrack.errors import UsageError
from papertrack.storage import issues, items, journal, journal_read
from papertrack.storage.database import transaction
from papertrack.storage.sources import list_areas

if TYPE_CHECKING:
    import sqlite3
    from datetime import date, tzinfo
    from pathlib import Path

    from papertrack.core.imports.markdown import ImportedDigest, ImportedItem
    from papertrack.core.judging.journal import Value
    from papertrack.core.records import Item
    from papertrack.storage.sources import Area

_MARKDOWN = re.compile(r"^#{1,6}[ \t]|\]\(|<https?://", re.MULTILINE)
_WORDS = re.compile(r"\w+")


def read_digest_file(path: Path) -> str:
    """Read a digest's file as text.

    Raises:
        UsageError: It does not exist, or is not text.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        message = f"there is no file {path}"
        raise UsageError(message, hint="give the path of a digest") from error
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}"
        raise UsageError(message, hint="give the path of a digest") from error
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8 text"
        raise UsageError(message, hint="save it as UTF-8, or give another file") from error


def read_digest(db: sqlite3.Connection, text: str) -> ImportedDigest:
    """Parse a digest, Markdown or plain text; recognize the names and emoji of areas."""
    areas = list_areas(db)
    known = [*(area.name for area in areas), *(area.emoji for area in areas)]
    return read_markdown(text, known) if _MARKDOWN.search(text) else read_plain(text, known)


def match_published(db: sqlite3.Connection, printed: ImportedItem) -> int | None:
    """Find the item of a printed work by address, else by title; None if it is unknown."""
    if printed.url is not None:
        number = items.find_item(db, names_of(printed.url))
        if number is not None:
            return number
    return find_by_title(db, printed.title) if printed.title else None


def find_by_title(db: sqlite3.Connection, title: str) -> int | None:
    """Find the only item with a title, its own or the author's; None if there are several."""
    wanted = _folded(title)
    if not wanted:  # titles of emoji only would all fold to the same empty text
        return None
    rows = db.execute(
        """SELECT id, title FROM items WHERE merged_into IS NULL AND title LIKE ? ESCAPE '\\'
           UNION SELECT item_id, text FROM notes
             WHERE field = 'title' AND text LIKE ? ESCAPE '\\'""",
        [_pattern(title)] * 2,
    )
    found = {row[0] for row in rows if _folded(row[1]) == wanted}
    return found.pop() if len(found) == 1 else None


def area_named(areas: list[Area], heading: str | None) -> str | None:
    """Find the area (slug) with the name of a heading; None if there is none."""
    wanted = _folded(heading or "")
    return next(
        (area.slug for area in areas if wanted and wanted in (_folded(area.name), area.slug)), None
    )


def printed_item(
    db: sqlite3.Connection, number: int, area: str, printed: ImportedItem
) -> PrintedItem:
    """Record how an item was printed, and its facts at that time."""
    item = items.read_item(db, number)
    rating = printed.rating
    return PrintedItem(
        subject=journal_read.subject_of(db, number),
        area=area,
        section=printed.section,
        title=printed.title,
        url=printed.url,
        halves=rating.halves if rating else None,
        rating_text=rating.text if rating else None,
        version=item.arxiv.id.version if item.arxiv else None,
        journal_ref=item.arxiv.journal_ref if item.arxiv else None,
        was_withdrawn=bool(item.arxiv and item.arxiv.withdrawn),
    )


def _folded(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))


def _pattern(title: str) -> str:
    """Make a LIKE pattern of a title's longest ASCII word, which escaping and folding keep."""
    words = [word for word in _WORDS.findall(title) if word.isascii()]
    return f"%{max(words, key=len)}%".replace("_", "\\_") if words else "%"


_NO_SLUG = re.compile(r"[^a-z0-9]+")
_UNJUDGED = frozenset({State.NEW, State.LATER, State.OLD})


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of importing a digest.

    Attributes:
        issue: Its name in the ledger, ``2026-W46``.
        printed: How many works it has.
        new: How many of them were unknown.
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


def import_issue(  # noqa: PLR0913  # facts that a digest may not contain
    db: sqlite3.Connection,
    text: str,
    *,
    name: str,
    now: datetime,
    zone: tzinfo,
    day: date | None = None,
    issue: str | None = None,
) -> Imported:
    """Import a digest as one undo step; earlier judgements are not changed.

    Args:
        db: The database.
        text: The digest.
        name: Its name in messages.
        now: The current time.
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
        before = issues.read_issue_text(db, slug)
        if before is not None and before != text:
            message = f"issue {slug} already exists with a different text"
            raise UsageError(
                message, hint=f"give {name} another name with --issue, or unpublish {slug}"
            )
        importer = _IssueImporter(db, list_areas(db), now)
        if before is None:
            printed = without_repeats([importer.import_item(item) for item in digest.items])
            end = min(now, datetime.combine(day, time(), zone) + timedelta(days=1))
            published = PublishedIssue(slug, digest.title or slug, day, end, end, text, printed)
            journal.append(db, [*importer.statements, set_published(published)], now)
    return _summary(slug, digest, importer, is_known=before is not None)


def _summary(
    slug: str, digest: ImportedDigest, importer: _IssueImporter, *, is_known: bool
) -> Imported:
    return Imported(
        issue=slug,
        title=digest.title,
        printed=len(digest.items),
        new=importer.new,
        rated=sum(item.rating is not None for item in digest.items),
        new_areas=tuple(importer.new_areas.items()),
        unread=digest.unread,
        is_known=is_known,
    )


class _IssueImporter:
    """Imports the works of one digest and collects the statements about them."""

    def __init__(self, db: sqlite3.Connection, areas: list[Area], now: datetime) -> None:
        self._db = db
        self._areas = areas
        self._now = now
        self.statements: list[Statement] = []
        self.new_areas: dict[str, str] = {}
        self.new = 0

    def import_item(self, printed: ImportedItem) -> PrintedItem:
        """Find or store a work, and record how it was printed."""
        number = match_published(self._db, printed)
        if number is None:
            number = self._add(printed)
        item = items.read_item(self._db, number)
        area = self._area(printed)
        self.statements += _judgement_statements(
            journal_read.subject_of(self._db, number), item, printed, area
        )
        return printed_item(self._db, number, area, printed)

    def _add(self, printed: ImportedItem) -> int:
        title = printed.title or first_sentence(_first_text(printed)) or None
        kind = Kind.OPPORTUNITY if _is_opportunity(printed) else None
        work = NamedWork(printed.url, title, kind=kind)
        number, is_new = store_work(self._db, work, describe(work), self._now)
        if is_new:
            self.new += 1
            item = items.read_item(self._db, number)
            self.statements.append(
                added_statement(journal_read.subject_of(self._db, number), work, item)
            )
        return number

    def _area(self, printed: ImportedItem) -> str:
        """Find the area of a work: its section's, or a new one from the heading of a rated work."""
        slug = area_named(self._areas, printed.section)
        if printed.section is None and printed.rating:  # an emoji of one area only
            rated = [area.slug for area in self._areas if area.emoji == printed.rating.emoji]
            slug = rated[0] if len(rated) == 1 else None
        if slug is not None or printed.rating is None or printed.section is None:
            return slug or ""
        slug = _NO_SLUG.sub("-", printed.section.lower()).strip("-") or "imported"
        self.new_areas.setdefault(printed.section, slug)
        return slug


def _first_text(printed: ImportedItem) -> str:
    """Choose a text to name a work that has no title."""
    said = [printed.notes.get(field) for field in LABELS]
    return next(filter(None, said), "")


def _is_opportunity(printed: ImportedItem) -> bool:
    return (printed.section or "").casefold() == "opportunities"


def _judgement_statements(
    subject: str, item: Item, printed: ImportedItem, area: str
) -> list[Statement]:
    """Turn what an issue says about a work into statements, without overriding the author."""
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
