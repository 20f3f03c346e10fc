"""How long papertrack takes to start, as a multiple of ``python -c "import sqlite3"``."""

from __future__ import annotations

import os
import pty
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.papers import fill, make_papers

ROUNDS = 15
ITEMS = 100_000

CONFIG = """\
database = "papertrack.db"
[[areas]]
slug = "interp"
name = "Interpretability"
[[sources]]
slug = "arxiv"
kind = "arxiv"
categories = ["cs.LG"]
"""


def run() -> None:
    """Print the median wall time of each call and its ratio to the floor."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text(CONFIG, encoding="utf-8")
        fill(Path(folder) / "papertrack.db", make_papers(ITEMS)).close()
        program = str(Path(sys.executable).with_name("papertrack"))
        papertrack = [program, "--config", str(config)]
        calls = {
            'python -c "import sqlite3"': ([sys.executable, "-c", "import sqlite3"], False),
            "papertrack --version": ([program, "--version"], False),
            "list --limit 20, pipe": ([*papertrack, "list", "--limit", "20"], False),
            "list --limit 20, terminal": ([*papertrack, "list", "--limit", "20"], True),
            "rate ITEM --reject": ([*papertrack, "rate", "77", "--reject"], False),
        }
        times: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(ROUNDS):  # in turn, so that a busy moment hits them all alike
            for name, (words, on_terminal) in calls.items():
                times[name].append(_seconds(words, on_terminal=on_terminal))
    floor = statistics.median(times['python -c "import sqlite3"'])
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f"  {name:<30} {median * 1000:7.0f} ms  {median / floor:5.1f} x")


def _seconds(words: list[str], *, on_terminal: bool) -> float:
    # Bytecode is cached, as it is for a tool that was installed and used once.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    if not on_terminal:
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=environment)
        return time.perf_counter() - started
    master, slave = pty.openpty()
    process = subprocess.Popen(words, stdout=slave, stdin=slave, env=environment)
    os.close(slave)
    try:
        while os.read(master, 65536):
            pass
    except OSError:  # Linux's way to say that the other end is closed
        pass
    process.wait()
    os.close(master)
    return time.perf_counter() - started
