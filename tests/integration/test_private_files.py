"""What papertrack keeps is its owner's alone, whatever the umask of the shell is."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.author import CONFIG
from tests.process import command, environment

if TYPE_CHECKING:
    from pathlib import Path

UMASKS = pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids=oct)
# Opens the database, writes, and lists what lies beside it while it is open.
LOOK = """
import os, pathlib, sys
from papertrack.storage.database import opened, transaction
path = pathlib.Path(sys.argv[1])
with opened(path, create=True) as db:
    with transaction(db):
        db.execute("INSERT INTO hosts VALUES ('example.org', '2026-11-20T13:00:00.000Z')")
    for one in sorted(path.parent.iterdir()):
        print(one.name, oct(one.stat().st_mode & 0o777))
"""
# The command line, in a process that tells of every chmod.
TELLING = """
import sys
from papertrack.cli import main
sys.addaudithook(lambda event, given: event == "os.chmod" and print("CHMOD", given))
sys.exit(main(sys.argv[1:]))
"""


def run(folder: Path, umask: int, *words: str) -> str:
    """Run a program in a folder with a umask; returns all that it printed."""
    ended = subprocess.run(
        words,
        cwd=folder,
        env=environment(folder),
        umask=umask,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout + ended.stderr


def modes(folder: Path) -> dict[str, int]:
    """Read the mode of everything in a folder, by its path inside."""
    found = sorted(folder.rglob("*"))
    return {str(one.relative_to(folder)): stat.S_IMODE(one.lstat().st_mode) for one in found}


@UMASKS
def test_config_database_and_their_folders_are_made_for_their_owner_alone(
    tmp_path: Path, umask: int
) -> None:
    run(tmp_path, umask, *command("init"))

    kept = {name: mode for name, mode in modes(tmp_path).items() if name.startswith(".")}
    assert {mode for name, mode in kept.items() if name.endswith(("toml", ".db"))} == {0o600}
    assert {mode for name, mode in kept.items() if "." not in name[1:]} == {0o700}
    assert len(kept) >= 6  # two files, and the folders above them that were not there


@UMASKS
def test_the_log_and_the_memory_of_an_open_database_are_its_owners_alone(
    tmp_path: Path, umask: int
) -> None:
    database = tmp_path / "new" / "papertrack.db"

    printed = run(tmp_path, umask, sys.executable, "-c", LOOK, str(database))

    assert re.findall(r"(\S+) (0o\d+)", printed) == [
        ("papertrack.db", "0o600"),
        ("papertrack.db-shm", "0o600"),
        ("papertrack.db-wal", "0o600"),
    ]


def test_nothing_is_made_first_and_closed_afterwards(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "by" / "papertrack"

    printed = run(
        tmp_path,
        0o000,
        *(sys.executable, "-c", TELLING, "--config", str(folder / "config.toml"), "init"),
    )

    assert "CHMOD" not in printed
    assert set(modes(tmp_path / "made").values()) == {0o600, 0o700}


@UMASKS
def test_a_week_leaves_nothing_open_but_what_is_to_be_given_away(
    tmp_path: Path, umask: int
) -> None:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    config = ("--config", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").chmod(0o600)

    for words in (
        ("add", "2611.99901", "--title", "A work", "--area", "interp", "--value", "3"),
        ("draft",),
        ("preview", "--print"),
        ("sources", "add", "https://example.org/feed.xml", "--no-check", "--kind", "feed"),
    ):
        run(tmp_path, umask, *command(*config, *words))

    found = modes(tmp_path)
    draft = next(name for name in found if name.startswith("drafts/"))
    assert found.pop(draft) == 0o666 & ~umask
    assert set(found.values()) == {0o600, 0o700}
    assert {name for name in found if name.endswith((".html", ".db", ".toml"))} == {
        ".cache/papertrack/preview.html",
        "papertrack.db",
        "config.toml",
    }


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o775)

    run(tmp_path, 0o022, *command("--config", str(folder / "config.toml"), "init"))

    assert stat.S_IMODE(folder.stat().st_mode) == 0o775


def test_a_database_that_others_could_read_is_taken_from_them(tmp_path: Path) -> None:
    database = tmp_path / "papertrack.db"
    run(tmp_path, 0o022, sys.executable, "-c", LOOK, str(database))
    backup, other = tmp_path / "papertrack.db.backup-of-schema-1", tmp_path / "papertrack.db.mine"
    for file in (database, backup, other):
        file.touch()
        file.chmod(0o644)

    printed = run(
        tmp_path, 0o022, sys.executable, "-c", LOOK.replace("INSERT", "REPLACE"), str(database)
    )

    assert dict(re.findall(r"(\S+) (0o\d+)", printed)) == {
        "papertrack.db": "0o600",
        "papertrack.db-shm": "0o600",
        "papertrack.db-wal": "0o600",
        "papertrack.db.backup-of-schema-1": "0o600",
        "papertrack.db.mine": "0o644",
    }


def test_a_log_that_a_killed_process_left_open_to_all_is_taken_from_them(tmp_path: Path) -> None:
    database = tmp_path / "papertrack.db"
    killed = LOOK + "    os.kill(os.getpid(), 9)\n"
    run(tmp_path, 0o022, sys.executable, "-c", LOOK, str(database))
    subprocess.run(
        [sys.executable, "-c", killed.replace("INSERT", "REPLACE"), str(database)],
        env=environment(tmp_path),
        check=False,
        capture_output=True,
    )
    for ending in ("", "-wal", "-shm"):
        (tmp_path / f"papertrack.db{ending}").chmod(0o644)

    printed = run(
        tmp_path, 0o022, sys.executable, "-c", LOOK.replace("INSERT", "REPLACE"), str(database)
    )

    assert set(re.findall(r"0o\d+", printed)) == {"0o600"}


def test_a_database_of_another_program_keeps_its_mode(tmp_path: Path) -> None:
    database = tmp_path / "papertrack.db"
    database.write_bytes(b"not ours" * 100)
    database.chmod(0o644)

    with pytest.raises(AssertionError, match="is not a papertrack database"):
        run(tmp_path, 0o022, *command("--db", str(database), "log"))

    assert stat.S_IMODE(database.stat().st_mode) == 0o644


def test_a_draft_keeps_its_mode_and_its_backup_is_its_owners_alone(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    rate = ("add", "2611.99901", "--title", "A work", "--area", "interp", "--value", "3")
    run(tmp_path, 0o022, *command("--config", str(config), *rate, "--what", "One text"))
    run(tmp_path, 0o022, *command("--config", str(config), "draft", "-o", "issue.md"))
    draft = tmp_path / "issue.md"
    draft.write_text(draft.read_text("utf-8").replace("One text", "My text"), "utf-8")
    draft.chmod(0o640)
    run(tmp_path, 0o022, *command("--config", str(config), "rate", "1", "--what", "Another text"))

    with pytest.raises(AssertionError, match="keep one side, delete the markers"):
        run(tmp_path, 0o000, *command("--config", str(config), "draft", "-o", "issue.md"))

    assert modes(tmp_path)["issue.md"] == 0o640
    assert modes(tmp_path)["issue.md.bak"] == 0o600


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_a_config_keeps_its_mode_and_its_link(tmp_path: Path, mode: int) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text(CONFIG, encoding="utf-8")
    real.chmod(mode)
    link.symlink_to(real.name)

    add = ("sources", "add", "https://example.org/feed.xml", "--no-check", "--kind", "feed")
    run(tmp_path, 0o000, *command("--config", str(link), *add))

    assert "example.org/feed.xml" in real.read_text("utf-8")
    assert stat.S_IMODE(real.stat().st_mode) == mode
    assert os.readlink(link) == real.name  # noqa: PTH115


def test_a_list_of_sources_keeps_the_mode_that_it_had(tmp_path: Path) -> None:
    config, feeds = tmp_path / "config.toml", tmp_path / "feeds.opml"
    config.write_text(CONFIG, encoding="utf-8")
    export = command("--config", str(config), "sources", "export", "feeds.opml")
    run(tmp_path, 0o022, *export)
    made = modes(tmp_path)["feeds.opml"]
    feeds.chmod(0o600)

    run(tmp_path, 0o022, *export)

    assert (made, modes(tmp_path)["feeds.opml"]) == (0o644, 0o600)


def test_who_writes_a_password_into_a_readable_config_is_told(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    config.chmod(0o644)

    def add(url: str) -> str:
        more = ("sources", "add", url, "--no-check", "--kind", "feed")
        return run(tmp_path, 0o022, *command("--config", str(config), *more))

    open_feed, private = add("https://example.org/feed"), add("https://me:x@example.org/private")
    config.chmod(0o600)
    closed = add("https://example.org/feed?token=x")

    assert f"can read it; run: chmod 600 {config}\n" in private
    assert "chmod" not in open_feed + closed
