"""A line that says "rated" or "merged" is on disk, however the process ends.

`PAPERTRACK_KILLS` sets how often a process is killed while it rates.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

from papertrack.storage import projection
from papertrack.storage.database import open_database
from tests.process import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.author import Author

ITEMS = 10
KILLS = int(os.environ.get("PAPERTRACK_KILLS", "5"))
MERGE_KILLS = max(2, KILLS // 10)
_MOST_LINES = 6  # acknowledgements before the kill
_LATEST_S = 0.02  # and so long after the last of them: somewhere in the midst of the next act

# One process that rates item after item, as fast as it can, from one on and round again. Each round
# has another value, so that every act says something new.
_RATE_ALL = """
import sys
from papertrack.cli import main
from tests.process import LATER_ON_FRIDAY
config, first = sys.argv[1], int(sys.argv[2])
for count in range(first, 10**9):
    value = str((count // 10 % 10 + 1) / 2)
    words = ["rate", str(count % 10 + 1), "--area", "interp", "--value", value]
    main(["--config", config, *words], clock=lambda: LATER_ON_FRIDAY)
"""

# One that merges two works and takes the merge back, again and again.
_MERGE_AND_UNDO = """
import sys
from papertrack.cli import main
from tests.process import LATER_ON_FRIDAY
for count in range(10**9):
    for words in (["merge", "1", str(2 + count % 3)], ["undo"]):
        main(["--config", sys.argv[1], *words], clock=lambda: LATER_ON_FRIDAY)
"""


def test_every_acknowledged_rating_survives_kill_9(author: Author) -> None:
    _add_works(author, ITEMS)
    dice = random.Random(7)  # noqa: S311  # where to cut, not a secret

    acknowledged = 0
    for _ in range(KILLS):
        first = _said(author)
        lines = [
            line.split()
            for line in _run_until_killed(author, _RATE_ALL, str(first), dice=dice)
            if line.startswith("rated ")
        ]
        acknowledged += len(lines)
        # Every line is in the journal, in its place; at most the act that was cut off is, too.
        written = author.rows(_RATINGS + " LIMIT -1 OFFSET ?", first)
        told = [(int(words[1]), float(words[3]) * 2) for words in lines]
        assert [(int(subject[-2:]), halves) for subject, halves in written][: len(told)] == told
        assert len(written) - len(told) in {0, 1}

    assert acknowledged >= KILLS
    _check_that_nothing_is_half_done(author)


def test_a_merge_that_is_killed_is_whole_or_not_there(author: Author) -> None:
    _add_works(author, 4)
    for number in (1, 2, 3, 4):
        author.types("rate", str(number), "--area", "interp", "--value", str(number))
    dice = random.Random(11)  # noqa: S311  # as above

    for _ in range(MERGE_KILLS):
        lines = _run_until_killed(author, _MERGE_AND_UNDO, dice=dice)
        _check_that_nothing_is_half_done(author)
        merged = author.rows("SELECT count(*) FROM items WHERE merged_into IS NOT NULL")[0][0]
        last = [line for line in lines if line.startswith(("merged ", "undone: "))][-1]
        # What was acknowledged last holds, unless the next act, too, was done before its line.
        after = author.rows("SELECT verb FROM events ORDER BY seq DESC LIMIT 1")[0][0]
        assert merged == (after == "merge")
        assert merged or last.startswith("undone: ") or after == "undo"
        if merged:
            author.types("undo")


def _add_works(author: Author, count: int) -> None:
    for number in range(1, count + 1):
        author.types("add", f"2611.999{number:02}", "--title", f"Work {number}")


_RATINGS = """
SELECT subject, json_extract(payload, '$.to') FROM events
WHERE verb = 'rate' AND json_extract(payload, '$.field') = 'halves' ORDER BY seq
"""


def _said(author: Author) -> int:
    return len(author.rows(_RATINGS))


def _check_that_nothing_is_half_done(author: Author) -> None:
    """Ask SQLite, and draw every table anew from the journal: all is as it was."""
    assert author.rows("PRAGMA integrity_check") == [("ok",)]
    before = _dump(author)
    with closing(open_database(author.database)) as db:
        projection.rebuild(db)
    assert _dump(author) == before


def _dump(author: Author) -> list[list[tuple[Any, ...]]]:
    tables = ("items", "identifiers", "ratings", "tags", "notes")
    return [author.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]  # noqa: S608  # ours


def _run_until_killed(author: Author, script: str, *words: str, dice: random.Random) -> list[str]:
    """Run a script, kill it some moments after some lines; returns the whole lines it printed."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", script, str(author.config), *words],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(author.folder),
    )
    with process:
        return list(_lines_until_killed(process, dice))


def _lines_until_killed(process: subprocess.Popen[str], dice: random.Random) -> Iterator[str]:
    assert process.stdout is not None
    for _ in range(dice.randint(1, _MOST_LINES)):
        yield process.stdout.readline().rstrip("\n")
    # What comes meanwhile waits in the pipe.
    threading.Timer(dice.uniform(0, _LATEST_S), process.kill).start()
    for line in process.stdout:
        if line.endswith("\n"):
            yield line.rstrip("\n")
