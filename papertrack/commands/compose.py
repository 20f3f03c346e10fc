"""Compose the digest of a window of judgements."""

from __future__ import annotations

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
from papertrack.core.spans import Span, mark
from papertrack.errors import UsageError
from papertrack.storage import issues, items, journal
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
        spans: Which stretches of the text say which field of which item or of the issue.
    """

    issue: str
    text: str
    cards: int
    earlier: int
    spans: tuple[Span, ...] = ()


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
    sections = lay_out(
        chosen,
        areas,
        least_halves=round(style.min_rating * 2),
        subjects={item.id: journal.subject_of(db, item.id) for item in chosen},
    )
    subject = f"issue:{window.issue}"
    digest = Digest(
        title=mark(style.title, subject, "title"),
        date=mark(day.strftime(style.date_format), subject, "date"),
        lead=mark(paragraph(kept_texts.get("lead", "")), subject, "lead"),
        contents_intro=mark(style.contents_intro, subject, "contents_intro"),
        sections=sections,
    )
    rendered = render(digest, read_template(style.template), name=style.template)
    return Draft(
        issue=window.issue,
        text=rendered.text,
        cards=sum(len(section.cards) for section in sections),
        earlier=items.count_kept_before(db, window.since),
        spans=rendered.spans,
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
