"""Spoilt documents on the whole way from bytes to stored items.

A few hundred examples by default; set PAPERTRACK_FUZZ to a number of examples for a long run.
"""

from __future__ import annotations

import os
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from papertrack.core.watch.plan import next_check
from papertrack.errors import UnreadableDocument
from papertrack.net.worker import ParseReply
from tests.documents import parse_document
from tests.integration.hostile import EVIL, FORBIDDEN
from tests.integration.seeds import INVENTED, real_seeds
from tests.samples import Paper, Post, arxiv_day, rss
from tests.shared import needs_shared
from tests.storage.newsroom import MONDAY, Newsroom, newsroom

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from papertrack.core.records import Document

EXAMPLES = int(os.environ.get("PAPERTRACK_FUZZ", "120"))
CPU_LIMIT_S = 10  # for a few dozen kilobytes; what needs more would pass the limit at 20 MB

thorough = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

# What is thrown into documents: markup that opens, closes or nests, what terminals obey, numbers,
# addresses and dates that do not exist.
SPICE: tuple[bytes, ...] = (
    *(part.encode("utf-8", "surrogatepass") for part in EVIL),
    EVIL.encode("utf-8", "surrogatepass"),
    *(
        part.encode()
        for part in (
            "<", ">", "&", "'", '"', "]]>", "<![CDATA[", "<!--", "-->", "<?xml ", "?>",
            "<!DOCTYPE a [", "<!ENTITY a 'b'>", "&a;", "&#0;", "&#27;[31m", "&#xD800;",
            "&#x110000;", "&#99999;", "&amp;#27;", "&lt;script&gt;", "&nbsp;", "&eacute", "</",
            "/>", "<item>", "</item>", "<entry>", "</entry>", "<title>", "</title>", "<title/>",
            "<channel>", "</channel>", "</rss>", "</feed>", "<link>", "<link href='", "<guid>",
            "<guid isPermaLink='true'>x</guid>", "<author><name>", "<content type='xhtml'>",
            "<content type='html'>", "<summary>", "<description>", "<pubDate>", "<published>",
            "<updated>0</updated>", "<ttl>9</ttl>", "<ttl>99999999999999999999999</ttl>",
            "<source>", "<enclosure url='x'/>", "<dc:creator>", "<category term='cs.LG'/>",
            "<arxiv:announce_type>new</arxiv:announce_type>",
            "<id>http://arxiv.org/abs/9911.99909v9</id>", "<id>https://arxiv.org/api/errors</id>",
            "<version version='v99999999999999999999'/>", "<created>0000-00-00</created>",
            "<resumptionToken/>", "<error code='noRecordsMatch'/>", "<metadata>", "</record>",
            " xml:base='http://[::1'", " xmlns='x'", " xmlns:a='b'", "<a:b>", "<x y='z'>",
            "http://[::1", "https://user:pw@h.example.org/", "javascript:alert(1)",
            "file:///etc/passwd", "//h.example.org", "http://h.example.org:99999/",
            "http://\u0130.example/", "http://%zz/%", "https://arxiv.org/abs/9911.99901",
            "10.9999/((", "doi:10.48550/arXiv.9911.99901",
            "https://www.lesswrong.com/posts/aaaaaaaaaaaaaaaaa/x", "mail@example.org (",
            "A, B and C, Jr", "9", "-1", "1e999", "NaN", "Infinity", "null", "true", "{}", "[", "]",
            "{", "}", ",", '":"', "\\ud800", "\\u0000", "\\u001b[31m", "\\n", '"id":', '"items":[',
            '"authors":5,', "Mon, 31 Feb 2026 99:99:99 +9999", "9999-12-31T23:59:59-23:59",
            "0001-01-01", "\u0663\u0664", "\n", " ", "\t\r", "e\u0301\u0302",
            "\U0001f468\u200d\U0001f469", "\ufdd0", "$x<y$", "<think>", "<b>", "</b>",
            "<p><ul><li>", "<pre>", "<math>", "<svg>", "<img alt='", "\\'{e}", "{\\O}", "(", ")",
            "withdrawn", "Rate exceeded.",
        )
    ),
    b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80",
    b"\x80", b"\x1b$B", b"\x93quoted\x94", b'<?xml version="1.0" encoding="shift_jis"?>',
    b'<?xml version="1.0" encoding="utf-16"?>', b'<?xml version="1.0" encoding="utf-7"?>',
)  # fmt: skip

