"""``papertrack draft --html --bib --copy``: the digest in the forms in which it goes out."""

from __future__ import annotations

import base64
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.cli.session import shown_path
from papertrack.errors import PapertrackError

if TYPE_CHECKING:
    import sqlite3

    from papertrack.cli.session import Session
    from papertrack.commands.compose import Draft


@dataclass(frozen=True, slots=True)
class Outlets:
    """In which forms a digest is wanted beside its Markdown."""

    html: bool = False
    bib: bool = False
    copy: bool = False

    @property
    def are_wanted(self) -> bool:
        """Whether any is."""
        return self.html or self.bib or self.copy


def print_out(session: Session, db: sqlite3.Connection, draft: Draft, wanted: Outlets) -> None:
    """Print a digest that has no file, in the form that is wanted."""
    from papertrack.commands import outlets  # noqa: PLC0415  # for these options alone

    if wanted.html:
        sys.stdout.write(outlets.page_of(draft.text))
    elif wanted.bib:
        sys.stdout.write(outlets.bibliography_of(db, draft))
    else:
        sys.stdout.write(draft.text)
    if wanted.copy:
        _copy(session, draft.text)


def write_out(
    session: Session, db: sqlite3.Connection, draft: Draft, path: Path, wanted: Outlets
) -> None:
    """Write other forms of a digest beside its file, with what the author changed in it."""
    from papertrack.commands import outlets  # noqa: PLC0415  # as above

    text = path.read_text("utf-8", errors="replace")
    if wanted.html:
        page = outlets.write_beside(path, ".html", outlets.page_of(text))
        session.say(f"wrote {shown_path(page)}")
    if wanted.bib:
        works = outlets.write_beside(path, ".bib", outlets.bibliography_of(db, draft))
        session.say(f"wrote {shown_path(works)}")
    if wanted.copy:
        _copy(session, text)


def _copy(session: Session, text: str) -> None:
    """Put a digest on the clipboard, formatted where the system can do that.

    Raises:
        PapertrackError: There is neither a program for it nor a terminal.
    """
    from papertrack.commands.outlets import rich_text_of  # noqa: PLC0415  # as above
    from papertrack.ui.clipboard import copy_html  # noqa: PLC0415  # as above

    if copy_html(rich_text_of(text)):
        session.say("copied as formatted text: paste it into your editor")
    elif sys.stderr.isatty():
        # A terminal takes plain text alone (OSC 52), over ssh too.
        sys.stderr.write(f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07")
        session.warn(
            "no program here copies formatted text; the Markdown was handed to the terminal: "
            "for formatted text run papertrack preview and copy it there"
        )
    else:
        message = "there is no clipboard here that takes formatted text"
        raise PapertrackError(message, hint="run papertrack preview and copy it from the browser")
