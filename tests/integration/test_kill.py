"""A line that says "rated" is on disk, however the process ends."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.process import environment

if TYPE_CHECKING:
    from tests.author import Author

ITEMS = 40
ROUNDS = 6

# One process that rates item after item, as fast as it can.
_RATE_ALL = """
import sys
from papertrack.cli import main
config, first = sys.argv[1], int(sys.argv[2])
for number in range(first, 41):
    main(["--config", config, "rate", str(number), "--area", "interp", "--value", "4"])
"""


def test_every_acknowledged_rating_survives_kill_9(author: Author) -> None:
    for number in range(ITEMS):
        author.types("add", "--title", f"Work {number}")
    dice = random.Random(7)  # noqa: S311  # where to cut, not a secret

    acknowledged: set[int] = set()
    for _ in range(ROUNDS):
        first = max(acknowledged, default=0) + 1
        lines = _rate_until_killed(author, first, after=dice.randint(1, 6))
        acknowledged |= {int(line.split()[1]) for line in lines}

    rated = {row[0] for row in author.rows("SELECT item_id FROM ratings WHERE halves = 8")}
    assert acknowledged <= rated
    assert len(acknowledged) >= ROUNDS
    assert author.rows("PRAGMA integrity_check") == [("ok",)]
    assert author.rows("SELECT count(*) FROM items WHERE state = 'kept'") == [(len(rated),)]


def _rate_until_killed(author: Author, first: int, *, after: int) -> list[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _RATE_ALL, str(author.config), str(first)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(author.folder),
    )
    with process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(after)]
        process.kill()
        lines += process.stdout.read().splitlines()
    return [line for line in lines if line.startswith("rated ") and line.rstrip().endswith(" 4")]
