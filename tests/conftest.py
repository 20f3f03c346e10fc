"""Fixtures that many tests share; nothing here touches the home folder, network or real clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.author import CONFIG, Author
from tests.servers import FeedServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# No test may fail because the machine is busy.
settings.register_profile("papertrack", deadline=None)
settings.load_profile("papertrack")


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
