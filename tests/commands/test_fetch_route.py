"""The way out of this machine: a proxy and private certificates, real ones on loopback."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from typing import TYPE_CHECKING, Self

import pytest

from tests.samples import Post, rss
from tests.servers import RawServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.author import Author
    from tests.servers import FeedServer

NOBODY = "http://127.0.0.1:1"


class Proxy:
    """A forward proxy that sends every request to one server, whatever name it was for.

    Attributes:
        asked: The first line of each request.
    """

    def __init__(self, target: tuple[str, int], *, refuses: str | None = None) -> None:
        self.asked: list[str] = []
        self._target = target
        self._refuses = refuses
        self._server = RawServer(self._serve)

    @property
    def url(self) -> str:
        return self._server.url

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__(None, None, None)

    def _serve(self, client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(65536)
        line = head.split(b"\r\n")[0].decode()
        self.asked.append(line)
        if self._refuses is not None:
            client.sendall(f"HTTP/1.1 {self._refuses}\r\nContent-Length: 0\r\n\r\n".encode())
            return
        with socket.create_connection(self._target) as server:
            if line.startswith("CONNECT"):
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            else:
                _, _, path = head.split(b" ")[1].removeprefix(b"http://").partition(b"/")
                asked = b" ".join([b"GET", b"/" + path, b"HTTP/1.1\r\nConnection: close"])
                server.sendall(asked + head[head.index(b"\r\n") :])
            back = threading.Thread(target=_pass_on, args=(server, client))
            back.start()
            _pass_on(client, server)
            back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy(server: FeedServer) -> Iterator[Proxy]:
    host, _, port = server.url.removeprefix("http://").partition(":")
    with Proxy((host, int(port))) as proxy:
        yield proxy


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Make a certificate for feeds.example.org that no public authority vouches for."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl program")
    key, made = tmp_path / "key.pem", tmp_path / "certificate.pem"
    wanted = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=feeds.example.org"]
    wanted += ["-addext", "subjectAltName=DNS:feeds.example.org"]
    wanted += ["-keyout", str(key), "-out", str(made)]
    subprocess.run([openssl, *wanted], check=True, capture_output=True)
    return made


@pytest.fixture
def secure(certificate: Path) -> Iterator[tuple[str, int]]:
    """Serve a feed over TLS with that certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    body = rss(Post()).encode()
    head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode()

    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(65536)
            tls.sendall(head + body)

    with RawServer(answer) as server:
        yield "127.0.0.1", int(server.url.rpartition(":")[2])


def configure(author: Author, url: str, **keys: str) -> None:
    lines = [f"{key} = {value}" for key, value in keys.items()]
    source = f'[[sources]]\nslug = "blog"\nkind = "feed"\nurl = "{url}"\n'
    author.write_config("\n".join(["[fetch]", *lines, "", source]))


def test_every_request_takes_the_proxy_that_the_config_names(
    author: Author, server: FeedServer, proxy: Proxy
) -> None:
    server.put("/feed.xml", rss(Post()))
    configure(author, "http://feeds.example.org/feed.xml", proxy=f'"{proxy.url}"')

    printed = author.types("fetch")

    assert (printed.code, printed.out) == (0, "fetched 1 source: 1 new\n")
    assert proxy.asked == ["GET http://feeds.example.org/feed.xml HTTP/1.1"]
    assert server.requests[0].headers["Host"] == "feeds.example.org"


def test_https_goes_through_the_proxy_to_a_server_with_private_certificates(
    author: Author, secure: tuple[str, int], certificate: Path
) -> None:
    with Proxy(secure) as proxy:
        url = "https://feeds.example.org/feed.xml"
        configure(author, url, proxy=f'"{proxy.url}"', ca_file=f'"{certificate}"')
        trusted = author.types("fetch")
        configure(author, url, proxy=f'"{proxy.url}"')
        untrusted = author.types("fetch")

    assert (trusted.code, trusted.out) == (0, "fetched 1 source: 1 new\n")
    assert proxy.asked[0] == "CONNECT feeds.example.org:443 HTTP/1.1"
    assert untrusted.code == 1
    assert "blog: failed: certificate not valid" in untrusted.err


