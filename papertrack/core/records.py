"""The records that the layers exchange: entries, documents, items and judgements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from papertrack.core.identifier import Identifier
from papertrack.core.kinds import Kind, State


@dataclass(frozen=True, slots=True)
class Author:
    """A person or group; the name parts are None if the source has one string only."""

    name: str
    given: str | None = None
    family: str | None = None


@dataclass(frozen=True, slots=True)
class ArxivId:
    """A paper on arXiv.

    Attributes:
        base: The identifier without version, in canonical form (``2611.99901``, ``math/0611800``).
        version: The version that was named; None for the latest.
    """

    base: str
    version: int | None = None

    @property
    def url(self) -> str:
        """The abstract page, without version, as arXiv's terms require of links."""
        return f"https://arxiv.org/abs/{self.base}"


@dataclass(frozen=True, slots=True)
class Submission:
    """One version of a paper on arXiv, with its submission time."""

    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ArxivFacts:
    """Facts about a paper on arXiv besides title, authors and abstract.

    Attributes:
        announce_type: ``new``, ``cross``, ``replace`` or ``replace-cross`` in the daily feed,
            relative to the requested categories; None elsewhere.
        submissions: All versions, oldest first; empty if the document does not list them.
    """

    id: ArxivId
    primary: str | None = None
    categories: tuple[str, ...] = ()
    announce_type: str | None = None
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    licence: str | None = None
    withdrawn: bool = False
    submissions: tuple[Submission, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a document, without markup or control characters, with times in UTC.

    Attributes:
        guid: Its guid in the source, else its link, else a hash of title and date; never empty.
        title: One line of plain text; may be empty.
        url: Its web page (http or https), or None.
        summary: Plain text with paragraphs separated by blank lines; may be empty.
        links: Other http(s) addresses of the same work (PDF, the target of a linkpost).
        mentions: The arXiv identifiers of papers that the text links to, at most 3.
        arxiv: arXiv's facts if the source is arXiv itself, else None.
    """

    guid: str
    title: str
    url: str | None = None
    authors: tuple[Author, ...] = ()
    summary: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    links: tuple[str, ...] = ()
    arxiv: ArxivFacts | None = None
    doi: str | None = None
    mentions: tuple[str, ...] = ()


class Columns(NamedTuple):
    """The facts of an entry as the columns of ``items``, besides its title and summary."""

    authors: str
    url: str | None
    announced_at: str | None
    published_at: str | None
    updated_at: str | None
    arxiv_version: int | None
    primary_category: str | None
    categories: str
    comment: str | None
    journal_ref: str | None
    doi: str | None
    licence: str | None
    withdrawn: int


class StoryKeys(NamedTuple):
    """Numbers that two items have in common if they may tell the same story.

    Attributes:
        title: A hash of the title; None if it says too little.
        opening: A hash of the first words of the text; None if there are fewer.
    """

    title: int | None
    opening: int | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What follows from an entry.

    Attributes:
        names: The identifiers of its work, before those are removed that other entries share.
        digest: Its content hash.
        story: What finds the same story elsewhere.
    """

    names: tuple[Identifier, ...]
    digest: bytes
    columns: Columns
    story: StoryKeys


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """The state of a harvest after a page of arXiv's OAI-PMH archive.

    Attributes:
        token: The resumption token for the next page; None on the last page.
        answered_at: The server's time of the response; the next harvest begins on that day.
        is_expired: Whether the token that was sent has expired, so that the harvest starts again.
    """

    token: str | None = None
    answered_at: datetime | None = None
    is_expired: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document: its title, its entries, and a sentence for each dropped entry.

    Attributes:
        total: How many results arXiv's API has in all; None for every other source.
        repeats: How many entries were dropped because they repeat another.
        page: Set for arXiv's archive only.
        is_whole: Whether the body is complete and its root element closed. A feed of arXiv must
            also be well-formed, because repairs may lose papers.
        rest_s: How long the feed asks not to be requested again (``ttl`` in RSS), in seconds; None
            if it does not ask.
        moved_to: The new address that the feed names; None without one.
        oembed_url: The address of a page's description as JSON; None for everything else.
        prepared: What follows from each entry, by guid; empty if it was not asked for.
    """

    title: str
    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()
    total: int | None = None
    repeats: int = 0
    page: ArchivePage | None = None
    is_whole: bool = True
    rest_s: int | None = None
    moved_to: str | None = None
    oembed_url: str | None = None
    prepared: Mapping[str, Prepared] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rating:
    """What the author thinks of an item in one area.

    Attributes:
        halves: The rating in half points, 1 to 10 (7 means 3.5); None while only text was given.
        emoji, label: None means the area's own.
        rated_at: When the item was first rated in this area (UTC); drafts are ordered by it.
    """

    area: str
    halves: int | None = None
    emoji: str | None = None
    label: str | None = None
    remark: str | None = None
    rated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The judgement of an item, as folded from its events."""

    state: State | None = None
    judged_at: datetime | None = None
    ratings: tuple[Rating, ...] = ()
    tags: tuple[str, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One work as stored: facts from its sources, and its judgement."""

    id: int
    kind: Kind
    title: str
    url: str | None
    authors: tuple[Author, ...]
    summary: str
    published_at: datetime | None
    updated_at: datetime | None
    first_seen_at: datetime
    state: State
    announced_at: datetime | None = None
    arxiv: ArxivFacts | None = None
    doi: str | None = None
    sources: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    judgement: Judgement = field(default_factory=Judgement)

    @property
    def printed_title(self) -> str:
        """The title in the author's notes, else the work's own; may be empty."""
        return self.judgement.notes.get("title") or self.title
