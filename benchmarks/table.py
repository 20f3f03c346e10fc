"""Print what was measured: a table a job, and the targets beside what was reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.cost import Cost


@dataclass(frozen=True, slots=True)
class Target:
    """A figure and the most that it may be."""

    what: str
    unit: str
    found: float
    limit: float


def print_job(job: str, costs: Mapping[str, Cost]) -> None:
    """Print what a job cost each program, and the ratio of the wall time to newsboat's."""
    print(f"\n  {job:<14} {'wall s':>8} {'CPU s':>8} {'MB':>6} {'x newsboat':>11}")
    newsboat = costs.get("newsboat")
    for name, cost in costs.items():
        weight = f"{cost.peak_bytes / 1e6:.0f}" if cost.peak_bytes else "-"
        ratio = f"{cost.wall_s / newsboat.wall_s:.2f}" if newsboat else "-"
        print(f"  {name:<14} {cost.wall_s:8.2f} {cost.cpu_s:8.2f} {weight:>6} {ratio:>11}")


def print_targets(targets: Sequence[Target]) -> None:
    """Print each target beside what was reached."""
    print(f"\n  {'target':<44} {'found':>8} {'at most':>8}")
    for target in targets:
        verdict = "" if target.found <= target.limit else "  missed"
        digits = 0 if target.limit > 10 else 2  # noqa: PLR2004
        label = f"{target.what}, {target.unit}"
        print(
            f"  {label:<44} {target.found:8.{digits}f} {target.limit:8.{digits}f}{verdict}",
        )
