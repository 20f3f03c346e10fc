"""The demo runs the whole loop by itself, and leaves nothing outside its folder."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.process import command

if TYPE_CHECKING:
    from pathlib import Path


def _play(place: Path) -> tuple[str, Path]:
    """Play the demo with nobody at home; returns what it printed and the one folder it made."""
    for name in ("home", "tmp", "here"):
        (place / name).mkdir(parents=True)
    ended = subprocess.run(
        command("demo"),
        cwd=place / "here",
        env={
            **os.environ,
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(place / "home"),
            "XDG_CONFIG_HOME": str(place / "home"),
            "XDG_DATA_HOME": str(place / "home"),
            "TMPDIR": str(place / "tmp"),
            "PAPERTRACK_DB": str(place / "home" / "mine.db"),
            "http_proxy": "http://127.0.0.1:9",
        },
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    made = [path for name in ("home", "tmp", "here") for path in (place / name).iterdir()]
    assert len(made) == 1
    assert made[0].name.startswith("papertrack-demo-")
    return ended.stdout, made[0]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    return _play(tmp_path_factory.mktemp("demo"))


def test_the_demo_ends_with_the_digest(demo: tuple[str, Path]) -> None:
    told, folder = demo

    drafts = list(folder.rglob("*.md"))
    digest = drafts[0].read_text("utf-8")

    assert [path.name for path in drafts] == ["2026-W47.md"]
    assert digest in told
    assert digest.startswith("# ")
    assert "A quiet week with one good probe." in digest
    assert "+" in digest.partition("**Rating:**")[2]


def test_the_draft_of_the_demo_keeps_what_was_written_by_hand(demo: tuple[str, Path]) -> None:
    told, folder = demo

    digest = (folder / "drafts" / "2026-W47.md").read_text("utf-8")

    assert "good probe. It fits into twelve lines of code.\n" in digest
    assert "[Prompt injection through tables]" in digest
    assert "It fits into twelve lines" in told.partition("papertrack draft --check")[0]
    assert "6 items, your edits are kept" in told


def test_the_demo_shows_each_command_of_the_week(demo: tuple[str, Path]) -> None:
    typed = re.findall(r"^\$ papertrack (\w+)", demo[0], re.MULTILINE)

    assert {"list", "show", "why", "search", "undo", "status", "issues"} <= set(typed)
    order = [typed.index(name) for name in ("fetch", "rate", "draft", "publish")]
    assert order == sorted(order)


def test_one_blog_of_the_demo_fails_and_costs_nobody_else(demo: tuple[str, Path]) -> None:
    failures = re.findall(r"^\S+: failed: .+$", demo[0], re.MULTILINE)

    assert len(failures) >= 1
    assert "[exit 1]" in demo[0]
    assert "[exit 2]" not in demo[0]


def test_the_demo_tells_the_same_story_every_time(demo: tuple[str, Path], tmp_path: Path) -> None:
    told, folder = demo

    again, other = _play(tmp_path / "again")

    def plain(text: str, place: Path) -> list[str]:
        """Leave out the folder, the server's port, and the numbers of items."""
        lines = text.replace(str(place), "FOLDER").splitlines()
        return sorted(re.sub(r"^\d+(?=\s)|(?<=127\.0\.0\.1:)\d+", "N", line) for line in lines)

    assert plain(again, other) == plain(told, folder)
