"""Look works up at arXiv, DOI registries, their site or their own page.

Imported only on use: loading the network libraries takes 150 ms.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlsplit

from papertrack.config.schema import AddConfig, ArxivConfig
from papertrack.core.answers import SourceState
from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.pages.oembed import Provider, find_provider, question
from papertrack.core.records import Entry
from papertrack.core.text.clean import http_url
from papertrack.core.watch.plan import is_mirror
from papertrack.core.works.identity import identify_url, names_of, read_doi
from papertrack.errors import SourceError
from papertrack.net.client import Client, HttpError, Request
from papertrack.net.parsing import ParseWorkers
from papertrack.net.rate_limit import RateLimitedClient

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from papertrack.core.records import ArxivId, Document
    from papertrack.net.client import Response

_API, _OAI, _DATACITE, _CROSSREF = "arXiv's API", "arXiv's archive", "DataCite", "Crossref"
_BIORXIV, _PAGE_ITSELF = "bioRxiv", "its page"
_REGISTRIES = frozenset({_API, _OAI, _DATACITE, _CROSSREF, _BIORXIV})
_GONE = frozenset({404, 410})
_PAPERS = 50  # papers in one request to arXiv's API
_JSON = "application/json"
_JSON_KINDS = frozenset({"datacite", "crossref", "biorxiv", "oembed"})
_PAGE = "text/html, application/pdf;q=0.9, */*;q=0.5"
_PAGE_TYPES = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml")
_PDF_WITHIN = 1_024  # bytes before "%PDF-"


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
        partial: What is known of a work that has neither title nor text; None if nothing is.
        troubles: Which services failed and why, in the order tried, even if another one had it.
        answered_by: The service that had it; empty if there was only one to ask.
        is_unknown: All services answered, and none knows it.
        has_number: It is named by an arXiv number or a DOI, under which a source may show it.
        hint: What to do about the last failure; None without one.
    """

    reference: str
    entry: Entry | None
    partial: Entry | None = None
    troubles: tuple[str, ...] = ()
    answered_by: str = ""
    is_unknown: bool = False
    has_number: bool = False
    hint: str | None = None


class _Untitled(SourceError):
    """A work says neither how it is called nor anything else that could stand for a title."""

    def __init__(self, what: str, entry: Entry) -> None:
        super().__init__(what)
        self.entry = entry


class _NoSuchWork(SourceError):
    """The site itself says that the work is not there: nobody else needs to be asked."""


class _Downloader(Protocol):
    """What sends a request: the client, or the one for arXiv."""

    def download(self, request: Request) -> AbstractAsyncContextManager[Response]: ...


async def look_up(references: Sequence[str], services: LookUpServices) -> AsyncIterator[LookedUp]:
    """Look works up one after the other; arXiv papers share requests.

    A paper is looked up at arXiv's API, then its archive, then DataCite; a preprint of bioRxiv at
    its API, then Crossref; another DOI at DataCite, then Crossref; then the page it leads to. A
    post or video is looked up at its site's oEmbed endpoint, then at its page; anything else at its
    page, or in the metadata of its PDF.

    Args:
        references: Addresses, arXiv ids in any form and DOIs.
        services: The services to use.
    """
    papers = {paper.base: paper for name in references if (paper := _paper_of(name))}
    api = await _ask_api(list(papers.values()), services)
    for reference in references:
        found = await _try(reference, _steps(reference, api, services))
        yield replace(found, has_number=bool(_paper_of(reference) or _doi_of(reference)))


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


def _steps(reference: str, api: _ApiAnswer, services: LookUpServices) -> list[_Step]:
    """List the services to ask about a work, best first."""
    if paper := _paper_of(reference):
        return _paper_steps(paper, api, services)
    if doi := _doi_of(reference):
        return _doi_steps(doi, reference, services)
    url = http_url(reference) or ""
    if (found := find_provider(url)) is None:
        return [("", _ask_page(url, services))]
    provider, asked = found
    page = [(_PAGE_ITSELF, _ask_page(url, services, follows=False))]
    return [
        (provider.name, _ask_provider(provider, asked, services)),
        *(page if provider.has_pages else ()),
    ]


async def _try(reference: str, steps: Sequence[_Step]) -> LookedUp:
    """Try services in order until one has the work."""
    troubles: list[str] = []
    hint: str | None = None
    partial: Entry | None = None
    for name, ask in steps:
        try:
            entry = await ask()
        except SourceError as error:
            what = _said(error, name)
            troubles.append(f"{name}: {what}" if name else what)
            hint = error.hint
            partial = error.entry if isinstance(error, _Untitled) else partial
            if isinstance(error, _NoSuchWork):
                break
            continue
        if entry is not None:
            return LookedUp(reference, entry, troubles=tuple(troubles), answered_by=name)
    return LookedUp(reference, None, partial, tuple(troubles), is_unknown=not troubles, hint=hint)


# `papertrack.core.answers` speaks of feeds; what stands for a work in their place is told here.
_SAID: dict[str, str] = {
    SourceState.WALL: "a check for robots stands before it",
    SourceState.NOT_FOUND: "there is nothing at this address",
    SourceState.GONE: "it was taken down",
    SourceState.LOGIN: "it is shown only to those who are logged in",
    SourceState.REFUSED: "the server refuses to show it",
}


