"""200 feeds fetched by papertrack and its peers, side by side: all new, unchanged, a tenth changed.

Every program gets the same server, the same number of downloads at once, and a fresh folder each
round. A run that asked for or stored something else than it should is an error, not a figure.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import arxiv
from benchmarks.corpus import POSTS_ADDED, count_posts
from benchmarks.cost import Cost, Failed, measure
from benchmarks.peers import Program, environment, programs
from benchmarks.site import Site, served
from benchmarks.table import Target, print_job, print_targets

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST, SAME, CHANGED = "first", "all 304", "10 % changed"
JOBS = (FIRST, SAME, CHANGED)
_MEMORY_BYTES = 150_000_000


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured.

    Attributes:
        feeds: How many feeds, 10 or more.
        papers: How many arXiv papers; 0 leaves them out.
        rounds: How often each program fetches everything anew; slow ones do so once.
        only: Names of the programs; all when empty.
        latency_ms: How long the server takes for an answer.
        slow: How many feeds take 5 s instead.
    """

    feeds: int = 200
    papers: int = 20_000
    rounds: int = 3
    only: tuple[str, ...] = ()
    latency_ms: int = 0
    slow: int = 0


@dataclass(slots=True)
class Ledger:
    """What the runs cost: by program and job.

    Attributes:
        stored_bytes: The database of papertrack after a first fetch.
    """

    costs: dict[tuple[str, str], list[Cost]] = field(default_factory=dict)
    peak_bytes: dict[str, int] = field(default_factory=dict)
    stored_bytes: int = 0

    def add(self, program: str, job: str, cost: Cost) -> None:
        """Write down a run."""
        self.costs.setdefault((program, job), []).append(cost)

    def middle(self, program: str, job: str) -> Cost | None:
        """Take the median of a program's runs of a job; None when there was none."""
        runs = self.costs.get((program, job))
        if not runs:
            return None
        return Cost(
            statistics.median(run.wall_s for run in runs),
            statistics.median(run.cpu_s for run in runs),
            self.peak_bytes.get(program),
        )


def run(options: Options | None = None) -> None:
    """Measure all programs that are installed and print a table a job."""
    options = options or Options()
    chosen = _choose(options.only)
    ledger = Ledger()
    with served(options.feeds, changed=options.feeds // 10) as site:
        posts = sum(map(count_posts, range(options.feeds)))
        megabytes = site.text_bytes / 1e6
        print(
            f"  {options.feeds} feeds, {posts:,} posts, {megabytes:.0f} MB of text; "
            f"{options.rounds} rounds, {os.cpu_count()} cores"
        )
        for number in range(options.rounds + 1):
            for program in chosen:
                if number and program.is_slow:
                    continue
                # The first round is for memory: looking at it takes time from what is looked at.
                _measure_round(program, site, options, ledger, watched=number == 0)
    for job in JOBS:
        rows = {one.name: ledger.middle(one.name, job) for one in chosen}
        print_job(job, {name: cost for name, cost in rows.items() if cost})
    verdicts = _compare(ledger, site.text_bytes)
    if options.papers:
        verdicts.append(arxiv.measure_papers(options.papers))
    print_targets(verdicts)


def _choose(only: Sequence[str]) -> list[Program]:
    chosen: list[Program] = []
    for program in programs():
        if only and program.name not in only:
            continue
        if program.missing:
            print(f"  {program.name} is left out: {program.missing}")
        else:
            chosen.append(program)
    return chosen


def _measure_round(
    program: Program, site: Site, options: Options, ledger: Ledger, *, watched: bool
) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        site.set(edition=0, changed=0, latency_ms=0, slow=0)
        command = program.prepare(folder, site.urls)
        site.set(latency_ms=options.latency_ms, slow=options.slow, slow_ms=5_000)
        for job in JOBS:
            if job == SAME:
                # Not measured: newsboat keeps the validators of its second reload only.
                measure(command, folder, environment(folder))
            if job == CHANGED:
                site.set(edition=1, changed=site.changed)
            site.tally()
            cost = measure(command, folder, environment(folder), watched=watched)
            _check(program, folder, site, job)
            if program.name == "papertrack" and job == FIRST:
                ledger.stored_bytes = (folder / "papertrack.db").stat().st_size
            if watched:
                peak_bytes = max(ledger.peak_bytes.get(program.name, 0), cost.peak_bytes or 0)
                ledger.peak_bytes[program.name] = peak_bytes
            if not watched or program.is_slow:
                ledger.add(program.name, job, cost)


def _check(program: Program, folder: Path, site: Site, job: str) -> None:
    tally = site.tally()
    feeds = len(site.urls)
    whole = {FIRST: feeds, SAME: 0, CHANGED: site.changed}[job]
    if not program.asks_for_changes:
        whole = feeds
    posts = sum(map(count_posts, range(feeds)))
    if job == CHANGED:
        posts += POSTS_ADDED * site.changed
    seen = {
        "requests": (tally["requests"], feeds),
        "documents": (tally["whole"], whole),
        "items": (program.count(folder) if program.count else posts, posts),
    }
    for what, (found, expected) in seen.items():
        if found != expected:
            message = f"{program.name}, {job}: {found} {what} instead of {expected}"
            raise Failed(message)


def _compare(ledger: Ledger, text_bytes: int) -> list[Target]:
    """Hold papertrack against the targets that can be told with the programs that ran."""
    targets: list[Target] = []
    for name, job, limit in (
        ("papertrack", FIRST, 1.0),
        ("unranked", FIRST, 0.8),
        ("papertrack", SAME, 0.35),
        ("papertrack", CHANGED, 0.45),
    ):
        ours, theirs = ledger.middle(name, job), ledger.middle("newsboat", job)
        if ours and theirs:
            ratio = ours.wall_s / theirs.wall_s
            targets.append(Target(f"{name}, {job}: wall", "x newsboat", ratio, limit))
    ours, theirs = ledger.middle("papertrack", FIRST), ledger.middle("reader", FIRST)
    if ours and theirs:
        targets.append(Target(f"{FIRST}: CPU", "x reader", ours.cpu_s / theirs.cpu_s, 0.1))
    if ledger.stored_bytes:
        ratio = ledger.stored_bytes / text_bytes
        targets.append(Target("database", "bytes a byte of feeds", ratio, 1.0))
    if peak_bytes := ledger.peak_bytes.get("papertrack"):
        megabytes, limit_mb = peak_bytes / 1e6, _MEMORY_BYTES / 1e6
        targets.append(Target("memory of the process tree", "MB", megabytes, limit_mb))
    return targets
