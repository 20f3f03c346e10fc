"""Start papertrack as a process of its own whose clock begins where the test's clock stands.

``launch.py TIME WORDS…`` is ``python -m papertrack WORDS…`` in everything but the time; it runs
what is installed, so that it serves the checkout and a wheel alike.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta
from functools import partial

# As `python -m papertrack` does: the program decides first who hears Ctrl-C, then loads the rest.
from papertrack import __main__ as program, cli


def _clock(began: datetime, started: float) -> datetime:
    return began + timedelta(seconds=time.monotonic() - started)


if __name__ == "__main__":
    _, now, *words = sys.argv
    sys.argv = ["papertrack", *words]
    cli.main = partial(  # what the program takes as `main` when it starts
        cli.main, clock=partial(_clock, datetime.fromisoformat(now), time.monotonic())
    )
    program.run()
