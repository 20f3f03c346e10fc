"""A database with sources that show documents and an author who says something about items."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from papertrack.core.records import ArxivFacts, ArxivId, Entry, Item
from papertrack.core.works.ingest import Decision, decide
from papertrack.core.works.prepare import prepare
from papertrack.storage import items, journal, sources
from papertrack.storage.database import open_database, transaction
from papertrack.storage.ingest import apply_changes, find_known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from papertrack.core.judging.journal import Event, Statement

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
SOURCES = ("arxiv", "query", "blog", "planet", "by-hand")
PROJECTIONS = ("ratings", "tags", "notes", "issue_texts")
CONTENT = (
    "items",
    "identifiers",
    "sightings",
    "versions",
    "submissions",
    "mentions",
    "pairs",
    "story_keys",
    *PROJECTIONS,
)


@dataclass
class Newsroom:
    """An open database whose clock goes a minute further with everything that happens."""

    db: sqlite3.Connection
    now: datetime = MONDAY
    new: list[int] = field(default_factory=list)

    def shows(
        self,
        source: str,
        *entries: Entry,
        is_wanted: Callable[[Entry], bool] = lambda _: True,
        intake: str = "new",
        queue_limit: int | None = None,
    ) -> Decision:
        """Take in one document of a source, as a run does; `new` holds the rows that came in."""
        self.now += timedelta(minutes=1)
        with transaction(self.db):
            source_id = sources.source_ids(self.db)[source]
            incoming = prepare(entries, source)
            known = find_known(self.db, source_id, incoming)
            decision = decide(known, incoming, source=source, is_wanted=is_wanted)
            self.new = apply_changes(
                self.db,
                decision.changes,
                source_id=source_id,
                now=self.now,
                initial_state=intake,
                queue_limit=queue_limit,
            )
        return decision

    def says(self, *statements: Statement, at: datetime | None = None) -> list[Event]:
        """Write one act into the journal."""
        self.now += timedelta(minutes=1)
        return journal.append(self.db, statements, at or self.now)

    def numbers(self) -> list[int]:
        """List the items there are, without those that were merged away."""
        rows = self.db.execute("SELECT id FROM items WHERE merged_into IS NULL ORDER BY id")
        return [row[0] for row in rows]

    def the_item(self) -> Item:
        """Read the only item there is."""
        (number,) = self.numbers()
        return items.read_item(self.db, number)

    def dump(self, tables: Sequence[str] = CONTENT) -> dict[str, list[tuple[Any, ...]]]:
        """Read tables whole."""
        return {
            table: [tuple(row) for row in self.db.execute(f"SELECT * FROM {table} ORDER BY 1, 2")]  # noqa: S608  # our own names
            for table in tables
        }

    def judgements(self) -> dict[str, list[tuple[Any, ...]]]:
        """Read everything that is drawn from the journal."""
        states = self.db.execute("SELECT id, state, judged_at FROM items ORDER BY id")
        return {**self.dump(PROJECTIONS), "states": [tuple(row) for row in states]}


@contextmanager
def newsroom(folder: Path) -> Iterator[Newsroom]:
    """Open a new database in a folder, with the sources of `SOURCES`."""
    path = folder / "papertrack.db"
    path.write_bytes(_new_database())
    with closing(open_database(path)) as db:
        db.execute("PRAGMA synchronous = OFF")  # nobody cuts the power here
        yield Newsroom(db)


@cache
def _new_database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "papertrack.db"
        with closing(open_database(path, create=True)) as db:
            rows: list[sources.Row] = [
                {"slug": slug, "kind": slug, "name": slug, "url": None, "area": None}
                for slug in SOURCES
            ]
            sources.sync(db, [], rows, MONDAY)
        return path.read_bytes()


def paper(
    number: str = "2611.99901",
    version: int | None = 1,
    *,
    announced: str | None = "new",
    title: str | None = None,
    summary: str | None = None,
    doi: str | None = None,
) -> Entry:
    """Make an entry as arXiv shows it."""
    arxiv_id = ArxivId(number, version)
    facts = ArxivFacts(
        arxiv_id,
        primary="cs.LG",
        categories=("cs.LG", "stat.ML"),
        announce_type=announced,
        doi=doi,
    )
    return Entry(
        guid=f"oai:arXiv.org:{number}",
        title=f"Paper {number} v{version}" if title is None else title,
        url=arxiv_id.url,
        summary=f"Abstract of {number} v{version}." if summary is None else summary,
        published_at=MONDAY,
        arxiv=facts,
        doi=doi,
    )


def post(
    guid: str, title: str, url: str | None = None, summary: str = "", doi: str | None = None
) -> Entry:
    """Make an entry as a blog shows it."""
    return Entry(guid=guid, title=title, url=url, summary=summary, published_at=MONDAY, doi=doi)
