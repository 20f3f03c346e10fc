"""Find the works that a digest printed among the items, and say how it printed them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.core.digest.ledger import PrintedItem
from papertrack.core.imports.markdown import read_markdown
from papertrack.core.imports.plain import read_plain
from papertrack.errors import UsageError
from papertrack.storage import items, journal_read
from papertrack.storage.sources import list_areas

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from papertrack.core.published.old_digest import OldDigest, OldItem
    from papertrack.storage.sources import Area

_MARKDOWN = re.compile(r"^#{1,6}[ \t]|\]\(|<https?://", re.MULTILINE)
_WORDS = re.compile(r"\w+")


def read_digest_file(path: Path) -> str:
    """Read a digest's file as text.

    Raises:
        UsageError: There is none, or it is not text.
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
        message = f"{path} is not text in UTF-8"
        raise UsageError(message, hint="save it as UTF-8, or give another file") from error


def read_digest(db: sqlite3.Connection, text: str) -> OldDigest:
    """Read a digest, Markdown or plain text, with the author's areas and their glyphs in mind."""
    areas = list_areas(db)
    known = [*(area.name for area in areas), *(area.emoji for area in areas)]
    return read_markdown(text, known) if _MARKDOWN.search(text) else read_plain(text, known)


def find_printed(db: sqlite3.Connection, printed: OldItem) -> int | None:
    """Find the item that a digest printed: by its address, else by its title; None if not known."""
    if printed.url is not None:
        number = items.find_item(db, references.names_of(printed.url))
        if number is not None:
            return number
    return find_by_title(db, printed.title) if printed.title else None


def find_by_title(db: sqlite3.Connection, title: str) -> int | None:
    """Find the one item that is called so, by its source or by the author; None if several are."""
    wanted = _folded(title)
    if not wanted:  # emoji alone fold to nothing, as those of every other such title do
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
    """Name the area (slug) that a heading is the name of; None if it is no area's."""
    wanted = _folded(heading or "")
    return next(
        (area.slug for area in areas if wanted and wanted in (_folded(area.name), area.slug)), None
    )


def as_printed(db: sqlite3.Connection, number: int, area: str, printed: OldItem) -> PrintedItem:
    """Say how an item was printed, and what was known of it then."""
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
    """Make a LIKE pattern of a title's longest word, which no escaping and no folding changes."""
    words = [word for word in _WORDS.findall(title) if word.isascii()]
    return f"%{max(words, key=len)}%".replace("_", "\\_") if words else "%"
