"""arXiv on loopback: its daily feed, its archive and its API over one list of invented papers.

A test says what is in the archive (`hold`), what the feed announces (`announce`) and what goes
wrong (`fails`); everything else follows from the papers, as on the real servers.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, ClassVar, Self
from urllib.parse import parse_qs, unquote, urlsplit

from papertrack.core.arxiv.ids import read_arxiv_id
from tests.arxiv_archive import Archive
from tests.arxiv_documents import (
    EASTERN,
    Preprint,
    announce_type,
    api_error,
    api_page,
    archive_answer,
    feed,
    feed_error,
)
from tests.arxiv_search import BadQuery, read_search
from tests.servers import Headers, RecordedRequest, _Listener

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

__all__ = ["CUTS_OFF", "EMPTY_PAGE", "HANGS_UP", "WEB_PAGE", "ArxivServer", "Fault", "Preprint"]

_ORDER = ("new", "cross", "replace", "replace-cross")
_FEED_LIMIT = 2_000  # https://info.arxiv.org/help/rss.html
_API_LIMIT = 10_000
_BODIES = {429: b"Rate exceeded.", 403: b"<html><body><h1>403 Forbidden</h1></body></html>"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with an answer.

    Attributes:
        status: Sent in the place of the right one; beyond 299 without the right body.
        retry_after: The header, as it is sent.
        keep: How many records or entries the page keeps: 0 is an empty page, 1 a short one.
        total: What the API claims to have in all.
        body: Sent in the place of the right one.
        hangs_up: Half the body is sent, and the connection closed.
        cuts_off: Half the body is sent as if it were all of it.
    """

    status: int | None = None
    retry_after: str | None = None
    keep: int | None = None
    total: int | None = None
    body: bytes | None = None
    hangs_up: bool = False
    cuts_off: bool = False


EMPTY_PAGE = Fault(keep=0)
HANGS_UP = Fault(hangs_up=True)
CUTS_OFF = Fault(cuts_off=True)
WEB_PAGE = Fault(
    body=b"<!DOCTYPE html><html><head><title>arXiv is down</title></head><body><p>We will be back."
    b"</p></body></html>"
)
_NO_FAULT = Fault()


@dataclass(slots=True)
class _Script:
    fault: Fault
    service: str | None
    at: int | None
    when: Callable[[RecordedRequest], bool] | None
    times: int | None


@dataclass(frozen=True, slots=True)
class _Answer:
    body: str
    status: int = 200
    content_type: str = "application/xml; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)


