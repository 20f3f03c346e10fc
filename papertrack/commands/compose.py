"""Compose the digest of a window of judgements from a repeatable recipe."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from papertrack.commands.template import fill, read_template
from papertrack.config.schema import TEMPLATES
from papertrack.core.dates import Window, read_deadline, week_name
from papertrack.core.digest.cards import IssueItem
from papertrack.core.digest.cite import assign_keys, citation_key, year_of
from papertrack.core.digest.issue import Digest, SectionStyle, read_text
from papertrack.core.digest.layout import Rules, lay_out, make_digest
from papertrack.core.drafts.document import with_anchors
from papertrack.core.judging.journal import set_issue_text
from papertrack.core.judging.notes import DEADLINE
from papertrack.core.text.clean import typed
from papertrack.core.text.spans import Span
from papertrack.core.text.title import Math
from papertrack.core.times import read_utc, utc_text
from papertrack.storage import issues, items, journal, journal_read
from papertrack.storage.items import list_submissions
from papertrack.storage.sources import list_areas

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from papertrack.config.schema import Config, DigestConfig
    from papertrack.core.records import Item


@dataclass(frozen=True, slots=True)
class Draft:
    """A rendered issue.

    Attributes:
        issue: The name of the issue, ``2026-W47``.
        cards: How many items it holds.
        earlier: How many kept, unpublished items were judged before its window.
        spans: Which parts of the text contain which field of which item or of the issue.
        expired: The kept opportunities of the window whose deadline had passed on the day.
    """

    issue: str
    text: str
    cards: int
    earlier: int
    spans: tuple[Span, ...] = ()
    expired: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Composed:
    """An issue before rendering, as a template sees it."""

    digest: Digest
    cards: int
    expired: tuple[int, ...]


def compose(  # noqa: PLR0913  # a title for one call is not a text of the issue
    db: sqlite3.Connection,
    style: DigestConfig,
    window: Window,
    *,
    day: date,
    texts: Mapping[str, str],
    now: datetime,
    title: str | None = None,
    only: Collection[int] | None = None,
) -> Draft:
    """Render the issue of a window.

    Args:
        db: The database.
        style: The config's ``[digest]``.
        window: Which judgements belong to the issue.
        day: The date printed under the title.
        texts: Texts of the issue given in this call, by field; they are stored for later drafts.
        now: The current time.
        title: The title of this draft only; None for that of the issue, else of the config.
        only: Numbers of the items to consider; None for all.

    Raises:
        UsageError: The template is unknown or has a mistake.
    """
    read_template(style.template)  # before anything is written
    if texts:
        statements = [
            set_issue_text(window.issue, field, typed(read_text(field, text)))
            for field, text in texts.items()
        ]
        journal.append(db, statements, now)
    composed = gather(db, style, window, day=day, title=title, only=only)
    rendered = fill(composed.digest, style.template)
    return Draft(
        issue=window.issue,
        text=rendered.text,
        cards=composed.cards,
        earlier=items.count_kept_before(db, window.since),
        spans=rendered.spans,
        expired=composed.expired,
    )


def gather(
    db: sqlite3.Connection,
    style: DigestConfig,
    window: Window,
    *,
    day: date,
    title: str | None = None,
    only: Collection[int] | None = None,
) -> Composed:
    """Gather the content of the issue of a window.

    It has the items that were judged in the window, kept and never published, and earlier
    opportunities whose deadline has not passed. `papertrack.core.digest.layout` decides what is
    printed.
    """
    judged = items.judged_numbers(db, window)
    carried = items.open_opportunities(db, window, day)
    numbers = dict.fromkeys([*judged, *carried])
    chosen = items.read_items(db, [one for one in numbers if only is None or one in only])
    expired = {item.id for item in chosen if _is_past(item, day)}
    entries = _entries(db, [item for item in chosen if item.id not in expired], set(judged))
    areas = [
        SectionStyle(
            area.slug, area.name, area.emoji, area.rating_label, area.in_contents, area.is_retired
        )
        for area in list_areas(db)
    ]
    rules = Rules(
        today=day,
        minimum_halves=round(style.min_rating * 2),
        order=style.order,
        math=Math(style.math),
        shows_empty=bool(style.empty_section),
        briefs_heading=style.briefs_heading,
        opportunities_heading=style.opportunities_heading,
    )
    layout = lay_out(entries, areas, rules)
    texts = issues.read_texts(db, window.issue) | ({"title": title} if title else {})
    digest = make_digest(layout, style, issue=window.issue, day=day, texts=texts)
    return Composed(digest, len(layout.cards), tuple(sorted(expired)))


def _is_past(item: Item, day: date) -> bool:
    deadline = read_deadline(item.judgement.notes.get(DEADLINE))
    return deadline is not None and deadline < day


def _entries(db: sqlite3.Connection, chosen: list[Item], judged: set[int]) -> list[IssueItem]:
    entries: list[IssueItem] = []
    for item in chosen:
        whole = item
        if item.arxiv is not None:
            told = list_submissions(db, item.id)
            whole = replace(item, arxiv=replace(item.arxiv, submissions=told))
        subject = journal_read.subject_of(db, item.id)
        carried = item.id not in judged
        entries.append(IssueItem(whole, subject, year=year_of(whole), is_carried=carried))
    wanted = [(entry.item.id, citation_key(entry.item, year=entry.year)) for entry in entries]
    keys = assign_keys(wanted, issues.published_keys(db))
    return [replace(entry, key=keys[entry.item.id]) for entry in entries]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The options that a draft is made with.

    Attributes:
        window: The judgements that it covers.
        is_open: Whether its window ends now.
        day: The printed date.
        title: The title of this draft only; None for that of the issue, else of the config.
        template, minimum: The template and the minimum rating of this draft.
        has_anchors: Whether comments mark its items.
        where: A query that its items must match; empty for none.
    """

    window: Window
    is_open: bool
    day: dt.date
    title: str | None
    template: str
    minimum: float
    has_anchors: bool = False
    where: str = ""

    def to_json(self) -> dict[str, Any]:
        """Convert the recipe to JSON."""
        return {
            "since": utc_text(self.window.since),
            "until": utc_text(self.window.until),
            "issue": self.window.issue,
            "open": self.is_open,
            "day": self.day.isoformat(),
            "title": self.title,
            "template": self.template
            if self.template in TEMPLATES
            else str(Path(self.template).resolve()),
            "least": self.minimum,
            "anchors": self.has_anchors,
            "where": self.where,
        }

    def extended_to(self, now: dt.datetime) -> Recipe:
        """Extend an open window to the current time, as long as that is in the same issue."""
        zone = self.window.until.tzinfo
        present = now.astimezone(zone)
        if not self.is_open or week_name(present.date()) != self.window.issue:
            return self
        return replace(self, window=Window(self.window.since, present))


