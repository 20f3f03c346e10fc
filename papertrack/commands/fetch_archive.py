"""Catch up from arXiv's archive (OAI-PMH): set by set, page by page, going on where it broke off.

Each set is asked for twice: ``arXivRaw`` tells versions and withdrawals, ``arXiv`` the parts of the
authors' names. Its dates are those of the last change of a record, so papers that are only changed
are told from new ones by when they were submitted.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, date
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from papertrack.commands.fetch_run import (
    Intake,
    Run,
    Trouble,
    read_document,
    take_in,
    trouble_of,
)
from papertrack.config import ArxivSource
from papertrack.config.taxonomy import archive_set
from papertrack.core.arxiv.announcements import CatchUp, batches_of, is_announced_since
from papertrack.core.arxiv.calendar import feed_day, last_freeze
from papertrack.core.watch.plan import is_mirror
from papertrack.errors import UnreadableDocument
from papertrack.net.client import Request
from papertrack.storage.harvests import Harvest, read_harvest, write_harvest
from papertrack.storage.ingest import apply_author_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from papertrack.core.records import Document, Entry

_TOO_MANY = 429
_FULL, _NAMES = "arXivRaw", "arXiv"
# A page that breaks off is asked for again; one more than this and the harvest waits for next time.
_TRIES = 3
# A month of all of arXiv has some 60,000 records; with 100 a page this is many times that.
_MOST_PAGES = 2_000


@dataclass(frozen=True, slots=True)
class Need:
    """A source and what it wants from the archive."""

    reader: ArxivSource
    source_id: int
    wanted: CatchUp


@dataclass(slots=True)
class Harvested:
    """What the archive brought a source.

    Attributes:
        records: How many records came, wanted or not.
        papers: Those that can be in no batch but today's, wanted or not, with one of the
            categories for their first.
        trouble: Why it is not all; None when it is.
    """

    intake: Intake = field(default_factory=Intake)
    records: int = 0
    papers: set[str] = field(default_factory=set)
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class _List:
    """One list of records: a set in one form, for all who want it."""

    set_spec: str
    form: str
    since: date
    needs: tuple[Need, ...]

    @property
    def name(self) -> str:
        return f"{self.set_spec} {self.form}"


async def harvest(run: Run, needs: Sequence[Need]) -> dict[str, Harvested]:
    """Ask the archive for what some sources want, each set once.

    Returns:
        What it brought, by the slug of the source, also where it failed.

    Raises:
        sqlite3.Error, PapertrackError: The database failed.
    """
    harvested = {need.reader.slug: Harvested() for need in needs}
    for records in _lists(needs):
        try:
            await _harvest_list(run, records, harvested)
        except Exception as error:  # noqa: BLE001  # its trouble must not cost the other sets
            trouble = trouble_of(error)
            is_over = trouble.status == _TOO_MANY
            for need in needs if is_over else records.needs:
                brought = harvested[need.reader.slug]
                brought.trouble = brought.trouble or trouble
            if is_over:
                break
    return harvested


def names_of_harvests(categories: Iterable[str]) -> list[str]:
    """Name the lists that hold some categories, as `storage.harvests` keeps them."""
    sets = dict.fromkeys(map(archive_set, categories))
    return [f"{set_spec} {form}" for set_spec in sets for form in (_FULL, _NAMES)]


def _lists(needs: Iterable[Need]) -> list[_List]:
    by_set: dict[str, list[Need]] = {}
    for need in needs:
        for set_spec in dict.fromkeys(map(archive_set, need.wanted.categories)):
            by_set.setdefault(set_spec, []).append(need)
    return [
        _List(set_spec, form, min(need.wanted.since for need in wanting), tuple(wanting))
        for set_spec, wanting in sorted(by_set.items())
        for form in (_FULL, _NAMES)
    ]


async def _harvest_list(run: Run, records: _List, harvested: dict[str, Harvested]) -> None:
    reader, place = records.needs[0].reader, _resume(run, records)
    if place.token is None:
        # Begun before the first answer, so that one that never comes is asked for again.
        await run.write(reader, partial(_mark, run, records, place))
    seen: set[str] = set()
    while True:
        document = await _ask(run, records, place)
        page = document.page
        if page is None:
            raise AssertionError  # `_ask` has seen to it
        if page.is_expired:
            if not place.token:
                message = "arXiv's archive refuses its own list"
                raise UnreadableDocument(message, hint="try again tomorrow")
            place = Harvest(records.since)  # tokens last a day; what is known already stays known
            continue
        if page.token in seen or len(seen) >= _MOST_PAGES:
            message = "the list of arXiv's archive has no end"
            raise UnreadableDocument(message, hint="try again tomorrow")
        answered_at = place.answered_at or page.answered_at or run.clock()
        reached = None if page.token else answered_at
        place = Harvest(records.since, page.token, answered_at, reached)
        await run.write(reader, partial(_store, run, records, document, place, harvested))
        if page.token is None:
            return
        seen.add(page.token)


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
            if page and not response.truncated and not (page.token and is_empty):
                return document
    message = "the answer of arXiv's archive broke off"
    raise UnreadableDocument(message, hint="try again later")


def _mark(run: Run, records: _List, place: Harvest) -> None:
    for need in records.needs:
        write_harvest(run.db, need.source_id, records.name, place)


def _store(
    run: Run,
    records: _List,
    document: Document,
    place: Harvest,
    harvested: dict[str, Harvested],
) -> None:
    """Store a page for all who want it, with the place where the list goes on."""
    if records.form == _NAMES:
        apply_author_names(run.db, document.entries)
    else:
        for need in records.needs:
            _take(run, need, document, harvested[need.reader.slug])
    _mark(run, records, place)


def _take(run: Run, need: Need, document: Document, brought: Harvested) -> None:
    def is_young(entry: Entry) -> bool:
        return is_announced_since(entry, need.wanted.since)

    brought.intake += take_in(run, need.reader, document, is_wanted=is_young)
    brought.records += len(document.entries)
    frozen_at = last_freeze(feed_day(run.clock()))
    fresh = [one for one in document.entries if one.published_at and one.published_at >= frozen_at]
    brought.papers.update(*batches_of(fresh, need.wanted.categories).values())
