"""``papertrack add``: add works by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import options
from papertrack.cli.options import with_piped
from papertrack.cli.rate import read_judgement, read_notes, read_state
from papertrack.cli.session import (
    Session,
    network,
    one_line as error_line,
    plain,
    rate_limited_client,
    session_of,
)
from papertrack.commands import add as adding
from papertrack.core.kinds import Kind
from papertrack.core.text.borrowed_titles import in_quotes
from papertrack.core.text.clean import one_line
from papertrack.core.watch.credentials import without_user
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
    as_json: options.JsonOption = False,
) -> None:
    """Add works by hand, and rate them in the same call.

    Without --title a paper is looked up at arXiv, a preprint at bioRxiv, any other DOI at DataCite
    or Crossref, a post or video at YouTube, X, Bluesky, Reddit and others, and anything else at its
    page or in its PDF. A work that nobody describes is kept under its address: exit code 1. A work
    that is already there is rated, not added twice.

    --json prints a list with an object for each work. It has the keys of `list --json` and:
    reference (as you named it), is_new, is_incomplete, message (what went wrong) and hint (what to
    do).

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
    tell = _Teller(session, kind, as_json=as_json)
    with session.database(create=True) as db:
        if not any(adding.needs_look_up(db, work) for work in works):
            for work in works:
                entry = adding.describe(work)
                added = adding.add(db, work, entry, judgement, session.clock())
                tell(adding.AddOutcome(work.reference, added))
        else:
            import asyncio  # noqa: PLC0415  # 40 ms, only to look up

            is_private = allow_private_network
            asyncio.run(_look_up(tell, db, works, judgement, is_private=is_private))
        if as_json:
            tell.print(db)
    if any(outcome.is_incomplete for outcome in tell.outcomes):
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


class _Teller:
    """Tells the author what became of each work: in lines at once, or as JSON in the end."""

    def __init__(self, session: Session, kind: Kind | None, *, as_json: bool) -> None:
        self.session = session
        self.outcomes: list[adding.AddOutcome] = []
        self._kind = kind
        self._as_json = as_json

    def __call__(self, outcome: adding.AddOutcome) -> None:
        """Take in what became of a work."""
        self.outcomes.append(outcome)
        added = outcome.added
        if not self._as_json:
            verb = f"added {added.number} " if added.is_new else f"known as {added.number}: "
            self.session.say(f"{verb}{in_quotes(added.title)}")
            for line in added.said.lines:
                self.session.say(line)
        if self._kind is not None and self._kind is not added.kind:
            said = f"item {added.number} keeps its kind, {added.kind.value}"
            self.session.warn(f"papertrack: {said}; --kind only applies to new works")
        if outcome.trouble is not None:
            self.session.warn(error_line(outcome.trouble))

    def print(self, db: sqlite3.Connection) -> None:
        """Print all of it as JSON."""
        from papertrack.cli.session import item_json, print_json  # noqa: PLC0415  # on use
        from papertrack.storage.items import read_item  # noqa: PLC0415  # on use

        print_json(
            [
                {
                    **item_json(item),
                    "reference": without_user(one.reference) if one.reference else None,
                    "is_new": one.added.is_new,
                    "is_incomplete": one.is_incomplete,
                    "message": plain(one.trouble.what) if one.trouble else None,
                    "hint": one.trouble.hint if one.trouble else None,
                }
                for one in self.outcomes
                for item in [read_item(db, one.added.number)]
            ]
        )


async def _look_up(
    tell: _Teller,
    db: sqlite3.Connection,
    works: Sequence[adding.NamedWork],
    judgement: JudgementInput,
    *,
    is_private: bool,
) -> None:
    """Look works up and add them."""
    from papertrack.commands.add_works import add_works  # noqa: PLC0415  # 150 ms, on use
    from papertrack.commands.look_up import LookUpServices  # noqa: PLC0415  # as above

    session = tell.session
    config = session.config
    async with network(session, jobs=1) as (client, workers):
        line = rate_limited_client(session, db, client)
        services = LookUpServices(client, line, workers, config.arxiv, config.add, is_private)
        async for outcome in add_works(db, works, judgement, services, session.clock):
            tell(outcome)
