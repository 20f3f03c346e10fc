"""The list of sources, the addresses that have moved or gone, and trying sources out."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from papertrack.core.watch.credentials import address_key
from papertrack.storage.database import open_database
from papertrack.storage.http_cache import note_gone, note_move
from tests.samples import Post, rss

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from tests.author import Author
    from tests.servers import FeedServer

OLD, NEW = "https://old.example.org/feed", "https://new.example.org/feed"


@pytest.fixture
def moves(author: Author) -> Iterator[sqlite3.Connection]:
    """Open the database, to say of addresses what `fetch` would."""
    author.types("init")
    with closing(open_database(author.database)) as db:
        yield db


def _has_moved(author: Author, db: sqlite3.Connection, url: str, target: str) -> None:
    for _ in range(2):
        note_move(db, address_key(url, "blog"), address_key(target), author.now)


def test_sources_are_listed_with_what_they_brought(author: Author, server: FeedServer) -> None:
    author.add_source(server.put("/a", rss(Post(), Post("B", guid="2"))), "a", name='"The A"')
    author.add_source(server.url + "/b", "b", area='"interp"')
    author.types("fetch")

    printed = author.types("sources")

    assert (printed.code, printed.err) == (0, "")
    assert printed.out.splitlines() == [
        f"a\tfeed\tThe A\t\t2\t2026-11-20 13:00\tstored\t{server.url}/a",
        f"b\tfeed\tb\tinterp\t0\t2026-11-20 13:00\tfailed\t{server.url}/b",
    ]
    assert author.types("sources", "--json").json[1] == {
        "source": "b",
        "kind": "feed",
        "name": "b",
        "area": "interp",
        "url": f"{server.url}/b",
        "categories": [],
        "items": 0,
        "fetched_at": "2026-11-20T13:00:01.000Z",
        "outcome": "failed",
        "error": "HTTP 404",
        "moved_to": None,
        "gone_at": None,
    }


def test_sources_are_listed_before_there_is_a_database(author: Author) -> None:
    author.add_source("https://example.org/feed")

    printed = author.types("sources")

    assert (printed.code, printed.err) == (0, "")
    assert printed.out == "blog\tfeed\tblog\t\t0\t\tnever fetched\thttps://example.org/feed\n"
    assert not author.database.exists()


def test_a_config_without_sources_says_what_to_do(author: Author) -> None:
    printed = author.types("sources")

    assert (printed.code, printed.out) == (0, "")
    assert printed.err == (
        "the config names no sources; add one with: papertrack sources add URL\n"
    )


def test_no_secret_of_an_address_is_printed(author: Author, moves: sqlite3.Connection) -> None:
    private = "https://me:hunter2@old.example.org/feed?token=hunter3"
    author.add_source(private)
    _has_moved(author, moves, private, "https://old.example.org/new?token=hunter3")
    note_gone(moves, address_key(private, "blog"), author.now)

    calls = (("sources",), ("sources", "--json"), ("sources", "export"), ("sources", "--fix"))
    printed = [author.types(*words) for words in calls]

    assert [one.code for one in printed] == [0, 0, 0, 0]
    assert "hunter" not in str(printed)
    assert 'url = "https://me:hunter2@old.example.org/new?token=hunter3"' in (
        author.config.read_text("utf-8")
    )


def test_moved_and_gone_addresses_are_named_with_what_to_do(
    author: Author, moves: sqlite3.Connection
) -> None:
    author.add_source(OLD, "a")
    author.add_source("https://b.example.org/feed", "b")
    author.add_source("https://c.example.org/feed", "c")
    _has_moved(author, moves, OLD, NEW)
    note_gone(moves, "https://b.example.org/feed", author.now)
    note_move(moves, "https://c.example.org/feed", NEW, author.now)

    printed = author.types("sources")

    first, second = printed.err.splitlines()
    assert first == (f"a: has moved to {NEW}; to update the config, run: papertrack sources --fix")
    assert second == (
        f"b: gone since 2026-11-20 (HTTP 410); change its url in {author.config}, or remove it"
    )


def test_a_moved_address_is_written_into_the_config_and_comments_survive(
    author: Author, moves: sqlite3.Connection
) -> None:
    author.add_source(OLD)
    text = author.config.read_text("utf-8").replace(f'"{OLD}"', f'"{OLD}"  # my friend') + "# end\n"
    author.write_config("# mine\n" + text)
    _has_moved(author, moves, OLD, NEW)

    printed = author.types("sources", "--fix")

    assert (printed.code, printed.out, printed.err) == (0, f"blog: {OLD} -> {NEW}\n", "")
    assert author.config.read_text("utf-8") == "# mine\n" + text.replace(OLD, NEW)
    assert author.types("sources", "--fix").out == "there is nothing to fix\n"
    assert author.types("sources", "--fix", "--json").json == []


def test_a_move_that_was_seen_once_is_not_written(
    author: Author, moves: sqlite3.Connection
) -> None:
    author.add_source(OLD)
    note_move(moves, OLD, NEW, author.now)
    before = author.config.read_bytes()

    printed = author.types("sources", "--fix")

    assert (printed.code, printed.out) == (0, "there is nothing to fix\n")
    assert author.config.read_bytes() == before


def test_an_address_that_another_source_has_is_not_written_twice(
    author: Author, moves: sqlite3.Connection
) -> None:
    author.add_source(OLD, "old")
    author.add_source(NEW, "new")
    _has_moved(author, moves, OLD, NEW)
    before = author.config.read_bytes()

    printed = author.types("sources", "--fix")

    assert printed.out == ""
    assert printed.err == (
        f"old: has moved to the address of new; remove one of them from {author.config}\n"
    )
    assert author.config.read_bytes() == before


def test_a_password_does_not_follow_to_another_host(
    author: Author, moves: sqlite3.Connection
) -> None:
    author.add_source("https://me:hunter2@old.example.org/feed")
    _has_moved(author, moves, "https://me:hunter2@old.example.org/feed", NEW)

    printed = author.types("sources", "--fix")

    assert printed.out == f"blog: {OLD} -> {NEW}\n"
    assert printed.err.startswith("blog: left out its user name and password")
    assert "hunter2" not in author.config.read_text("utf-8")


def test_a_read_only_config_is_one_line_and_stays(
    author: Author, moves: sqlite3.Connection
) -> None:
    author.add_source(OLD)
    _has_moved(author, moves, OLD, NEW)
    before = author.config.read_bytes()
    author.config.chmod(0o444)

    printed = author.types("sources", "--fix")

    assert (printed.code, printed.out) == (2, "")
    assert printed.err == (
        f"papertrack: the config {author.config} is read-only; make it writable, or change the "
        "file that generates it\n"
    )
    assert author.config.read_bytes() == before


@pytest.mark.parametrize("guid", ["post-1", "https://new.example.org/a"], ids=["kept", "new"])
def test_a_source_that_moved_shows_nothing_twice(
    author: Author, server: FeedServer, guid: str
) -> None:
    first = Post(link="https://old.example.org/a", guid=guid.replace("new.", "old."))
    author.add_source(server.put("/old", rss(first), etag='"old"'))
    author.types("fetch")
    server.put("/old", "", status=301, headers={"Location": "/new"})
    server.put("/new", rss(Post(link="https://new.example.org/a", guid=guid)), etag='"new"')

    fetched = [author.types("fetch", "--force") for _ in range(2)]
    fixed = author.types("sources", "--fix")
    fetched.append(author.types("fetch", "--force"))

    assert [one.out for one in fetched] == ["fetched 1 source: nothing new\n"] * 3
    assert fixed.out == f"blog: {server.url}/old -> {server.url}/new\n"
    assert server.requests[-1].path == "/new"
    assert author.rows("SELECT count(*) FROM items") == [(1,)]
    assert author.types("sources").err == ""


def test_a_source_that_is_gone_says_so_until_its_address_changes(
    author: Author, server: FeedServer
) -> None:
    author.add_source(server.put("/old", "", status=410))
    author.types("fetch")

    gone = author.types("sources")
    author.write_config(author.config.read_text("utf-8").replace("/old", "/new"))

    assert gone.err.startswith("blog: gone since 2026-11-20 (HTTP 410); change its url")
    assert author.types("sources").err == ""


def test_sources_are_tried_out_and_nothing_is_stored(author: Author, server: FeedServer) -> None:
    posts = [Post(f"Post {number}", guid=str(number)) for number in range(4)]
    author.add_source(server.put("/a", rss(*posts), content_type="application/rss+xml"), "a")
    author.add_source(server.put("/b", "<html>no</html>", content_type="text/html"), "b")
    author.add_source(server.put("/c", "no", status=403), "c")
    with author.config.open("a", encoding="utf-8") as file:
        file.write('[[sources]]\nslug = "d"\nkind = "arxiv"\ncategories = ["cs.LG"]\n')

    printed = author.types("sources", "test")

    assert printed.code == 1
    assert printed.out == (
        "a: HTTP 200, application/rss+xml, 4 entries, newest from 2026-11-20\n"
        "  Post 0\n  Post 1\n  Post 2\n"
    )
    page, forbidden, arxiv = printed.err.splitlines()
    assert page.startswith(
        "b: failed: this is a web page, not a feed; use the RSS or Atom link on it"
    )
    assert forbidden == (
        "c: failed: HTTP 403; set user_agent for the source: the server may not like ours"
    )
    assert arxiv == "d: not tested: arXiv asks for one request a day; see papertrack fetch"
    assert not author.database.exists()


def test_any_address_is_tried_out(author: Author, server: FeedServer) -> None:
    new = server.put("/new", rss(Post("<b>\x1b[31mred")))
    url = server.put("/a", "", status=301, headers={"Location": new})

    refused = author.types("sources", "test", url)
    printed = author.types("sources", "test", url, "--allow-private-network", "--json")

    assert (refused.code, "refused address 127.0.0.1" in refused.err) == (1, True)
    assert (printed.code, printed.json) == (
        0,
        [
            {
                "source": url,
                "url": url,
                "http_status": 200,
                "content_type": "application/xml",
                "title": "A blog",
                "entries": 1,
                "newest_at": "2026-11-20T09:00:00.000Z",
                "titles": ["<b>red"],
                "problems": [],
                "moved_to": new,
                "error": None,
            }
        ],
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("sources", "frobnicate"), "No such command 'frobnicate'; see papertrack sources --help"),
        (("sources", "--frob"), "No such option: --frob; see papertrack sources --help"),
        (("sources", "add"), "Missing argument 'URL'; see papertrack sources add --help"),
        (("sources", "test", "nope"), 'there is no source "nope"; name an address'),
    ],
)
def test_a_wrong_call_is_one_line(author: Author, words: tuple[str, ...], expected: str) -> None:
    printed = author.types(*words)

    assert (printed.code, printed.out, printed.err) == (2, "", f"papertrack: {expected}\n")


@pytest.mark.parametrize(
    "words", [("sources",), ("sources", "--fix"), ("sources", "add", "https://example.org")]
)
def test_a_missing_config_is_one_line(
    author: Author, words: tuple[str, ...], tmp_path: Path
) -> None:
    missing = tmp_path / "none.toml"

    printed = author.calls("--config", str(missing), *words)

    assert (printed.code, printed.out) == (2, "")
    assert printed.err == f"papertrack: there is no config at {missing}; run: papertrack init\n"


@pytest.mark.parametrize("command", ["add", "test", "import", "export"])
def test_every_command_has_examples_and_fits_80_columns(author: Author, command: str) -> None:
    printed = author.calls("sources", command, "--help")

    assert (printed.code, printed.err) == (0, "")
    assert f"Examples:\n    papertrack sources {command}" in printed.out
    assert max(map(len, printed.out.splitlines())) <= 80
