"""Print the items that a query found: for people, for pipes and for programs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from papertrack.cli.session import Session
    from papertrack.core.query.filters import Filter


_SOON_INDEXED = 3000  # items: half a second


def print_found(
    session: Session,
    db: sqlite3.Connection,
    numbers: Sequence[int],
    *,
    as_json: bool,
    ids: bool,
) -> None:
    """Print items in the order of their numbers.

    Args:
        session: The call.
        db: The database.
        numbers: The items.
        as_json: Print everything known of them, as JSON.
        ids: Print their numbers only.
    """
    if as_json:
        from papertrack.cli.json_ import item_json, print_json  # noqa: PLC0415  # on use
        from papertrack.storage.items import read_items  # noqa: PLC0415

        print_json([item_json(item) for item in read_items(db, numbers)])
    elif ids:
        sys.stdout.write("".join(f"{number}\n" for number in numbers))
    else:
        from papertrack.storage.listing import read_lines  # noqa: PLC0415  # on use
        from papertrack.ui.tables import drawn_lines  # noqa: PLC0415

        width = screen_width()
        lines = drawn_lines(read_lines(db, numbers), session.zone, width)
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        if width is not None and not numbers:
            session.warn(_why_nothing(db))


def _why_nothing(db: sqlite3.Connection) -> str:
    from papertrack.storage.listing import newest_numbers  # noqa: PLC0415  # on use

    if newest_numbers(db, (), limit=1):
        return "nothing matches"
    return "there are no items yet; papertrack fetch brings them"


def tell_of_backlog(session: Session, db: sqlite3.Connection, tree: Filter) -> None:
    """Tell why the first search after a large fetch takes seconds, before it does."""
    from papertrack.core.query.filters import Words, terms  # noqa: PLC0415  # on use
    from papertrack.storage.search_index import count_due  # noqa: PLC0415

    if any(isinstance(term, Words) for term in terms(tree)):
        due = count_due(db)
        if due > _SOON_INDEXED:
            session.warn(f"papertrack: {due} items are indexed first; this is done once")


def screen_width() -> int | None:
    """Tell how wide the terminal is that standard output goes to; None for a pipe or file."""
    if not sys.stdout.isatty():
        return None
    import shutil  # noqa: PLC0415  # a pipe need not pay for it

    return shutil.get_terminal_size().columns


def print_matches(
    session: Session, db: sqlite3.Connection, numbers: Sequence[int], tree: Filter
) -> None:
    """Print items on a terminal, with the words marked that were looked for.

    Args:
        session: The call.
        db: The database.
        numbers: The items.
        tree: What was looked for.
    """
    import os  # noqa: PLC0415  # on use

    from papertrack.core.query.filters import Words, terms  # noqa: PLC0415
    from papertrack.core.query.words import pattern_of  # noqa: PLC0415
    from papertrack.storage.listing import read_lines, read_texts  # noqa: PLC0415
    from papertrack.ui.matches import match_lines  # noqa: PLC0415

    patterns = [
        pattern_of(term.text, is_prefix=term.is_prefix)
        for term in terms(tree, wanted_only=True)
        if isinstance(term, Words)
    ]
    lines = match_lines(
        read_lines(db, numbers),
        read_texts(db, numbers),
        patterns,
        session.zone,
        screen_width() or 80,
        marked="NO_COLOR" not in os.environ,
    )
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    if not numbers:
        session.warn(_why_nothing(db))
