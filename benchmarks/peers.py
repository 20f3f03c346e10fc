"""The programs that are measured: how each is set up, called, and asked what it has stored."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import tomlkit

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

JOBS = 16
READER_PYTHON = "BENCH_READER_PYTHON"
"""Names the Python of a virtual environment in which `reader` is installed."""

_ROOT = Path(__file__).resolve().parents[1]
_READER_SETS_UP = """
import sys
from reader import make_reader
reader = make_reader(sys.argv[1])
for url in open(sys.argv[2]).read().split():
    reader.add_feed(url)
reader.close()
"""
_READER_UPDATES = """
import sys
from reader import make_reader
reader = make_reader(sys.argv[1])
reader.update_feeds(scheduled=False, workers=int(sys.argv[2]))
reader.close()
"""


@dataclass(frozen=True, slots=True)
class Program:
    """One program under measurement.

    Attributes:
        prepare: Sets it up in an empty folder for some feeds; returns the command of each run.
        count: How many items a folder holds; None when the program keeps none.
        missing: Why it cannot run here; empty if it can.
        asks_for_changes: Whether it sends validators, so that a server may answer 304.
        is_slow: Whether one round of it is enough.
    """

    name: str
    prepare: Callable[[Path, Sequence[str]], list[str]]
    count: Callable[[Path], int] | None
    missing: str = ""
    asks_for_changes: bool = True
    is_slow: bool = False


def programs() -> list[Program]:
    """List the programs, papertrack first."""
    reader = os.environ.get(READER_PYTHON, "")
    return [
        Program("papertrack", _papertrack, _counting("papertrack.db", "items")),
        Program("unranked", _unranked, _counting("papertrack.db", "items")),
        Program(
            "newsboat",
            _newsboat,
            _counting("cache.db", "rss_item"),
            missing=_unless_installed("newsboat"),
        ),
        Program(
            "sfeed",
            _sfeed,
            _count_sfeed,
            missing=_unless_installed("sfeed_update", "sfeed"),
            asks_for_changes=False,
        ),
        Program(
            "naive",
            _naive,
            _counting("naive.db", "items"),
            missing=_unless_importable("httpx", "feedparser", "sqlite_utils"),
            is_slow=True,
        ),
        Program(
            "reader",
            _reader,
            _counting("reader.db", "entries"),
            missing="" if reader else f"name a Python that has it in {READER_PYTHON}",
            is_slow=True,
        ),
        Program("curl", _curl, None, missing=_unless_installed("curl"), asks_for_changes=False),
    ]


def environment(folder: Path) -> dict[str, str]:
    """Make an environment in which nobody is at home and no proxy is set."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "PYTHONPATH": str(_ROOT),
    }


def _papertrack(folder: Path, urls: Sequence[str]) -> list[str]:
    """Prepare papertrack as its users have it: with all that `init` writes but the sources."""
    config = tomlkit.parse((_ROOT / "config.example.toml").read_text("utf-8"))
    del config["sources"]
    return _papertrack_with(folder, urls, config)


def _unranked(folder: Path, urls: Sequence[str]) -> list[str]:
    """Prepare papertrack without areas, so that there is nothing to rank by."""
    return _papertrack_with(folder, urls, tomlkit.document())


def _papertrack_with(folder: Path, urls: Sequence[str], config: TOMLDocument) -> list[str]:
    config["database"] = "papertrack.db"
    sources = (
        f'[[sources]]\nslug = "feed-{n}"\nkind = "feed"\nurl = "{url}"\n'
        "allow_private_network = true\n"
        for n, url in enumerate(urls)
    )
    file = folder / "config.toml"
    file.write_text(f"{tomlkit.dumps(config)}\n{''.join(sources)}", encoding="utf-8")
    program = [str(Path(sys.executable).with_name("papertrack")), "--config", str(file), "fetch"]
    return [*program, "--jobs", str(JOBS)]


def _newsboat(folder: Path, urls: Sequence[str]) -> list[str]:
    _write_urls(folder, urls)
    (folder / "config").write_text(f"reload-threads {JOBS}\n", encoding="utf-8")
    files = ("-u", "urls", "-c", "cache.db", "-C", "config")
    return ["newsboat", *files, "-x", "reload"]


def _sfeed(folder: Path, urls: Sequence[str]) -> list[str]:
    (folder / "feeds").mkdir()
    feeds = "".join(f"  feed 'f{n}' '{url}'\n" for n, url in enumerate(urls))
    rc = f"sfeedpath='{folder}/feeds'\nmaxjobs={JOBS}\nfeeds() {{\n{feeds}}}\n"
    (folder / "sfeedrc").write_text(rc, encoding="utf-8")
    return ["sfeed_update", str(folder / "sfeedrc")]


def _naive(folder: Path, urls: Sequence[str]) -> list[str]:
    _write_urls(folder, urls)
    return [sys.executable, "-m", "benchmarks.naive", "naive.db", str(JOBS), "urls"]


def _reader(folder: Path, urls: Sequence[str]) -> list[str]:
    _write_urls(folder, urls)
    python = [os.environ[READER_PYTHON], "-c"]
    subprocess.run(
        [*python, _READER_SETS_UP, "reader.db", "urls"],
        cwd=folder,
        env=_without_our_code(folder),
        check=True,
    )
    return [*python, _READER_UPDATES, "reader.db", str(JOBS)]


def _curl(folder: Path, urls: Sequence[str]) -> list[str]:
    wanted = "".join(f'url = "{url}"\noutput = "/dev/null"\n' for url in urls)
    (folder / "curlrc").write_text(wanted, encoding="utf-8")
    return ["curl", "-s", "-f", "--compressed", "-Z", "--parallel-max", str(JOBS), "-K", "curlrc"]


def _write_urls(folder: Path, urls: Sequence[str]) -> None:
    (folder / "urls").write_text("".join(f"{url}\n" for url in urls), encoding="utf-8")


def _without_our_code(folder: Path) -> dict[str, str]:
    env = environment(folder)
    del env["PYTHONPATH"]
    return env


def _counting(file: str, table: str) -> Callable[[Path], int]:
    def count(folder: Path) -> int:
        with contextlib.closing(sqlite3.connect(folder / file)) as db:
            found: int = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  # our own name
            return found

    return count


def _count_sfeed(folder: Path) -> int:
    files = (folder / "feeds").iterdir()
    return sum(file.read_bytes().count(b"\n") for file in files)  # a line an item


def _unless_installed(program: str, package: str = "") -> str:
    return "" if shutil.which(program) else f"apt-get install {package or program}"


def _unless_importable(*modules: str) -> str:
    absent = [name for name in modules if importlib.util.find_spec(name) is None]
    return f"not installed: {', '.join(absent)}" if absent else ""
