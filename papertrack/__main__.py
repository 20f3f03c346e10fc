"""Start papertrack: ``python -m papertrack`` and the ``papertrack`` command."""

from __future__ import annotations

import signal
import sys

# Until the program is loaded, Ctrl-C ends it without a word; from then on `main` says so.
_HEARS = signal.getsignal(signal.SIGINT) is signal.default_int_handler
if _HEARS:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from papertrack.cli import main  # noqa: E402  # as said above


def run() -> None:
    """Run the words of the command line and end the process with their exit code."""
    if _HEARS:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())


if __name__ == "__main__":
    run()
