"""A call pays for the libraries of its own command and for no others."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.author import Author

HEAVY = {
    "asyncio",
    "feedparser",
    "httpx",
    "jinja2",
    "lxml",
    "multiprocessing",
    "platformdirs",
    "pydantic",
    "rich",
    "sqlite_utils",
    "ssl",
    "textual",
    "tomlkit",
    "zoneinfo",
}
SCRIPT = """\
import sys
from datetime import UTC, datetime
from papertrack.cli import main
code = main(sys.argv[1:], clock=lambda: datetime(2026, 11, 20, 14, tzinfo=UTC))
sys.stdout.write("\\n" + " ".join(sorted(sys.modules)))
sys.exit(code)
"""


def _modules(author: Author, *words: str) -> set[str]:
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, "--config", str(author.config), *words],
        cwd=author.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return set(ended.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "words",
    [
        ("--version",),
        ("list",),
        ("list", "--json"),
        ("rate", "2611.99901", "--reject"),
        ("undo",),
        ("show", "2611.99901"),
        ("add", "https://example.org/x", "--title", "x"),
        ("status",),
        ("sources", "--json"),
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_imported(author: Author, words: tuple[str, ...]) -> None:
    author.types("add", "2611.99901", "--title", "A work")

    assert _modules(author, *words) & HEAVY == set()


# Chapters of our own that a light call has no use for, as it once had.
UNUSED = {
    "list --json": {"hashlib", "papertrack.core.rank.prediction", "papertrack.core.works.identity"},
    "sources --json": {"papertrack.core.arxiv.ids", "papertrack.core.works.identity"},
    "status": {"papertrack.core.arxiv.ids", "papertrack.core.works.identity"},
    "rate 2611.99901 --reject": {"papertrack.core.rank.prediction", "papertrack.storage.rank"},
}


@pytest.mark.parametrize("line", UNUSED)
def test_a_light_call_loads_no_chapter_that_it_has_no_use_for(author: Author, line: str) -> None:
    author.types("add", "2611.99901", "--title", "A work")

    assert _modules(author, *line.split()) & UNUSED[line] == set()


def test_the_version_needs_no_config_and_no_database(author: Author) -> None:
    assert _modules(author, "--version") & {"sqlite3", "msgspec", "tomllib"} == set()


def test_a_draft_brings_the_templates_and_nothing_of_the_network(author: Author) -> None:
    author.types("init")

    imported = _modules(author, "draft", "-o", "-")

    assert "jinja2" in imported
    assert imported & (HEAVY - {"jinja2"}) == set()
