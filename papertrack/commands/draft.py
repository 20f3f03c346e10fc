"""Write the digest of a window of judgements, and never over a hand edit."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.config import TEMPLATES
from papertrack.core.clean import typed
from papertrack.core.digest import Digest, SectionStyle, lay_out
from papertrack.core.journal import set_issue_text
from papertrack.core.markdown import paragraph
from papertrack.core.render import render
from papertrack.errors import HandEdited, StorageFull, UsageError
from papertrack.storage import issues, items, journal
from papertrack.storage.database import transaction
from papertrack.storage.sources import list_areas

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import date, datetime

    from papertrack.config import DigestConfig
    from papertrack.core.window import Window


@dataclass(frozen=True, slots=True)
class Draft:
    """A rendered issue.

    Attributes:
        issue: The name of the issue, ``2026-W47``.
        cards: How many items it holds.
        earlier: How many kept, unpublished items were judged before its window.
    """

    issue: str
    text: str
    cards: int
    earlier: int


def compose(
    db: sqlite3.Connection,
    style: DigestConfig,
    window: Window,
    *,
    day: date,
    texts: Mapping[str, str],
    now: datetime,
) -> Draft:
    """Render the issue of a window.

    Args:
        db: The database.
        style: The config's ``[digest]``.
        window: Which judgements belong to the issue.
        day: The date printed under the title.
        texts: Texts of the issue that the author gives now, by field; kept for the next time.
        now: The present.

    Raises:
        UsageError: The template is unknown or has a mistake.
    """
    if texts:
        statements = [
            set_issue_text(window.issue, field, typed(text)) for field, text in texts.items()
        ]
        journal.append(db, statements, now)
    areas = [
        SectionStyle(area.slug, area.name, area.emoji, area.rating_label, area.in_contents)
        for area in list_areas(db)
    ]
    chosen = items.read_items(db, items.judged_numbers(db, window))
    kept_texts = issues.read_texts(db, window.issue)
    sections = lay_out(chosen, areas, least_halves=round(style.min_rating * 2))
    digest = Digest(
        title=style.title,
        date=day.strftime(style.date_format),
        lead=paragraph(kept_texts.get("lead", "")),
        contents_intro=style.contents_intro,
        sections=sections,
    )
    return Draft(
        issue=window.issue,
        text=render(digest, read_template(style.template), name=style.template),
        cards=sum(len(section.cards) for section in sections),
        earlier=items.count_kept_before(db, window.since),
    )


def read_template(name: str) -> str:
    """Read a template by the name of one of ours, or by its path.

    Raises:
        UsageError: There is no such template.
    """
    if name in TEMPLATES:
        return (files("papertrack") / "templates" / f"{name}.md.j2").read_text("utf-8")
    try:
        return Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f'there is no template "{name}"'
        hint = f"give {' or '.join(TEMPLATES)}, or the path of a Jinja2 file"
        raise UsageError(message, hint=hint) from error


def write(db: sqlite3.Connection, draft: Draft, path: Path, *, beside: bool, now: datetime) -> Path:
    """Write a draft to its file.

    Args:
        db: The database, which remembers what is written.
        draft: The draft.
        path: The file; it is replaced only while it holds, byte for byte, what was generated.
        beside: When it was edited by hand, write to a new file next to it.
        now: The present.

    Returns:
        The file that was written.

    Raises:
        HandEdited: The file was edited by hand and `beside` is not set.
        StorageFull: The file cannot be written.
    """
    path = path.resolve()  # a link is followed and stays a link
    if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe would block, a device lie
        message = f"{path} is not a file"
        raise UsageError(message, hint="name a file with -o, or - for standard output")
    try:
        if not _is_ours(db, path, draft):
            if not beside:
                message = f"{path} was edited by hand and is left as it is"
                raise HandEdited(
                    message, hint="write beside it with --beside, or name a file with -o"
                )
            path = _free_name(db, path, draft)
        with transaction(db):
            # Remembered first: were the power cut in between, the file on disk would still be
            # known as an older draft of ours and not be taken for a hand edit.
            issues.write_export(db, path=str(path), issue=draft.issue, text=draft.text, now=now)
        _replace(path, draft.text)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise StorageFull(message, hint="name another file with -o") from error
    return path


def _is_ours(db: sqlite3.Connection, path: Path, draft: Draft) -> bool:
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        return True
    return body == draft.text.encode() or issues.is_export(db, str(path), body)


def _free_name(db: sqlite3.Connection, path: Path, draft: Draft) -> Path:
    number = 2
    while not _is_ours(db, path.with_stem(f"{path.stem}-{number}"), draft):
        number += 1
    return path.with_stem(f"{path.stem}-{number}")


def _replace(path: Path, text: str) -> None:
    """Put a whole file in the place of the old one; a crash leaves one or the other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        new.chmod(mode)
        new.replace(path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
