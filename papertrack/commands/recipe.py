"""What a draft is made with, so that the same draft can be made again later."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from papertrack.commands.compose import Draft, compose
from papertrack.config.schema import TEMPLATES
from papertrack.core.drafts.anchors import with_anchors
from papertrack.core.time.times import read_utc, utc_text
from papertrack.core.time.window import Window, week_name

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from papertrack.config.schema import Config


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a draft is made with.

    Attributes:
        window: Which judgements belong to it.
        is_open: Whether its window ends with the present.
        day: The date that it bears.
        title: The title of this draft alone; None for that of the issue, else of the config.
        template, least: The template and the minimum rating of this draft.
        has_anchors: Whether it names its items in comments.
        where: A query that its items match; empty for none.
    """

    window: Window
    is_open: bool
    day: dt.date
    title: str | None
    template: str
    least: float
    has_anchors: bool = False
    where: str = ""

    def words(self) -> dict[str, Any]:
        """Write it as JSON has it."""
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
            "least": self.least,
            "anchors": self.has_anchors,
            "where": self.where,
        }

    def until(self, now: dt.datetime) -> Recipe:
        """Let an open window end with the present, as long as that is in the same issue."""
        zone = self.window.until.tzinfo
        present = now.astimezone(zone)
        if not self.is_open or week_name(present.date()) != self.window.issue:
            return self
        return replace(self, window=Window(self.window.since, present))


def read_recipe(words: Mapping[str, Any], zone: dt.tzinfo) -> Recipe | None:
    """Read a recipe that was kept; None for a draft of an older version, which kept none.

    Args:
        words: As `Recipe.words` wrote them.
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
        least=words["least"],
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
    """Compose a draft by its recipe.

    Args:
        db: The database.
        config: The config, for all that the recipe does not say.
        recipe: What to make.
        now: The present.
        texts: Texts of the issue that the author gives now; kept for the next time.

    Raises:
        UsageError: The template is unknown or has a mistake.
        QueryMistake: The query has one.
    """
    own = msgspec.structs.replace(config.digest, template=recipe.template, min_rating=recipe.least)
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
    from papertrack.commands.find import find_numbers  # noqa: PLC0415  # for a query alone

    zone = recipe.window.until.tzinfo or dt.UTC
    return frozenset(find_numbers(db, config, recipe.where, now=now, zone=zone))
