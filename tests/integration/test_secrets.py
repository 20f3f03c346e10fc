"""Passwords and keys in addresses stay in the config, and do their work from there."""

from __future__ import annotations

import base64
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from papertrack.storage.database import apply_migrations, opened, own_steps
from tests.samples import Post, rss

if TYPE_CHECKING:
    from pathlib import Path

    from tests.author import Author, Printed
    from tests.servers import FeedServer

# Every one of them holds this word.
WORD = "xyzzy"
PASSWORD, KEY, TOKEN, OTHER = f"{WORD}-password", f"{WORD}-key", f"{WORD}-token", f"{WORD}-other"


def private(server: FeedServer, path: str) -> str:
    """Write an address on the server with a user name and password."""
    return server.url.replace("//", f"//ann:{PASSWORD}@") + path


def subscribes(author: Author, server: FeedServer) -> None:
    """Subscribe to three private feeds, two of which differ in their tokens alone."""
    author.add_source(private(server, "/blog"), "by-password")
    author.add_source(f"{server.url}/feed?page=2&token={TOKEN}", "by-token")
    author.add_source(f"{server.url}/feed?page=2&token={OTHER}", "by-other")
    link = f"{server.url}/p/1?token={TOKEN}&n=1"
    body = f"<p>Read it with your key {TOKEN} at {link}</p>"
    server.put("/blog", rss(Post("By password", "https://blog.example.org/p", "p")), etag='"b"')
    server.put(f"/feed?page=2&token={TOKEN}", rss(Post("By token", link, link, body)), etag='"t"')
    server.put(
        f"/feed?page=2&token={OTHER}",
        rss(Post("By other", "https://blog.example.org/o", "o")),
        etag='"o"',
    )


def everything(author: Author, *printed: Printed) -> str:
    """Gather all that was kept beside the config, and all that was printed."""
    kept = {name: body for name, body in author.files().items() if name != "config.toml"}
    return repr(kept) + repr([(one.out, one.err) for one in printed])


def test_no_secret_is_stored_or_printed_or_given_away(author: Author, server: FeedServer) -> None:
    subscribes(author, server)

    printed = [
        author.types(*words)
        for words in (
            ("-v", "fetch"),
            ("-v", "fetch", "--json"),
            ("-v", "fetch", "--dry-run", "--force"),
            ("list", "--json"),
            ("show", "1"),
            ("show", "2", "--json"),
            ("status",),
            ("status", "--gaps", "--json"),
            ("sources",),
            ("sources", "--json"),
            ("sources", "test"),
            ("sources", "test", "--json"),
            ("sources", "export"),
            ("rate", "1", "--area", "interp", "--value", "3", "--what", "Mine"),
            ("rate", "2", "--area", "interp", "--value", "3", "--what", "Mine too"),
            ("open", "2", "--print"),
            ("draft",),
            ("draft", "--check", "--json"),
            ("log", "--json"),
            ("publish", "2026-W47"),
            ("issues", "show", "2026-W47", "--json"),
            ("model", "export"),
        )
    ]

    assert "3 new" in printed[0].out
    assert WORD in author.config.read_text("utf-8")
    assert WORD not in everything(author, *printed)


def test_a_failing_source_does_not_tell_its_secrets(author: Author, server: FeedServer) -> None:
    author.add_source(private(server, "/nothing"), "a")
    author.add_source(f"{server.url}/page?token={TOKEN}", "b")
    author.add_source(f"http://127.0.0.1:1/?token={TOKEN}", "c")
    server.put("/page", "<html><body>no feed</body></html>", content_type="text/html")

    printed = [
        author.types(*words)
        for words in (
            ("-v", "fetch"),
            ("status", "--gaps"),
            ("sources", "test"),
            ("sources", "add", private(server, "/nothing-new"), "--allow-private-network"),
            ("sources", "add", f"https://ann:{PASSWORD}@/x"),
        )
    ]

    assert [one.code for one in printed] == [1, 1, 1, 1, 2]
    assert all(one.err or one.out for one in printed)
    assert WORD not in everything(author, *printed)


def test_a_slip_in_an_address_of_the_config_does_not_print_its_password(author: Author) -> None:
    author.add_source(f"https://ann:{PASSWORD}/x@example.org/feed")

    printed = author.types("fetch")

    assert printed.code == 2
    assert "sources[1].url: this value is not an address" in printed.err
    assert WORD not in printed.err


def test_secrets_reach_their_server_and_the_second_fetch_brings_no_body(
    author: Author, server: FeedServer
) -> None:
    subscribes(author, server)
    author.types("fetch")
    author.types("-v", "fetch")

    asked = {(one.path, one.headers.get("If-None-Match")) for one in server.requests}
    assert asked == {
        (path, tag)
        for path, etag in (
            ("/blog", '"b"'),
            (f"/feed?page=2&token={TOKEN}", '"t"'),
            (f"/feed?page=2&token={OTHER}", '"o"'),
        )
        for tag in (None, etag)
    }
    login = "Basic " + base64.b64encode(f"ann:{PASSWORD}".encode()).decode()
    by_password = [one for one in server.requests if one.path == "/blog"]
    assert [one.headers.get("Authorization") for one in by_password] == [login, login]


