"""Real HTTP on loopback: a server of feeds, and one that sends any bytes at all."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from types import TracebackType


class Headers(Mapping[str, str]):
    """Header fields by name in any case; the last of several of one name counts."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = {name.lower(): value for name, value in fields.items()}

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request as the server saw it.

    Attributes:
        path: With its query.
        at: When it came, in monotonic seconds.
    """

    path: str
    headers: Headers
    at: float


@dataclass(frozen=True, slots=True)
class _Page:
    body: bytes
    status: int
    content_type: str
    etag: str | None
    headers: Mapping[str, str] = field(default_factory=dict)


class _Listener(socketserver.ThreadingTCPServer):
    """A thread a connection; closing it hangs up on everybody and waits for the threads."""

    allow_reuse_address = True
    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, handler: Callable[..., socketserver.BaseRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
        self._thread.join()

    def process_request(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: object) -> None:
        assert isinstance(request, socket.socket)
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: clients that hang up are what these servers are for."""


class FeedServer:
    """Serve what was put, with 304 for a matching If-None-Match; use it in ``with``.

    Attributes:
        url: ``http://127.0.0.1:PORT``, without a slash at the end.
        requests: Every request so far, oldest first.
    """

    def __init__(self) -> None:
        self.requests: list[RecordedRequest] = []
        self._pages: dict[str, _Page] = {}
        owner = self

        class Handler(_PageHandler):
            feeds = owner

        self._listener = _Listener(Handler)
        self.url = self._listener.url

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

    def put(
        self,
        path: str,
        body: bytes | str,
        *,
        status: int = 200,
        content_type: str = "application/xml",
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
    ) -> str:
        """Answer a path from now on; return its URL.

        Args:
            path: With a query, it answers that query only; without one, every other query.
            body: Text is sent as UTF-8.
            status: 304 is answered by itself when `etag` matches.
            content_type: Sent as it is.
            headers: Sent beside Content-Type, Content-Length and ETag, or in their place.
            etag: None sends none.
        """
        raw = body.encode() if isinstance(body, str) else body
        self._pages[path] = _Page(raw, status, content_type, etag, dict(headers or {}))
        return self.url + path

    def remove(self, path: str) -> None:
        """Answer a path with 404 from now on."""
        del self._pages[path]

    def find(self, path: str) -> _Page:
        """Return what answers a path; a 404 when nothing was put there."""
        without_query = path.partition("?")[0]
        found = self._pages.get(path) or self._pages.get(without_query)
        return found or _Page(b"not here\n", 404, "text/plain", None)


class _PageHandler(BaseHTTPRequestHandler):
    feeds: ClassVar[FeedServer]
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body leave in one packet
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        seen = Headers(dict(self.headers.items()))
        self.feeds.requests.append(RecordedRequest(self.path, seen, time.monotonic()))
        page = self.feeds.find(self.path)
        is_known = page.etag is not None and seen.get("If-None-Match") == page.etag
        headers = {"Content-Type": page.content_type, "Content-Length": str(len(page.body))}
        if page.etag is not None:
            headers["ETag"] = page.etag
        headers |= page.headers
        if is_known:
            del headers["Content-Length"]
        self.send_response(304 if is_known else page.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not is_known:
            self.wfile.write(page.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the tests' output is theirs."""


class RawServer:
    """Hand every connection to a function that may send anything; use it in ``with``.

    The connection is closed when the function returns. To hang, wait in ``connection.recv``: it
    returns when the client or the server hangs up.

    Attributes:
        url: ``http://127.0.0.1:PORT``, without a slash at the end.
    """

    def __init__(self, handler: Callable[[socket.socket], None]) -> None:
        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):  # hung up on, which is often the point
                    handler(self.request)

        self._listener = _Listener(Handler)
        self.url = self._listener.url

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
