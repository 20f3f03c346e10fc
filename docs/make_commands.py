"""Write docs/commands.md from what ``papertrack --help`` says: ``python docs/make_commands.py``."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

HEAD = """\
# Commands

What `--help` prints; written by `docs/make_commands.py`. An ITEM is a short number, an arXiv id in
any form, an address or a DOI.

Data goes to standard output, everything else to standard error. Exit codes: 0 done (also "nothing
new"); 1 something was not done (a source failed, a work could not be looked up, a draft is in
conflict with your edits), or `status --gaps`, `draft --check` or `issues diff` found something; 2
wrong call or wrong config; 3 the database cannot be used, nothing was changed; 4 disk full or
read-only; 75 another fetch is running; 130 interrupted, 143 stopped.

A QUERY is explained in [queries.md](queries.md), the rating screen in [rating.md](rating.md),
drafts and issues in [digest.md](digest.md).

JSON (`list --json`, `show --json`, `add --json`, `fetch --json`, `status --json` and others): times
are UTC, `2026-11-20T13:00:00.000Z`; ratings are points, 0.5 to 5; what is not known is
`null`. An item has its own `title` (may be empty) and a `printed_title`, which is yours, its own,
or one borrowed from its text (`title_is_borrowed`). Keys may be added, never renamed.
"""


def commands_page() -> str:
    """Put the help of every command together, at 80 columns."""
    os.environ["COLUMNS"] = "80"
    from papertrack.cli.app import (  # noqa: PLC0415  # after the width is set
        COMMANDS,
        group_of,
        main,
    )

    parts = [HEAD, "## papertrack\n", _block(main, [])]
    for name, module in COMMANDS.items():
        parts += [f"## papertrack {name}\n", _block(main, [name])]
        for part in group_of(module):
            parts += [f"### papertrack {name} {part}\n", _block(main, [name, part])]
    return "\n".join(parts)


def _block(main: object, words: list[str]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        main([*words, "--help"])  # type: ignore[operator]
    text = "\n".join(line.rstrip() for line in printed.getvalue().strip("\n").splitlines())
    return f"```\n{text}\n```\n"


if __name__ == "__main__":
    Path(__file__).with_name("commands.md").write_text(commands_page(), encoding="utf-8")
