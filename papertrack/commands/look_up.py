"""Look works up at arXiv, the registries of DOIs or their own page, and take them in.

Imported only where something is looked up: the network costs 150 ms to load.

Imported only where something is looked up: the network costs 150 ms to load.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from papertrack.commands.add import Added, NamedWork, add, describe, needs_look_up
from papertrack.config.schema import AddConfig, ArxivConfig
from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.records import Author, Entry
from papertrack.core.text.clean import http_url
from papertrack.core.watch.credentials import without_user
from papertrack.core.watch.plan import is_mirror
from papertrack.core.works.identity import names_of
from papertrack.errors import SourceError
from papertrack.net.client import Client, HttpError, Request
from papertrack.net.parsing import ParseWorkers
from papertrack.net.rate_limit import RateLimitedClient

if TYPE_CHECKING:
    import sqlite3
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    from papertrack.commands.judge import JudgementInput
    from papertrack.core.records import ArxivId, Document
    from papertrack.net.client import Response

_API, _OAI, _DATACITE, _CROSSREF = "arXiv's API", "arXiv's archive", "DataCite", "Crossref"
_GONE = frozenset({404, 410})
_PAPERS = 50  # that arXiv's API is asked for at once
_JSON = "application/json"
_PAGE = "text/html, */*;q=0.5"
_PAGE_TYPES = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml")


@dataclass(frozen=True, slots=True)
class LookUpServices:
    """Who can be asked.

    Attributes:
        line: The way to arXiv.
        workers: The readers of what comes back.
        allow_private_network: Whether a page may lie in a private network.
    """

    client: Client
    line: RateLimitedClient
    workers: ParseWorkers
    arxiv: ArxivConfig
    add: AddConfig
    allow_private_network: bool = False


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What became of looking one work up.

    Attributes:
        reference: The work as the author named it.
        entry: None when nobody could tell.
        troubles: Who could not be asked and why, in the order in which they were tried; also
            where somebody else could tell.
        told_by: Who told; empty where there was nobody else to ask.
        is_unknown: Everybody could be asked, and nobody knows it.
        hint: What to do about it, as an order; None without trouble.
    """

    reference: str
    entry: Entry | None
    troubles: tuple[str, ...] = ()
    told_by: str = ""
    is_unknown: bool = False
    hint: str | None = None


class _Way(Protocol):
    """Where a request is sent: the client, or the line to arXiv."""

    def download(self, request: Request) -> AbstractAsyncContextManager[Response]: ...


async def look_up(references: Sequence[str], services: LookUpServices) -> AsyncIterator[LookedUp]:
    """Look works up one after the other; papers on arXiv are asked for together.

    A paper is asked for at arXiv's API, then its archive, then DataCite; a DOI at DataCite, then
    Crossref, then the page to which it leads; an address at its page.

    Args:
        references: Addresses, arXiv ids in any form and DOIs.
        services: Who can be asked.
    """
    papers = {paper.base: paper for name in references if (paper := _paper_of(name))}
    api = await _ask_api(list(papers.values()), services)
    for reference in references:
        if paper := _paper_of(reference):
            yield await _try(reference, _paper_steps(paper, api, services))
        elif doi := _doi_of(reference):
            yield await _try(reference, _doi_steps(doi, services))
        else:
            page = _ask_page(http_url(reference) or "", services)
            yield await _try(reference, [("", page)])


def _paper_of(reference: str) -> ArxivId | None:
    """Read the arXiv paper that a reference names, on whatever mirror."""
    if paper := read_arxiv_id(reference):
        return paper
    named = (name.value for name in names_of(reference) if name.scheme == "arxiv")
    return next(filter(None, map(read_arxiv_id, named)), None)


def _doi_of(reference: str) -> str | None:
    """Read the DOI that a reference is or has in its path: registries answer where pages do not."""
    return next((name.value for name in names_of(reference) if name.scheme == "doi"), None)


_Step = tuple[str, Callable[[], Awaitable[Entry | None]]]


