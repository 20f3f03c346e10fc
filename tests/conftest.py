"""Fixtures that many tests share; nothing here touches the home folder, network or real clock."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import time_machine
from hypothesis import Phase, settings
from hypothesis.internal.conjecture import providers

from tests.author import CONFIG, Author
from tests.servers import FeedServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# No test may fail because the machine is busy, or because today's dice fell otherwise: new
# counterexamples are searched for by `./run.sh fuzz`. Making a failing example small took one test
# 166 s; in CI the example is told as it was found.
settings.register_profile(
    "papertrack",
    deadline=None,
    derandomize=True,
    phases=[phase for phase in Phase if not (phase is Phase.shrink and "CI" in os.environ)],
)
settings.register_profile("fuzz", deadline=None, print_blob=True)
settings.load_profile("papertrack")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the system's clock be moved: no test may hang on the day it is run."""
    parser.addoption("--at", metavar="TIME", help="run as if it were this time, in ISO 8601")


def pytest_configure(config: pytest.Config) -> None:
    """Move the clock before any test is collected, and let the processes of tests hear Ctrl-C."""
    if config.getoption("--hypothesis-profile") is None:
        # Hypothesis also draws constants of the modules that are loaded, which depend on the order
        # of the tests: the examples would differ from run to run. `./run.sh fuzz` keeps them.
        providers._get_local_constants = lambda: providers._local_constants  # noqa: SLF001
    if at := config.getoption("--at"):
        time_machine.travel(datetime.fromisoformat(at), tick=True).start()
    # A suite that a script runs in the background ignores SIGINT, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header() -> str:
    """Say what time it is taken to be."""
    return f"the clock says {datetime.now(UTC).isoformat(timespec='minutes')} in UTC"


@pytest.fixture(autouse=True)
def _nobody_is_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point every place that a program looks for the user's own files into the test's folder."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for name in ("PAPERTRACK_CONFIG", "PAPERTRACK_DB", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def author(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Author:
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    author = Author(folder, capsys)
    author.write_config(CONFIG)
    return author


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as server:
        yield server
