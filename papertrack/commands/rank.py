"""Learn from what the author judged, and write down what is expected of what waits.

Nothing here runs on the way to the screen: fetch and the end of a sitting do it, `rate` reads.
"""

from __future__ import annotations

import gc
import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.commands.rank_learn import learn_from, read_lessons
from papertrack.commands.rank_read import Reader
from papertrack.core.rank.plain import Model, pack, unpack
from papertrack.storage import rank
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

    from papertrack.config.schema import Config

_VERSION = "3"  # of what is learned and how; another one learns anew
_MOST_WAITING = 2000  # items that are ranked at a time; older ones keep their standing
_AT_A_TIME = 250  # works that are held


@dataclass(frozen=True, slots=True)
class Ranked:
    """What was done: whether it was learned anew, and how many items were ranked."""

    is_learned: bool
    items: int


def refresh(db: sqlite3.Connection, config: Config, now: datetime, *, anew: bool = False) -> Ranked:
    """Learn anew when anything was said since, and rank what waits and was not ranked by it.

    Args:
        db: The database, outside of a transaction.
        config: The config, for areas, hints of sources and what is followed.
        now: The present, for what was judged this week.
        anew: Whether to forget what is stored, whatever it was learned from.
    """
    heard, name = rank.last_event(db), name_model(db, config)
    is_known = not anew and rank.model_name(db) == name
    numbers = rank.waiting(db, _MOST_WAITING, unless=None if anew else name)
    if is_known and not numbers:
        return Ranked(is_learned=False, items=0)
    if not _has_any_word(db, config):
        if rank.model_name(db) is not None:
            with transaction(db):
                rank.forget(db)
        return Ranked(is_learned=False, items=0)
    with uncollected():
        model = stored_model(db) if is_known else None
        body = b""
        if model is None:
            body = pack(learn_from(read_lessons(db), config))
            model = unpack(body)
        reader = Reader(db, config, model, now)
        expected = [
            reader.expect(number, reader.see(work))
            for start in range(0, len(numbers), _AT_A_TIME)
            for number, work in rank.read_works(db, numbers[start : start + _AT_A_TIME]).items()
        ]
    with transaction(db):
        if rank.heard_by_model(db) > heard:  # another process learned from more meanwhile
            return Ranked(is_learned=False, items=0)
        if anew:
            rank.forget(db)
        if body:
            rank.write_model(db, name, heard, body, now)
        rank.write_expected(db, name, expected, now)
    return Ranked(is_learned=bool(body), items=len(expected))


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold the garbage collector back: it would look at all that is learned from, and find none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def name_model(db: sqlite3.Connection, config: Config) -> str:
    """Name all that a model is learned from: the journal, what was published, the config."""
    read = [
        _VERSION,
        rank.last_event(db),
        rank.count_issue_items(db),
        [[area.slug, area.name, area.description, area.keywords] for area in config.areas],
        [[source.slug, source.area] for source in config.sources],
        [config.follow.authors, config.follow.words, config.follow.sources],
    ]
    return hashlib.sha256(json.dumps(read).encode()).hexdigest()[:24]


def _has_any_word(db: sqlite3.Connection, config: Config) -> bool:
    """Tell whether there is anything to rank by."""
    follow = config.follow
    return bool(
        config.areas or follow.authors or follow.words or follow.sources or rank.read_kept(db, 1)
    )


def present_model(db: sqlite3.Connection, config: Config, now: datetime) -> Model | None:
    """Bring what was learned up to date, and read it; None when there is nothing to learn from."""
    refresh(db, config, now)
    model = stored_model(db)
    if model is None and rank.model_name(db) is not None:  # it is damaged
        refresh(db, config, now, anew=True)
        model = stored_model(db)
    return model


def stored_model(db: sqlite3.Connection) -> Model | None:
    """Read what was learned; None when there is nothing, or nothing that can be read."""
    found = rank.read_model(db)
    if found is None:
        return None
    try:
        return unpack(found[1])
    except ValueError:  # it is only a copy of what the journal says: learn anew
        return None