def read_recipe(words: Mapping[str, Any], zone: dt.tzinfo) -> Recipe | None:
    """Read a stored recipe; None for a draft of an older version, which stored none.

    Args:
        words: The result of `Recipe.to_json`.
        zone: The author's time zone.
    """
    if not words:
        return None
    since, until = (read_utc(words[name]).astimezone(zone) for name in ("since", "until"))
    return Recipe(
        window=Window(since, until),
        is_open=words["open"],
        day=dt.date.fromisoformat(words["day"]),
        title=words["title"],
        template=words["template"],
        minimum=words["least"],
        has_anchors=words["anchors"],
        where=words.get("where", ""),
    )


def make_draft(
    db: sqlite3.Connection,
    config: Config,
    recipe: Recipe,
    *,
    now: dt.datetime,
    texts: Mapping[str, str] | None = None,
) -> Draft:
    """Compose a draft from its recipe.

    Args:
        db: The database.
        config: The config, for everything that the recipe does not contain.
        recipe: The options of the draft.
        now: The current time.
        texts: Texts of the issue given in this call; they are stored for later drafts.

    Raises:
        UsageError: The template is unknown or has a mistake.
        QueryMistake: The query is invalid.
    """
    own = msgspec.structs.replace(
        config.digest, template=recipe.template, min_rating=recipe.minimum
    )
    draft = compose(
        db,
        own,
        recipe.window,
        day=recipe.day,
        texts=texts or {},
        now=now,
        title=recipe.title,
        only=_matching(db, config, recipe, now) if recipe.where else None,
    )
    if not recipe.has_anchors:
        return draft
    text, spans = with_anchors(draft.text, draft.spans)
    return replace(draft, text=text, spans=spans)


def _matching(
    db: sqlite3.Connection, config: Config, recipe: Recipe, now: dt.datetime
) -> frozenset[int]:
    from papertrack.commands.find import find_numbers  # noqa: PLC0415  # on use

    zone = recipe.window.until.tzinfo or dt.UTC
    return frozenset(find_numbers(db, config, recipe.where, now=now, zone=zone))
