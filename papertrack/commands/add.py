"""Add a work by hand: by address or arXiv id, looked up or described by the author."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.commands.judge import JudgedItem, JudgementInput, choose_area, judgement_statements
from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.identifier import Identifier
from papertrack.core.judging.journal import Statement, Value, set_note, set_state, uuid7
from papertrack.core.judging.notes import TITLE
from papertrack.core.kinds import Kind, State
from papertrack.core.records import ArxivFacts, Author, Entry
from papertrack.core.text.borrowed_titles import shown_title
from papertrack.core.text.clean import http_url
from papertrack.core.times import utc_text
from papertrack.core.watch.credentials import without_user
from papertrack.core.works import ingest
from papertrack.core.works.identity import identify_entry, names_of, read_doi
from papertrack.core.works.prepare import Incoming, prepare_entry
from papertrack.errors import SourceError, UsageError
from papertrack.storage import items, journal, journal_read, sources
from papertrack.storage.database import transaction
from papertrack.storage.ingest import apply_changes, find_known
from papertrack.storage.sources import BY_HAND

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

    from papertrack.core.records import Item


@dataclass(frozen=True, slots=True)
class NamedWork:
    """A work as the author names it.

    Attributes:
        reference: An address, an arXiv id in any form or a DOI; None for a note without one.
        title: None to look it up.
        authors: Empty to use those that are looked up.
        kind: None to use paper for an arXiv id, else post.
    """

    reference: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """The result of adding a work.

    Attributes:
        number: The item's short number.
        title: The printed title, else what stands for one, else the address or the author's name.
        kind: The kind of the work; a known item keeps its own.
        is_new: Whether the item was created.
        said: What was stored about it in the same act.
    """

    number: int
    title: str
    kind: Kind
    is_new: bool
    said: JudgedItem


@dataclass(frozen=True, slots=True)
class AddOutcome:
    """What became of one work that the author named.

    Attributes:
        reference: As the author named it; None for a note without an address.
        added: What is in the database now.
        trouble: What went wrong, to tell the author; None if nothing did.
        is_incomplete: It was looked up in vain, and is kept without a title.
    """

    reference: str | None
    added: Added
    trouble: SourceError | None = None
    is_incomplete: bool = False


def refuse_unreadable(references: Iterable[str]) -> None:
    """Refuse references that cannot be looked up anywhere.

    Raises:
        UsageError: A reference is not an address, arXiv id or DOI.
    """
    for reference in references:
        if not (read_arxiv_id(reference) or _address(reference)):
            message = f'"{without_user(reference)}" is not an address, arXiv id or DOI'
            raise UsageError(message, hint='for a note of your own, give only --title "…"')


def describe(work: NamedWork) -> Entry:
    """Make an entry from the author's input only.

    Raises:
        UsageError: The reference is not an address, arXiv id or DOI.
    """
    arxiv_id = read_arxiv_id(work.reference) if work.reference else None
    url = arxiv_id.url if arxiv_id else _address(work.reference or "")
    if work.reference and url is None:
        message = f'"{without_user(work.reference)}" is not an address, arXiv id or DOI'
        raise UsageError(message, hint="addresses begin with http:// or https://")
    return Entry(
        guid=url or f"local:{os.urandom(8).hex()}",
        title=work.title or "",
        url=url,
        authors=tuple(Author(name) for name in work.authors),
        arxiv=ArxivFacts(arxiv_id) if arxiv_id else None,
        doi=None if arxiv_id else read_doi(work.reference or ""),
    )


def add(
    db: sqlite3.Connection, work: NamedWork, entry: Entry, judgement: JudgementInput, now: datetime
) -> Added:
    """Store a work and a judgement of it, as one undo step.

    Args:
        db: The database.
        work: As the author named it.
        entry: What was looked up, or the result of `describe`.
        judgement: What to store about it; may be empty.
        now: The current time.

    Raises:
        UsageError: The judgement names an unknown area.
    """
    with transaction(db):
        number, is_new = store_work(db, work, entry, now)
        item = items.read_item(db, number)
        subject = journal_read.subject_of(db, number)
        area = choose_area(db, item, judgement)
        name = work.reference or str(number)
        spoken, lines = judgement_statements(subject, name, judgement, item, area)
        statements = [added_statement(subject, work, item)] if is_new else []
        if work.title and (work.title != item.printed_title or (is_new and item.arxiv)):
            # The digest prints the typed title, whatever title arXiv or a feed gives.
            statements.append(set_note(subject, TITLE, work.title))
        if item.state == State.OLD:
            statements.append(set_state(subject, State.NEW))
        if statements or spoken:
            journal.append(db, [*statements, *spoken], now)
    return Added(
        number,
        shown_title(item) or item.url or name,
        item.kind,
        is_new,
        JudgedItem(number, tuple(lines)),
    )


def needs_look_up(db: sqlite3.Connection, work: NamedWork) -> bool:
    """Return whether neither is the title given, nor a title or text in the database."""
    if work.title or work.reference is None:
        return False
    number = items.find_item(db, names_of(work.reference))
    return number is None or not _says_something(items.read_item(db, number))


def _says_something(work: Item | Entry) -> bool:
    """Return whether a work has a title, or a text as posts of social networks have."""
    return bool(work.title or work.summary)


def store_work(
    db: sqlite3.Connection, work: NamedWork, entry: Entry, now: datetime
) -> tuple[int, bool]:
    """Store the work unless it is known; items added by hand start outside the queue.

    The `add` event queues them, so that undoing it hides them again. A work that was stored without
    a title, because nobody described it, takes the title and facts of the new entry.

    Returns:
        The item's short number, and whether it is new.
    """
    names = identify_entry(entry, BY_HAND)
    if work.reference is None:
        names = (Identifier("local", uuid7(int(now.timestamp() * 1000), os.urandom(10))),)
    number = items.find_item(db, names)
    if number is not None and (
        _says_something(items.read_item(db, number)) or not _says_something(entry)
    ):
        return number, False
    source_id = sources.ensure_source(db, BY_HAND, now)
    incoming = [Incoming(entry, names, prepare_entry(entry))]
    known = find_known(db, source_id, incoming)
    decision = ingest.decide(known, incoming, source=BY_HAND, is_wanted=lambda _: True)
    new = apply_changes(
        db, decision.changes, source_id=source_id, now=now, kind=work.kind, initial_state="old"
    )
    return (new[0], True) if number is None else (number, False)


def added_statement(subject: str, work: NamedWork, item: Item) -> Statement:
    """Make the `add` event: what the author typed, and the facts that other machines need."""
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
        "url": without_user(work.reference or ""),
        "authors": list(work.authors),
        "kind": work.kind,
    }
    typed = {key: value for key, value in said.items() if value}
    return Statement("add", subject, {**typed, "found": found})


def _address(reference: str) -> str | None:
    """Read an address; a DOI becomes its page at doi.org."""
    doi = read_doi(reference)
    return http_url(reference) or (f"https://doi.org/{doi}" if doi else None)
