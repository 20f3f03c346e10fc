"""The web on loopback: every host answers under its own name, over TLS, behind a proxy."""

from __future__ import annotations

import contextlib
import shutil
import ssl
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import pytest

from tests.servers import RawServer

if TYPE_CHECKING:
    import socket
    from pathlib import Path


@dataclass(frozen=True)
class _Answer:
    body: bytes
    status: int
    headers: dict[str, str] = field(default_factory=dict)


class Web:
    """Answer for every host what was put there, and 404 otherwise; use it in ``with``.

    Attributes:
        asked: The address of every request so far.
    """

    def __init__(self, certificate: Path) -> None:
        self.asked: list[str] = []
        self.certificate = certificate
        self._answers: dict[str, _Answer] = {}
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._tls.load_cert_chain(certificate, certificate.with_name("key.pem"))
        self._server = RawServer(self._serve)

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__(None, None, None)

    @property
    def config(self) -> str:
        """The lines of ``[fetch]`` with which every request comes here."""
        return f'proxy = "{self._server.url}"\nca_file = "{self.certificate}"\n'

    def put(self, url: str, body: bytes | str = "", *, status: int = 200, **headers: str) -> None:
        """Answer an address from now on; without a query it answers every query.

        Args:
            url: With its scheme.
            body: Text is sent as UTF-8.
            status: The status.
            headers: Content_Type is HTML unless it is given.
        """
        named = {"Content-Type": "text/html; charset=utf-8"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        raw = body.encode() if isinstance(body, str) else body
        self._answers[url] = _Answer(raw, status, named)

    def _serve(self, client: socket.socket) -> None:
        head = _head(client)
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        if method != "CONNECT":
            self._answer(client, target)
            return
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with self._tls.wrap_socket(client, server_side=True) as tls:
            _, path, _ = _head(tls).split(b"\r\n")[0].decode().split(" ")
            self._answer(tls, f"https://{target.removesuffix(':443')}{path}")
            with contextlib.suppress(OSError):
                tls.unwrap()

    def _answer(self, client: socket.socket, url: str) -> None:
        self.asked.append(url)
        whole = self._answers.get(url) or self._answers.get(url.partition("?")[0])
        answer = whole or _Answer(b"not here\n", 404)
        headers = {**answer.headers, "Content-Length": str(len(answer.body)), "Connection": "close"}
        lines = [f"HTTP/1.1 {answer.status} Status"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        client.sendall("\r\n".join([*lines, "", ""]).encode() + answer.body)


def _head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError
        head += piece
    return head


def make_certificate(folder: Path, hosts: list[str]) -> Path:
    """Make a certificate for hosts that no public authority vouches for, with its key beside it."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl program")
    key, made = folder / "key.pem", folder / "certificate.pem"
    wanted = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    wanted += ["-nodes", "-subj", "/CN=example.org", "-keyout", str(key), "-out", str(made)]
    wanted += ["-addext", "subjectAltName=" + ",".join(f"DNS:{host}" for host in hosts)]
    subprocess.run([openssl, *wanted], check=True, capture_output=True)
    return made