_places = st.integers(0, 2**16)


def _cut(at: int, size: int) -> Callable[[bytes], bytes]:
    return lambda body: body[: at % (len(body) + 1)] + body[at % (len(body) + 1) + size :]


def _repeat(at: int, size: int, times: int) -> Callable[[bytes], bytes]:
    def spoil(body: bytes) -> bytes:
        start = at % (len(body) + 1)
        return body[:start] + body[start : start + size] * times + body[start + size :]

    return spoil


def _insert(at: int, what: bytes) -> Callable[[bytes], bytes]:
    return lambda body: body[: at % (len(body) + 1)] + what + body[at % (len(body) + 1) :]


def _insert_at_tag(at: int, what: bytes) -> Callable[[bytes], bytes]:
    """Insert behind the next tag: into the text of an element, where it is read."""

    def spoil(body: bytes) -> bytes:
        place = body.find(b">", at % (len(body) + 1)) + 1
        return body[:place] + what + body[place:]

    return spoil


def _flip(at: int, byte: int) -> Callable[[bytes], bytes]:
    def spoil(body: bytes) -> bytes:
        start = at % (len(body) + 1)
        return body[:start] + bytes([byte]) + body[start + 1 :]

    return spoil


def _move(start: int, size: int, to: int) -> Callable[[bytes], bytes]:
    def spoil(body: bytes) -> bytes:
        at = start % (len(body) + 1)
        piece, rest = body[at : at + size], body[:at] + body[at + size :]
        place = to % (len(rest) + 1)
        return rest[:place] + piece + rest[place:]

    return spoil


def _encode(encoding: str) -> Callable[[bytes], bytes]:
    return lambda body: body.decode("utf-8", "replace").encode(encoding, "xmlcharrefreplace")


def _nest(at: int) -> Callable[[bytes], bytes]:
    return lambda body: body[: at % (len(body) + 1)] + body + body[at % (len(body) + 1) :]


spoils = st.one_of(
    st.builds(_insert, _places, st.sampled_from(SPICE)),
    st.builds(_insert_at_tag, _places, st.sampled_from(SPICE)),
    st.builds(
        _insert_at_tag, _places, st.text(max_size=30).map(lambda t: t.encode("utf-8", "ignore"))
    ),
    st.builds(_cut, _places, st.integers(1, 400)),
    st.builds(_cut, _places, st.just(2**20)),
    st.builds(_repeat, _places, st.integers(1, 600), st.integers(2, 40)),
    st.builds(_flip, _places, st.integers(0, 255)),
    st.builds(_move, _places, st.integers(1, 400), _places),
    st.builds(_nest, _places),
    st.builds(
        _encode,
        st.sampled_from(
            ["utf-16", "utf-16-be", "utf-32", "latin-1", "cp1252", "shift_jis", "koi8-r", "gb18030"]
        ),
    ),
)


@st.composite
def spoilt(draw: st.DrawFn, seeds: Mapping[str, tuple[str, bytes]]) -> tuple[str, bytes]:
    """Draw a kind and a document of it that one to eight things have happened to."""
    kind, body = seeds[draw(st.sampled_from(sorted(seeds)))]
    for spoil in draw(st.lists(spoils, min_size=1, max_size=8)):
        body = spoil(body)[:200_000]
    # A server may call anything a feed, and answer arXiv's address with anything.
    return draw(st.sampled_from([kind] * 6 + ["feed", "arxiv", "archive"])), body


