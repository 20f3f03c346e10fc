"""Start papertrack: ``python -m papertrack`` and the ``papertrack`` command."""

from __future__ import annotations

import os
import signal
import sys

# Until the program is loaded, Ctrl-C ends it without a word; from then on `main` says so.
_HEARS = signal.getsignal(signal.SIGINT) is signal.default_int_handler
if _HEARS:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run() -> None:
    """Run the words of the command line and end the process with their exit code."""
    if "_PAPERTRACK_COMPLETE" in os.environ:
        _answer_shell()
    from papertrack.cli import main  # noqa: PLC0415  # a shell that asks need not wait for it

    if _HEARS:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())


def _answer_shell() -> None:
    """Complete a word of the author's own and end the process; return when Typer is to do it."""
    from papertrack.commands.complete import complete  # noqa: PLC0415  # only when asked

    answer = complete(os.environ)
    if answer is not None:
        text, code = answer
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # it is a text file
        sys.stdout.write(f"{text}\n" if text else "")
        sys.exit(code)


if __name__ == "__main__":
    run()
