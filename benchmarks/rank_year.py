"""A year with papertrack: daily batches of real papers, an author with a budget a day.

The author keeps what is on a list and rejects what is not, looks at 60 items on every day with
announcements, and never at what is older than a week. Told is how many of the papers on the list
were met: by the product's own ranker, which learns after every fifth sitting, newest first and by
keywords alone. All three start with nothing but the words of the config.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import sys
from collections import deque
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from benchmarks.rank_methods import Paper, work_of
from benchmarks.rank_topics import interest
from papertrack.core.rank.features import Counts, count_terms
from papertrack.core.rank.prior import Prior, learn_prior
from papertrack.core.rank.ranker import MAXIMUM_PASSED, Lesson, Ranker, learn

if TYPE_CHECKING:
    from collections.abc import Iterable, Set as AbstractSet

_BUDGET = 60
_WAITS = dt.timedelta(days=7)
_SITTINGS = 5
_ORDINARY = 300
_QUARTER = 13  # weeks


@dataclass
class Waiting:
    """A paper that is not judged."""

    paper: Paper
    counts: Counts
    score: float = 0.0


@dataclass
class Author:
    """One who judges in the order of a way to rank, and what became of it."""

    way: str
    topic: str
    pool: list[Waiting] = field(default_factory=list)
    kept: deque[Counts] = field(default_factory=lambda: deque(maxlen=1000))
    rejected: deque[Counts] = field(default_factory=lambda: deque(maxlen=MAXIMUM_PASSED))
    met: set[str] = field(default_factory=set)
    sittings: int = 0
    prior: Prior | None = None
    ranker: Ranker | None = None

    def sit(self, day: dt.date, arrivals: Iterable[tuple[Paper, Counts]], truth: set[str]) -> None:
        """Spend the budget of a day."""
        oldest = (day - _WAITS).isoformat()
        self.pool = [one for one in self.pool if one.paper["date"] >= oldest]
        new = [Waiting(paper, counts) for paper, counts in arrivals]
        if self.prior is None:
            self.prior = learn_prior([interest(self.topic)], [one.counts for one in new])
        self.pool += new
        if self.way == "papertrack" and self.sittings % _SITTINGS == 0:
            self._learn()
            new = self.pool
        for one in new:
            one.score = self._score(one)
        self.pool.sort(key=lambda one: (-one.score, one.paper["id"]))
        for one in self.pool[:_BUDGET]:
            is_kept = one.paper["id"] in truth
            (self.kept if is_kept else self.rejected).append(one.counts)
            if is_kept:
                self.met.add(one.paper["id"])
        self.pool = self.pool[_BUDGET:]
        self.sittings += 1

    def _learn(self) -> None:
        lessons = [Lesson(counts, is_kept=True) for counts in self.kept]
        lessons += [Lesson(counts, is_kept=False) for counts in self.rejected]
        ordinary = [one.counts for one in self.pool]
        if len(ordinary) > _ORDINARY:
            ordinary = random.Random(0).sample(ordinary, _ORDINARY)  # noqa: S311
        self.ranker = learn(lessons, [interest(self.topic)], ordinary)

    def _score(self, one: Waiting) -> float:
        if self.way == "newest":
            return dt.date.fromisoformat(one.paper["date"]).toordinal()
        if self.ranker is not None:
            return self.ranker.score(one.counts)
        return self.prior.score(one.counts) if self.prior is not None else 0.0


def main(words: list[str]) -> None:
    """Live through the year on one list and print how many of its papers were met."""
    from benchmarks.rank import yardstick  # noqa: PLC0415  # asks for its folder

    parser = argparse.ArgumentParser(prog="python -m benchmarks.rank_year", description=__doc__)
    parser.add_argument("--topic", default="llmsafety/*")
    parser.add_argument("--days", type=int, default=1000, help="so many days with announcements")
    asked = parser.parse_args(words)
    papers, lists = yardstick("rankbench").load()
    name, _, area = asked.topic.partition("/")
    truth = set(lists[name, area])
    authors = [Author(way, asked.topic) for way in ("papertrack", "newest", "keywords")]
    by_day = sorted(papers.values(), key=lambda paper: (paper["date"], paper["id"]))
    lived: list[Paper] = []
    for count, (date, batch) in enumerate(groupby(by_day, key=lambda paper: paper["date"])):
        if count == asked.days:
            break
        arrivals = [(paper, count_terms(work_of(paper))) for paper in batch]
        lived += [paper for paper, _ in arrivals]
        for author in authors:
            author.sit(dt.date.fromisoformat(date), arrivals, truth)
    _print(lived, authors, truth)


def _print(lived: list[Paper], authors: list[Author], truth: AbstractSet[str]) -> None:
    weeks: dict[str, list[str]] = {}
    for paper in lived:
        if paper["id"] in truth:
            year, number, _ = dt.date.fromisoformat(paper["date"]).isocalendar()
            weeks.setdefault(f"{year}-W{number:02}", []).append(paper["id"])
    print(f"{'week':<10} {'listed':>7} " + " ".join(f"{one.way:>11}" for one in authors))
    for week, listed in weeks.items():
        met = (len(one.met.intersection(listed)) for one in authors)
        print(f"{week:<10} {len(listed):7} " + " ".join(f"{count:11}" for count in met))
    names = list(weeks)
    for title, chosen in [
        ("all", names),
        *((f"weeks {a + 1}-", names[a : a + _QUARTER]) for a in range(0, len(names), _QUARTER)),
    ]:
        listed = [paper for week in chosen for paper in weeks[week]]
        shares = (len(one.met.intersection(listed)) / len(listed) for one in authors)
        print(f"{title:<10} {len(listed):7} " + " ".join(f"{share:11.3f}" for share in shares))


if __name__ == "__main__":
    main(sys.argv[1:])
