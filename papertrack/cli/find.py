"""``papertrack list`` and ``papertrack search``: print the items that match a query."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperCommand

from papertrack.cli import options
from papertrack.cli.session import Session, plain, session_of
from papertrack.core.kinds import State
from papertrack.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from papertrack.core.query.filters import Filter
    from papertrack.errors import QueryMistake

QueryArgument = Annotated[
    list[str] | None, typer.Argument(help="Words and terms; see below.", metavar="QUERY")
]

LANGUAGE = """
    \b
    A query:
      sparse autoencoder       both words: title, authors, abstract, notes, tags
      "sparse autoencoder"     next to each other       interp*   how words begin
      title: author: note: abstract:                    only there
      area:mi  tag:toy  source:arxiv  cat:cs.LG  kind:post  issue:2026-W45
      rating>=3.5  area:mi>=4  rating:2..3              area:mi rating>=4 is the same
      is:new later kept rejected old rated unrated judged published incomplete
         withdrawn updated brief link                   has:notes code remark …
      @7d                      judged in 7 days, or not judged and seen in them
      @2026-W46  @2026-11-01..2026-11-15  seen:2d  published<2026-10  judged:today
      -tag:hype  not ( … )  a or b                      id:2611.99901  saved:NAME
"""
# A word with a leading hyphen that is not an option: -tag:hype, -"two words", -(a or b), -hype.
_NEGATION = re.compile(r'-(?:[^\W\d_]{2}|[^-].*[:=<>]|["(@#\u201c]|[^\x00-\x7f]).*', re.DOTALL)
_GUARD = "\0"  # cannot occur in an argument
_LEAD = "papertrack: "
_MAX_BEFORE = 60  # columns before the caret; earlier text is cut off


class QueryCommand(TyperCommand):
    """A command whose arguments form a query, in which a leading hyphen means "not"."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Parse the arguments; negated terms are not options."""
        guarded = [_GUARD + word[1:] if _NEGATION.fullmatch(word) else word for word in args]
        rest = super().parse_args(ctx, guarded)
        ctx.params = {name: _without_guard(value) for name, value in ctx.params.items()}
        return rest


def _without_guard(value: object) -> object:
    if isinstance(value, str):
        return value.replace(_GUARD, "-")
    if isinstance(value, list | tuple):
        return [_without_guard(one) for one in value]
    return value


def query_text(words: list[str] | None) -> str:
    """Join the arguments into one query."""
    return " ".join(words or [])


def caret_lines(mistake: QueryMistake) -> str:
    """Format a query error: the query, and below it a caret with the message."""
    before = plain(mistake.query[: mistake.at])
    after = plain(mistake.query[mistake.at :])
    cut = ""
    while _columns(before) > _MAX_BEFORE:
        before, cut = before[1:], "…"
    indent = " " * (_columns(_LEAD + cut + before))
    hint = f"; {mistake.hint}" if mistake.hint else ""
    return f"{_LEAD}{cut}{before}{after}\n{indent}^ {plain(mistake.what + hint)}"


def _columns(text: str) -> int:
    """Count the columns that a terminal needs for a text."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


_FAST_TO_INDEX = 3000  # items: half a second


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
        as_json: Print everything known about them as JSON.
        ids: Print only their numbers.
    """
    if as_json:
        from papertrack.cli.session import item_json, print_json  # noqa: PLC0415  # on use
        from papertrack.storage.items import read_items  # noqa: PLC0415

        print_json([item_json(item) for item in read_items(db, numbers)])
    elif ids:
        sys.stdout.write("".join(f"{number}\n" for number in numbers))
    else:
        from papertrack.storage.listing import read_lines  # noqa: PLC0415  # on use
        from papertrack.ui.tables import item_lines  # noqa: PLC0415

        width = screen_width()
        lines = item_lines(read_lines(db, numbers), session.zone, width)
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        if width is not None and not numbers:
            session.warn(_why_nothing(db))


def _why_nothing(db: sqlite3.Connection) -> str:
    from papertrack.storage.listing import newest_numbers  # noqa: PLC0415  # on use

    if newest_numbers(db, (), limit=1):
        return "nothing matches"
    return "no items yet; run: papertrack fetch"


def announce_indexing(session: Session, db: sqlite3.Connection, tree: Filter) -> None:
    """Announce the indexing that makes the first search after a large fetch take seconds."""
    from papertrack.core.query.filters import Words, terms  # noqa: PLC0415  # on use
    from papertrack.storage.search import count_due  # noqa: PLC0415

    if any(isinstance(term, Words) for term in terms(tree)):
        due = count_due(db)
        if due > _FAST_TO_INDEX:
            session.warn(f"papertrack: indexing {due} items first; this happens only once")


def screen_width() -> int | None:
    """Return the columns of the terminal on standard output; None for a pipe or file."""
    if not sys.stdout.isatty():
        return None
    import shutil  # noqa: PLC0415  # a pipe need not pay for it

    return shutil.get_terminal_size().columns


def print_matches(
    session: Session, db: sqlite3.Connection, numbers: Sequence[int], tree: Filter
) -> None:
    """Print items on a terminal, with the searched words highlighted.

    Args:
        session: The call.
        db: The database.
        numbers: The items.
        tree: The query.
    """
    import os  # noqa: PLC0415  # on use

    from papertrack.core.query.filters import Words, terms  # noqa: PLC0415
    from papertrack.core.text.words import pattern_of  # noqa: PLC0415
    from papertrack.storage.listing import read_lines, read_texts  # noqa: PLC0415
    from papertrack.ui.tables import match_lines  # noqa: PLC0415

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