@contextmanager
def _no_longer_than(cpu_s: float) -> Iterator[None]:
    def give_up(_signal: int, _frame: object) -> None:
        pytest.fail(f"reading took more than {cpu_s} s")

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, cpu_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _read(kind: str, body: bytes, *, content_type: str | None = None) -> Document | None:
    """Read a document as the parse worker does; None when it is refused, in plain words."""
    with _no_longer_than(CPU_LIMIT_S):
        try:
            document = parse_document(
                kind, body, base_url="https://h.example.org/feed", content_type=content_type
            )
        except UnreadableDocument as error:
            _assert_plain(error.what, one_line=True)
            _assert_plain(error.hint or "", one_line=True)
            return None
    reply = ParseReply(document=document)
    sent = msgspec.msgpack.decode(msgspec.msgpack.encode(reply), type=ParseReply)
    assert sent.document == document
    return document


def _assert_plain(text: str, *, one_line: bool = False) -> None:
    assert not FORBIDDEN & set(text), ascii(text)
    assert not any("\ud800" <= character <= "\udfff" for character in text), ascii(text)
    assert not (one_line and "\n" in text), ascii(text)


def _assert_well_read(document: Document) -> None:
    guids = [entry.guid for entry in document.entries]
    assert all(guids)
    assert len(set(guids)) == len(guids)
    for text in (document.title, *document.problems):
        _assert_plain(text, one_line=True)
    for entry in document.entries:
        for line in (
            entry.guid,
            entry.title,
            entry.doi or "",
            *(one.name for one in entry.authors),
        ):
            _assert_plain(line, one_line=True)
        for address in (entry.url, *entry.links):
            assert address is None or address.startswith(("http://", "https://"))
        for moment in (entry.published_at, entry.updated_at):
            assert moment is None or moment.utcoffset() is not None


def _assert_well_kept(room: Newsroom) -> None:
    for rows in room.dump().values():
        for row in rows:
            for value in row:
                if isinstance(value, str):
                    _assert_plain(value)
    nameless = "SELECT count(*) FROM items WHERE id NOT IN (SELECT item_id FROM identifiers)"
    assert room.db.execute(f"{nameless} AND merged_into IS NULL").fetchone()[0] == 0
    odd = "SELECT url FROM items WHERE url NOT LIKE 'http://%' AND url NOT LIKE 'https://%'"
    assert room.db.execute(odd).fetchall() == []
    assert (
        room.db.execute("SELECT 1 FROM items WHERE title LIKE '%' || char(10) || '%'").fetchall()
        == []
    )
    assert room.db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert room.db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def _assert_survived(kind: str, body: bytes) -> None:
    document = _read(kind, body)
    if document is None:
        return
    _assert_well_read(document)
    source = "blog" if kind == "feed" else "arxiv"
    with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
        room.shows(source, *document.entries)
        _assert_well_kept(room)
        before = room.dump()
        again = _read(kind, body)
        assert again == document
        assert room.shows(source, *document.entries).changes == ()
        assert room.dump() == before


@thorough
@given(spoilt(INVENTED))
def test_no_spoilt_document_does_harm(document: tuple[str, bytes]) -> None:
    _assert_survived(*document)


@needs_shared
@thorough
@given(st.data())
def test_no_spoilt_real_document_does_harm(data: st.DataObject) -> None:
    _assert_survived(*data.draw(spoilt(_REAL)))


_REAL = real_seeds()


@pytest.mark.parametrize("name", INVENTED)
def test_the_seeds_are_read_as_they_are(name: str) -> None:
    kind, body = INVENTED[name]
    document = _read(kind, body)

    assert document is not None
    assert document.entries or name == "oai-error"
    _assert_survived(kind, body)


@thorough
@given(st.sampled_from(["feed", "arxiv", "archive", "page"]), st.binary(max_size=300))
def test_no_bytes_at_all_do_harm(kind: str, body: bytes) -> None:
    _assert_survived(kind, body)