def _said(error: SourceError, name: str) -> str:
    """Say what an answer was; a service that has no works to show keeps to its status."""
    is_of_work = name not in _REGISTRIES or error.kind == SourceState.WALL
    said = _SAID.get(error.kind or "") if is_of_work else None
    if said is None:
        return error.what
    return f"{said} (HTTP {error.status})" if isinstance(error, HttpError) else said


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


def _doi_steps(doi: str, reference: str, services: LookUpServices) -> list[_Step]:
    async def from_crossref() -> Entry | None:
        base = services.add.crossref_url
        return await _first_entry(
            _read(services, services.client, _doi_url(base, doi), "crossref", base=base)
        )

    async def from_page() -> Entry | None:
        url = http_url(reference)
        base = None if url and not _is_resolver(url) else services.add.doi_url
        page = (url or "") if base is None else _doi_url(base, doi)
        try:
            entry = await _ask_page(page, services, base=base, follows=False)()
        except HttpError as error:
            if error.status in _GONE:
                return None
            raise
        # The page only describes the work; the DOI identifies it.
        return replace(entry, guid=f"doi:{doi}", doi=doi) if entry else None

    first = (_DATACITE, _ask_datacite(doi, services))
    if _PREPRINT.fullmatch(doi):
        first = (_BIORXIV, _ask_biorxiv(doi, reference, services))
    return [first, (_CROSSREF, from_crossref), (_PAGE_ITSELF, from_page)]


def _is_resolver(url: str) -> bool:
    """Tell whether an address is only a DOI's: it has no page of its own."""
    return read_doi(url) is not None


# bioRxiv's and medRxiv's; the latter's numbers have eight digits.
_PREPRINT = re.compile(r"10\.(?:1101|64898)/(?:\d{4}\.\d\d\.\d\d\.)?(\d{5,8})")
_MEDRXIV_DIGITS = 8


def _ask_datacite(doi: str, services: LookUpServices) -> Callable[[], Awaitable[Entry | None]]:
    async def ask() -> Entry | None:
        base = services.add.datacite_url
        return await _first_entry(
            _read(services, services.client, _doi_url(base, doi), "datacite", base=base)
        )

    return ask


def _ask_biorxiv(
    doi: str, reference: str, services: LookUpServices
) -> Callable[[], Awaitable[Entry | None]]:
    """Ask for a preprint on the server that it is likely on, then on the other."""
    found = _PREPRINT.fullmatch(doi)
    is_medical = "medrxiv" in reference.lower() or (
        found is not None and len(found[1]) == _MEDRXIV_DIGITS
    )

    async def ask() -> Entry | None:
        base = services.add.biorxiv_url
        for server in ("medrxiv", "biorxiv") if is_medical else ("biorxiv", "medrxiv"):
            url = _doi_url(f"{base.rstrip('/')}/{server}", doi)
            reading = _read(services, services.client, url, "biorxiv", base=base)
            if entry := await _first_entry(reading):
                return entry
        return None

    return ask


def _ask_provider(
    provider: Provider, url: str, services: LookUpServices
) -> Callable[[], Awaitable[Entry | None]]:
    async def ask() -> Entry | None:
        endpoint: str = getattr(services.add, f"{provider.key}_url")
        try:
            document = await _read(
                services,
                services.client,
                question(endpoint, url),
                "oembed",
                base=endpoint,
                about=url,
            )
        except HttpError as error:
            if error.status in _NO_SUCH_WORK:
                what = f"there is no such work, or no longer (HTTP {error.status})"
                raise _NoSuchWork(what) from error
            if error.kind in {SourceState.LOGIN, SourceState.REFUSED}:
                what = f"it is private, or may not be embedded (HTTP {error.status})"
                raise SourceError(what) from error
            raise
        return document.entries[0]

    return ask


# https://oembed.com/#section2.3.6; YouTube answers 400 for a video that never was.
_NO_SUCH_WORK = frozenset({400, 404, 410})


def _ask_page(
    url: str, services: LookUpServices, *, base: str | None = None, follows: bool = True
) -> Callable[[], Awaitable[Entry | None]]:
    """Ask the page at an address, or the PDF.

    Args:
        url: The address.
        services: The services to use.
        base: As `_is_private` takes it.
        follows: Whether to look a work up elsewhere to which the address turns out to lead.
    """

    async def ask() -> Entry | None:
        request = Request(url, allow_private_network=_is_private(services, base), accept=_PAGE)
        may_lead_on = follows and not _names_work(url)  # as a short address does
        kind, document = "", None
        try:
            async with services.client.download(request) as response:
                final_url = response.final_url
                if not (may_lead_on and _names_work(final_url)):
                    kind = _kind_of(response)
                    document = await services.workers.parse(
                        kind,
                        response.body or b"",
                        # A PDF may be at an address that is good for an hour.
                        base_url=url if kind == "pdf" else final_url,
                        content_type=response.content_type,
                    )
        except HttpError as error:
            final_url = error.url
            if not (may_lead_on and _names_work(final_url)):
                raise
        if document is None:
            return await _ask_elsewhere(final_url, services)
        entry = document.entries[0]
        if kind == "pdf" and follows:
            better = entry.doi or (None if entry.title else _page_of_pdf(url))
            with contextlib.suppress(SourceError):  # then the PDF itself has to do
                if better is not None:
                    return await _ask_elsewhere(better, services)
        if document.oembed_url is not None:
            entry = await _described(entry, document.oembed_url, services)
        if not (entry.title or entry.summary):
            raise _Untitled("; ".join(document.problems), entry)
        return entry

    return ask


