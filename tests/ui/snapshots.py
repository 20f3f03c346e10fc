"""Compare a drawn screen with the one that was agreed, kept as plain text beside the tests.

After a change that is meant, run the tests with ``PAPERTRACK_DRAW=1`` and read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "snapshots"


def assert_as_agreed(name: str, text: str) -> None:
    """Compare a screen with its file; blanks at the ends of lines do not count."""
    path = FOLDER / f"{name}.txt"
    drawn = "".join(f"{line.rstrip()}\n" for line in text.split("\n"))
    if os.environ.get("PAPERTRACK_DRAW"):
        path.write_text(drawn, encoding="utf-8")
    assert drawn == path.read_text(encoding="utf-8")