def test_what_was_kept_for_one_key_is_no_use_for_another(
    author: Author, server: FeedServer
) -> None:
    subscribes(author, server)
    author.types("fetch")

    author.write_config(author.config.read_text("utf-8").replace(TOKEN, KEY))
    server.put(
        f"/feed?page=2&token={KEY}",
        rss(Post("By key", "https://blog.example.org/k", "k")),
        etag='"t"',
    )
    printed = author.types("fetch", "by-token")

    assert printed.out == "fetched 1 source: 1 new\n"
    assert server.requests[-1].headers.get("If-None-Match") is None


def test_a_private_feed_that_is_gone_leaves_its_neighbour_alone(
    author: Author, server: FeedServer
) -> None:
    subscribes(author, server)
    server.put(f"/feed?page=2&token={TOKEN}", "gone", status=410)
    author.types("fetch")

    again = author.types("-v", "fetch")
    sources = author.types("sources")
    status = author.types("status", "--gaps")

    assert "by-token: not asked: its server said on 2026-11-20 that it is gone" in again.err
    assert "by-other: unchanged" in again.err
    assert [line.partition(":")[0] for line in sources.err.splitlines()] == ["by-token"]
    assert "by-token: gone for good" in status.out
    assert "by-other" not in status.out


def test_a_new_key_wakes_a_feed_that_was_gone(author: Author, server: FeedServer) -> None:
    subscribes(author, server)
    server.put(f"/feed?page=2&token={TOKEN}", "gone", status=410)
    author.types("fetch")

    author.write_config(author.config.read_text("utf-8").replace(TOKEN, KEY))
    server.put(f"/feed?page=2&token={KEY}", rss(Post("By key", "https://blog.example.org/k", "k")))

    assert author.types("fetch", "by-token").out == "fetched 1 source: 1 new\n"


def test_a_renamed_private_feed_shows_nothing_twice(author: Author, server: FeedServer) -> None:
    author.add_source(f"{server.url}/feed?token={TOKEN}", "before")
    server.put("/feed", rss(Post("A post without a link", "", "only-a-guid")))
    author.types("fetch")

    author.write_config(author.config.read_text("utf-8").replace('"before"', '"after"'))
    printed = author.types("fetch")

    assert printed.out == "fetched 1 source: nothing new\n"
    assert author.rows("SELECT count(*) FROM items") == [(1,)]


def test_a_move_takes_the_key_along_into_the_config(author: Author, server: FeedServer) -> None:
    author.add_source(f"{server.url}/old?token={TOKEN}")
    server.put("/old", "", status=301, headers={"Location": f"/new?n=1&token={TOKEN}"})
    server.put("/new", rss(Post()))

    printed = [author.types(*words) for words in (("fetch",), ("fetch",), ("sources", "--fix"))]

    assert f"blog: has moved permanently to {server.url}/new?n=…&token=…; run:" in printed[1].err
    assert WORD not in everything(author, *printed)
    assert f'url = "{server.url}/new?n=1&token={TOKEN}"' in author.config.read_text("utf-8")


def test_a_move_to_an_address_with_another_key_is_left_to_the_author(
    author: Author, server: FeedServer
) -> None:
    author.add_source(f"{server.url}/old?token={TOKEN}")
    server.put("/old", "", status=301, headers={"Location": f"/new?token={OTHER}"})
    server.put("/new", rss(Post()))
    before = author.config.read_bytes()

    printed = [author.types(*words) for words in (("fetch",), ("fetch",), ("sources", "--fix"))]

    assert (printed[2].code, printed[2].out) == (0, "")
    assert printed[2].err == (
        f"blog: has moved to {server.url}/new?token=… with a new key, which is not stored; look up "
        f"the new address and write it into {author.config}\n"
    )
    assert author.config.read_bytes() == before
    assert WORD not in everything(author, *printed)


def test_the_links_of_a_feed_for_everybody_keep_what_looks_like_a_key(
    author: Author, server: FeedServer
) -> None:
    link = "https://blog.example.org/story?sid=26-11-20"
    author.add_source(server.put("/feed", rss(Post("A story", link))))

    author.types("fetch")

    assert author.rows("SELECT url FROM items") == [(link,)]