async def _try(reference: str, steps: Sequence[_Step]) -> LookedUp:
    """Ask one after the other until somebody knows the work."""
    troubles: list[str] = []
    hint: str | None = None
    for name, ask in steps:
        try:
            entry = await ask()
        except SourceError as error:
            troubles.append(f"{name}: {error.what}" if name else error.what)
            hint = error.hint
            continue
        if entry is not None:
            return LookedUp(reference, entry, tuple(troubles), told_by=name)
    return LookedUp(reference, None, tuple(troubles), is_unknown=not troubles, hint=hint)


def _paper_steps(paper: ArxivId, api: _ApiAnswer, services: LookUpServices) -> list[_Step]:
    async def from_api() -> Entry | None:
        if api.trouble is not None and paper.base not in api.entries:
            raise SourceError(api.trouble)
        return api.entries.get(paper.base)

    async def from_archive() -> Entry | None:
        url = (
            f"{services.arxiv.oai_url}?verb=GetRecord&metadataPrefix=arXiv"
            f"&identifier=oai:arXiv.org:{paper.base}"
        )
        document = await _read(services, services.line, url, "archive", base=services.arxiv.oai_url)
        return _of_paper(document, paper)

    return [
        (_API, from_api),
        (_OAI, from_archive),
        (_DATACITE, _ask_datacite(_doi(paper), services)),
    ]


def _doi_steps(doi: str, services: LookUpServices) -> list[_Step]:
    async def from_crossref() -> Entry | None:
        base = services.add.crossref_url
        return await _known(
            _read(services, services.client, _under(base, doi), "crossref", base=base)
        )

    async def from_page() -> Entry | None:
        base = services.add.doi_url
        entry = await _known(_read(services, services.client, _under(base, doi), "page", base=base))
        # The page is where the work stands; the DOI is what names it.
        return replace(entry, guid=f"doi:{doi}", doi=doi) if entry else None

    return [
        (_DATACITE, _ask_datacite(doi, services)),
        (_CROSSREF, from_crossref),
        ("its page", from_page),
    ]


def _ask_datacite(doi: str, services: LookUpServices) -> Callable[[], Awaitable[Entry | None]]:
    async def ask() -> Entry | None:
        base = services.add.datacite_url
        return await _known(
            _read(services, services.client, _under(base, doi), "datacite", base=base)
        )

    return ask


def _ask_page(url: str, services: LookUpServices) -> Callable[[], Awaitable[Entry | None]]:
    async def ask() -> Entry | None:
        document = await _read(services, services.client, url, "page", base=None)
        return document.entries[0]

    return ask


@dataclass(frozen=True, slots=True)
class _ApiAnswer:
    """What arXiv's API knows of some papers, and why it could not tell of others."""

    entries: dict[str, Entry] = field(default_factory=dict)
    trouble: str | None = None


async def _ask_api(papers: Sequence[ArxivId], services: LookUpServices) -> _ApiAnswer:
    """Ask for papers, fifty at a time; after the first trouble for no more."""
    entries: dict[str, Entry] = {}
    for start in range(0, len(papers), _PAPERS):
        asked = papers[start : start + _PAPERS]
        url = f"{services.arxiv.api_url}?id_list={','.join(paper.base for paper in asked)}"
        if len(asked) > 1:
            url += f"&max_results={len(asked)}"
        try:
            document = await _read(
                services, services.line, url, "arxiv", base=services.arxiv.api_url
            )
        except SourceError as error:
            return _ApiAnswer(entries, error.what)
        found = {paper.base: _of_paper(document, paper) for paper in asked}
        entries |= {base: entry for base, entry in found.items() if entry}
        if (document.total or 0) > len(document.entries) or not document.is_whole:
            return _ApiAnswer(entries, "an answer that is not whole came")
    return _ApiAnswer(entries)


async def _read(
    services: LookUpServices, way: _Way, url: str, kind: str, *, base: str | None
) -> Document:
    """Download a document and read it.

    Args:
        services: Who can be asked.
        way: By which way.
        url: Where.
        kind: How it is read, see `papertrack.core.parse.open_document`.
        base: The address in the config that it lies under; None for a page of the author's.
    """
    is_private = services.allow_private_network if base is None else is_mirror(base)
    accept = {"page": _PAGE, "datacite": _JSON, "crossref": _JSON}.get(kind)
    request = Request(url, allow_private_network=is_private, accept=accept)
    async with way.download(request) as response:
        if kind == "page":
            _refuse_other_types(response.content_type)
        elif response.truncated:
            message = "the answer broke off"
            raise SourceError(message)
        return await services.workers.parse(
            kind,
            response.body or b"",
            base_url=response.final_url,
            content_type=response.content_type,
        )


