"""Catch up from arXiv's archive (OAI-PMH), set by set and page by page, resuming after a failure.

Each set is requested twice: ``arXivRaw`` has versions and withdrawals, ``arXiv`` the parts of the
authors' names. The archive dates records by their last change, so the submission date separates new
papers from changed ones.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from papertrack.commands.fetch_run import (
    NOTHING,
    ImportCounts,
    Run,
    RunFacts,
    read_document,
    store_document,
    trouble_of,
)
from papertrack.config.schema import ArxivSource
from papertrack.config.taxonomy import archive_set
from papertrack.core.arxiv.announcements import CatchUp, batches_of, is_announced_since, last_freeze
from papertrack.core.records import Document
from papertrack.core.watch.plan import is_mirror
from papertrack.core.watch.record import Trouble
from papertrack.errors import UnreadableDocument
from papertrack.net.client import Request
from papertrack.storage.coverage import Harvest, read_harvest, write_harvest
from papertrack.storage.ingest import apply_author_names

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from papertrack.core.records import Entry

_TOO_MANY = 429
_FULL, _NAMES = "arXivRaw", "arXiv"
# A truncated page is requested this many times, then the harvest waits for the next fetch.
_TRIES = 3
# A month of all of arXiv has about 60,000 records; at 100 a page this limit is far higher.
_MAX_PAGES = 2_000


@dataclass(frozen=True, slots=True)
class ArchiveNeed:
    """A source, and the days it needs from the archive."""

    source: ArxivSource
    source_id: int
    wanted: CatchUp


@dataclass(frozen=True, slots=True)
class Harvested:
    """What a source received from the archive.

    Attributes:
        records: How many records came, wanted or not.
        papers: Those that can only be in today's batch, wanted or not, whose first category is one
            of the source's.
        trouble: Why the records are incomplete; None if they are complete.
    """

    counts: ImportCounts = NOTHING
    records: int = 0
    papers: frozenset[str] = frozenset()
    trouble: Trouble | None = None

    def __add__(self, other: Harvested) -> Harvested:
        """Add the result of another page; keep the first trouble."""
        return Harvested(
            self.counts + other.counts,
            self.records + other.records,
            self.papers | other.papers,
            self.trouble or other.trouble,
        )


@dataclass(frozen=True, slots=True)
class _List:
    """One list of records: a set in one format, for all sources that need it."""

    set_spec: str
    form: str
    since: date
    needs: tuple[ArchiveNeed, ...]

    @property
    def name(self) -> str:
        return f"{self.set_spec} {self.form}"


async def harvest(run: Run, needs: Sequence[ArchiveNeed], today: date) -> dict[str, Harvested]:
    """Request what some sources need from the archive, each set once.

    Args:
        run: Open resources.
        needs: What is wanted.
        today: The day of the feed with which the run began; midnight may pass meanwhile.

    Returns:
        What it brought, by the slug of the source, also where it failed.

    Raises:
        sqlite3.Error, PapertrackError: The database failed.
    """
    harvested = {need.source.slug: Harvested() for need in needs}
    for records in _lists(needs):
        try:
            await _harvest_list(run, records, today, harvested)
        except Exception as error:  # noqa: BLE001  # its trouble must not cost the other sets
            trouble = trouble_of(error)
            is_over = trouble.status == _TOO_MANY
            for need in needs if is_over else records.needs:
                harvested[need.source.slug] += Harvested(trouble=trouble)
            if is_over:
                break
    return harvested


def names_of_harvests(categories: Iterable[str]) -> list[str]:
    """Name the lists that contain some categories, as `storage.coverage` stores them."""
    sets = dict.fromkeys(map(archive_set, categories))
    return [f"{set_spec} {form}" for set_spec in sets for form in (_FULL, _NAMES)]


def _lists(needs: Iterable[ArchiveNeed]) -> list[_List]:
    by_set: dict[str, list[ArchiveNeed]] = {}
    for need in needs:
        for set_spec in dict.fromkeys(map(archive_set, need.wanted.categories)):
            by_set.setdefault(set_spec, []).append(need)
    return [
        _List(set_spec, form, min(need.wanted.since for need in wanting), tuple(wanting))
        for set_spec, wanting in sorted(by_set.items())
        for form in (_FULL, _NAMES)
    ]


async def _harvest_list(
    run: Run, records: _List, today: date, harvested: dict[str, Harvested]
) -> None:
    subscription, place = records.needs[0].source, _resume(run, records)
    if place.token is None:
        # Recorded before the first answer, so that a failed request is made again next time.
        await run.write(subscription, partial(_store_place, records, place))
    seen: set[str] = set()
    while True:
        document = await _ask(run, records, place)
        said = document.page
        if said is None:
            raise AssertionError  # `_ask` only returns documents with a page
        if said.is_expired:
            if not place.token:
                message = "arXiv's archive refuses its own list"
                raise UnreadableDocument(message, hint="try again tomorrow")
            place = Harvest(records.since)  # tokens last a day; start over, stored records stay
            continue
        if said.token in seen or len(seen) >= _MAX_PAGES:
            message = "the list of arXiv's archive never ends"
            raise UnreadableDocument(message, hint="try again tomorrow")
        answered_at = place.answered_at or said.answered_at or run.clock()
        reached = None if said.token else answered_at
        place = Harvest(records.since, said.token, answered_at, reached)
        page = _Page(document, place, run.clock(), last_freeze(today))
        for slug, taken in (
            await run.write(subscription, partial(_store, run.facts, records, page))
        ).items():
            harvested[slug] += taken
        if said.token is None:
            return
        seen.add(said.token)


def _resume(run: Run, records: _List) -> Harvest:
    """Find where to resume a harvest that failed today, if its sources agree on the place."""
    places = {read_harvest(run.db, need.source_id, records.name) for need in records.needs}
    place = places.pop() if len(places) == 1 else None
    is_todays = (
        place is not None
        and place.answered_at is not None
        and place.answered_at.astimezone(UTC).date() == run.clock().astimezone(UTC).date()
    )
    if place is not None and place.token and is_todays and place.since <= records.since:
        return place
    return Harvest(records.since)


async def _ask(run: Run, records: _List, place: Harvest) -> Document:
    """Request one page, again if it is truncated.

    Raises:
        SourceError: It could not be downloaded in full.
    """
    base_url = run.config.arxiv.oai_url
    asked = {"verb": "ListRecords"}
    if place.token:
        asked |= {"resumptionToken": place.token}
    else:
        asked |= {
            "metadataPrefix": records.form,
            "set": records.set_spec,
            "from": records.since.isoformat(),
        }
    request = Request(
        url=f"{base_url}?{urlencode(asked)}",
        allow_private_network=is_mirror(base_url),
        accept="text/xml, application/xml;q=0.9, */*;q=0.5",
    )
    for _ in range(_TRIES):
        async with AsyncExitStack() as held:
            response = await held.enter_async_context(run.arxiv.download(request))
            document = await read_document(run, "archive", response)
            # A truncated page does not tell whether it is the last one; an empty page that is
            # not the last may be followed by any number of others.
            is_empty = not document.entries and not document.problems
            page = document.page
            if page and document.is_whole and not (page.token and is_empty):
                return document
    message = "arXiv's archive sent only part of its answer"
    raise UnreadableDocument(message, hint="try again later")


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of a list, ready to be stored.

    Attributes:
        place: Where to continue the list after it.
        came_at: When it was downloaded.
        frozen_at: Papers submitted since then can only be in today's batch or a later one.
    """

    document: Document
    place: Harvest
    came_at: datetime
    frozen_at: datetime


def _store_place(records: _List, place: Harvest, db: sqlite3.Connection) -> None:
    for need in records.needs:
        write_harvest(db, need.source_id, records.name, place)


def _store(
    facts: RunFacts, records: _List, page: _Page, db: sqlite3.Connection
) -> dict[str, Harvested]:
    """Store a page for all its sources, with the place to continue at.

    Returns:
        What each source received, by slug.
    """
    taken: dict[str, Harvested] = {}
    if records.form == _NAMES:
        apply_author_names(db, page.document.entries)
    else:
        taken = {
            need.source.slug: _store_for_source(facts, need, page, db) for need in records.needs
        }
    _store_place(records, page.place, db)
    return taken


def _store_for_source(
    facts: RunFacts, need: ArchiveNeed, page: _Page, db: sqlite3.Connection
) -> Harvested:
    def is_young(entry: Entry) -> bool:
        return is_announced_since(entry, need.wanted.since)

    entries = page.document.entries
    counts = store_document(db, facts, need.source, page.document, page.came_at, is_wanted=is_young)
    fresh = [one for one in entries if one.published_at and one.published_at >= page.frozen_at]
    papers = frozenset().union(*batches_of(fresh, need.wanted.categories).values())
    return Harvested(counts, len(entries), papers)
