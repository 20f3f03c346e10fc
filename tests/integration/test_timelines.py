"""Real blogs over months, seven documents each: no post twice, no two posts in one item."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from typing import TYPE_CHECKING

from papertrack.errors import SourceError
from papertrack.storage.database import opened
from papertrack.storage.pairs import open_pairs
from tests.documents import parse_document
from tests.process import run
from tests.shared import SHARED, needs_shared

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import FeedServer

pytestmark = needs_shared

_TIMELINES = SHARED / "corpus" / "feeds_timeline"
_HEAD = """\
database = "papertrack.db"
[fetch]
first_days = 0
[[areas]]
slug = "interp"
name = "Interpretability"
"""
_BLOG = """\
[[sources]]
slug = "{slug}"
kind = "feed"
url = "{url}"
allow_private_network = true
"""
# One title twice that is one post: its address lost a word, and its text was replaced, at once.
_DOUBLED = {"feed-anthropic-engineering": 1}
# One title twice that is two pages, a product and its paper.
_NAMESAKES = {"feed-openai-research": 1}
# Posts of the lab's engineers that its news had too; and the one whose address lost a word.
_SAME_STORIES = {"same title and site": 2, "same text under another address": 1}
_TABLES = ("items", "identifiers", "sightings", "versions", "pairs", "merges")


def _timelines() -> dict[str, list[Path]]:
    return {
        folder.name.replace("_", "-"): sorted(folder.iterdir())
        for folder in sorted(_TIMELINES.glob("*"))
        if folder.is_dir()
    }


def _contents(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    return [row for table in _TABLES for row in db.execute(f"SELECT * FROM {table}")]  # noqa: S608  # ours


def _shown_together(document: Path) -> list[tuple[str, str]]:
    """List the posts of one document by guid and title."""
    try:
        read = parse_document(
            "feed", document.read_bytes(), base_url="https://example.org/", content_type=None
        )
    except SourceError:  # on some days the blog's feed was broken
        return []
    return [(entry.guid, entry.title.casefold()) for entry in read.entries]


def _merged(db: sqlite3.Connection, blog: str, document: Path) -> list[set[str]]:
    """List the posts of one document that went into one item."""
    titles: dict[int, set[str]] = defaultdict(set)
    for guid, title in _shown_together(document):
        for (item,) in db.execute(
            """SELECT s.item_id FROM sightings AS s JOIN sources AS o ON o.id = s.source_id
               WHERE o.slug = ? AND s.guid = ?""",
            [blog, guid],
        ):
            titles[item].add(title)
    return [together for together in titles.values() if len(together) > 1]


def test_blogs_over_months_show_every_post_once(server: FeedServer, tmp_path: Path) -> None:
    config, database = tmp_path / "config.toml", tmp_path / "papertrack.db"
    blogs = _timelines()
    sources = [_BLOG.format(slug=slug, url=f"{server.url}/{slug}") for slug in blogs]
    config.write_text(_HEAD + "".join(sources), encoding="utf-8")
    for documents in zip(*blogs.values(), strict=True):
        for slug, document in zip(blogs, documents, strict=True):
            server.put(f"/{slug}", document.read_bytes(), content_type="application/xml")
        run(config, "fetch", "--force")
        with closing(sqlite3.connect(database)) as db:
            stored = _contents(db)
            again = run(config, "fetch", "--force", "--json").json
            assert (again["new"], again["updated"]) == (0, 0)
            assert _contents(db) == stored
            for slug, document in zip(blogs, documents, strict=True):
                assert _merged(db, slug, document) == []

    with closing(sqlite3.connect(database)) as db:
        titles: dict[str, Counter[str]] = defaultdict(Counter)
        places: Counter[tuple[str, str]] = Counter()
        for slug, title, url in db.execute(
            """SELECT o.slug, i.title, i.url FROM items AS i JOIN sources AS o ON o.id = i.origin_id
               WHERE i.merged_into IS NULL"""
        ):
            titles[slug][title.casefold()] += 1
            places[slug, url] += 1
    twice = {slug: sum(named.values()) - len(named) for slug, named in titles.items()}
    assert {slug: n for slug, n in twice.items() if n} == _DOUBLED | _NAMESAKES
    assert set(places.values()) == {1}
    assert sum(len(named) for named in titles.values()) > 2000
    with opened(database) as db:
        numbers = [row[0] for row in db.execute("SELECT id FROM items WHERE merged_into IS NULL")]
        asked = {
            (min(number, one.item), max(number, one.item), one.reason.partition(",")[0])
            for number in numbers
            for one in open_pairs(db, number)
        }
    assert Counter(reason for _, _, reason in asked) == _SAME_STORIES