def _refuse_other_types(content_type: str | None) -> None:
    told = (content_type or "text/html").strip().lower()
    if not told.startswith(_PAGE_TYPES):
        message = f"it is not a web page ({told.partition(';')[0][:60]})"
        raise SourceError(message, hint="give its title with --title")


async def _known(reading: Awaitable[Document]) -> Entry | None:
    """Take the entry of a registry; None when it does not know the DOI."""
    try:
        document = await reading
    except HttpError as error:
        if error.status in _GONE:
            return None
        raise
    return document.entries[0]


def _of_paper(document: Document, paper: ArxivId) -> Entry | None:
    named = (one for one in document.entries if one.arxiv and one.arxiv.id.base == paper.base)
    return next(named, None)


def _doi(paper: ArxivId) -> str:
    return f"10.48550/arXiv.{paper.base}"


def _under(base: str, doi: str) -> str:
    return f"{base.rstrip('/')}/{quote(doi, safe='/')}"


_DESCRIBE = "describe it yourself with --title, or try again later"


@dataclass(frozen=True, slots=True)
class LookUpOutcome:
    """What became of one work.

    Attributes:
        added: None when it was not taken in.
        trouble: What went wrong on the way, for the author to know; None when nothing did.
        is_failure: It was not taken in, or without what was to be looked up.
    """

    added: Added | None
    trouble: SourceError | None = None
    is_failure: bool = False


async def add_works(
    db: sqlite3.Connection,
    works: Sequence[NamedWork],
    verdict: JudgementInput,
    services: LookUpServices,
    clock: Callable[[], datetime],
) -> AsyncIterator[LookUpOutcome]:
    """Look works up, take them in and say something about each, an undo step each.

    A paper of which nobody could be asked is taken in as the author names it: what it is called
    comes when a source shows it. A page that cannot be read is not.

    Args:
        db: The database.
        works: As the author named them, each with an address, arXiv id or DOI.
        verdict: What to say about each; may be empty.
        services: Who can be asked.
        clock: Tells the present.

    Raises:
        UsageError: The verdict names an area that is not known.
    """
    unknown = {id(work) for work in works if needs_look_up(db, work)}
    references = [work.reference or "" for work in works if id(work) in unknown]
    answers = look_up(references, services)
    for work in works:
        looked_up = await anext(answers) if id(work) in unknown else None
        entry, trouble = _entry_of(work, looked_up)
        added = add(db, work, entry, verdict, clock()) if entry else None
        is_failure = looked_up is not None and looked_up.entry is None
        yield LookUpOutcome(added, trouble, is_failure=is_failure)


def _entry_of(
    work: NamedWork, looked_up: LookedUp | None
) -> tuple[Entry | None, SourceError | None]:
    """Decide what to take in, and what to tell the author."""
    if looked_up is None:
        return describe(work), None
    name, reasons = without_user(looked_up.reference), "; ".join(looked_up.troubles)
    if entry := looked_up.entry:
        authors = tuple(map(Author, work.authors)) or entry.authors
        said = f"{reasons}; {looked_up.told_by} was asked instead"
        return replace(entry, authors=authors), SourceError(f"{name}: {said}") if reasons else None
    if looked_up.is_unknown:
        who = "arXiv knows no paper" if read_arxiv_id(name) else "nobody knows"
        hint = "check the number, or describe the work with --title"
        return None, SourceError(f"cannot look up {name}: {who} {name}", hint=hint)
    if _paper_of(name) or _doi_of(name):
        hint = f"its title comes when a source shows it, or when you add {name} again"
        return describe(work), SourceError(f"cannot look up {name} ({reasons})", hint=hint)
    is_fit = "--title" in (looked_up.hint or "")  # others speak of sources
    return None, SourceError(
        f"cannot look up {name}: {reasons}", hint=looked_up.hint if is_fit else _DESCRIBE
    )
