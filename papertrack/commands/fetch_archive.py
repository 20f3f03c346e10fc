"""Catch up from arXiv's archive (OAI-PMH): set by set, page by page, going on where it broke off.

Each set is asked for twice: ``arXivRaw`` tells versions and withdrawals, ``arXiv`` the parts of the
authors' names. Its dates are those of the last change of a record, so papers that are only changed
are told from new ones by when they were submitted.
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
    Trouble,
    read_document,
    take_in,
    trouble_of,
)
from papertrack.config.schema import ArxivSource
from papertrack.config.taxonomy import archive_set
from papertrack.core.arxiv.announcements import CatchUp, batches_of, is_announced_since, last_freeze
from papertrack.core.records import Document
from papertrack.core.watch.plan import is_mirror
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
# A page that breaks off is asked for again; one more than this and the harvest waits for next time.
_TRIES = 3
# A month of all of arXiv has some 60,000 records; with 100 a page this is many times that.
_MOST_PAGES = 2_000


@dataclass(frozen=True, slots=True)
class ArchiveNeed:
    """A source and what it wants from the archive."""

    source: ArxivSource
    source_id: int
    wanted: CatchUp


@dataclass(frozen=True, slots=True)
class Harvested:
    """What the archive brought a source.

    Attributes:
        records: How many records came, wanted or not.
        papers: Those that can be in no batch but today's, wanted or not, with one of the
            categories for their first.
        trouble: Why it is not all; None when it is.
    """

    counts: ImportCounts = NOTHING
    records: int = 0
    papers: frozenset[str] = frozenset()
    trouble: Trouble | None = None

    def __add__(self, other: Harvested) -> Harvested:
        """Add what another page brought; the first trouble is the one that counts."""
        return Harvested(
            self.counts + other.counts,
            self.records + other.records,
            self.papers | other.papers,
            self.trouble or other.trouble,
        )


@dataclass(frozen=True, slots=True)
class _List:
    """One list of records: a set in one form, for all who want it."""

    set_spec: str
    form: str
    since: date
    needs: tuple[ArchiveNeed, ...]

    @property
    def name(self) -> str:
        return f"{self.set_spec} {self.form}"


async def harvest(run: Run, needs: Sequence[ArchiveNeed], today: date) -> dict[str, Harvested]:
    """Ask the archive for what some sources want, each set once.

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
    """Name the lists that hold some categories, as `storage.harvests` keeps them."""
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
        # Begun before the first answer, so that one that never comes is asked for again.
        await run.write(subscription, partial(_mark, records, place))
    seen: set[str] = set()
    while True:
        document = await _ask(run, records, place)
        said = document.page
        if said is None:
            raise AssertionError  # `_ask` has seen to it
        if said.is_expired:
            if not place.token:
                message = "arXiv's archive refuses its own list"
                raise UnreadableDocument(message, hint="try again tomorrow")
            place = Harvest(records.since)  # tokens last a day; what is known already stays known
            continue
        if said.token in seen or len(seen) >= _MOST_PAGES:
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
    """Find where a harvest goes on that was broken off today, if all who want it agree."""
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
    """Ask for one page, again when it breaks off.

    Raises:
        SourceError: It could not be had whole.
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
            # Without its end a page does not say whether it is the last one, and one without
            # records that is not the last may be the first of any number.
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
        place: Where the list goes on after it.
        came_at: When it was there.
        frozen_at: What was submitted since can be in no batch before today's.
    """

    document: Document
    place: Harvest
    came_at: datetime
    frozen_at: datetime


def _mark(records: _List, place: Harvest, db: sqlite3.Connection) -> None:
    for need in records.needs:
        write_harvest(db, need.source_id, records.name, place)


def _store(
    facts: RunFacts, records: _List, page: _Page, db: sqlite3.Connection
) -> dict[str, Harvested]:
    """Store a page for all who want it, with the place where the list goes on.

    Returns:
        What it brought, by the slug of the source.
    """
    taken: dict[str, Harvested] = {}
    if records.form == _NAMES:
        apply_author_names(db, page.document.entries)
    else:
        taken = {need.source.slug: _take(facts, need, page, db) for need in records.needs}
    _mark(records, page.place, db)
    return taken


def _take(facts: RunFacts, need: ArchiveNeed, page: _Page, db: sqlite3.Connection) -> Harvested:
    def is_young(entry: Entry) -> bool:
        return is_announced_since(entry, need.wanted.since)

    entries = page.document.entries
    counts = take_in(db, facts, need.source, page.document, page.came_at, is_wanted=is_young)
    fresh = [one for one in entries if one.published_at and one.published_at >= page.frozen_at]
    papers = frozenset().union(*batches_of(fresh, need.wanted.categories).values())
    return Harvested(counts, len(entries), papers)