def test_the_password_of_a_work_that_is_added_is_neither_kept_nor_printed(
    author: Author, server: FeedServer
) -> None:
    page = private(server, "/page")
    server.put("/page", "<html><title>A page</title></html>", content_type="text/html")

    printed = [
        author.types("add", page, "--allow-private-network"),
        author.types("add", private(server, "/none"), "--allow-private-network"),
        author.types("add", f"https://ann:{PASSWORD}@example.org/x", "--title", "Named"),
        author.types("add", f"https://ann:{PASSWORD}@"),
        author.types("log", "--json"),
    ]

    assert [one.code for one in printed] == [0, 1, 0, 2, 0]
    assert 'added 1 "A page"' in printed[0].out
    assert WORD not in everything(author, *printed)


def test_a_list_for_others_says_which_sources_lack_their_keys(
    author: Author, server: FeedServer
) -> None:
    subscribes(author, server)
    author.add_source(f"{server.url}/open", "open")

    printed = author.types("sources", "export")

    assert printed.out.count("xmlUrl") == 4
    assert printed.err == "".join(
        f"{slug}: left out the password or key in its address; add it to the url where "
        "you import the list\n"
        for slug in ("by-password", "by-token", "by-other")
    )


def _database_of_schema_6(path: Path) -> None:
    """Make a database as it was before secrets were left out of it, and fill it with some."""
    steps = dict(list(own_steps().items())[:6])
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA application_id = 0x5054726B")
        db.execute("BEGIN")
        apply_migrations(db, steps)
        db.commit()
        db.execute("PRAGMA journal_mode = WAL")
        addresses = {
            "open": "https://example.org/feed?page=2",
            "design": "https://design.example.org/keynotes/signals/feed",
            "password": f"https://ann:{PASSWORD}@example.org/feed",
            "token": f"https://example.org/feed?access_token={TOKEN}",
            "reddit": f"https://www.reddit.com/.rss?feed={KEY}&user=ann",
            "session": f"https://example.org/feed;jsessionid={KEY}",
            "listener": f"https://example.org/private/{KEY}-0123456789.rss",
            "proxy": f"https://example.org/?u=https%3A%2F%2Fann%3A{PASSWORD}%40example.org",
        }
        for number, (slug, url) in enumerate(addresses.items(), start=1):
            db.execute(
                "INSERT INTO sources VALUES (?, ?, 'feed', ?, ?, NULL, '2026-11-01', '2026-11-02')",
                [number, slug, slug, url],
            )
            db.execute(
                "INSERT INTO documents VALUES (?, 'r', 'e', NULL, '2026-11-01', NULL)", [url]
            )
            db.execute("INSERT INTO addresses VALUES (?, NULL, 0, NULL, '2026-11-01')", [url])
        db.execute(
            "INSERT INTO addresses VALUES ('https://example.org/', ?, 2, '2026-11-01', NULL)",
            [f"https://example.org/?key={KEY}"],
        )
        what = f"unexpected ValueError: https://example.org/?key={KEY}"
        db.execute(
            "INSERT INTO fetches (run, source_id, started_at, finished_at, outcome, error)"
            " VALUES ('r', 1, '2026-11-01', '2026-11-01', 'failed', ?)",
            [what],
        )
        db.execute(
            "INSERT INTO coverage (source_id, day, outcome, reason, checked_at)"
            " VALUES (1, '2026-11-01', 'failed', ?, '2026-11-01')",
            [what],
        )
        # What was deleted long ago lies in the free space of the file.
        db.execute("INSERT INTO hosts VALUES (?, '2026-11-01')", [f"{TOKEN}{'x' * 5000}"])
        db.execute("DELETE FROM hosts")


def test_an_older_database_forgets_the_secrets_that_it_held(tmp_path: Path) -> None:
    path = tmp_path / "papertrack.db"
    _database_of_schema_6(path)
    assert WORD.encode() in path.read_bytes()

    with opened(path) as db:
        kept = [tuple(row) for row in db.execute("SELECT slug, url FROM sources ORDER BY id")]
        documents = [row[0] for row in db.execute("SELECT url FROM documents ORDER BY url")]
        addresses = [row[0] for row in db.execute("SELECT url FROM addresses ORDER BY url")]
        errors = [row[0] for row in db.execute("SELECT error FROM fetches")]
        log = path.with_name("papertrack.db-wal")
        assert WORD.encode() not in log.read_bytes()

    assert dict(kept[:2]) == {
        "open": "https://example.org/feed?page=2",
        "design": "https://design.example.org/keynotes/signals/feed",
    }
    assert {url for _, url in kept[2:]} == {None}
    assert documents == addresses == sorted(url for _, url in kept[:2])
    assert errors == ["an error that named an address"]
    assert WORD.encode() not in path.read_bytes()
    backup = tmp_path / "papertrack.db.backup-of-schema-6"
    assert WORD.encode() in backup.read_bytes()
    assert backup.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_still_to_be_written_anew_is_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "papertrack.db"
    with opened(path, create=True) as db:
        db.execute("INSERT INTO meta VALUES ('vacuum', 'due')")
    with opened(path) as db:
        due = db.execute("SELECT count(*) FROM meta WHERE key = 'vacuum'").fetchone()[0]

    assert due == 0