def _page_of_pdf(url: str) -> str | None:
    """Return the page of a work whose PDF is at an address, as OpenReview and the ACL have one."""
    names = [name.value for name in identify_url(url) if name.scheme == "url"]
    return f"https://{names[0]}" if len(names) > 1 else None


def _names_work(url: str) -> bool:
    """Tell whether an address names a work that is looked up better than by its page."""
    return bool(_paper_of(url) or _doi_of(url) or find_provider(url))


def _kind_of(response: Response) -> str:
    """Tell a page from a PDF, by its bytes where the label says something else.

    Raises:
        SourceError: It is neither, or a PDF that is not whole.
    """
    label = (response.content_type or "text/html").strip().lower()
    start = (response.body or b"")[:_PDF_WITHIN]
    if b"%PDF-" in start and ("pdf" in label or start.lstrip()[:5] == b"%PDF-"):
        if response.truncated:
            raise SourceError(_BROKE_OFF)
        return "pdf"
    if "pdf" in label and start.lstrip().startswith(b"<"):
        return "page"
    if "pdf" not in label and not label.startswith(_PAGE_TYPES):
        message = f"it is no web page and no PDF ({label.partition(';')[0][:60]})"
        raise SourceError(message, hint="give its title with --title")
    return "pdf" if "pdf" in label else "page"


_BROKE_OFF = "the answer broke off"


async def _ask_elsewhere(reference: str, services: LookUpServices) -> Entry:
    """Look up the work that an address or a PDF turned out to be.

    Raises:
        SourceError: No service has it.
    """
    paper = _paper_of(reference)
    api = await _ask_api([paper] if paper else [], services)
    found = await _try(reference, _steps(reference, api, services))
    if found.entry is None:
        what = "; ".join(found.troubles) or f"nobody knows {reference}"
        raise SourceError(what, hint=found.hint)
    return found.entry


async def _described(entry: Entry, url: str, services: LookUpServices) -> Entry:
    """Complete what a page does not say of itself by its description in JSON, if that answers."""
    is_same_site = urlsplit(url).hostname == urlsplit(entry.url or "").hostname
    is_private = services.allow_private_network and is_same_site
    request = Request(url, allow_private_network=is_private, accept=_JSON)
    try:
        async with services.client.download(request) as response:
            document = await services.workers.parse(
                "oembed",
                response.body or b"",
                base_url=entry.url or url,
                content_type=response.content_type,
            )
    except SourceError:
        return entry
    said = document.entries[0]
    return replace(
        entry,
        title=said.title or entry.title,
        authors=entry.authors or said.authors,
        summary=entry.summary or said.summary,
        published_at=entry.published_at or said.published_at,
    )


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
    services: LookUpServices,
    downloader: _Downloader,
    url: str,
    kind: str,
    *,
    base: str,
    about: str | None = None,
) -> Document:
    """Download and parse a document of a service.

    Args:
        services: The resources to use.
        downloader: Sends the request.
        url: The address.
        kind: How to parse it, see `papertrack.core.parse.open_document`.
        base: The configured address that it belongs to.
        about: The address of the work that is asked about; None for that of the document.
    """
    accept = _JSON if kind in _JSON_KINDS else None
    request = Request(url, allow_private_network=_is_private(services, base), accept=accept)
    async with downloader.download(request) as response:
        if response.truncated:
            raise SourceError(_BROKE_OFF)
        return await services.workers.parse(
            kind,
            response.body or b"",
            base_url=about or response.final_url,
            content_type=response.content_type,
        )


def _is_private(services: LookUpServices, base: str | None) -> bool:
    """Tell whether an address may be in a private network.

    Args:
        services: The resources to use.
        base: The configured address that it belongs to; None for one that the author named.
    """
    return services.allow_private_network if base is None else is_mirror(base)


async def _first_entry(reading: Awaitable[Document]) -> Entry | None:
    """Return the entry of a registry; None if it does not know the DOI."""
    try:
        document = await reading
    except HttpError as error:
        if error.status in _GONE:
            return None
        raise
    return next(iter(document.entries), None)


def _of_paper(document: Document, paper: ArxivId) -> Entry | None:
    named = (one for one in document.entries if one.arxiv and one.arxiv.id.base == paper.base)
    return next(named, None)


def _doi(paper: ArxivId) -> str:
    return f"10.48550/arXiv.{paper.base}"


def _doi_url(base: str, doi: str) -> str:
    return f"{base.rstrip('/')}/{quote(doi, safe='/')}"
