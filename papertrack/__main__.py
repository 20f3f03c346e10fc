"""Start papertrack: ``python -m papertrack`` and the ``papertrack`` command."""

from __future__ import annotations

import sys

from papertrack.cli import main


def run() -> None:
    """Run the words of the command line and end the process with their exit code."""
    sys.exit(main())


if __name__ == "__main__":
    run()
