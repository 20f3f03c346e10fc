"""Look works up at arXiv, DOI registries or their own page, and add them.

Imported only on use: loading the network libraries takes 150 ms.
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
_PAPERS = 50  # papers in one request to arXiv's API
_JSON = "application/json"
_PAGE = "text/html, */*;q=0.5"
_PAGE_TYPES = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml")


@dataclass(frozen=True, slots=True)
class LookUpServices:
    """The services and resources for looking works up.

    Attributes:
        arxiv_client: The rate-limited client for arXiv.
        workers: Parse the responses.
        allow_private_network: Whether a page may be in a private network.
    """

    client: Client
    arxiv_client: RateLimitedClient
    workers: ParseWorkers
    arxiv: ArxivConfig
    add: AddConfig
    allow_private_network: bool = False


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The result of looking one work up.

    Attributes:
        reference: The work as the author named it.
        entry: None if no service had it.
        troubles: Which services failed and why, in the order tried, even if another one had it.
        answered_by: The service that had it; empty if there was only one to ask.
        is_unknown: All services answered, and none knows it.
        hint: What to do about the last failure; None without one.
    """

    reference: str
    entry: Entry | None
    troubles: tuple[str, ...] = ()
    answered_by: str = ""
    is_unknown: bool = False
    hint: str | None = None


class _Downloader(Protocol):
    """What sends a request: the client, or the one for arXiv."""

    def download(self, request: Request) -> AbstractAsyncContextManager[Response]: ...


async def look_up(references: Sequence[str], services: LookUpServices) -> AsyncIterator[LookedUp]:
    """Look works up one after the other; arXiv papers share requests.

    A paper is looked up at arXiv's API, then its archive, then DataCite; a DOI at DataCite, then
    Crossref, then the page it leads to; an address at its page.

    Args:
        references: Addresses, arXiv ids in any form and DOIs.
        services: The services to use.
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
    """Try services in order until one has the work."""
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
            return LookedUp(reference, entry, tuple(troubles), answered_by=name)
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
        document = await _read(
            services, services.arxiv_client, url, "archive", base=services.arxiv.oai_url
        )
        return _of_paper(document, paper)

    return [
        (_API, from_api),
        (_OAI, from_archive),
        (_DATACITE, _ask_datacite(_doi(paper), services)),
    ]


def _doi_steps(doi: str, services: LookUpServices) -> list[_Step]:
    async def from_crossref() -> Entry | None:
        base = services.add.crossref_url
        return await _first_entry(
            _read(services, services.client, _doi_url(base, doi), "crossref", base=base)
        )

    async def from_page() -> Entry | None:
        base = services.add.doi_url
        entry = await _first_entry(
            _read(services, services.client, _doi_url(base, doi), "page", base=base)
        )
        # The page only describes the work; the DOI identifies it.
        return replace(entry, guid=f"doi:{doi}", doi=doi) if entry else None

    return [
        (_DATACITE, _ask_datacite(doi, services)),
        (_CROSSREF, from_crossref),
        ("its page", from_page),
    ]


def _ask_datacite(doi: str, services: LookUpServices) -> Callable[[], Awaitable[Entry | None]]:
    async def ask() -> Entry | None:
        base = services.add.datacite_url
        return await _first_entry(
            _read(services, services.client, _doi_url(base, doi), "datacite", base=base)
        )

    return ask


def _ask_page(url: str, services: LookUpServices) -> Callable[[], Awaitable[Entry | None]]:
    async def ask() -> Entry | None:
        document = await _read(services, services.client, url, "page", base=None)
        return document.entries[0]

    return ask


@dataclass(frozen=True, slots=True)
class _ApiAnswer:
    """What arXiv's API returned for some papers, and why others are missing."""

    entries: dict[str, Entry] = field(default_factory=dict)
    trouble: str | None = None


