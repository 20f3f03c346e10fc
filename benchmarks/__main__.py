"""Run benchmarks by name: ``./run.sh bench start``; all but those of the ranking without one."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from benchmarks import fetch, known, rank, rank_cost, screen, start
from benchmarks.cost import Failed

if TYPE_CHECKING:
    from collections.abc import Callable


def main(words: list[str]) -> int:
    """Run the benchmarks that were named and print a table each."""
    parser = argparse.ArgumentParser(prog="./run.sh bench", description=__doc__)
    usually = ("start", "screen", "known", "fetch")
    names = (*usually, "rank", "rank-cost")
    explained = "all but rank, which takes 20 minutes, and rank-cost when left out"
    parser.add_argument("names", nargs="*", metavar="|".join(names), help=explained)
    usual = fetch.Options()
    group = parser.add_argument_group("fetch")
    group.add_argument("--feeds", type=int, default=usual.feeds, help="10 or more")
    group.add_argument("--papers", type=int, default=usual.papers, help="of arXiv; 0 for none")
    group.add_argument("--rounds", type=int, default=usual.rounds)
    group.add_argument("--only", default="", help="programs, with commas between")
    group.add_argument("--latency-ms", type=int, default=0, help="of every answer")
    group.add_argument("--slow", type=int, default=0, help="how many feeds take 5 s")
    ranking = parser.add_argument_group("rank")
    ranking.add_argument("--cutoff", default="", help="one of 2025-07-15, 2025-11-01, 2026-03-15")
    group = parser.add_argument_group("rank-cost")
    group.add_argument("--stored", type=int, default=70_000, help="papers in the database")
    asked = parser.parse_args(words)
    if unknown := [name for name in asked.names if name not in names]:
        parser.error(f"no benchmark {unknown[0]}; there are {', '.join(names)}")
    options = fetch.Options(
        feeds=asked.feeds,
        papers=asked.papers,
        rounds=asked.rounds,
        only=tuple(filter(None, asked.only.split(","))),
        latency_ms=asked.latency_ms,
        slow=asked.slow,
    )
    benchmarks: dict[str, Callable[[], None]] = {
        "start": start.run,
        "screen": screen.run,
        "known": known.run,
        "fetch": lambda: fetch.run(options),
        "rank": lambda: rank.run(asked.cutoff, asked.only),
        "rank-cost": lambda: rank_cost.run(asked.stored),
    }
    for name in asked.names or usually:
        print(f"\n{name}")
        try:
            benchmarks[name]()
        except Failed as error:
            print(f"not measured: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
