"""The line for cron that README gives works in cron, when arXiv has its new papers."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from papertrack.core.arxiv.announcements import feed_day

README = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")
LINE = re.compile(r"^(\d+) (\d+) \* \* 1-5 +(/.*)$", re.MULTILINE)
WEST_TO_EAST = (
    "Pacific/Honolulu",
    "America/Los_Angeles",
    "America/New_York",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Berlin",
    "Africa/Johannesburg",
    "Europe/Helsinki",
)
FARTHER_EAST = (
    ("Asia/Kolkata", time(10, 30)),
    ("Asia/Tokyo", time(14, 0)),
    ("Pacific/Auckland", time(18, 0)),
)
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC).date(), datetime(2028, 12, 31, tzinfo=UTC).date()
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
WEEKDAYS = [day for day in DAYS if day.weekday() <= 4]  # Friday


def cron_line() -> tuple[time, str]:
    """Read the hour and the command."""
    found = LINE.search(README)
    assert found
    return time(int(found[2]), int(found[1])), found[3]


@pytest.mark.parametrize("zone", WEST_TO_EAST)
def test_every_run_finds_the_feed_of_its_day(zone: str) -> None:
    hour, _ = cron_line()

    for day in WEEKDAYS:
        assert feed_day(datetime.combine(day, hour, ZoneInfo(zone))) == day


@pytest.mark.parametrize(("zone", "hour"), FARTHER_EAST)
def test_the_hours_for_the_east_are_the_latest_at_which_the_feed_changes(
    zone: str, hour: time
) -> None:
    city = {"Asia/Kolkata": "Delhi"}.get(zone, zone.partition("/")[2])
    moments = [datetime.combine(day, hour, ZoneInfo(zone)) for day in WEEKDAYS]

    assert re.search(rf"{hour:%H:%M} in\s{city}", README)
    assert all(feed_day(at) == at.date() for at in moments)
    assert any(feed_day(at - timedelta(minutes=1)) != at.date() for at in moments)


def test_the_line_runs_with_the_little_that_cron_gives(tmp_path: Path) -> None:
    _, typed = cron_line()
    papertrack = tmp_path / "papertrack"
    papertrack.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m papertrack "$@"\n', "utf-8")
    papertrack.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(home), "SHELL": "/bin/sh", "LOGNAME": "you"}
    run = typed.replace("/home/you/.local/bin/papertrack", str(papertrack))

    def by_cron(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S602  # as cron does
            command, shell=True, env=bare, cwd=home, capture_output=True, text=True, check=False
        )

    config = re.match("wrote (.*)", by_cron(f"{papertrack} init").stdout)
    assert config
    Path(config[1]).write_text(
        '[[sources]]\nslug = "a"\nkind = "feed"\nurl = "http://127.0.0.1:1/"\n'
        "allow_private_network = true\n",
        encoding="utf-8",
    )
    done = by_cron(run)

    assert "%" not in typed  # which cron takes for the end of the line
    assert "not found" not in done.stderr
    assert done.stderr.startswith("a: failed: connection refused; ")
    assert done.stdout.startswith("a: ")
    assert "failed: connection refused" in done.stdout
