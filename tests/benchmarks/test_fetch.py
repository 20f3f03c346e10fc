"""What the figures stand on: the corpus is the same every time and the server keeps its word."""

from __future__ import annotations

import gzip
import hashlib
import http.client
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from benchmarks.corpus import POSTS_ADDED, count_posts, make_arxiv_page, make_feed
from benchmarks.site import Site, served
from tests.documents import parse_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from papertrack.core.records import Document

RSS, ATOM = 0, 1


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with served(3, changed=1) as running:
        yield running


def ask(url: str, **headers: str) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", parts.path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return Answer(response.status, dict(response.getheaders()), body)


def read(body: bytes, kind: str = "feed") -> Document:
    return parse_document(kind, body, base_url="https://example.org/", content_type=None)


def test_a_feed_is_the_same_in_every_process() -> None:
    marks = [hashlib.sha256(make_feed(feed)).hexdigest()[:12] for feed in (RSS, ATOM)]

    assert marks == ["8b37c55bf7c4", "8696b165e57d"]


@pytest.mark.parametrize("feed", [RSS, ATOM])
def test_a_feed_has_all_its_posts_and_nothing_wrong(feed: int) -> None:
    document = read(make_feed(feed))

    assert len(document.entries) == count_posts(feed)
    assert document.problems == ()
    assert all(entry.title and entry.summary and entry.url for entry in document.entries)


@pytest.mark.parametrize("feed", [RSS, ATOM])
def test_the_second_edition_has_new_posts_and_has_lost_as_many(feed: int) -> None:
    old = {entry.guid for entry in read(make_feed(feed)).entries}
    new = {entry.guid for entry in read(make_feed(feed, edition=1)).entries}

    assert (len(new - old), len(old - new)) == (POSTS_ADDED, POSTS_ADDED)


def test_an_arxiv_page_has_papers_that_cannot_exist() -> None:
    document = read(make_arxiv_page(1, total=25, size=20), "arxiv")

    assert (len(document.entries), document.total) == (5, 25)
    assert all("/abs/9911." in (entry.url or "") for entry in document.entries)


def test_every_feed_has_an_origin_of_its_own(site: Site) -> None:
    assert len({urlsplit(url).netloc for url in site.urls}) == len(site.urls)


def test_the_server_sends_the_feed_plain_and_packed(site: Site) -> None:
    plain = ask(site.urls[ATOM])
    packed = ask(site.urls[ATOM], **{"Accept-Encoding": "gzip"})

    assert plain.body == make_feed(ATOM)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


@pytest.mark.parametrize(
    ("given", "sent_back"), [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")]
)
def test_the_server_answers_304_to_its_own_validators(
    site: Site, given: str, sent_back: str
) -> None:
    first = ask(site.urls[RSS])
    site.tally()

    again = ask(site.urls[RSS], **{sent_back: first.headers[given]})

    assert (again.status, again.body) == (304, b"")
    tally = site.tally()
    assert (tally["requests"], tally["not_modified"], tally["whole"]) == (1, 1, 0)


def test_the_server_shows_the_second_edition_of_the_feeds_that_changed(site: Site) -> None:
    before = [ask(url).headers["ETag"] for url in site.urls]
    site.set(edition=1, changed=1)

    after = [ask(url, **{"If-None-Match": tag}) for url, tag in zip(site.urls, before, strict=True)]

    assert [answer.status for answer in after] == [200, 304, 304]
    assert after[0].body == make_feed(0, edition=1)
    site.set(edition=0, changed=0)
