"""The suite passes on any day and in any zone: a slice of it runs on days that are not today.

The whole suite takes the same option: ``./run.sh test --at 2028-02-29T23:30``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from tests.process import ROOT

IN_A_YEAR = datetime.now(UTC) + timedelta(days=365)

# What compares times: windows, calendars, coverage, deadlines, and processes with their own clock.
SLICE = (
    "tests/core/test_calendar.py",
    "tests/core/test_coverage.py",
    "tests/core/test_schedule.py",
    "tests/core/test_times.py",
    "tests/core/test_window.py",
    "tests/cli/test_app.py::test_a_pipe_gets_no_styles",
    "tests/cli/test_opportunities.py",
    "tests/cli/test_publish.py",
)


@pytest.mark.parametrize(
    ("at", "zone"),
    [
        pytest.param(IN_A_YEAR, "UTC", id="a-year-from-now"),
        pytest.param(datetime(2027, 1, 1, 0, 30, tzinfo=UTC), "Pacific/Kiritimati", id="new-year"),
        pytest.param(datetime(2028, 2, 29, 23, 30, tzinfo=UTC), "Pacific/Niue", id="leap-day"),
    ],
)
def test_a_slice_of_the_suite_passes(at: datetime, zone: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "--at", at.isoformat(), *SLICE],
        cwd=ROOT,
        env={**os.environ, "TZ": zone},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )

    assert ended.returncode == 0, ended.stdout[-5000:]
    assert f"the clock says {at:%Y-%m-%dT%H}" in ended.stdout
