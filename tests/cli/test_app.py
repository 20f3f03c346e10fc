"""The front door: help, wrong calls, interrupted calls, closed pipes, full disks, odd places."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

import papertrack
from papertrack.cli.app import COMMANDS, group_of
from tests.process import command
from tests.servers import RawServer

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from tests.author import Author, Printed

CALLS = {
    "init": ("init",),
    "fetch": ("fetch",),
    "rate": ("rate", "1", "--reject"),
    "draft": ("draft",),
    "list": ("list",),
    "show": ("show", "1"),
    "add": ("add", "--title", "x"),
    "undo": ("undo",),
    "status": ("status",),
}


def _is_one_line(printed: Printed) -> bool:
    return printed.err.count("\n") == 1 and "Traceback" not in printed.err


def test_no_words_print_the_help(author: Author) -> None:
    printed = author.calls()

    assert (printed.code, printed.err) == (0, "")
    assert printed.out.startswith("Usage: papertrack")
    assert [name for name in COMMANDS if f"\n  {name} " not in printed.out] == []


@pytest.mark.parametrize("words", [("--help",), ("-h",), *((name, "--help") for name in COMMANDS)])
def test_help_has_no_styles_and_fits_80_columns(author: Author, words: tuple[str, ...]) -> None:
    printed = author.calls(*words)

    assert (printed.code, printed.err) == (0, "")
    assert "\x1b" not in printed.out
    assert max(map(len, printed.out.splitlines())) <= 90


def _summaries(printed: Printed) -> dict[str, str]:
    """Read the list of commands at the end of a help page: their summaries by name."""
    listed = printed.out.partition("\nCommands:\n")[2]
    rows = (line.split(maxsplit=1) for line in listed.splitlines())
    return dict(rows)  # a summary's second line would give a name that is no command


def test_every_summary_of_a_command_fits_one_line_of_80_columns(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    summaries = _summaries(author.calls("--help"))
    groups = [name for name, module in COMMANDS.items() if group_of(module)]
    assert set(summaries) == set(COMMANDS)
    assert len(groups) >= 6

    for group in groups:
        parts = _summaries(author.calls(group, "--help"))
        assert set(parts) == set(group_of(COMMANDS[group]))
        summaries |= {f"{group} {name}": summary for name, summary in parts.items()}

    assert [name for name, summary in summaries.items() if not summary.endswith(".")] == []
    assert [name for name, summary in summaries.items() if summary.endswith("...")] == []


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"demo", "init", "show", "undo"}))
def test_help_has_examples(author: Author, name: str) -> None:
    printed = author.calls(name, "--help")

    assert f"Examples:\n    papertrack {name}" in printed.out


def test_the_version_is_told(author: Author) -> None:
    printed = author.calls("--version")

    assert (printed.code, printed.out) == (0, f"papertrack {papertrack.__version__}\n")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("frobnicate",), "No such command 'frobnicate'; see papertrack --help"),
        (("a\nb\x1b[31m",), "see papertrack --help"),
        (("--frob",), "No such option: --frob"),
        (("list", "--frob"), "No such option: --frob; see papertrack list --help"),
        (("show",), "Missing argument 'ITEM'; see papertrack show --help"),
        (("--config",), "Option '--config' requires an argument; see papertrack --help"),
        (("-q",), "Missing command; see papertrack --help"),
        (("list", "--limit", "many"), "'many' is not a valid int"),
        (("show", "\udcff"), "an argument is not UTF-8: '\\udcff'; pass arguments as"),
    ],
)
def test_a_wrong_call_is_one_line(author: Author, words: tuple[str, ...], expected: str) -> None:
    printed = author.calls(*words)

    assert (printed.code, printed.out) == (2, "")
    assert printed.err.startswith("papertrack: ")
    assert expected in printed.err
    assert "\x1b" not in printed.err
    assert _is_one_line(printed)


def test_bytes_that_are_not_utf_8_are_refused_by_the_process(author: Author) -> None:
    call = [*map(os.fsencode, command("show")), b"caf\xe9"]

    ended = subprocess.run(call, cwd=author.folder, capture_output=True, timeout=60, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr.count(b"\n")) == (2, b"", 1)


@pytest.mark.parametrize("words", [("list",), ("list", "--json"), ("undo",)])
def test_a_reader_who_has_gone_is_no_error(author: Author, words: tuple[str, ...]) -> None:
    author.types("add", "--title", "x")
    reading, writing = os.pipe()
    os.close(reading)

    ended = subprocess.run(
        author.command(*words),
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writing)

    assert (ended.returncode, ended.stderr) == (141, b"")


def test_a_full_disk_behind_standard_output_is_one_line(author: Author) -> None:
    author.types("add", "--title", "x")

    with open("/dev/full", "wb") as full:  # noqa: PTH123  # a device
        ended = subprocess.run(
            author.command("list"),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )

    assert ended.returncode == 4
    assert ended.stderr == b"papertrack: cannot read or write: No space left on device\n"


@pytest.mark.parametrize("words", [("fetch",), ("add", "2611.99901")], ids=["fetch", "add"])
def test_ctrl_c_ends_a_call_that_waits_with_130(author: Author, words: tuple[str, ...]) -> None:
    asked = threading.Event()

    def hang(connection: socket.socket) -> None:
        asked.set()
        while connection.recv(1000):
            pass

    with RawServer(hang) as server:
        author.write_config(author.config_text + f'api_url = "{server.url}"\n')
        author.add_source(f"{server.url}/feed")
        author.types("init")
        waiting = subprocess.Popen(
            author.command(*words),
            cwd=author.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert asked.wait(timeout=60)
        waiting.send_signal(signal.SIGINT)
        out, err = waiting.communicate(timeout=60)

    assert (waiting.returncode, out) == (130, b"")
    assert err == b"papertrack: interrupted; what was acknowledged is kept\n"
    assert author.types("list").code == 0


def test_the_option_names_the_database_before_the_environment_and_the_config(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERTRACK_DB", str(author.folder / "environment.db"))

    author.types("--db", "option.db", "init")
    author.types("init")
    monkeypatch.delenv("PAPERTRACK_DB")
    author.types("init")

    assert sorted(author.files()) == ["config.toml", "environment.db", "option.db", "papertrack.db"]


def test_the_option_names_the_config_before_the_environment(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    (author.folder / "other.toml").write_text('database = "other.db"\n')
    monkeypatch.setenv("PAPERTRACK_CONFIG", "other.toml")

    by_environment = author.calls("init").out
    by_option = author.types("init").out

    assert "the database is other.db\n" in by_environment
    assert f"the database is {author.database}\n" in by_option


def test_an_empty_variable_counts_as_none(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERTRACK_DB", "")

    assert f"the database is {author.database}\n" in author.types("init").out


def test_without_any_name_everything_is_in_the_folders_of_the_user(
    author: Author, tmp_path: Path
) -> None:
    author.calls("init")

    made = sorted(
        str(path.relative_to(tmp_path / "home"))
        for path in (tmp_path / "home").rglob("*")
        if path.is_file()
    )
    assert made == ["papertrack/config.toml", "papertrack/papertrack.db"]


def test_a_database_can_be_read_without_a_config(author: Author) -> None:
    author.types("add", "--title", "A thought")

    printed = author.calls("--db", str(author.database), "list")

    assert (printed.code, printed.out) == (0, "1\tnew\t2026-11-20\tby-hand\tA thought\n")


def test_a_database_used_without_its_config_keeps_its_areas(author: Author) -> None:
    author.types("add", "2611.99901", "--title", "A work")

    printed = author.calls(
        "--db", str(author.database), "rate", "1", "--area", "interp", "--value", "3"
    )

    assert printed.out == "rated 1 interp 3\n"


def test_a_config_that_is_missing_is_said_with_what_to_do(author: Author) -> None:
    author.config.unlink()

    printed = author.types("list")

    assert (printed.code, printed.err) == (
        2,
        f"papertrack: there is no config at {author.config}; run: papertrack init\n",
    )


@pytest.mark.parametrize("words", CALLS.values(), ids=CALLS)
def test_quiet_prints_errors_only(author: Author, words: tuple[str, ...]) -> None:
    author.types("add", "--title", "x")

    printed = author.types("-q", *words)

    assert printed.out == "" or words[0] in {"list", "show"}
    assert printed.err == "" or printed.code != 0


@pytest.mark.parametrize("words", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("place", ["config", "database", "folder of the database", "missing"])
def test_a_place_that_cannot_be_used_is_one_line(
    author: Author, words: tuple[str, ...], place: str
) -> None:
    author.add_source("http://127.0.0.1:9/feed")
    match place:
        case "config":
            author.config.unlink()
            author.config.mkdir()
        case "database":
            author.database.mkdir()
        case "folder of the database":
            author.write_config(author.config.read_text().replace("papertrack.db", "file/x.db"))
            (author.folder / "file").write_text("in the way")
        case _:
            author.write_config("")
            author.config.unlink()
            (author.folder / "config.toml").symlink_to(author.folder / "nowhere" / "config.toml")

    printed = author.types(*words)

    assert printed.code in {2, 3, 4}
    assert _is_one_line(printed)


@pytest.mark.parametrize(
    "words", [("list",), ("show", "1"), ("rate", "1", "--reject"), ("undo",), ("draft",)]
)
def test_a_missing_database_is_not_made_by_looking(author: Author, words: tuple[str, ...]) -> None:
    printed = author.types(*words)

    assert (printed.code, printed.err) == (
        3,
        f"papertrack: there is no database at {author.database}; run: papertrack init\n",
    )
    assert list(author.files()) == ["config.toml"]


@pytest.mark.parametrize("words", [("list",), ("show", "1"), ("draft", "-o", "-"), ("--help",)])
def test_a_pipe_gets_no_styles(author: Author, words: tuple[str, ...]) -> None:
    author.types("add", "2611.99901", "--title", "A work", "--area", "interp", "--value", "3")

    printed = author.starts(*words, FORCE_COLOR="1", TERM="xterm-256color", CLICOLOR_FORCE="1")

    assert (printed.code, printed.err) == (0, "")
    assert "\x1b" not in printed.out


def test_a_terminal_without_unicode_is_no_error(author: Author) -> None:
    author.types("add", "--title", "Ünïcode 💡")

    printed = author.starts("list", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", LC_ALL="C")

    assert (printed.code, printed.out.endswith("Ünïcode 💡\n")) == (0, True)


def test_a_folder_whose_name_is_not_utf_8_is_no_error(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)  # noqa: PTH102  # its name is bytes

    ended = subprocess.run(
        command("init"),
        env={**os.environb, b"PAPERTRACK_CONFIG": folder + b"/config.toml"},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"caf\\udce9/papertrack.db" in ended.stdout
