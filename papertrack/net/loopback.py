"""A small web server on this machine alone, for the demonstration's sample sources."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextlib.contextmanager
def serve(documents: Mapping[str, bytes]) -> Iterator[str]:
    """Serve documents on 127.0.0.1 until the context ends.

    Args:
        documents: Bodies by path, ``/feed.xml``; a change of the mapping shows at once. Each is
            served with an ETag and answered with 304 when it is asked for with the same one.

    Yields:
        The address without a slash at its end, ``http://127.0.0.1:41234``.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # http.server calls it by this name
            body = documents.get(self.path)
            if body is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == etag:
                self.send_response(HTTPStatus.NOT_MODIFIED)
                self.end_headers()
                return
            self.send_response(HTTPStatus.OK)
            self.send_header("ETag", etag)
            self.send_header("Content-Type", "application/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its base's name
            """Keep the demonstration's terminal to itself."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
