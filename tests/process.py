"""papertrack as a process of its own, the way a shell or cron starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Ended:
    """What a finished process left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  # tests look into whatever was printed
        return json.loads(self.out)


def command(*words: str) -> list[str]:
    """Spell out the call that runs papertrack with this Python."""
    return [sys.executable, "-m", "papertrack", *words]


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
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    return {**kept, "HOME": str(home), "PYTHONPATH": root, "PYTHONUTF8": "1", **more}
