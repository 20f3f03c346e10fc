"""Items that another command hands over: ``papertrack list --ids | papertrack tag +x -``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

STDIN = "-"


def with_piped(items: Sequence[str]) -> list[str]:
    """Put the items that come from the standard input in the place of ``-``.

    Each line of it names one item with its first word: a number, an arXiv identifier, an address
    or a DOI. So lines of ``papertrack list`` can be read as well as those of ``--ids``.

    Raises:
        UsageError: ``-`` stands there twice.
    """
    if STDIN not in items:
        return list(items)
    if items.count(STDIN) > 1:
        message = "- is named twice"
        raise UsageError(message, hint="the standard input can be read once only")
    text = sys.stdin.buffer.read().decode("utf-8", errors="replace")
    piped = [words[0] for words in map(str.split, text.splitlines()) if words]
    at = items.index(STDIN)
    return [*items[:at], *piped, *items[at + 1 :]]
