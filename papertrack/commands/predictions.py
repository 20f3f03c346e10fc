"""Predict what the author will think of unjudged items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.rank.prediction import Prediction, Reason, suggest_area, word_for
from papertrack.core.text.words import matching_words
from papertrack.storage.rank import read_expected

if TYPE_CHECKING:
    import sqlite3

    from papertrack.config.schema import Config
    from papertrack.core.records import Item


def predict(db: sqlite3.Connection, config: Config, item: Item) -> Prediction:
    """Predict an item from its last ranking, else from the keywords of the config.

    Args:
        db: The database.
        config: The config, for areas, keywords and the hints of sources.
        item: The item.
    """
    expected = read_expected(db, item.id)
    if expected is None:
        return _unranked(config, item)
    known = {area.slug for area in config.areas}
    return Prediction(
        score=expected.chance,
        word=word_for(expected.chance),
        reasons=tuple(Reason(words, weight) for words, weight in expected.reasons),
        areas=tuple(area for area in expected.areas if area in known),
        halves={area: halves for area, halves in expected.halves.items() if area in known},
    )


def _unranked(config: Config, item: Item) -> Prediction:
    """Predict from the keywords of areas and the areas of sources."""
    text = f"{item.title}\n{item.summary}"
    hints = {source.slug: source.area for source in config.sources}
    area = suggest_area(
        text,
        {area.slug: area.keywords for area in config.areas},
        [area for slug in item.sources if (area := hints.get(slug))],
    )
    words = [word for area in config.areas for word in matching_words(area.keywords, text)]
    reasons = tuple(Reason(word, 1.0) for word in list(dict.fromkeys(words))[:5])
    return Prediction(None, "", reasons, (area,) if area else ())
