"""Start papertrack: ``python -m papertrack`` and the ``papertrack`` command."""

from __future__ import annotations

import os
import signal
import sys

# While the program is loading, Ctrl-C ends it silently; afterwards `main` handles it.
_HANDLES_SIGINT = signal.getsignal(signal.SIGINT) is signal.default_int_handler
if _HANDLES_SIGINT:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run() -> None:
    """Run the command line and end the process with its exit code."""
    if "_PAPERTRACK_COMPLETE" in os.environ:
        _answer_shell()
    from papertrack.cli import main  # noqa: PLC0415  # completion does not need it

    if _HANDLES_SIGINT:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())


def _answer_shell() -> None:
    """Answer a completion request and end the process; return to let Typer answer it."""
    from papertrack.commands.complete import complete  # noqa: PLC0415  # on use

    answer = complete(os.environ)
    if answer is not None:
        text, code = answer
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # it is a text file
        sys.stdout.write(f"{text}\n" if text else "")
        sys.exit(code)


if __name__ == "__main__":
    run()