@pytest.mark.parametrize("trusts", [True, False])
def test_the_environment_counts_only_when_the_config_says_so(
    author: Author,
    server: FeedServer,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    *,
    trusts: bool,
) -> None:
    server.put("/feed.xml", rss(Post()))
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    monkeypatch.setenv("no_proxy", "other.example.org")
    configure(author, "http://feeds.nosuch.invalid/feed.xml", trust_env=str(trusts).lower())

    printed = author.types("fetch")

    assert printed.code == (0 if trusts else 1)
    assert len(proxy.asked) == trusts


def test_a_host_under_no_proxy_is_asked_directly(
    author: Author, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, NOBODY)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    author.write_config("[fetch]\ntrust_env = true\n")
    author.add_source(server.put("/feed.xml", rss(Post())))

    assert author.types("fetch").out == "fetched 1 source: 1 new\n"


def test_a_proxy_reaches_no_address_that_is_refused_without_one(
    author: Author, server: FeedServer, proxy: Proxy
) -> None:
    server.put("/feed.xml", rss(Post()))
    configure(author, "http://169.254.169.254/feed.xml", proxy=f'"{proxy.url}"')

    printed = author.types("fetch")

    assert "refused address 169.254.169.254" in printed.err
    assert proxy.asked == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_down_is_named(author: Author, scheme: str) -> None:
    configure(author, f"{scheme}://feeds.example.org/feed.xml", proxy=f'"{NOBODY}"')

    printed = author.types("fetch")

    wanted = "blog: failed: the proxy cannot be reached; check [fetch] proxy and the proxy itself\n"
    assert (printed.code, printed.err) == (1, wanted)


def test_a_proxy_that_refuses_is_named_and_its_password_is_not(
    author: Author, server: FeedServer
) -> None:
    host, _, port = server.url.removeprefix("http://").partition(":")
    with Proxy((host, int(port)), refuses="407 Proxy Authentication Required") as proxy:
        address = proxy.url.replace("://", "://ada:geheim@")
        configure(author, "https://feeds.example.org/feed.xml", proxy=f'"{address}"')
        printed = author.types("-v", "fetch")

    assert "blog: failed: the proxy refused the connection (HTTP 407)" in printed.err
    assert "geheim" not in printed.out + printed.err


@pytest.mark.parametrize(
    ("text", "says"), [(None, "No such file"), ("x", "contains no certificate")]
)
def test_a_ca_file_that_cannot_be_used_is_one_sentence(
    author: Author, text: str | None, says: str
) -> None:
    file = author.folder / "own.pem"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    configure(author, "https://feeds.example.org/feed.xml", ca_file='"own.pem"')

    printed = author.types("fetch")

    assert printed.code == 2
    assert f"cannot use ca_file {file}: " in printed.err
    assert says in printed.err
    assert len(printed.err.splitlines()) == 1


def test_a_proxy_that_refuses_plain_http_is_named_too(author: Author, server: FeedServer) -> None:
    server.put("http://feeds.example.org/feed.xml", "who are you?", status=407)
    configure(author, "http://feeds.example.org/feed.xml", proxy=f'"{server.url}"')

    printed = author.types("fetch")

    said = "the proxy refused the connection (HTTP 407); check [fetch] proxy and its password"
    assert f"blog: failed: {said}\n" in printed.err


def test_a_proxy_that_is_no_address_is_refused_by_the_config(author: Author) -> None:
    configure(author, "https://feeds.example.org/feed.xml", proxy='"socks5://127.0.0.1:9"')

    printed = author.types("fetch")

    assert printed.code == 2
    assert "fetch.proxy" in printed.err
