"""Expect what the author will think of items that are not judged yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.standing import Reason, Standing
from papertrack.core.suggest import suggest_area
from papertrack.core.words import matching_words

if TYPE_CHECKING:
    import sqlite3

    from papertrack.config import Config
    from papertrack.core.records import Item


def standing_of(db: sqlite3.Connection, config: Config, item: Item) -> Standing:
    """Say what is expected of an item.

    Args:
        db: The database.
        config: The config, for areas, keywords and the hints of sources.
        item: The item.
    """
    del db
    text = f"{item.title}\n{item.summary}"
    hints = {source.slug: source.area for source in config.sources}
    area = suggest_area(
        text,
        {area.slug: area.keywords for area in config.areas},
        [area for slug in item.sources if (area := hints.get(slug))],
    )
    words = [word for area in config.areas for word in matching_words(area.keywords, text)]
    reasons = tuple(Reason(word, 1.0) for word in list(dict.fromkeys(words))[:5])
    return Standing(None, "", reasons, (area,) if area else ())
