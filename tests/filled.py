"""A database that commands have filled, made once and copied for each test."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from papertrack.cli import main
from tests.author import CONFIG
from tests.process import FRIDAY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def fill(folder: Path, calls: Sequence[Sequence[str]]) -> Path:
    """Type some calls, a second after each other; returns the database."""
    config = folder / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    ticks = iter(range(1000))
    for words in calls:
        call = ["--config", str(config), *words]
        assert main(call, clock=lambda: FRIDAY + timedelta(seconds=next(ticks))) == 0
    return folder / "papertrack.db"
