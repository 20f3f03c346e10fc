"""Write a digest in other forms beside its file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.commands.bibliography import write_bibliography
from papertrack.commands.draft import DraftFile, replace
from papertrack.core.digest.html_page import to_html, to_page
from papertrack.core.drafts.anchors import strip_anchors
from papertrack.errors import StorageFull
from papertrack.storage.private_files import create_file, make_folder

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from papertrack.commands.compose import Draft

_LOOK = Path("preview.html")


def page_of(markdown: str) -> str:
    """Turn a draft as it stands in its file into an HTML page that stands alone."""
    return to_page(strip_anchors(markdown))


def rich_text_of(markdown: str) -> str:
    """Turn a draft as it stands in its file into HTML to be pasted into an editor."""
    return to_html(strip_anchors(markdown))


def bibliography_of(db: sqlite3.Connection, draft: Draft) -> str:
    """Write the works that a draft holds as BibTeX, in its order."""
    spans = sorted(draft.spans, key=lambda span: span.start)
    return write_bibliography(db, dict.fromkeys(s.subject for s in spans if s.is_of_item))


def write_beside(path: Path, ending: str, text: str) -> Path:
    """Write another form of a digest beside its file, whole or not at all.

    Args:
        path: The digest's file.
        ending: What takes the place of ``.md``: ``.html``, ``.bib``.
        text: What to write; what an earlier call wrote there is replaced.

    Raises:
        StorageFull: It cannot be written.
    """
    beside = path.with_suffix(ending)
    try:
        body = beside.read_bytes() if beside.exists() else None
        replace(DraftFile(beside, body), text)
    except OSError as error:
        message = f"cannot write {beside}: {error.strerror}"
        raise StorageFull(
            message, hint="make room, or write the draft elsewhere with -o"
        ) from error
    return beside


def preview(markdown: str, folder: Path, open_page: Callable[[str], bool]) -> tuple[Path, bool]:
    """Show a digest in the browser.

    Args:
        markdown: The digest.
        folder: Where the page is written; it has to stay until the browser has read it.
        open_page: Opens an address; tells whether it could.

    Returns:
        The page's file, and whether a browser took it.

    Raises:
        StorageFull: It cannot be written.
    """
    page = folder / _LOOK
    try:
        make_folder(folder)
        page.unlink(missing_ok=True)
        with open(create_file(page), "w", encoding="utf-8") as file:  # noqa: PTH123  # open already
            file.write(page_of(markdown))
    except OSError as error:
        message = f"cannot write {page}: {error.strerror}"
        raise StorageFull(message, hint="make room on the disk") from error
    return page, open_page(page.as_uri())
