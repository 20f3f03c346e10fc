"""``papertrack add``: add works by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import options
from papertrack.cli.options import with_piped
from papertrack.cli.rate import read_judgement, read_notes, read_state
from papertrack.cli.session import Session, one_line as error_line, session_of
from papertrack.commands import add as adding
from papertrack.core.kinds import Kind
from papertrack.core.text.clean import one_line
from papertrack.core.works.identity import read_reference
from papertrack.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from papertrack.commands.judge import JudgementInput

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
@options.takes_notes
def add(
    context: typer.Context,
    references: Annotated[
        list[str] | None,
        typer.Argument(help="An address, arXiv id or DOI; - reads them.", metavar="URL|ID"),
    ] = None,
    title: Annotated[str | None, typer.Option(help="The title; nothing is looked up then.")] = None,
    author: Annotated[list[str] | None, typer.Option(help="An author; repeatable.")] = None,
    kind: Annotated[Kind | None, typer.Option(help="What sort of work it is.")] = None,
    area: options.AreaOption = None,
    value: options.ValueOption = None,
    remark: options.RemarkOption = None,
    emoji: options.EmojiOption = None,
    label: options.LabelOption = None,
    reject: options.RejectOption = False,
    later: options.LaterOption = False,
    tag: options.TagOption = None,
    notes: options.Notes = options.NO_NOTES,
    show_title: options.TitleShownOption = None,
    allow_private_network: Annotated[
        bool, typer.Option("--allow-private-network", help="Allow pages in a private network.")
    ] = False,
) -> None:
    """Add works by hand, and rate them in the same call.

    Without --title a paper is looked up at arXiv, a DOI at DataCite or Crossref, and a page at its
    address. A work that is already there is rated, not added twice.

    \b
    Examples:
      papertrack add 2611.99901
      papertrack add https://example.org/accord --area off-topic --value 3.5
      papertrack add --title "Small models at home" --what "A thought of mine"
      papertrack add https://example.org/prize --kind opportunity --deadline 2026-11-25
      papertrack add - < links.txt
    """
    session = session_of(context)
    title = one_line(title or "") or None
    authors = tuple(name for name in map(one_line, author or ()) if name)
    works = [
        adding.NamedWork(name, title, authors, kind)
        for name in _read_names(references, title=title)
    ]
    judgement = read_judgement(
        state=read_state(reject=reject, later=later),
        rating=(area, value, remark, emoji, label),
        tags=tag,
        notes=read_notes(notes, title=None, shown=show_title),
    )
    with session.database(create=True) as db:
        if not any(adding.needs_look_up(db, work) for work in works):
            for work in works:
                entry = adding.describe(work)
                _say(session, adding.add(db, work, entry, judgement, session.clock()), kind)
            return
        import asyncio  # noqa: PLC0415  # 40 ms, only to look up

        is_private = allow_private_network
        if not asyncio.run(_look_up(session, db, works, judgement, is_private=is_private)):
            raise typer.Exit(1)


def _read_names(references: list[str] | None, *, title: str | None) -> list[str | None]:
    """Read the names of the works; None stands for a work without an address."""
    if not references:
        if title is None:
            message = "no work was named"
            raise UsageError(message, hint="give an address, an arXiv id, or --title")
        return [None]
    names = list(map(read_reference, with_piped(references)))
    if title is None:
        adding.refuse_unreadable(names)
    elif len(names) > 1:
        message = "--title is for one work, and several are named"
        raise UsageError(message, hint="add them one by one, or leave out --title")
    return [*names]


async def _look_up(
    session: Session,
    db: sqlite3.Connection,
    works: Sequence[adding.NamedWork],
    judgement: JudgementInput,
    *,
    is_private: bool,
) -> bool:
    """Look works up and add them; return whether all succeeded."""
    from papertrack.cli.network import network, rate_limited_client  # noqa: PLC0415  # 150 ms, on use
    from papertrack.commands.look_up import LookUpServices, add_works  # noqa: PLC0415  # as above

    is_done, config = True, session.config
    async with network(session, jobs=1) as (client, workers):
        line = rate_limited_client(session, db, client)
        services = LookUpServices(client, line, workers, config.arxiv, config.add, is_private)
        async for outcome in add_works(db, works, judgement, services, session.clock):
            if outcome.added is not None:
                _say(session, outcome.added, works[0].kind)
            if outcome.trouble is not None:
                session.warn(error_line(outcome.trouble))
            is_done = is_done and not outcome.is_failure
    return is_done


def _say(session: Session, added: adding.Added, kind: Kind | None) -> None:
    if added.is_new:
        session.say(f'added {added.number} "{added.title}"')
    else:
        session.say(f'known as {added.number}: "{added.title}"')
    for line in added.said.lines:
        session.say(line)
    if kind is not None and kind is not added.kind:
        said = f"item {added.number} keeps its kind, {added.kind.value}"
        session.warn(f"papertrack: {said}; --kind only applies to new works")
