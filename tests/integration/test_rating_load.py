"""Fetching, rating and listing at the same time, each in a process of its own: nothing is lost.

`PAPERTRACK_LOAD_S` sets for how many seconds; with more than ten the figures are printed.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.process import environment
from tests.samples import Post, rss
from tests.servers import FeedServer

if TYPE_CHECKING:
    import pytest

    from tests.author import Author

SECONDS = float(os.environ.get("PAPERTRACK_LOAD_S", "3"))
ITEMS = 40

# What a process does again and again, at its own pace, noting what came of it and how long it took.
_AT_ITS_PACE = """
import contextlib, io, json, sys, time
seconds, pause = map(float, sys.argv[1:3])
begun = time.monotonic()
for count in range(10**9):
    wait = begun + count * pause - time.monotonic()
    if wait > 0:
        time.sleep(wait)
    if time.monotonic() - begun > seconds:
        break
    printed = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed[0]), contextlib.redirect_stderr(printed[1]):
        started = time.perf_counter()
        code, said = act(count)
        took = time.perf_counter() - started
    told = {"code": code, "ms": took * 1000, "err": printed[1].getvalue(), "said": said}
    print(json.dumps(told))
"""

# A command, typed again and again.
_TYPE = """
import sys
from papertrack.cli import main
from tests.process import LATER_ON_FRIDAY

def act(count):
    return main(sys.argv[3:], clock=lambda: LATER_ON_FRIDAY), []
"""

# Works rated in turn, as the rating screen does it: with a database that stays open.
_RATE = f"""
import sys
from datetime import timedelta
from pathlib import Path
from papertrack.commands.judge import JudgementInput, judge
from papertrack.storage.database import open_database
from tests.process import LATER_ON_FRIDAY
db = open_database(Path(sys.argv[3]))

def act(count):
    verdict = JudgementInput(area="interp", halves=count % 10 + 1)
    now = LATER_ON_FRIDAY + timedelta(seconds=count)
    act = judge(db, [str(count % {ITEMS} + 1)], verdict, now)
    return 0, list(act.said[0].lines)
"""


class BusyBlog(FeedServer):
    """A blog that has twenty new posts, and other words in forty old ones, whenever it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self._rounds = itertools.count()

    def find(self, path: str) -> Any:  # noqa: ANN401  # what the server keeps of a page
        round_ = next(self._rounds)
        first = round_ * 20
        posts = [
            Post(
                f"Post {number}",
                f"https://blog.example.org/{number}",
                f"post-{number}",
                f"<p>Words {round_ if number < first + 40 else 0} of {number}.</p>",
            )
            for number in range(first, first + 200)
        ]
        self.put("/feed", rss(*reversed(posts)))
        return super().find(path)


def test_fetch_rate_and_list_at_once_end_without_an_error_and_without_a_lost_act(
    author: Author, capsys: pytest.CaptureFixture[str]
) -> None:
    with BusyBlog() as blog:
        author.add_source(f"{blog.url}/feed", max_first=str(ITEMS))
        assert author.types("fetch").code == 0
        config = ("--config", str(author.config))
        running = {
            "fetch": _start(author, _TYPE, 1.0, *config, "fetch", "--force"),
            "rate": _start(author, _RATE, 0.05, str(author.database)),
            "list": _start(author, _TYPE, 0.0, *config, "list", "--json"),
        }
        calls = {name: _finish(process) for name, process in running.items()}

    troubles = [(name, call) for name, told in calls.items() for call in told if call["code"]]
    assert troubles == []
    assert {call["err"] for call in calls["rate"] + calls["list"]} == {""}
    _check_that_every_act_is_there(
        author, [line for call in calls["rate"] for line in call["said"]]
    )
    assert author.rows("PRAGMA integrity_check") == [("ok",)]
    assert calls["list"]
    assert author.rows("SELECT count(*) FROM items")[0][0] >= ITEMS + 20
    if SECONDS > 10:  # a run that somebody watches
        with capsys.disabled():
            sys.stdout.write("\n" + "\n".join(_figures(name, calls[name]) for name in calls) + "\n")


def _check_that_every_act_is_there(author: Author, acknowledged: list[str]) -> None:
    said = [line.split() for line in acknowledged]
    assert said
    written = author.rows(
        """SELECT json_extract(payload, '$.to') FROM events
           WHERE json_extract(payload, '$.field') = 'halves' ORDER BY seq"""
    )
    assert [float(words[-1]) * 2 for words in said] == [halves for (halves,) in written]
    last = {int(words[1]): float(words[-1]) * 2 for words in said}
    assert dict(author.rows("SELECT item_id, halves FROM ratings")) == last


def _start(author: Author, act: str, pause_s: float, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", act + _AT_ITS_PACE, str(SECONDS), str(pause_s), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(author.folder),
    )


def _finish(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    out, err = process.communicate(timeout=SECONDS + 60)
    assert (process.returncode, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


def _figures(name: str, calls: list[dict[str, Any]]) -> str:
    took = sorted(call["ms"] for call in calls)
    p50, p99 = (took[int((len(took) - 1) * share)] for share in (0.5, 0.99))
    return (
        f"{name}: {len(took)} calls in {SECONDS:.0f} s, "
        f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {took[-1]:.1f} ms"
    )
