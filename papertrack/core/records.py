"""The nouns that travel between the layers: entries from outside, items of ours, judgements."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from papertrack.core.kinds import Kind, State


@dataclass(frozen=True, slots=True)
class Author:
    """A person or a group; name parts are None where the source gave one string only."""

    name: str
    given: str | None = None
    family: str | None = None


@dataclass(frozen=True, slots=True)
class ArxivId:
    """A paper on arXiv.

    Attributes:
        base: The identifier without version, in canonical form (``2611.99901``, ``math/0611800``).
        version: The version that was named, or None for "the latest".
    """

    base: str
    version: int | None = None

    @property
    def url(self) -> str:
        """The abstract page, without version, as arXiv's terms ask links to be."""
        return f"https://arxiv.org/abs/{self.base}"


@dataclass(frozen=True, slots=True)
class Submission:
    """One version of a paper on arXiv, and when it was submitted."""

    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ArxivFacts:
    """What arXiv says of a paper beside its title, authors and abstract.

    Attributes:
        announce_type: ``new``, ``cross``, ``replace`` or ``replace-cross`` in the daily feed,
            relative to the categories that were asked for; None everywhere else.
        submissions: All versions, oldest first; empty where the document does not list them.
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
    """One entry of a feed, made plain: no markup, no control characters, times in UTC.

    Attributes:
        guid: What the source calls it: guid, else link, else a hash of title and date; never empty.
        title: One line of plain text; may be empty.
        url: Where a person reads it (http or https), or None.
        summary: Plain text with paragraphs separated by blank lines; may be empty.
        links: Further http(s) addresses of the same work (PDF, the post a linkpost points to).
        mentions: The papers, by arXiv identifier, that the text links to; at most 3 are named.
        arxiv: arXiv's facts, when the source is arXiv itself; None for every other source.
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


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """What a page of arXiv's OAI-PMH archive says beside its records.

    Attributes:
        token: Where the list goes on; None on its last page.
        answered_at: The server's clock when it answered; the next harvest begins at its day.
        is_expired: The token that was sent is no longer good; the harvest starts again.
    """

    token: str | None = None
    answered_at: datetime | None = None
    is_expired: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as read: its own title, its entries, and one sentence for every entry dropped.

    Attributes:
        total: How many results arXiv's API has in all; None for every other source.
        shown: How many entries stand in a feed of arXiv, repeats and unreadable ones included; 0
            for every other source.
        page: Set for arXiv's archive only.
        is_whole: Whether its root element was closed, and all of the body came. A feed of arXiv
            must also be well-formed: mending may lose papers.
        rest_s: For how long the feed itself says it need not be asked again (RSS's ``ttl``), in
            seconds; None when it does not say.
        moved_to: The address under which the feed says that it is published now; None without one.
    """

    title: str
    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()
    total: int | None = None
    shown: int = 0
    page: ArchivePage | None = None
    is_whole: bool = True
    rest_s: int | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """What the author thinks of an item in one area.

    Attributes:
        halves: The rating in half points, 1 to 10 (7 means 3.5); None while only text was given.
        emoji, label: None means the area's own.
        rated_at: When the item first got a rating in this area (UTC); draws the order of a draft.
    """

    area: str
    halves: int | None = None
    emoji: str | None = None
    label: str | None = None
    remark: str | None = None
    rated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that the author has said about one item; the fold of its journal."""

    state: State | None = None
    judged_at: datetime | None = None
    ratings: tuple[Rating, ...] = ()
    tags: tuple[str, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One work, as stored: the facts from outside and the judgement beside them."""

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
        """The title that the author wrote in the notes, else the work's own; may be empty."""
        return self.judgement.notes.get("title") or self.title
