from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from papertrack.errors import UnreadableDocument
from tests.documents import parse_document

if TYPE_CHECKING:
    from papertrack.core.records import Document

FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Example Notes",
    "authors": [{"name": "Grace Hopper"}],
    "items": [
        {
            "id": "https://example.org/1",
            "url": "/1",
            "external_url": "https://other.example/paper",
            "title": "About $a<b$ and <b>",
            "content_html": "<p>One</p><p>5 &lt; 6</p>",
            "summary": "One",
            "date_published": "2026-11-20T10:00:00+01:00",
            "date_modified": "2026-11-21T10:00:00Z",
            "authors": [{"name": "Ada Lovelace"}, {"name": "Alan Turing"}],
        },
        {
            "id": 2,
            "content_text": "Plain <think> text\n\nin two",
            "author": {"name": "Emmy Noether"},
        },
    ],
}


def parse(body: bytes) -> Document:
    return parse_document(
        "feed", body, base_url="https://example.org/feed.json", content_type="application/json"
    )


def test_a_relative_address_belongs_to_the_home_page_of_the_feed() -> None:
    feed = {**FEED, "home_page_url": "https://notes.example.com/blog/", "items": [{"url": "a"}]}

    (entry,) = parse(json.dumps(feed).encode()).entries

    assert entry.url == "https://notes.example.com/blog/a"


def test_an_item_becomes_an_entry() -> None:
    document = parse(json.dumps(FEED).encode())
    entry = document.entries[0]

    assert (document.title, document.problems) == ("Example Notes", ())
    assert entry.guid == entry.url == "https://example.org/1"
    assert entry.title == "About $a<b$ and <b>"
    assert entry.summary == "One\n\n5 < 6"
    assert entry.links == ("https://other.example/paper",)
    assert [author.name for author in entry.authors] == ["Ada Lovelace", "Alan Turing"]
    assert entry.published_at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert entry.updated_at == datetime(2026, 11, 21, 10, tzinfo=UTC)


def test_version_one_with_a_number_for_an_id_is_read() -> None:
    entry = parse(json.dumps(FEED).encode()).entries[1]

    assert entry.guid == "2"
    assert entry.url is None
    assert entry.summary == "Plain <think> text\n\nin two"
    assert [author.name for author in entry.authors] == ["Emmy Noether"]


def test_the_feeds_author_stands_in_for_a_missing_one() -> None:
    body = json.dumps({**FEED, "items": [{"id": "a", "title": "A"}]}).encode("utf-16")

    (entry,) = parse(body).entries

    assert [author.name for author in entry.authors] == ["Grace Hopper"]


def test_an_item_knows_the_papers_it_links_to() -> None:
    item = {
        "id": "a",
        "content_html": '<a href="https://arxiv.org/abs/9911.99901v2">x</a>',
        "content_text": "https://huggingface.co/papers/9911.99902",
    }

    (entry,) = parse(json.dumps({"items": [item]}).encode()).entries

    assert entry.mentions == ("9911.99901", "9911.99902")


@pytest.mark.parametrize("wrong", [None, True, 7, [], {}, ["x"], {"x": "y"}])
def test_a_field_of_the_wrong_type_costs_that_field(wrong: object) -> None:
    names = ("url", "external_url", "title", "content_html", "summary", "date_published", "authors")
    item = {"id": "a", "content_text": "kept", **dict.fromkeys(names, wrong)}

    (entry,) = parse(json.dumps({"title": wrong, "items": [item]}).encode()).entries

    assert (entry.guid, entry.url, entry.summary) == ("a", None, "kept")


def test_harmful_characters_are_gone_from_every_field() -> None:
    evil = "x\x1b[31my\u202e\ud800z"
    names = ("id", "url", "title", "content_html", "author")
    item = {**dict.fromkeys(names, evil), "author": {"name": evil}}

    document = parse(json.dumps({"title": evil, "items": [item]}).encode())

    (entry,) = document.entries
    assert entry.url == "https://example.org/xyz"
    assert {document.title, entry.guid, entry.title, entry.summary} == {"xyz"}
    assert [author.name for author in entry.authors] == ["xyz"]


def test_an_item_with_nothing_in_it_costs_one_sentence() -> None:
    document = parse(json.dumps({"items": [7, {}, {"id": "a"}]}).encode())

    assert [entry.guid for entry in document.entries] == ["a"]
    assert document.problems == (
        "Entry 1 could not be read: there is nothing in it",
        "Entry 2 could not be read: there is nothing in it",
    )


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{}",
        b'{"items": 7}',
        b'{"error": "not found"}',
        b'{"a":' * 100_000,
        b'{"items":' + b"[" * 100_000,
        b'{"items": ' + b"1" * 10_000 + b"}",
    ],
)
def test_json_that_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        parse(body)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
ITEMS = st.dictionaries(
    st.sampled_from(
        (
            *("id", "url", "external_url", "title", "content_html", "content_text", "summary"),
            *("author", "authors", "date_published", "date_modified"),
        )
    ),
    VALUES,
)


@given(st.lists(ITEMS | VALUES), VALUES)
def test_every_item_is_an_entry_or_a_problem(items: list[object], title: object) -> None:
    document = parse(json.dumps({"title": title, "items": items}).encode())

    assert len(document.entries) + len(document.problems) <= len(items)
    assert all(entry.guid for entry in document.entries)


@given(st.binary())
def test_any_bytes_after_a_brace_are_read_or_refused(rest: bytes) -> None:
    with contextlib.suppress(UnreadableDocument):
        parse(b"{" + rest)


@pytest.mark.parametrize(
    ("fields", "summary"),
    [
        ({}, "A film And another"),
        ({"content_text": "Words."}, "Words."),
        ({"title": "Films"}, ""),
    ],
)
def test_an_untitled_item_without_text_is_described_by_its_files(
    fields: dict[str, str], summary: str
) -> None:
    files = [{"url": "a", "title": "A film"}, 7, {"url": "b"}, {"title": "And another"}]
    feed = {"items": [{"id": "1", "attachments": files, **fields}]}

    (entry,) = parse(json.dumps(feed).encode()).entries

    assert entry.summary == summary
