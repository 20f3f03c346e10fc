"""How fast the rating screen is there, beside an empty Textual app, and how fast it answers."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from benchmarks.cost import Failed
from benchmarks.papers import fill, make_papers
from benchmarks.table import Target, print_targets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

ROUNDS = 9
KEYS = 40
ITEMS = 2_000
_PATIENCE_S = 30.0
_SILENCE_S = 0.15

EMPTY = """\
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("ready")

Empty().run()
"""
CONFIG = """\
database = "papertrack.db"
[[areas]]
slug = "interp"
name = "Interpretability"
keywords = ["circuit*", "sparse feature*", "probe"]
[[areas]]
slug = "attacks"
name = "Attacks"
keywords = ["adversarial", "prompt"]
[[sources]]
slug = "arxiv"
kind = "arxiv"
categories = ["cs.LG"]
"""
# What a key does, and whether the answer is stored before it is shown.
_ACTS = {
    "next card (j)": "j",
    "reject (x)": "x",
    "rate (3)": "3",
    "go on (Enter)": "\r",
    "help (?)": "?",
}


def run() -> None:
    """Print the first screen's wall time beside its floor, and the redraw after each key."""
    with tempfile.TemporaryDirectory() as folder:
        config, empty = Path(folder) / "config.toml", Path(folder) / "empty.py"
        config.write_text(CONFIG, encoding="utf-8")
        empty.write_text(EMPTY, encoding="utf-8")
        fill(Path(folder) / "papertrack.db", make_papers(ITEMS)).close()
        program = str(Path(sys.executable).with_name("papertrack"))
        rate = [program, "--config", str(config), "rate", "--limit", "500"]
        calls = {"an empty Textual app": [sys.executable, str(empty)], "papertrack rate": rate}
        markers = {"an empty Textual app": b"ready", "papertrack rate": b"AREAS"}
        starts: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(ROUNDS):  # in turn, so that a busy moment hits both alike
            for name, words in calls.items():
                with _Window(words) as window:
                    starts[name].append(window.wait_for(markers[name]))
        redraws = _redraws(rate)
    floor = statistics.median(starts["an empty Textual app"])
    for name, seconds in starts.items():
        median = statistics.median(seconds)
        print(f"  {name:<30} {median * 1000:7.0f} ms  {median / floor:5.2f} x")
    for name, seconds in redraws.items():
        median, worst = statistics.median(seconds), max(seconds)
        print(f"  {name:<30} {median * 1000:7.1f} ms  at worst {worst * 1000:.1f} ms")
    first = statistics.median(starts["papertrack rate"]) / floor
    slowest = max(statistics.median(seconds) for seconds in redraws.values())
    print_targets(
        [
            Target("first screen", "x an empty Textual app", first, 1.5),
            Target("key to redraw", "ms", slowest * 1000, 50),
        ]
    )


def _redraws(words: Sequence[str]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in _ACTS}
    with _Window(words) as window:
        window.wait_for(b"AREAS")
        window.settle()
        for _ in range(KEYS):
            for name, keys in _ACTS.items():
                found[name].append(window.answer(keys))
                if name.startswith("help"):
                    window.answer("?")
    return found


class _Window:
    """A terminal of 80 columns and 24 rows with a program in it."""

    def __init__(self, words: Sequence[str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
        self._started_at = time.perf_counter()
        self._process = subprocess.Popen(
            words, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def wait_for(self, marker: bytes) -> float:
        """Read until the program has drawn some bytes; returns the seconds since its start."""
        drawn = b""
        while marker not in drawn:
            if not self._is_ready(_PATIENCE_S):
                message = f"the program never drew {marker!r}"
                raise Failed(message)
            drawn += os.read(self._master, 65536)
        return time.perf_counter() - self._started_at

    def settle(self) -> float:
        """Read until nothing more is drawn; returns the moment of the last byte."""
        last = time.perf_counter()
        while self._is_ready(_SILENCE_S):
            os.read(self._master, 65536)
            last = time.perf_counter()
        return last

    def answer(self, keys: str) -> float:
        """Press keys; returns the seconds until the last byte of the answer was drawn."""
        pressed = time.perf_counter()
        os.write(self._master, keys.encode())
        return self.settle() - pressed

    def _is_ready(self, patience_s: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], patience_s)
        return bool(ready)
