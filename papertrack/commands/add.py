"""Take one work in by hand: by its address or arXiv id, looked up or described by the author."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.commands.judge import Said, Verdict, choose_area, state_verdict
from papertrack.commands.mirror import BY_HAND
from papertrack.core import ingest
from papertrack.core.arxiv_id import read_arxiv_id
from papertrack.core.clean import http_url
from papertrack.core.identifier import Identifier
from papertrack.core.identity import identify_entry, read_doi
from papertrack.core.incoming import Incoming, content_hash
from papertrack.core.journal import Statement, Value, set_note, set_state, uuid7
from papertrack.core.notes import TITLE
from papertrack.core.plan import is_mirror
from papertrack.core.records import ArxivFacts, Author, Entry, Kind, State
from papertrack.core.times import utc_text
from papertrack.errors import SourceError, UsageError
from papertrack.storage import items, journal, sources
from papertrack.storage.database import transaction
from papertrack.storage.ingest import apply_changes, find_known

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from papertrack.config import ArxivConfig
    from papertrack.core.records import Item
    from papertrack.net.client import Client
    from papertrack.net.parsing import ParseWorkers
    from papertrack.net.polite import PoliteLine


@dataclass(frozen=True, slots=True)
class Work:
    """A work as the author names it.

    Attributes:
        reference: An address, an arXiv id in any form or a DOI; None for a note without any.
        title: None to look it up.
        kind: None for a paper where the reference is one, else a post.
    """

    reference: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What became of it.

    Attributes:
        number: The item's short number.
        is_new: Whether the item was not there before.
        said: What was said about it in the same act.
    """

    number: int
    title: str
    is_new: bool
    said: Said


async def look_up(
    work: Work, client: Client, line: PoliteLine, workers: ParseWorkers, arxiv: ArxivConfig
) -> Entry:
    """Ask arXiv for a paper, or a page for its title, authors and date.

    Args:
        work: What to look up; its reference is an arXiv id or an address.
        client: The network.
        line: The way to arXiv.
        workers: The readers of what comes back.
        arxiv: Where arXiv's API is.

    Raises:
        SourceError: It could not be had.
        UsageError: The reference is neither.
    """
    from papertrack.net.client import Request  # noqa: PLC0415  # 150 ms, only to look up

    reference = work.reference or ""
    arxiv_id = read_arxiv_id(reference)
    address = _address(reference)
    if arxiv_id is not None:
        url = f"{arxiv.api_url}?id_list={arxiv_id.base}"
        request = Request(url, allow_private_network=is_mirror(arxiv.api_url))
    elif address is not None:
        request = Request(address, accept="text/html, */*;q=0.5")
    else:
        message = f'"{reference}" is no address, arXiv id or DOI'
        raise UsageError(message, hint='for a note of your own leave it out and give --title "…"')
    async with (line if arxiv_id else client).download(request) as response:
        document = await workers.parse(
            "arxiv" if arxiv_id else "page",
            response.body or b"",
            base_url=response.final_url,
            content_type=response.content_type,
        )
    if arxiv_id is None:
        return document.entries[0]
    for entry in document.entries:
        if entry.arxiv is not None and entry.arxiv.id.base == arxiv_id.base:
            return entry
    message = f"arXiv knows no paper {reference}"
    raise SourceError(message, hint="check the number, or describe the work with --title")


def describe(work: Work) -> Entry:
    """Make an entry of what the author says alone.

    Raises:
        UsageError: The reference is given but is no address, arXiv id or DOI.
    """
    arxiv_id = read_arxiv_id(work.reference) if work.reference else None
    url = arxiv_id.url if arxiv_id else _address(work.reference or "")
    if work.reference and url is None:
        message = f'"{work.reference}" is no address, arXiv id or DOI'
        raise UsageError(message, hint="addresses begin with http:// or https://")
    return Entry(
        guid=url or f"local:{os.urandom(8).hex()}",
        title=work.title or url or "",
        url=url,
        authors=tuple(Author(name) for name in work.authors),
        arxiv=ArxivFacts(arxiv_id) if arxiv_id else None,
        doi=None if arxiv_id else read_doi(work.reference or ""),
    )


def add(db: sqlite3.Connection, work: Work, entry: Entry, verdict: Verdict, now: datetime) -> Added:
    """Take a work in and say something about it, as one undo step.

    Args:
        db: The database.
        work: As the author named it.
        entry: What was looked up, or what `describe` made of it.
        verdict: What to say about it; may be empty.
        now: The present.

    Raises:
        UsageError: The verdict names an area that is not known.
    """
    with transaction(db):
        number, is_new = take_in(db, work, entry, now)
        item = items.read_item(db, number)
        subject = journal.subject_of(db, number)
        area = choose_area(db, item, verdict)
        name = work.reference or str(number)
        spoken, lines = state_verdict(subject, name, verdict, item, area)
        statements = [say_added(subject, work, item)] if is_new else []
        if work.title and (work.title != item.printed_title or (is_new and item.arxiv)):
            # The digest prints what was typed, whatever arXiv or a feed calls the work.
            statements.append(set_note(subject, TITLE, work.title))
        if item.state == State.OLD:
            statements.append(set_state(subject, State.NEW))
        if statements or spoken:
            journal.append(db, [*statements, *spoken], now)
    return Added(number, item.title, is_new, Said(number, tuple(lines)))


def find(db: sqlite3.Connection, work: Work) -> int | None:
    """Find the item of a work that is known already; None for a new one."""
    return items.find_item(db, references.names_of(work.reference)) if work.reference else None


def take_in(db: sqlite3.Connection, work: Work, entry: Entry, now: datetime) -> tuple[int, bool]:
    """Store the work unless it is known; items added by hand begin outside the queue.

    The `add` event queues them, so that undoing it takes them out of sight again.

    Returns:
        The item's short number, and whether it is new.
    """
    names = identify_entry(entry, BY_HAND)
    if work.reference is None:
        names = (Identifier("local", uuid7(int(now.timestamp() * 1000), os.urandom(10))),)
    number = items.find_item(db, names)
    if number is not None:
        return number, False
    source_id = sources.ensure_source(db, BY_HAND, now)
    incoming = [Incoming(entry, names, content_hash(entry))]
    known = find_known(db, source_id, incoming)
    decision = ingest.decide(known, incoming, source=BY_HAND, is_wanted=lambda _: True)
    new = apply_changes(
        db, decision.changes, source_id=source_id, now=now, kind=work.kind, intake="old"
    )
    return new[0], True


def say_added(subject: str, work: Work, item: Item) -> Statement:
    """Say what was added: what the author typed, and what another machine would need to know."""
    found: dict[str, Value] = {
        "title": item.title,
        "url": item.url,
        "authors": [author.name for author in item.authors],
        "kind": item.kind.value,
        "published_at": utc_text(item.published_at) if item.published_at else None,
        "identifiers": list(item.identifiers),
    }
    said: dict[str, Value] = {
        "title": work.title,
        "url": work.reference,
        "authors": list(work.authors),
        "kind": work.kind,
    }
    typed = {key: value for key, value in said.items() if value}
    return Statement("add", subject, {**typed, "found": found})


def _address(reference: str) -> str | None:
    """Read an address; a DOI stands for its page at doi.org."""
    doi = read_doi(reference)
    return http_url(reference) or (f"https://doi.org/{doi}" if doi else None)