class ArxivServer:
    """arXiv's three services; use it in ``with``.

    Args:
        papers: What the archive and the API know to begin with.
        page_size: How many records a page of the archive has.

    Attributes:
        feed_url, oai_url, api_url: What belongs under ``[arxiv]`` of a config.
        requests: Every request so far, oldest first.
        now: The server's clock: ``responseDate``, and the minute in which the feed was built.
        knows_etags: Whether the feed answers 304; arXiv's own program does not, a cache may.
        heeds_start: Whether the API pages; else every page is the first one.
    """

    def __init__(self, *papers: Preprint, page_size: int = 100) -> None:
        self.requests: list[RecordedRequest] = []
        self.now = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
        self.knows_etags = False
        self.heeds_start = True
        self._papers = {paper.number: paper for paper in papers}
        self._feed_day = date(2026, 11, 20)
        self._announced: list[tuple[Preprint, str | None]] = []
        self._archive = Archive(self._papers, page_size)
        self._scripts: list[_Script] = []
        owner = self

        class Handler(_Handler):
            arxiv = owner

        self._listener = _Listener(Handler)
        self.url = self._listener.url
        self.feed_url = f"{self.url}/atom"
        self.oai_url = f"{self.url}/oai"
        self.api_url = f"{self.url}/api/query"

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._listener.stop()

    def hold(self, *papers: Preprint) -> None:
        """Have papers in the archive and the API from now on; a known number is replaced."""
        self._papers.update((paper.number, paper) for paper in papers)

    def lose(self, *numbers: str) -> None:
        """Have papers in the archive and the API no longer, as when they come a day late."""
        for number in numbers:
            del self._papers[number]

    def announce(self, day: date, *papers: Preprint | tuple[Preprint, str]) -> None:
        """Have the daily feed show these papers, and no others, as announced on a day.

        Args:
            day: The feed's day in New York.
            papers: With an announce type, or alone to have it worked out from the version and
                the categories that are asked for. The archive and the API know them too.
        """
        pairs = [paper if isinstance(paper, tuple) else (paper, None) for paper in papers]
        self._feed_day, self._announced = day, list(pairs)
        for paper, _ in pairs:
            self._papers.setdefault(paper.number, paper)

    def expire_tokens(self) -> None:
        """Answer badResumptionToken to every token that is out, as arXiv does every day."""
        self._archive.expire_tokens()

    def fails(
        self,
        fault: Fault,
        *,
        service: str | None = None,
        at: int | None = None,
        when: Callable[[RecordedRequest], bool] | None = None,
        times: int | None = 1,
    ) -> None:
        """Have an answer go wrong; of several faults that fit, the first counts.

        Args:
            fault: What goes wrong.
            service: ``feed``, ``oai`` or ``api``; None is any of them.
            at: The number of the request to that service, from 1; None is the next that fits.
            when: Tells whether a request is meant; None is any.
            times: How often; None is for good.
        """
        self._scripts.append(_Script(fault, service, at, when, times))

    def heal(self) -> None:
        """Let nothing go wrong any longer."""
        self._scripts.clear()

    def asked(self, service: str) -> list[RecordedRequest]:
        """List the requests to one service, oldest first."""
        return [request for request in self.requests if _service(request.path) == service]

    def take_fault(self, request: RecordedRequest) -> Fault:
        """Find what goes wrong with a request that has just been recorded."""
        service = _service(request.path)
        for script in self._scripts:
            count = len(self.asked(script.service)) if script.service else len(self.requests)
            if (
                script.service in (None, service)
                and script.at in (None, count)
                and script.times != 0
                and (script.when is None or script.when(request))
            ):
                if script.times is not None:
                    script.times -= 1
                return script.fault
        return _NO_FAULT

    def answer(self, path: str, fault: Fault) -> _Answer:
        """Answer a request as arXiv would, but for the fault."""
        parts = urlsplit(path)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        service = _service(path)
        if service == "feed":
            return self._answer_feed(unquote(parts.path).removeprefix("/atom/"), fault)
        if service == "oai":
            verb = asked.get("verb", "")
            return _Answer(
                archive_answer(verb, self._archive.answer(asked, keep=fault.keep), at=self.now)
            )
        if service == "api":
            return self._answer_api(parts.query, asked, fault)
        return _Answer("not here\n", 404, "text/plain")

    def _answer_feed(self, query: str, fault: Fault) -> _Answer:
        asked = query.lower().split("+")
        if not all(name and all(c.isalnum() or c in ".-" for c in name) for name in asked):
            return _Answer(feed_error(query), 400)
        shown = [
            (paper, kind or announce_type(paper, asked))
            for paper, kind in self._announced
            if any(
                code.lower() in asked or code.partition(".")[0].lower() in asked
                for code in paper.categories
            )
        ]
        shown.sort(key=lambda one: one[0].number, reverse=True)
        shown.sort(key=lambda one: _ORDER.index(one[1]))
        body = feed(query, self._feed_day, shown[:_FEED_LIMIT][: fault.keep], self.now)
        local = self.now.astimezone(EASTERN)
        midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), EASTERN)
        return _Answer(
            body,
            headers={
                "Cache-Control": f"max-age={int((midnight - self.now).total_seconds())}",
                "ETag": hashlib.sha256(body.encode()).hexdigest(),  # without quotes, as arXiv's
            },
        )

    def _answer_api(self, query: str, asked: dict[str, str], fault: Fault) -> _Answer:
        start, size = int(asked.get("start", "0")), int(asked.get("max_results", "10"))
        # The real server has no handler for these two (arxiv-search, services/index/util.py).
        if size == 0 or 1 + round(start / size) > _API_LIMIT // size:
            return _Answer("Internal Server Error", 500, "text/plain")
        try:
            found = self._find(asked)
        except BadQuery as error:
            return _Answer(api_error(str(error), at=self.now), 400)
        total = len(found) if fault.total is None else fault.total
        first = start if self.heeds_start else 0
        page = found[first : first + size][: fault.keep]
        body = api_page(query, page, start=start, size=size, total=total, at=self.now)
        return _Answer(body, content_type="application/atom+xml; charset=UTF-8")

    def _find(self, asked: dict[str, str]) -> list[Preprint]:
        found: Sequence[Preprint] = list(self._papers.values())
        if ids := asked.get("id_list"):
            found = [paper for name in ids.split(",") if (paper := self._look_up(name))]
        if query := asked.get("search_query"):
            found = list(filter(read_search(query), found))
        if asked.get("sortBy") in ("submittedDate", "lastUpdatedDate"):
            which = 0 if asked["sortBy"] == "submittedDate" else -1
            is_falling = asked.get("sortOrder", "descending") == "descending"
            return sorted(found, key=lambda paper: paper.versions[which], reverse=is_falling)
        return list(found)

    def _look_up(self, name: str) -> Preprint | None:
        named = read_arxiv_id(name)
        if named is None:
            what = f"incorrect id format for {name}"
            raise BadQuery(what)
        paper = self._papers.get(named.base)
        if paper is None or (named.version or 1) > paper.version:
            return None
        return paper.as_of(named.version or paper.version)


def _service(path: str) -> str:
    first = urlsplit(path).path.strip("/").partition("/")[0]
    return {"atom": "feed", "oai": "oai", "api": "api"}.get(first, "")


class _Handler(BaseHTTPRequestHandler):
    arxiv: ClassVar[ArxivServer]
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body leave in one packet
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        seen = Headers(dict(self.headers.items()))
        request = RecordedRequest(self.path, seen, time.monotonic())
        self.arxiv.requests.append(request)
        fault = self.arxiv.take_fault(request)
        answer = self.arxiv.answer(self.path, fault)
        status = fault.status or answer.status
        headers = {"Content-Type": answer.content_type, **answer.headers}
        body = answer.body.encode()
        if fault.body is not None or status >= 400 > answer.status:
            body = _BODIES.get(status, b"<html><body>Error</body></html>")
            body = body if fault.body is None else fault.body
            headers = {"Content-Type": "text/html"}
        if fault.cuts_off:
            body = body[: len(body) // 2]
        if fault.retry_after is not None:
            headers["Retry-After"] = fault.retry_after
        etag = headers.get("ETag")
        if self.arxiv.knows_etags and etag and seen.get("If-None-Match") == etag:
            status, body = 304, b""
        else:
            headers["Content-Length"] = str(len(body))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if fault.hangs_up else body)
        self.close_connection = self.close_connection or fault.hangs_up

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the tests' output is theirs."""