list_app = typer.Typer(rich_markup_mode=None, add_completion=False)

SortOption = Annotated[
    str | None,
    typer.Option(
        help="newest, oldest, judged, rating, announced, published, updated, title or best."
    ),
]
IdsOption = Annotated[
    bool, typer.Option("--ids", help="Print only short numbers, one per line, for a pipe.")
]
LIST = f"""List items that match a query, newest first.

    Without a query, all items are listed. The options are shortcuts for query terms. In a pipe the
    fields are tab-separated and never cut: number, state or rating, day added, source, title.
{LANGUAGE}
    \b
    Examples:
      papertrack list is:new --limit 20
      papertrack list area:mi "rating>=3.5" @7d -tag:hype
      papertrack list --area mech-interp --since 7d --sort rating
      papertrack list saved:week --json
      papertrack list --ids source:arxiv jailbreak | papertrack tag +attacks -
    """


@list_app.command("list", cls=QueryCommand, help=LIST)
def list_(
    context: typer.Context,
    query: QueryArgument = None,
    state: Annotated[
        list[State] | None, typer.Option(help="Only items in this state; repeatable.")
    ] = None,
    area: options.AreaOption = None,
    tag: Annotated[str | None, typer.Option(help="Only items with this tag.")] = None,
    source: Annotated[str | None, typer.Option(help="Only items from this source.")] = None,
    since: options.SinceOption = None,
    sort: SortOption = None,
    limit: options.LimitOption = None,
    as_json: options.JsonOption = False,
    ids: IdsOption = False,
) -> None:
    """List the items that match a query."""
    session = session_of(context)
    text = query_text(query)
    with session.database(mirrored=False) as db:
        if text or area or tag or source or since or sort:
            numbers = _find(session, db, text, (state, area, tag, source, since), sort, limit)
        else:
            from papertrack.storage.listing import newest_numbers  # noqa: PLC0415  # as above

            numbers = newest_numbers(db, state or [], limit=limit)
        print_found(session, db, numbers, as_json=as_json, ids=ids)


def _find(
    session: Session,
    db: sqlite3.Connection,
    text: str,
    wanted: tuple[list[State] | None, str | None, str | None, str | None, str | None],
    sort: str | None,
    limit: int | None,
) -> list[int]:
    # Reading a query imports modules that a bare list does not need.
    from papertrack.commands.find import ConfigNames, FilterOptions, read_filter, read_order  # noqa: PLC0415
    from papertrack.core.dates import read_moment  # noqa: PLC0415
    from papertrack.storage.search import find  # noqa: PLC0415

    state, area, tag, source, since = wanted
    now, basics = session.clock(), session.basics
    moment = read_moment(since, now, session.zone) if since else None
    read = read_filter(
        db,
        text,
        ConfigNames(basics.searches, basics.shorts),
        now=now,
        zone=session.zone,
        chosen=FilterOptions(tuple(state or ()), area, tag, source, moment),
    )
    for note in read.notes:
        session.warn(f"papertrack: {note}")
    announce_indexing(session, db, read.tree)
    return find(db, read.tree, sort=read_order(sort or "newest"), limit=limit)


search_app = typer.Typer(rich_markup_mode=None, add_completion=False)

ON_A_SCREEN = 20  # items, without --limit

SEARCH = f"""Search titles, authors, abstracts, notes and tags.

    The best match comes first. A terminal highlights the words and shows the first {ON_A_SCREEN}
    items. A pipe gets all items, in the format of `papertrack list`.
{LANGUAGE}
    \b
    Examples:
      papertrack search sparse autoencoder
      papertrack search '"sparse autoencoder" -author:nanda rating>=3'
      papertrack search jail* published:2026 --sort newest
      papertrack search --ids steering is:new | papertrack tag +steering -
    """


@search_app.command("search", cls=QueryCommand, help=SEARCH)
def search(
    context: typer.Context,
    query: QueryArgument = None,
    sort: SortOption = None,
    limit: options.LimitOption = None,
    as_json: options.JsonOption = False,
    ids: IdsOption = False,
) -> None:
    """Search items."""
    # Reading a query imports modules that --help does not need.
    from papertrack.commands.find import ConfigNames, read_filter, read_order  # noqa: PLC0415
    from papertrack.storage.search import BEST, find  # noqa: PLC0415

    session = session_of(context)
    text = query_text(query)
    if not text.strip():
        message = "nothing to search for"
        raise UsageError(message, hint="name some words, or run: papertrack list")
    order = read_order(sort or BEST)
    with session.database(mirrored=False) as db:
        now, own = session.clock(), ConfigNames(session.basics.searches, session.basics.shorts)
        read = read_filter(db, text, own, now=now, zone=session.zone)
        for note in read.notes:
            session.warn(f"papertrack: {note}")
        announce_indexing(session, db, read.tree)
        is_screen = screen_width() is not None and not (as_json or ids)
        if not is_screen:
            numbers = find(db, read.tree, sort=order, limit=limit)
            print_found(session, db, numbers, as_json=as_json, ids=ids)
            return
        shown = limit or ON_A_SCREEN
        numbers = find(db, read.tree, sort=order, limit=shown + 1)
        print_matches(session, db, numbers[:shown], read.tree)
        if len(numbers) > shown:
            session.warn(f"more items match; -n {shown * 5} shows more of them")
