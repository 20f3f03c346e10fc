"""An author at the command line: types words, reads what is printed; the clock is theirs."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from papertrack.cli import main
from papertrack.config.schema import AddConfig
from tests.process import FRIDAY, command

if TYPE_CHECKING:
    from collections.abc import Sequence

NOBODY = "http://127.0.0.1:1/nobody-listens-here"
_NO_SERVICES = "\n".join(f'{key} = "{NOBODY}"' for key in AddConfig.__struct_fields__)
CONFIG = f"""\
database = "papertrack.db"

[[areas]]
slug = "interp"
name = "Mechanistic Interpretability"
emoji = "💡"
keywords = ["circuit*", "probe*"]

[[areas]]
slug = "attacks"
name = "Avoiding Adversarial Attacks"
emoji = "🛡️"

[fetch]
first_days = 0

[add]
{_NO_SERVICES}

[arxiv]
oai_url = "{NOBODY}"
pause_s = 0
"""


@dataclass(frozen=True)
class Printed:
    """What one call left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  # tests look into whatever was printed
        return json.loads(self.out)


@dataclass
class Author:
    """Calls papertrack in a folder of its own, through `main`, with a clock that stands still.

    Every call comes a second after the one before.
    """

    folder: Path
    capsys: pytest.CaptureFixture[str]
    now: datetime = FRIDAY
    config_text: str = field(default=CONFIG)

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def database(self) -> Path:
        return self.folder / "papertrack.db"

    def write_config(self, text: str) -> None:
        self.config.write_text(text, encoding="utf-8")

    def add_source(self, url: str, slug: str = "blog", **keys: str) -> None:
        """Add a feed on loopback to the config; `keys` are further lines, as TOML values."""
        lines = [f'slug = "{slug}"', 'kind = "feed"', f'url = "{url}"']
        lines += ["allow_private_network = true", *(f"{k} = {v}" for k, v in keys.items())]
        with self.config.open("a", encoding="utf-8") as file:
            file.write("\n[[sources]]\n" + "\n".join(lines) + "\n")

    def types(self, *words: str) -> Printed:
        """Type one command line, with this author's config."""
        return self.calls("--config", str(self.config), *words)

    def calls(self, *words: str) -> Printed:
        """Type one command line that finds its config by itself."""
        self.now += timedelta(seconds=1)
        self.capsys.readouterr()
        code = main(list(words), clock=lambda: self.now)
        printed = self.capsys.readouterr()
        return Printed(code, printed.out, printed.err)

    def starts(self, *words: str, **environment: str) -> Printed:
        """Run one command line as a process of its own, which begins at this author's time."""
        self.now += timedelta(seconds=1)
        return self._run(self.command(*words), **environment)

    def command(self, *words: str) -> list[str]:
        """Spell out the call of a process that begins at this author's time."""
        return command("--config", str(self.config), *words, now=self.now)

    def _run(self, call: Sequence[str], **environment: str) -> Printed:
        started = time.monotonic()
        ended = subprocess.run(
            call,
            cwd=self.folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        self.now += timedelta(seconds=time.monotonic() - started)
        return Printed(ended.returncode, ended.stdout, ended.stderr)

    def starts_with_files_up_to(self, size: int, *words: str) -> Printed:
        """Run one command line as a process that no disk lets write beyond `size` bytes a file."""
        limit = (
            "import os, resource, signal, sys\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"
            "os.execv(sys.argv[1], sys.argv[1:])\n"
        )
        call = self.command(*words)
        return self._run([call[0], "-c", limit, call[0], "-B", *call[1:]])

    def files(self) -> dict[str, bytes]:
        """Read every file of the folder, by its path inside."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database itself."""
        with closing(sqlite3.connect(self.database)) as db:
            return db.execute(sql, values).fetchall()
