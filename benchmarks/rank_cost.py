"""What ranking costs the program itself: a database of many papers, an author of some weeks.

The papers and the list come from the yardstick (see benchmarks.rank); they are stored and judged as
the commands do it, so that what is measured is what `fetch` and the end of a sitting do.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from contextlib import closing
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.cost import measure
from benchmarks.papers import CONFIG, NOW, store
from benchmarks.rank_topics import interest
from benchmarks.table import Target, print_targets
from papertrack.commands import rank as ranking
from papertrack.commands.judge import JudgementInput, judge
from papertrack.commands.rank import WorkScorer, read_lessons, train
from papertrack.commands.review import order_queue
from papertrack.config.schema import AreaConfig, Config
from papertrack.core.kinds import State
from papertrack.core.records import ArxivFacts, ArxivId, Author, Entry
from papertrack.storage import rank as rank_store
from papertrack.storage.database import open_database
from papertrack.storage.items import Filter, list_numbers
from papertrack.storage.sources import sync_config

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable
    from typing import Any

    from benchmarks.rank_methods import Paper

_AREAS = (
    "Truthfulness_Misinformation",
    "Defense_Mitigation",
    "Jailbreaks_Attack",
    "Ehics_Bias_Fariness",
    "Datasets_Benchmark",
    "Privacy",
)
_KEPT, _REJECTED, _NEW = 100, 2000, 500
_BATCH = 2000
_ROUNDS = 5


def run(count: int = 70_000) -> None:
    """Fill a database, measure, print.

    Args:
        count: How many papers are stored.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _fill(folder / "papertrack.db", count)
        costs = {}
        for job in ("learn", "rank", "time"):
            command = [sys.executable, "-m", "benchmarks.rank_cost", job, str(folder)]
            costs[job] = measure(command, folder, {"PYTHONPATH": ":".join(sys.path)}, watched=True)
        seconds = json.loads((folder / "seconds.json").read_text())
    print(
        f"  {count} papers, {_KEPT} kept in {len(_AREAS)} areas, {_REJECTED} rejected, {_NEW} new"
    )
    for what, spent in seconds.items():
        print(f"  {what:<58} {spent * 1000:8.1f} ms of CPU")
    peak = {job: (cost.peak_bytes or 0) / 1e6 for job, cost in costs.items()}
    print_targets(
        [
            Target("counting and placing an item", "CPU ms", seconds["placing"] / _NEW * 1e3, 0.5),
            Target("learning, terms counted", "CPU s", seconds["learning"], 1.0),
            Target("ranking 500 items for 6 areas, placed", "CPU s", seconds["ranking"], 0.1),
            Target("learning anew and ranking, a process", "MB", peak["learn"], 80),
            Target("ranking by what was learned, a process", "MB", peak["rank"], 80),
        ]
    )


def _fill(path: Path, count: int) -> None:
    from benchmarks.rank import yardstick  # noqa: PLC0415  # asks for its folder

    papers, lists = yardstick("rankbench").load()
    listed: dict[str, str] = {}
    for area in _AREAS:
        for paper in sorted(lists["llmsafety", area])[: _KEPT // len(_AREAS) + 1]:
            listed.setdefault(paper, area)
    others = [paper for paper in papers if paper not in listed]
    chosen = [*list(listed)[:_KEPT], *others][:count]
    waiting = set(chosen[-_NEW:])
    with closing(open_database(path, create=True)) as db:
        sync_config(db, _config(), NOW)
        early = (papers[paper] for paper in chosen if paper not in waiting)
        while batch := list(islice(early, _BATCH)):
            store(db, [_entry(paper) for paper in batch], NOW - timedelta(days=20))
        numbers = {row[1]: row[0] for row in db.execute("SELECT id, title FROM items")}
        dice = random.Random(3)  # noqa: S311  # samples, not secrets
        for paper, area in list(listed.items())[:_KEPT]:
            verdict = JudgementInput(area=area, halves=dice.randint(3, 10))
            _judge(db, [numbers[" ".join(papers[paper]["title"].split())]], verdict)
        rejected = list_numbers(db, Filter(states=(State.NEW,)))[:_REJECTED]
        _judge(db, rejected, JudgementInput(state=State.REJECTED))
        store(db, [_entry(papers[paper]) for paper in chosen[-_NEW:]], NOW)


def _judge(db: sqlite3.Connection, numbers: Iterable[int], verdict: JudgementInput) -> None:
    judge(db, [str(number) for number in numbers], verdict, NOW - timedelta(days=2))


def _config() -> Config:
    described = [(area, interest(f"llmsafety/{area}")) for area in _AREAS]
    areas = [AreaConfig(slug=a, name=one.name, keywords=one.keywords) for a, one in described]
    return Config(sources=CONFIG.sources, areas=tuple(areas))


def _entry(paper: Paper) -> Entry:
    return Entry(
        guid=f"oai:arXiv.org:{paper['id']}",
        title=paper["title"],
        url=f"https://arxiv.org/abs/{paper['id']}",
        authors=tuple(Author(name) for name in paper["authors"]),
        summary=paper["abstract"],
        arxiv=ArxivFacts(ArxivId(paper["id"], 1), paper["cats"][0], tuple(paper["cats"]), "new"),
    )


def _child(job: str, folder: Path) -> None:
    with closing(open_database(folder / "papertrack.db")) as db:
        if job == "time":
            (folder / "seconds.json").write_text(json.dumps(_time(db)))
            return
        if job == "learn":
            ranking.refresh(db, _config(), NOW)
            return
        db.execute(
            """DELETE FROM predictions
               WHERE item_id IN (SELECT id FROM items ORDER BY id DESC LIMIT ?)""",
            [_NEW],
        )
        ranking.refresh(db, _config(), NOW)


def _time(db: sqlite3.Connection) -> dict[str, float]:
    """Tell what each part costs, in seconds of CPU; the least of some rounds."""
    config = _config()
    numbers = [r[0] for r in db.execute("SELECT id FROM items ORDER BY id DESC LIMIT ?", [_NEW])]
    works = rank_store.read_works(db, numbers)
    waiting = list_numbers(db, Filter(states=(State.NEW,)))
    spent: dict[str, float] = {}

    def best(what: str, act: Callable[[], Any]) -> Any:  # noqa: ANN401  # what the act gives
        for _ in range(_ROUNDS):
            started = time.process_time()
            given = act()
            took = time.process_time() - started
            spent[what] = min(took, spent.get(what, took))
        return given

    with ranking.garbage_collection_paused():
        lessons = best("reading and counting what is learned from", lambda: read_lessons(db))
        model = best("learning", lambda: train(lessons, config))
        reader = best("what was judged this week", lambda: WorkScorer(db, config, model, NOW))
        seen = best("placing", lambda: [reader.analyze(work) for work in works.values()])
        best("ranking", lambda: list(map(reader.predict, numbers, seen)))
        best("reading the stored model", lambda: ranking.stored_model(db))
        best(
            f"ordering {len(waiting)} that wait, best first",
            lambda: order_queue(db, config, waiting, "best", now=NOW),
        )
    return spent


if __name__ == "__main__":
    _child(sys.argv[1], Path(sys.argv[2]))
