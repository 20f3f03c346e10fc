"""Explain what is expected of an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.commands.predictions import standing_of
from papertrack.commands.rank import present_model
from papertrack.commands.rank_read import Reader, strongest
from papertrack.core.rank.standing import Reason, Standing
from papertrack.core.rank.words import count_terms
from papertrack.core.records import Item
from papertrack.storage import items, rank

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from papertrack.config.schema import Config

_MANY = 20


@dataclass(frozen=True, slots=True)
class Why:
    """What is, or was, expected of an item.

    Attributes:
        standing: As it is stored; of a judged item as it was before.
        reasons: More of them, as the model that is stored now sees them.
        kept, passed: From how many works the model was learned; None without a model.
    """

    item: Item
    standing: Standing
    reasons: tuple[Reason, ...]
    kept: int | None
    passed: int | None


def explain(db: sqlite3.Connection, config: Config, named: str, now: datetime) -> Why:
    """Explain what is expected of an item; learns first when the author said more since.

    Raises:
        NoSuchItem: There is no such item.
    """
    number = references.find(db, named)
    model = present_model(db, config, now)
    item = items.read_item(db, number)
    standing = standing_of(db, config, item)
    if model is None:
        return Why(item, standing, standing.reasons, None, None)
    work = rank.read_works(db, [number])[number]
    reader, counts = Reader(db, config, model, now, but=number), count_terms(work)
    reasons = strongest(model.ranker.reasons(counts), reader.beside(work, counts), _MANY)
    return Why(
        item,
        standing,
        tuple(Reason(words, weight) for words, weight in reasons),
        model.ranker.kept,
        model.ranker.passed,
    )
