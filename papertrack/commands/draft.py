"""Write a draft to its file without losing hand edits, and other forms of it next to it."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from papertrack.core.digest.cite import assign_keys, citation_key, to_bibtex
from papertrack.core.drafts.merge import (
    RESOLVE,
    choose_base,
    has_conflicts,
    merge_cards,
    plain_text,
)
from papertrack.errors import DraftConflict, HandEdited, StorageFull, UsageError
from papertrack.storage import issues, items, journal_read
from papertrack.storage.database import create_file, make_folder, new_file, transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from papertrack.commands.compose import Draft
    from papertrack.core.records import Item


def write_bibliography(db: sqlite3.Connection, subjects: Iterable[str]) -> str:
    """Write works as a BibTeX file.

    Args:
        db: The database.
        subjects: The works as the journal names them; each is written once, in this order.

    Returns:
        The content of the file; empty without works.
    """
    works = items.read_items(db, journal_read.items_of(db, subjects))
    keys = citation_keys_for(db, works)
    return to_bibtex([(keys[work.id], work) for work in works])


def citation_keys_for(db: sqlite3.Connection, works: Sequence[Item]) -> dict[int, str]:
    """Assign citation keys: those of published works, else new ones that are free."""
    return assign_keys([(work.id, citation_key(work)) for work in works], issues.published_keys(db))


@dataclass(frozen=True, slots=True)
class WrittenDraft:
    """The result of writing a draft.

    Attributes:
        path: The file that was written.
        is_merged: Whether hand edits were merged into it.
    """

    path: Path
    is_merged: bool = False


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A draft's file as read.

    Attributes:
        body: Its content; None if it does not exist.
        base: What was generated for it last time; None if papertrack did not write it.
    """

    path: Path
    body: bytes | None
    base: issues.Export | None = field(default=None)

    @property
    def text(self) -> str:
        """The content as text; bytes that are not UTF-8 are preserved."""
        return (self.body or b"").decode(errors="surrogateescape")

    @property
    def is_edited(self) -> bool:
        """Whether it differs from what was generated for it."""
        if self.body is None:
            return False
        return self.base is None or plain_text(self.text) != self.base.text


def readable_text(file: DraftFile) -> str:
    """Decode a file strictly, because the database cannot store invalid bytes.

    Raises:
        UsageError: The file is not UTF-8.
    """
    try:
        return (file.body or b"").decode()
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        message = f"line {line} of {file.path} is not UTF-8 text"
        raise UsageError(message, hint="save the file as UTF-8, then run this again") from error


def write(
    db: sqlite3.Connection,
    draft: Draft,
    path: Path,
    *,
    beside: bool,
    now: datetime,
    recipe: Mapping[str, Any] | None = None,
) -> WrittenDraft:
    """Write a draft to its file.

    Args:
        db: The database, which records what is written.
        draft: The draft.
        path: The file; hand edits since it was generated are kept.
        beside: If the file has hand edits, write to a new file next to it.
        now: The current time.
        recipe: The options of the draft as JSON, stored with it.

    Returns:
        The file that was written.

    Raises:
        HandEdited: The file was not written by papertrack and `beside` is not set, or it still
            contains conflict markers; it is left unchanged.
        DraftConflict: The author and the draft changed the same place. The file now contains both,
            with markers; a backup of it is next to it.
        StorageFull: The file cannot be written.
    """
    try:
        path = _resolved(path)
        file = read_file(db, path)
        if beside and file.text != draft.text and file.is_edited:
            file = _free_file(db, file.path, draft)
        if file.body is not None and file.base and issues.was_published(db, file.base):
            message = f"issue {file.base.issue} is published; {file.path} left unchanged"
            raise HandEdited(message, hint="name another file with -o")
        text, conflicts = _new_text(file, draft)
        backup = _back_up(file) if conflicts else None
        with transaction(db):
            # Recorded first: after a crash in between, the file on disk is still recognized as
            # an older draft and not mistaken for a hand edit.
            export = issues.write_export(
                db,
                path=str(file.path),
                issue=draft.issue,
                text=draft.text,
                now=now,
                spans=draft.spans,
                recipe=recipe,
            )
        replace(file, text)
        with transaction(db):
            issues.mark_placed(db, export)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise StorageFull(message, hint="name another file with -o") from error
    if backup is not None:
        places = "1 place" if conflicts == 1 else f"{conflicts} places"
        message = f"{places} in {file.path} changed in the file and in the database"
        hint = f"{RESOLVE}; the file as it was is {backup}"
        raise DraftConflict(message, hint=hint)
    return WrittenDraft(file.path, is_merged=file.is_edited and text != draft.text)


def read_file(db: sqlite3.Connection, path: Path) -> DraftFile:
    """Read the file of a draft, and find what was generated for it last time.

    Raises:
        UsageError: It is a pipe, socket or device.
        OSError: It cannot be read.
    """
    path = _resolved(path)
    if path.exists() and not (
        path.is_file() or path.is_dir()
    ):  # reading a pipe could block, a device never end
        message = f"{path} is not a file"
        raise UsageError(message, hint="name a file with -o, or - for standard output")
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        return DraftFile(path, None)
    text = plain_text(body.decode(errors="surrogateescape"))
    written = _path_when_written(db, path)
    base = issues.find_export(db, written, text)
    if base is None:
        known = issues.latest_exports(db, written)
        if known:
            base = known[choose_base(text, [export.text for export in known])]
    return DraftFile(path, body, base)


