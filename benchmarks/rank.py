"""Rank with papertrack's own ranker on the yardstick, beside what else there is.

The yardstick (papers, lists and protocol) lies beside the repository, in ../shared/rankbench or
where PAPERTRACK_RANKBENCH says. arxiv-sanity-lite's way needs scikit-learn, which belongs to the
group `bench` and to an environment of its own; without it that line is left out.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import sys
import tempfile
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.cost import Failed
from benchmarks.rank_methods import (
    ArxivSanity,
    Keywords,
    MoreLikeThis,
    Own,
    Paper,
    newest,
    work_of,
)
from benchmarks.rank_topics import interest
from benchmarks.table import Target, print_targets
from papertrack.core.rank.areas import RatedWork, learn_areas
from papertrack.core.rank.features import count_terms, learn_space
from papertrack.core.rank.prior import learn_prior

_PLACE = Path(__file__).parents[2] / "shared" / "rankbench"
_COLUMNS = ("ap", "p20", "r100", "wap", "wp20", "wr100")
_SANITY = "arxiv-sanity-lite"
_ORDINARY = 300  # works, as in the product


def run(cutoff: str = "", only: str = "") -> None:
    """Measure and print.

    Args:
        cutoff: One of the yardstick's days; all of them without.
        only: Names of methods, with commas between; all without.

    Raises:
        Failed: The yardstick is not there.
    """
    bench = yardstick("rankbench")
    own = Own()
    methods: dict[str, Any] = {"papertrack": own, "keywords": Keywords()}
    methods.update({"bm25": MoreLikeThis(), "newest": newest})
    if find_spec("sklearn"):
        methods[_SANITY] = ArxivSanity()
    else:
        print("  without scikit-learn: see benchmarks/README.md on the group bench")
    if only:
        methods = {name: methods[name] for name in only.split(",") if name in methods}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "results.jsonl"
        bench.run(methods, str(out), [cutoff] if cutoff else bench.CUTS)
        rows = [json.loads(line) for line in out.read_text().splitlines()]
    _print(rows)
    if own.training_s:
        _print_cost(own)
    _print_areas(yardstick("areabench"))


def suggest(
    papers: list[Paper], labels: list[list[str]], others: list[Paper], areas: list[str]
) -> list[list[str]]:
    """Rank areas as the product does: what `areabench` asks for."""
    known = [count_terms(work_of(paper)) for paper in papers]
    sample = [count_terms(work_of(paper)) for paper in _background(papers)]
    space = learn_space(known + sample)
    prior = learn_prior([interest(f"llmsafety/{area}", area) for area in areas], known + sample)
    placed = [
        RatedWork(counts, dict.fromkeys(mine)) for counts, mine in zip(known, labels, strict=True)
    ]
    ranker = learn_areas(placed, areas, {}, (space, prior), sample[:_ORDINARY])
    counted = [count_terms(work_of(paper)) for paper in others]
    return [
        ranker.judge(space.vector(counts), prior, prior.hits(counts), ())[0] for counts in counted
    ]


def _background(known: list[Paper]) -> list[Paper]:
    """Draw papers of the same months that are on no list, as they wait in a database."""
    last = max(paper["date"] for paper in known)
    papers, lists = yardstick("rankbench").load()
    listed = {paper for members in lists.values() for paper in members}
    early = [p for p in papers.values() if p["date"] <= last and p["id"] not in listed]
    return random.Random(1).sample(sorted(early, key=lambda paper: paper["id"]), 600)  # noqa: S311


def yardstick(name: str) -> Any:  # noqa: ANN401  # a module from outside
    """Load a module of the yardstick.

    Raises:
        Failed: It is not there.
    """
    place = Path(os.environ.get("PAPERTRACK_RANKBENCH", _PLACE)).resolve()
    if not (place / "rankbench.py").exists():
        message = f"there is no rankbench.py in {place}; name its folder in PAPERTRACK_RANKBENCH"
        raise Failed(message)
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))
    return importlib.import_module(name)


def _print(rows: list[dict[str, Any]]) -> None:
    cases: dict[tuple[Any, ...], dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in rows:
        cases[row["topic"], row["cut"], row["n"], row["seed"]][row["method"]] = row
    names = list(dict.fromkeys(row["method"] for row in rows))
    whole = [case for case in cases.values() if len(case) == len(names)]
    groups: dict[str, list[dict[str, dict[str, Any]]]] = {"all": whole}
    for case in whole:
        row = case[names[0]]
        kind = "list" if row["topic"].endswith("/*") else "area"
        for group in (f"from {row['cut']}", f"{kind}s, n={row['n']}", row["topic"]):
            groups.setdefault(group, []).append(case)
    for group, members in groups.items():
        print(f"\n  {group}, {len(members)} cases")
        print(f"  {'':<18} {'wins':>6} " + " ".join(f"{column:>6}" for column in _COLUMNS))
        for name in names:
            wins = sum(c[name]["ap"] > c[_SANITY]["ap"] for c in members if _SANITY in c)
            means = (sum(c[name][column] for c in members) / len(members) for column in _COLUMNS)
            said = f"{wins:6}" if _SANITY in names else f"{'-':>6}"
            print(f"  {name:<18} {said} " + " ".join(f"{mean:6.3f}" for mean in means))


def _print_cost(own: Own) -> None:
    print_targets(
        [
            Target("counting the terms of an item", "CPU ms", max(own.counting_ms), 0.5),
            Target("learning, 2,000 passed over, the mean", "CPU s", _mean(own.training_s), 1.0),
            Target("placing and ranking 500 items", "CPU s", _mean(own.ranking_500_s), 0.1),
        ]
    )


def _print_areas(area_bench: Any) -> None:  # noqa: ANN401  # a module from outside
    print("\n  areas, first and among the first three")
    area_bench.run(suggest)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
