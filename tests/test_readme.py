"""Whatever README shows was really printed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.cli import main

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parents[1]


def _blocks(kind: str) -> list[str]:
    return re.findall(
        rf"^```{kind}\n(.*?)^```$",
        (ROOT / "README.md").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )


def _plain(text: str) -> set[str]:
    """List lines without what differs from run to run.

    That is the demo's folder, the numbers of items, the server's port, and in ``status`` how many
    items a source had before the others: a paper that two of them show counts for the one that
    answered first.
    """
    differs = re.compile(
        r"\S*/papertrack-demo-\w+/"
        r"|^\d+(?=\t| \")|(?<=papertrack show )\d+$"
        r"|(?<=127\.0\.0\.1:)\d+|(?<=:\d\d\t)\d+(?=\t)"
    )
    return {differs.sub("", line) for line in text.splitlines()}


def test_every_console_block_is_printed_by_the_demo(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    code = main(["demo"])

    printed = capsys.readouterr().out
    assert code == 0
    blocks = _blocks("console")
    assert len(blocks) >= 5
    for block in blocks:
        assert _plain(block) <= _plain(printed)


def test_every_papertrack_command_in_the_text_exists(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    typed = [*_blocks("sh"), *_blocks("console"), *re.findall(r"`([^`\n]+)`", prose)]
    named = {name for line in typed for name in re.findall(r"papertrack ([a-z][a-z-]*)", line)}
    assert {"init", "fetch", "rate", "draft"} <= named

    for name in sorted(named):
        assert main([name, "--help"]) == 0
        assert name in capsys.readouterr().out


def test_the_two_commands_are_words_of_run_sh() -> None:
    script = (ROOT / "run.sh").read_text("utf-8")

    for line in _blocks("sh")[0].splitlines():
        word = shlex.split(line, comments=True)[1]
        assert f"\n    {word})" in script


def test_the_page_of_commands_is_what_help_says(capsys: pytest.CaptureFixture[str]) -> None:
    import runpy  # noqa: PLC0415  # only here

    page = runpy.run_path(str(ROOT / "docs" / "make_commands.py"))["commands_page"]()
    capsys.readouterr()

    assert (ROOT / "docs" / "commands.md").read_text("utf-8") == page