def _resolved(path: Path) -> Path:
    """Resolve symbolic links, so that a link stays a link when its target is replaced.

    Raises:
        OSError: The links form a loop.
    """
    try:
        return path.resolve()
    except RuntimeError as error:  # Python before 3.13 raises this
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from error


def _path_when_written(db: sqlite3.Connection, path: Path) -> str:
    """Find the path that a draft had when it was written; its folder may have moved since."""
    named = issues.paths_of_name(db, path.name)
    if str(path) in named:
        return str(path)
    moved = (old for old in named if not Path(old).exists() or _resolved(Path(old)) == path)
    return next(moved, str(path))


def replace(file: DraftFile, text: str) -> None:
    """Replace the content of a file atomically.

    Raises:
        HandEdited: The file was changed while the draft was made.
        OSError: It cannot be written.
    """
    body = text.encode(errors="surrogateescape")
    path = file.path
    make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        new.chmod(mode)
        _refuse_changed(file)
        new.replace(path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def _new_text(file: DraftFile, draft: Draft) -> tuple[str, int]:
    """Merge the draft with the file; return the text and the number of conflicts."""
    if file.body is None or file.text == draft.text:
        return draft.text, 0
    if file.base is None:
        message = f"{file.path} was not written by papertrack; left unchanged"
        raise HandEdited(
            message, hint="write next to it with --beside, or name another file with -o"
        )
    if file.is_edited and has_conflicts(file.text):
        raise unresolved(file.path)
    base, today = (file.base.text, file.base.spans), (draft.text, draft.spans)
    merged = merge_cards(base, file.text, today)
    return merged.text, merged.conflicts


def unresolved(path: Path) -> HandEdited:
    """Make the error for a file with conflict markers."""
    message = f"{path} still contains a conflict; left unchanged"
    return HandEdited(message, hint=RESOLVE)


def _back_up(file: DraftFile) -> Path:
    """Copy a file to a free name next to it."""
    number = 1
    while True:
        ending = ".bak" if number == 1 else f".bak{number}"
        backup = file.path.with_name(file.path.name + ending)
        try:
            with new_file(backup) as stream:
                stream.write(file.body or b"")
                stream.flush()
                os.fsync(stream.fileno())
        except FileExistsError:
            number += 1
        else:
            return backup


def _free_file(db: sqlite3.Connection, path: Path, draft: Draft) -> DraftFile:
    number = 2
    while True:
        file = read_file(db, path.with_stem(f"{path.stem}-{number}"))
        if file.text == draft.text or not file.is_edited:
            return file
        number += 1


def _refuse_changed(file: DraftFile) -> None:
    try:
        body = file.path.read_bytes()
    except FileNotFoundError:
        body = None
    if body != file.body:
        message = f"{file.path} changed while the draft was being made; left unchanged"
        raise HandEdited(message, hint="run the same command again")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


_PREVIEW_FILE = Path("preview.html")


def page_of(markdown: str) -> str:
    """Convert the Markdown of a draft to a self-contained HTML page."""
    from papertrack.core.digest.html_page import to_page  # noqa: PLC0415  # on use
    from papertrack.core.drafts.document import strip_anchors  # noqa: PLC0415  # on use

    return to_page(strip_anchors(markdown))


def rich_text_of(markdown: str) -> str:
    """Convert the Markdown of a draft to HTML for pasting into an editor."""
    from papertrack.core.digest.html_page import to_html  # noqa: PLC0415  # on use
    from papertrack.core.drafts.document import strip_anchors  # noqa: PLC0415  # on use

    return to_html(strip_anchors(markdown))


def bibliography_of(db: sqlite3.Connection, draft: Draft) -> str:
    """Write the works of a draft as BibTeX, in its order."""
    spans = sorted(draft.spans, key=lambda span: span.start)
    return write_bibliography(db, dict.fromkeys(s.subject for s in spans if s.is_of_item))


def write_next_to(path: Path, ending: str, text: str) -> Path:
    """Write another form of a digest next to its file, atomically.

    Args:
        path: The digest's file.
        ending: The suffix that replaces ``.md``: ``.html``, ``.bib``.
        text: The content; an existing file is replaced.

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
            message, hint="free some space, or write the draft elsewhere with -o"
        ) from error
    return beside


def preview(markdown: str, folder: Path, open_page: Callable[[str], bool]) -> tuple[Path, bool]:
    """Show a digest in the browser.

    Args:
        markdown: The digest.
        folder: Where the page is written; it must exist until the browser has read it.
        open_page: Opens an address; returns whether it succeeded.

    Returns:
        The page's file, and whether a browser opened it.

    Raises:
        StorageFull: It cannot be written.
    """
    page = folder / _PREVIEW_FILE
    try:
        make_folder(folder)
        page.unlink(missing_ok=True)
        with open(create_file(page), "w", encoding="utf-8") as file:  # noqa: PTH123  # open already
            file.write(page_of(markdown))
    except OSError as error:
        message = f"cannot write {page}: {error.strerror}"
        raise StorageFull(message, hint="free some space on the disk") from error
    return page, open_page(page.as_uri())
