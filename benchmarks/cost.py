"""Run a program to its end and tell what it cost, with all the processes it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PROC = Path("/proc")
_SAMPLE_S = 0.01
_KILLED_AFTER_S = 600


class Failed(Exception):
    """A program did something else than what was to be measured; figures would mislead."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run cost.

    Attributes:
        wall_s: From start to end.
        cpu_s: Of the process and all it waited for, user and system.
        peak_bytes: The most memory of the process tree at one time, shared pages divided among
            who shares them; None when it was not looked at, or the system is not Linux.
    """

    wall_s: float
    cpu_s: float
    peak_bytes: int | None = None


def measure(
    command: Sequence[str], folder: Path, env: Mapping[str, str], *, watched: bool = False
) -> Cost:
    """Run a command in a folder.

    Args:
        command: The words.
        folder: Where it runs; its output is kept there as ``log``.
        env: Its whole environment.
        watched: Whether memory is sampled every 10 ms, which costs the measured time.

    Raises:
        Failed: It did not end with 0.
    """
    with (folder / "log").open("wb") as log:
        started_at = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        watchman = threading.Timer(_KILLED_AFTER_S, os.killpg, (process.pid, signal.SIGKILL))
        watchman.start()
        with _Scale(process.pid, active=watched) as scale:
            _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started_at
        watchman.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        tail = (folder / "log").read_text(errors="replace")[-800:]
        message = f"{command[0]} ended with {process.returncode}:\n{tail}"
        raise Failed(message)
    return Cost(wall_s, usage.ru_utime + usage.ru_stime, scale.peak_bytes or None)


class _Scale:
    """Weigh a process tree again and again, in a thread."""

    def __init__(self, pid: int, *, active: bool) -> None:
        self.peak_bytes = 0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._weigh) if active and _PROC.is_dir() else None

    def __enter__(self) -> Self:
        if self._thread:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread:
            self._thread.join()

    def _weigh(self) -> None:
        while not self._over.wait(_SAMPLE_S):
            weight = sum(_resident_bytes(pid) for pid in _family(self._pid))
            self.peak_bytes = max(self.peak_bytes, weight)


def _family(pid: int) -> list[int]:
    found, at = [pid], 0
    while at < len(found):
        tasks = _PROC / str(found[at]) / "task"
        with contextlib.suppress(OSError):  # it has ended meanwhile
            for task in tasks.iterdir():
                found += [int(child) for child in _read(task / "children").split()]
        at += 1
    return found


def _resident_bytes(pid: int) -> int:
    """Read the proportional share, or all that is resident where the kernel does not tell."""
    for name, key in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        for line in _read(_PROC / str(pid) / name).splitlines():
            if line.startswith(key):
                return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended meanwhile
        return ""
