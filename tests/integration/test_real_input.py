"""The main job on real documents, served over HTTP on loopback, with papertrack as a process."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.process import run
from tests.shared import SHARED, needs_shared

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import FeedServer

pytestmark = needs_shared

_HEAD = """\
database = "papertrack.db"
[[areas]]
slug = "interp"
name = "Interpretability"
[fetch]
first_days = 0
[arxiv]
feed_url = "{server}/atom"
pause_s = 0
[[sources]]
slug = "arxiv"
kind = "arxiv"
categories = ["cs.AI", "cs.CL", "cs.LG"]
"""
_FEED = """\
[[sources]]
slug = "feed-{number}"
name = "{name}"
kind = "feed"
url = "{url}"
allow_private_network = true
"""
# What is in these files is no feed, whoever reads it; every other real feed must be stored.
_NO_FEEDS = {
    "feed-rs__feed-rs__fixture__rss2__rss_2.0_invalid_1.xml",  # cut in its head
    "miniflux__internal__reader__xml__testdata__iso88591_utf8_mismatch.xml",
    "newsboat__test__data__empty.xml",
}
# What these name as their root element is never closed.
_CUT_FEEDS = {"feedjira__spec__sample_feeds__InvalidDateFormat.xml"}
_CUT_DAY = "zotero-arxiv-daily_cc7545c_arxiv_rss_example"


def _corpus(folder: str) -> list[Path]:
    documents = (SHARED / "corpus" / folder).glob("*")
    return sorted(path for path in documents if path.suffix != ".tsv") if SHARED.exists() else []


def _serve_everything(server: FeedServer, folder: Path) -> Path:
    text = [_HEAD.format(server=server.url)]
    for number, path in enumerate(_corpus("feeds")):
        is_json = path.suffix == ".json"
        url = server.put(
            f"/{number}",
            path.read_bytes(),
            content_type="application/feed+json" if is_json else "application/xml",
        )
        text.append(_FEED.format(number=number, name=path.name, url=url))
    config = folder / "config.toml"
    config.write_text("\n".join(text), encoding="utf-8")
    return config


def _contents(database: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as db:
        tables = ("items", "identifiers", "sightings", "versions")
        return [row for table in tables for row in db.execute(f"SELECT * FROM {table}")]  # noqa: S608


def test_a_week_on_every_real_feed(server: FeedServer, tmp_path: Path) -> None:
    config = _serve_everything(server, tmp_path)
    server.put("/atom/cs.AI+cs.CL+cs.LG", _corpus("arxiv_rss")[-1].read_bytes())

    first = run(config, "fetch", "--json")
    stored = _contents(tmp_path / "papertrack.db")
    second = run(config, "fetch", "--json")

    outcomes = {source["name"]: source["outcome"] for source in first.json["sources"]}
    assert {name for name, outcome in outcomes.items() if outcome == "failed"} == _NO_FEEDS
    assert {name for name, outcome in outcomes.items() if outcome == "partial"} == _CUT_FEEDS
    assert first.json["new"] > 4000
    for ended in (first, second):
        assert ended.code == 1
        assert "Traceback" not in ended.err
        # Feeds that were recorded elsewhere may say that they are published there, or have ended.
        no_failures = ("says that it has moved to", ": silent for ", "silent for longer than usual")
        told = [
            line
            for line in ended.err.splitlines()
            if not any(words in line for words in no_failures)
        ]
        assert len(told) == len(_NO_FEEDS | _CUT_FEEDS)
    assert (second.json["new"], second.json["updated"]) == (0, 0)
    assert _contents(tmp_path / "papertrack.db") == stored

    listed = run(config, "list", "--json").json
    assert len(listed) == first.json["new"]
    chosen = [str(item["item"]) for item in listed[:40]]
    rated = run(config, "rate", *chosen, "--area", "interp", "--value", "3", "--what", "A test")
    drafted = run(config, "draft", "-o", "-")
    assert (rated.code, drafted.code) == (0, 0)
    assert drafted.out.count("**Rating:** ⭐⭐⭐") == len(chosen)


@pytest.mark.parametrize("path", _corpus("arxiv_rss"), ids=lambda path: path.stem)
def test_a_day_of_arxiv_in_each_recorded_form(
    path: Path, server: FeedServer, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(_HEAD.format(server=server.url), encoding="utf-8")
    server.put("/atom/cs.AI+cs.CL+cs.LG", path.read_bytes())

    first = run(config, "fetch", "--json")
    second = run(config, "fetch", "--json")

    code = 1 if path.stem == _CUT_DAY else 0
    assert (first.code, second.code) == (code, code)
    assert first.json["new"] > 0
    assert (second.json["new"], second.json["updated"]) == (0, 0)
    for item in run(config, "list", "--json").json:
        assert item["kind"] == "paper"
        assert item["authors"]
        assert item["arxiv"]["primary_category"] == item["arxiv"]["categories"][0]
        assert not item["summary"].startswith("arXiv:")
