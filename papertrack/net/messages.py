"""What is asked of a server and what it answers, with the headers of both."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.errors import DownloadError
from papertrack.net.url_policy import is_plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from papertrack.net.http import httpx

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)

_LATER = "try again later"
_HINTS: Mapping[int, str] = {
    304: "fetch the source again with --force",
    401: "put the right user name and password into the URL of the source",
    403: "set user_agent for the source: the server may not like ours",
    404: "check the URL of the source: the feed may have moved",
    410: "remove the source: the feed is gone for good",
    429: "try again later: the server asks for fewer requests",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for.

    Attributes:
        url: http or https; a user name and password in it are sent to its own origin only.
        etag: As an earlier response gave it, sent back character by character (arXiv's has no
            quotes); None asks for the body in any case.
        last_modified: As an earlier response gave it; None likewise.
        allow_private_network: Whether private addresses are permitted, on every hop.
        user_agent: None means the client's.
        accept: None means feeds first, then anything.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    allow_private_network: bool = False
    user_agent: str | None = None
    accept: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What came back.

    Header values are as received, decoded as Latin-1; None when the server sent none, or one that
    is longer than 1 kB or has control characters in it.

    Attributes:
        url: As asked for.
        final_url: Where the redirects led, without user name and password.
        status: 200 or 304.
        body: Decoded; None on 304.
        permanent_url: Where a chain of redirects leads that are all permanent (301, 308); None
            when there was no redirect, or a temporary one among them.
        truncated: The server hung up before the end of the body, which holds what came.
    """

    url: str
    final_url: str
    status: int
    body: bytes | None
    etag: str | None
    last_modified: str | None
    content_type: str | None
    retry_after: str | None
    cache_control: str | None
    expires: str | None
    permanent_url: str | None
    truncated: bool = False


class HttpError(DownloadError):
    """The server answered, but not with a document.

    Args:
        status: The HTTP status, 100 to 999.
        retry_after: The header of that name as received, or None.
    """

    def __init__(self, status: int, *, retry_after: str | None = None) -> None:
        is_theirs = status >= 500  # noqa: PLR2004, RFC 9110, section 15.6
        super().__init__(
            f"HTTP {status}",
            hint=_HINTS.get(status, _LATER if is_theirs else "check the URL of the source"),
        )
        self.status = status
        self.retry_after = retry_after


def request_headers(request: Request, url: httpx.URL, home: httpx.URL) -> dict[bytes, bytes]:
    """Write the headers of one hop.

    Args:
        request: What is asked for; its user agent is set.
        url: The hop, without credentials.
        home: The address asked for, whose credentials go to its own origin only.
    """
    headers = {
        b"Host": url.netloc,
        b"User-Agent": (request.user_agent or "").encode(),
        b"Accept": (request.accept or _ACCEPT).encode(),
        b"Accept-Encoding": b"gzip, deflate",
    }
    for name, value in (
        (b"If-None-Match", request.etag),
        (b"If-Modified-Since", request.last_modified),
    ):
        if value is not None and is_plain(value):
            headers[name] = value.encode("latin-1")
    is_home = (url.scheme, url.netloc) == (home.scheme, home.netloc)
    if is_home and home.userinfo:
        credentials = f"{home.username}:{home.password}".encode()
        headers[b"Authorization"] = b"Basic " + base64.b64encode(credentials)
    return headers


def has_validator(headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether a 304 can be the answer to these headers."""
    return b"If-None-Match" in headers or b"If-Modified-Since" in headers


def received_headers(response: httpx.Response) -> dict[str, str]:
    """Read the headers of an answer: the first of each name, encodings joined."""
    received: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name == "content-encoding" and name in received:
            value = f"{received[name]}, {value}"  # a list may come in parts: RFC 9110, section 5.3
            received[name] = value
        received.setdefault(name, value)
    return received


def kept(received: Mapping[str, str], name: str) -> str | None:
    """Take a header whose value is fit to be stored; None without one."""
    value = received.get(name)
    return value if value is not None and is_plain(value) else None
