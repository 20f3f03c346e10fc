"""Real announcements, replayed day by day with versions, repeats, and days that go wrong.

``PAPERTRACK_REPLAY_DAYS=322`` replays all of them.
"""

from __future__ import annotations

import gzip
import json
import os
import random
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from tests.arxiv_server import ArxivServer, Preprint
from tests.commands.subscribed import subscribe
from tests.shared import SHARED, needs_shared

if TYPE_CHECKING:
    from tests.author import Author

pytestmark = needs_shared

_DAYS = int(os.environ.get("PAPERTRACK_REPLAY_DAYS", "12"))
_CATEGORIES = ("cs.AI", "cs.CL", "cs.CV", "cs.LG")
_SOURCES = f"""
[[sources]]
slug = "arxiv"
kind = "arxiv"
categories = {json.dumps(_CATEGORIES)}
"""


def _days() -> list[tuple[date, list[Preprint]]]:
    by_day: dict[date, list[Preprint]] = {}
    with gzip.open(
        SHARED / "rankbench" / "data" / "papers.jsonl.gz", "rt", encoding="utf-8"
    ) as lines:
        for line in lines:
            paper = json.loads(line)
            if set(paper["cats"]) & set(_CATEGORIES):
                day = date.fromisoformat(paper["date"])
                by_day.setdefault(day, []).append(_preprint(paper, day))
    return sorted(by_day.items())[:_DAYS]


def _preprint(paper: dict[str, str | list[str]], day: date) -> Preprint:
    submitted = datetime.combine(day, time(15), UTC) - timedelta(days=1)
    names = [str(name).rpartition(" ") for name in paper["authors"]]
    return Preprint(
        str(paper["id"]),
        str(paper["title"]),
        (submitted,),
        abstract=str(paper["abstract"]),
        authors=tuple((given, family) for given, _, family in names),
        categories=tuple(paper["cats"]),
        comment=str(paper["comment"]) or None,
        datestamp=day,
    )


def test_items_are_the_distinct_papers_whatever_the_days_were_like(author: Author) -> None:
    days = _days()
    dice = random.Random(5)  # noqa: S311  # a replay, not a secret
    shown: set[str] = set()
    yesterday: list[Preprint] = []
    with ArxivServer(page_size=500) as arxiv:
        subscribe(author, arxiv, sources=_SOURCES)
        for number, (day, papers) in enumerate(days):
            author.now = arxiv.now = datetime.combine(day, time(12), UTC)
            arxiv.hold(*papers)
            shown.update(paper.number for paper in papers)
            if number and number % 7 == 3:
                continue  # a day on which nobody fetched
            if number and number % 7 == 5:
                arxiv.announce(day, *yesterday)  # the feed is stale, the archive is not
            else:
                again = dice.sample(yesterday, len(yesterday) // 10)
                revised = [
                    paper.revised(author.now, title=f"{paper.title}, revised") for paper in again
                ]
                arxiv.hold(*revised)
                repeats = [(paper, "cross") for paper in yesterday[:5] if paper not in again]
                arxiv.announce(day, *papers, *revised, *repeats)
            first = author.types("fetch")
            second = author.types("fetch", "--force")

            assert (first.code, first.err) == (0, ""), day
            assert second.out == "fetched 1 source: nothing new\n", day
            yesterday = papers

    stored = author.rows("SELECT value FROM identifiers WHERE scheme = 'arxiv'")
    assert {value for (value,) in stored} == shown
    assert author.rows("SELECT count(*) FROM items") == [(len(shown),)]
    days_kept = author.rows("SELECT DISTINCT outcome FROM coverage")
    assert days_kept in ([("complete",)], [("complete",), ("quiet",)])
