"""papertrack as a process of its own, the way a shell or cron starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FRIDAY = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
# After all that a test typed on Friday.
LATER_ON_FRIDAY = FRIDAY + timedelta(hours=1)
_LOADED = time.monotonic()

ROOT = Path(__file__).resolve().parents[1]
_LAUNCHER = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class Ended:
    """What a finished process left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  # tests look into whatever was printed
        return json.loads(self.out)


def command(*words: str, now: datetime | None = None) -> list[str]:
    """Spell out the call that runs papertrack with this Python.

    Args:
        words: What is typed behind ``papertrack``.
        now: When the process begins; None is later on Friday, and each time a little later.
    """
    now = now or LATER_ON_FRIDAY + timedelta(seconds=time.monotonic() - _LOADED)
    return [sys.executable, "-P", str(_LAUNCHER), now.isoformat(), *words]


def run(config: Path, *words: str, timeout_s: float = 300) -> Ended:
    """Run papertrack to its end."""
    done = subprocess.run(
        command("--config", str(config), *words),
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout_s,
        cwd=config.parent,
        env=environment(config.parent),
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def environment(home: Path, **more: str) -> dict[str, str]:
    """Give a process an environment in which nobody is at home."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "EDITOR") if name in os.environ}
    return {**kept, "HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **more}
