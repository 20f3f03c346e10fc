"""Completion of the author's own names, asked as the shells' own scripts ask."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from papertrack.commands.complete import complete
from tests.filled import fill
from tests.process import command

if TYPE_CHECKING:
    from pathlib import Path

    from tests.author import Author

EXTRA = '\n[searches]\nweek = "@7d is:kept"\nwarm = "rating>=4"\n'


CALLS = (
    ("add", "2611.99901", "--title", "A $(touch owned) `title`", "--tag", "toy"),
    ("add", "--title", 'One "more": [bold]', "--tag", "hype", "--reject"),
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("filled"), CALLS)


@pytest.fixture
def desk(author: Author, filled: Path) -> Author:
    author.config.write_text(author.config.read_text("utf-8") + EXTRA, encoding="utf-8")
    shutil.copy(filled, author.database)
    return author


def bash(desk: Author, *words: str) -> list[str] | None:
    """Ask as bash does: it cuts words at colons."""
    line = ["papertrack", "--config", str(desk.config), *words]
    answer = complete(
        {
            "_PAPERTRACK_COMPLETE": "complete_bash",
            "COMP_WORDS": "\n".join(line),
            "COMP_CWORD": str(len(line) - 1),
        }
    )
    return None if answer is None else answer[0].split()


def line(desk: Author, shell: str, words: str, action: str = "") -> tuple[str, int] | None:
    """Ask as the other shells do: with the line up to the cursor."""
    return complete(
        {
            "_PAPERTRACK_COMPLETE": f"complete_{shell}",
            "_TYPER_COMPLETE_ARGS": f"papertrack --config {desk.config} {words}",
            "_TYPER_COMPLETE_FISH_ACTION": action,
        }
    )


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("list", "--area", ""), ["interp", "attacks"]),
        (("rate", "1", "-a", "int"), ["interp"]),
        (("list", "--source", "by"), ["by-hand"]),
        (("list", "--tag", ""), ["hype", "toy"]),
        (("rate", "1", "--tag", "+t"), ["+toy"]),
        (("tag", "1", "-h"), ["-hype"]),
        (("list", "area", ":"), ["interp", "attacks"]),
        (("list", "area", ":", "att"), ["attacks"]),
        (("search", "probe", "-tag", ":", "t"), ["toy"]),
        (("list", "saved", ":", "w"), ["week", "warm"]),
        (("show", ""), ["1"]),
        (("show", "2"), ["2"]),
        (("show", "2611.9"), ["2611.99901"]),
        (("merge", "1", ""), ["1"]),
        (("fetch", ""), ["by-hand"]),
        (("areas", "rename", "in"), ["interp"]),
        (("show", "9"), []),
        (("list", "--area", "x$(id)"), []),
    ],
)
def test_the_authors_names_complete_a_word(
    desk: Author, words: tuple[str, ...], answer: list[str]
) -> None:
    assert bash(desk, *words) == answer


@pytest.mark.parametrize(
    "words", [("",), ("li",), ("list", "--"), ("list", "prob"), ("show", "--j"), ("areas", "re")]
)
def test_names_of_commands_and_options_are_left_to_typer(
    desk: Author, words: tuple[str, ...]
) -> None:
    assert bash(desk, *words) is None


def test_other_shells_see_the_whole_word_and_the_title(desk: Author) -> None:
    assert line(desk, "zsh", "list area:at") == (
        '_arguments \'*: :(("area\\\\:attacks":"Avoiding Adversarial Attacks"))\'',
        0,
    )
    assert line(desk, "fish", "show ", "get-args") == ("1\tA touch owned title", 0)
    assert line(desk, "fish", "show ", "is-args") == ("", 0)
    assert line(desk, "fish", "show 9", "is-args") == ("", 1)
    assert line(desk, "pwsh", "list --tag ") == ("hype::: \ntoy::: ", 0)


def test_nothing_that_a_shell_could_act_on_reaches_it(desk: Author) -> None:
    desk.types("tag", "1", "+$(id)")
    answers = [line(desk, shell, "show ") for shell in ("zsh", "fish", "pwsh")]
    answers += [line(desk, shell, "list --tag ") for shell in ("zsh", "bash")]

    for answer in answers:
        assert answer is not None
        assert not set("$`;|&<>\\") & set(answer[0])


def test_trouble_with_the_database_completes_nothing(author: Author) -> None:
    assert bash(author, "show", "") == []
    author.database.write_bytes(b"no database")
    assert bash(author, "show", "") == []


def test_a_shell_that_asks_waits_for_sqlite_alone(desk: Author) -> None:
    script = (
        "import sys; sys.argv = ['papertrack']\n"
        "import papertrack.__main__ as start\n"
        "try:\n    start.run()\n"
        "finally:\n    print(' '.join(sys.modules), file=sys.stderr)\n"
    )
    asked = f"papertrack --config {desk.config} show "
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={
            **os.environ,
            "_PAPERTRACK_COMPLETE": "complete_fish",
            "_TYPER_COMPLETE_ARGS": asked,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=30,
    )

    assert (ended.returncode, ended.stdout) == (0, "1\tA touch owned title\n")
    heavy = {"typer", "rich", "textual", "msgspec", "httpx", "sqlite_utils", "platformdirs"}
    assert not heavy & set(ended.stderr.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_completes_with_the_script_that_typer_installs(desk: Author) -> None:
    program = f'{shlex.join(command())} "$@"'
    steps = f"""
papertrack() {{ {program}; }}; export -f papertrack
wrapped="{desk.folder}/papertrack"; printf '#!/bin/sh\\nexec {program}\\n' > "$wrapped"
chmod +x "$wrapped"; PATH="{desk.folder}:$PATH"; unset -f papertrack
eval "$(_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION=1 papertrack --show-completion bash)"
COMP_WORDS=(papertrack --config {desk.config} list area : int); COMP_CWORD=6
_papertrack_completion papertrack; printf '%s\\n' "${{COMPREPLY[@]}}"
COMP_WORDS=(papertrack --config {desk.config} sho); COMP_CWORD=3
_papertrack_completion papertrack; printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    ended = subprocess.run(
        [str(shutil.which("bash")), "-c", steps],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )

    assert (ended.stdout.split(), ended.returncode) == (["interp", "show"], 0), ended.stderr
