"""``papertrack add``: take one work in by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import options
from papertrack.cli.session import Session, session_of
from papertrack.cli.verdict import read_notes, read_state, read_verdict
from papertrack.commands import add as adding
from papertrack.core.clean import one_line
from papertrack.core.records import Kind
from papertrack.errors import SourceError, UsageError

if TYPE_CHECKING:
    import sqlite3

    from papertrack.core.records import Entry

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
@options.takes_notes
def add(
    context: typer.Context,
    reference: Annotated[
        str | None, typer.Argument(help="An address, arXiv id or DOI.", metavar="URL|ID")
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
) -> None:
    """Take one work in by hand, and judge it in the same breath.

    Without --title the paper is looked up at arXiv, the page for its title, authors and date.

    \b
    Examples:
      papertrack add 2611.99901
      papertrack add https://example.org/accord --title "The example accord" --kind news
      papertrack add --title "Small models at home" --area off-topic --value 3.5
    """
    session = session_of(context)
    title = one_line(title or "") or None
    authors = tuple(name for name in map(one_line, author or ()) if name)
    work = adding.Work(reference, title, authors, kind)
    if reference is None and title is None:
        message = "nothing was named"
        raise UsageError(message, hint="give an address, an arXiv id, or --title")
    verdict = read_verdict(
        state=read_state(reject=reject, later=later),
        rating=(area, value, remark, emoji, label),
        tags=tag,
        notes=read_notes(notes, title=None, shown=show_title),
    )
    with session.database(create=True) as db:
        if title or adding.find(db, work) is not None:
            entry = adding.describe(work)
        else:
            import asyncio  # noqa: PLC0415  # 40 ms, only to look up

            entry = asyncio.run(_look_up(session, db, work))
        added = adding.add(db, work, entry, verdict, session.clock())
    session.say(f'{"added" if added.is_new else "had"} {added.number} "{added.title}"')
    for line in added.said.lines:
        session.say(line)


async def _look_up(session: Session, db: sqlite3.Connection, work: adding.Work) -> Entry:
    from papertrack.cli.network import network, polite_line  # noqa: PLC0415  # 150 ms, on use

    async with network(session.config.contact, jobs=1) as (client, workers):
        line = polite_line(session, db, client)
        try:
            return await adding.look_up(work, client, line, workers, session.config.arxiv)
        except SourceError as error:
            message = f"cannot look up {work.reference}: {error.what}"
            hint = "describe it yourself with --title, or try again later"
            raise SourceError(message, hint=hint) from error