async def _ask_api(papers: Sequence[ArxivId], services: LookUpServices) -> _ApiAnswer:
    """Request papers, fifty at a time, until the first failure."""
    entries: dict[str, Entry] = {}
    for start in range(0, len(papers), _PAPERS):
        asked = papers[start : start + _PAPERS]
        url = f"{services.arxiv.api_url}?id_list={','.join(paper.base for paper in asked)}"
        if len(asked) > 1:
            url += f"&max_results={len(asked)}"
        try:
            document = await _read(
                services, services.arxiv_client, url, "arxiv", base=services.arxiv.api_url
            )
        except SourceError as error:
            return _ApiAnswer(entries, error.what)
        found = {paper.base: _of_paper(document, paper) for paper in asked}
        entries |= {base: entry for base, entry in found.items() if entry}
        if (document.total or 0) > len(document.entries) or not document.is_whole:
            return _ApiAnswer(entries, "the answer is incomplete")
    return _ApiAnswer(entries)


async def _read(
    services: LookUpServices, downloader: _Downloader, url: str, kind: str, *, base: str | None
) -> Document:
    """Download and parse a document.

    Args:
        services: The resources to use.
        downloader: Sends the request.
        url: The address.
        kind: How to parse it, see `papertrack.core.parse.open_document`.
        base: The configured address that it belongs to; None for a page that the author named.
    """
    is_private = services.allow_private_network if base is None else is_mirror(base)
    accept = {"page": _PAGE, "datacite": _JSON, "crossref": _JSON}.get(kind)
    request = Request(url, allow_private_network=is_private, accept=accept)
    async with downloader.download(request) as response:
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


async def _first_entry(reading: Awaitable[Document]) -> Entry | None:
    """Return the entry of a registry; None if it does not know the DOI."""
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


def _doi_url(base: str, doi: str) -> str:
    return f"{base.rstrip('/')}/{quote(doi, safe='/')}"


_DESCRIBE = "describe it yourself with --title, or try again later"


@dataclass(frozen=True, slots=True)
class LookUpOutcome:
    """The result of adding one work.

    Attributes:
        added: None if it was not added.
        trouble: What went wrong, to tell the author; None if nothing did.
        is_failure: It was not added, or added without the facts to look up.
    """

    added: Added | None
    trouble: SourceError | None = None
    is_failure: bool = False


async def add_works(
    db: sqlite3.Connection,
    works: Sequence[NamedWork],
    judgement: JudgementInput,
    services: LookUpServices,
    clock: Callable[[], datetime],
) -> AsyncIterator[LookUpOutcome]:
    """Look works up, add them and judge them, one undo step each.

    A paper or DOI whose services all failed is added without a title, which a source may supply
    later. A page that cannot be read is not added.

    Args:
        db: The database.
        works: As the author named them, each with an address, arXiv id or DOI.
        judgement: What to store about each; may be empty.
        services: The services to use.
        clock: Returns the current time.

    Raises:
        UsageError: The judgement names an unknown area.
    """
    unknown = {id(work) for work in works if needs_look_up(db, work)}
    references = [work.reference or "" for work in works if id(work) in unknown]
    answers = look_up(references, services)
    for work in works:
        looked_up = await anext(answers) if id(work) in unknown else None
        entry, trouble = _entry_of(work, looked_up)
        added = add(db, work, entry, judgement, clock()) if entry else None
        is_failure = looked_up is not None and looked_up.entry is None
        yield LookUpOutcome(added, trouble, is_failure=is_failure)


def _entry_of(
    work: NamedWork, looked_up: LookedUp | None
) -> tuple[Entry | None, SourceError | None]:
    """Decide what to store, and what to tell the author."""
    if looked_up is None:
        return describe(work), None
    name, reasons = without_user(looked_up.reference), "; ".join(looked_up.troubles)
    if entry := looked_up.entry:
        authors = tuple(map(Author, work.authors)) or entry.authors
        said = f"{reasons}; {looked_up.answered_by} was asked instead"
        return replace(entry, authors=authors), SourceError(f"{name}: {said}") if reasons else None
    if looked_up.is_unknown:
        who = "arXiv knows no paper" if read_arxiv_id(name) else "nobody knows"
        hint = "check the number, or describe the work with --title"
        return None, SourceError(f"cannot look up {name}: {who} {name}", hint=hint)
    if _paper_of(name) or _doi_of(name):
        hint = f"its title comes when a source shows it, or when you add {name} again"
        return describe(work), SourceError(f"cannot look up {name} ({reasons})", hint=hint)
    is_fit = "--title" in (looked_up.hint or "")  # other hints are about sources
    return None, SourceError(
        f"cannot look up {name}: {reasons}", hint=looked_up.hint if is_fit else _DESCRIBE
    )