@thorough
@given(
    st.lists(
        st.builds(
            Post,
            title=st.sampled_from(["", "A", "B", "a", "A &amp; B", "[x](y)"]),
            link=st.sampled_from(
                ["", "https://b.example.org/1", "https://b.example.org/1#x",
                 "http://b.example.org/2/", "https://b.example.org/2?utm_x=1",
                 "https://arxiv.org/abs/9911.99901v1"]
            ),
            guid=st.sampled_from(
                ["", "1", "2", "https://b.example.org/1", "oai:arXiv.org:9911.99901"]
            ),
            body=st.sampled_from(["", "x", "y"]),
            date=st.sampled_from(["", "Fri, 20 Nov 2026 09:00:00 GMT", "soon"]),
        ),
        max_size=8,
    ),
    st.lists(st.sampled_from(["9911.99901", "9911.99902", "9911.99903"]), max_size=4),
)  # fmt: skip
def test_posts_that_share_names_are_seen_once(posts: list[Post], numbers: list[str]) -> None:
    """Two sources that show the same things in any mixture settle after one round."""
    blog = _read("feed", rss(*posts).encode())
    day = _read(
        "arxiv", arxiv_day(*(Paper(n, version=1 + v) for v, n in enumerate(numbers))).encode()
    )
    shown = [(s, d.entries) for s, d in (("blog", blog), ("arxiv", day), ("planet", blog)) if d]
    with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
        for source, entries in shown:
            room.shows(source, *entries)
        for source, entries in shown:  # merges may need a second look
            room.shows(source, *entries)
        _assert_well_kept(room)
        before = room.dump()
        for source, entries in shown:
            assert room.shows(source, *entries).changes == ()
        assert room.dump() == before


_titles = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), max_size=40
)
_utm = st.sampled_from(["", "?utm_source=rss", "?utm_campaign=x&utm_medium=y", "?fbclid=1", "#top"])


@thorough
@given(
    st.lists(_titles, min_size=1, max_size=6),
    st.permutations(range(6)),
    _utm,
    _utm,
    st.sampled_from(
        ["Fri, 20 Nov 2026 09:00:00 GMT", "2026-11-21", "", "Thu, 01 Jan 1970 00:00:00 GMT"]
    ),
    _titles,
)
def test_renamed_redated_reordered_and_tagged_anew_is_the_same(
    titles: list[str], order: list[int], first: str, second: str, date: str, name: str
) -> None:
    def blog(utm: str, dated: str, shown: list[int], called: str) -> bytes:
        posts = [
            Post(titles[n], f"https://b.example.org/{n}{utm}", f"guid {n}", date=dated)
            for n in shown
            if n < len(titles)
        ]
        return rss(*posts).replace("A blog", called.replace("<", "").replace("&", "")).encode()

    before = _read("feed", blog(first, "Wed, 18 Nov 2026 09:00:00 GMT", list(range(6)), "A"))
    after = _read("feed", blog(second, date, order, name))
    assert before is not None
    assert after is not None
    with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
        room.shows("blog", *before.entries)
        kept = room.dump()
        room.shows("blog", *after.entries)
        assert room.dump(("items", "identifiers", "versions")) == {
            table: kept[table] for table in ("items", "identifiers", "versions")
        }


_header = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.from_regex(r"max-age=\d+|no-(cache|store)|\d{1,400}", fullmatch=True),
    st.from_regex(
        r"[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,6} \d+:\d+:\d+ [+-]?\w{0,6}", fullmatch=True
    ),
    st.sampled_from(
        ["Fri, 31 Dec 9999 23:59:59 -2359", "Mon, 01 Jan 0001 00:00:00 +2359", "0", "-1"]
    ),
)


@thorough
@given(_header, _header, _header, st.one_of(st.none(), st.integers(0)))
def test_no_header_raises_or_asks_for_more_than_a_day(
    retry_after: str | None, cache_control: str | None, expires: str | None, rest_s: int | None
) -> None:
    due = next_check(
        MONDAY, retry_after=retry_after, cache_control=cache_control, expires=expires, rest_s=rest_s
    )

    assert due is None or 0 < (due - MONDAY).total_seconds() <= 24 * 3600
