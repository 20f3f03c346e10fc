"""Make an issue of its items, the author's texts for it, and what the config says of all issues."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from papertrack.core.digest.issue import Digest, Event
from papertrack.core.text import markdown, spans
from papertrack.core.time.deadline import day_words, read_deadline

_IN_TITLE = re.compile(r"\{(number|week|year)\}")

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from papertrack.config.schema import DigestConfig
    from papertrack.core.digest.layout import Layout


def make_digest(
    layout: Layout, style: DigestConfig, *, issue: str, day: date, texts: Mapping[str, str]
) -> Digest:
    """Make an issue.

    Args:
        layout: Its items.
        style: What the config says; a text of the issue counts more.
        issue: Its name, ``2026-W47``.
        day: Its date.
        texts: The author's texts of it, by field.
    """
    subject = f"issue:{issue}"
    year, _, week = issue.partition("-W")

    def said(field: str, usual: str = "") -> str:
        return spans.mark(markdown.paragraph(texts.get(field) or usual), subject, field)

    def address(field: str, usual: str = "") -> str:
        url = texts.get(field) or usual
        return spans.mark(markdown.destination(url), subject, field) if url else ""

    title = texts.get("title") or style.title
    meant = {"number": texts.get("number", ""), "week": week.lstrip("0"), "year": year}
    title = _IN_TITLE.sub(lambda found: meant[found[1]], title)
    own_teasers = [
        words for line in texts.get("teasers", "").splitlines() if (words := line.strip(" ."))
    ]
    return Digest(
        title=spans.mark(" ".join(title.split()), subject, "title"),
        date=spans.mark(day.strftime(style.date_format), subject, "date"),
        lead=said("lead"),
        contents_intro=said("contents_intro", style.contents_intro),
        sections=layout.sections,
        name=issue,
        week=week.lstrip("0"),
        year=year,
        day=day.isoformat(),
        number=said("number"),
        intro=said("intro", style.intro),
        teasers=tuple(spans.mark(line, subject, "teasers") for line in own_teasers)
        or _teasers(layout),
        has_own_teasers=bool(own_teasers),
        watch=address("watch"),
        listen=address("listen"),
        subscribe=address("subscribe", style.subscribe),
        stories=layout.stories,
        briefs=layout.briefs,
        opportunities=layout.opportunities,
        briefs_heading=markdown.escape(style.briefs_heading),
        opportunities_heading=markdown.escape(style.opportunities_heading),
        opportunities_intro=said("opportunities_intro", style.opportunities_intro),
        credits=tuple(dict.fromkeys(card.credit for card in layout.opportunities if card.credit)),
        empty_section=markdown.paragraph(style.empty_section),
        outro=said("outro", style.outro),
        event=_event(texts, day, said("event")),
    )


def _teasers(layout: Layout) -> tuple[str, ...]:
    """List what the first sentence says of items, in the order of the stories."""
    cards = [card for section in layout.stories for card in (*section.cards, *section.briefs)]
    return tuple(card.teaser for card in cards if card.teaser)


def _event(texts: Mapping[str, str], today: date, name: str) -> Event | None:
    if not name:
        return None
    day = read_deadline(texts.get("event_date"))
    return Event(name, day_words(day, today) if day else "")
