"""How long the database is busy when 2,000 papers that it knows come again."""

from __future__ import annotations

import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.papers import NOW, fill, make_papers, store

ROUNDS = 7


def run() -> None:
    """Print milliseconds for a first and a repeated page of 2,000, in a database of 20,000."""
    papers = make_papers(20_000)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        db = fill(Path(folder) / "papertrack.db", papers)
        first_ms = (time.perf_counter() - started) * 1000 / 10
        again: list[float] = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            changes = store(db, papers[4000:6000], NOW + timedelta(days=1))
            again.append((time.perf_counter() - started) * 1000)
            assert changes == 0  # noqa: S101  # a benchmark of the wrong thing is worse than none
        db.close()
    print(f"  2,000 new papers, identified, decided and stored   {first_ms:7.0f} ms")
    print(f"  2,000 known papers again, nothing changed          {min(again):7.0f} ms")
