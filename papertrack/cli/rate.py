"""``papertrack rate``: the rating screen, or a verdict about items that are named."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.session import Session, session_of
from papertrack.cli.verdict import read_notes, read_state, read_verdict
from papertrack.commands.judge import judge
from papertrack.commands.review import Desk, open_desk
from papertrack.core.records import State
from papertrack.core.window import read_moment
from papertrack.errors import UsageError
from papertrack.storage.items import Filter

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
@options.takes_notes
def rate(
    context: typer.Context,
    items: Annotated[
        list[str] | None, typer.Argument(help="Items to judge without the screen.", metavar="ITEM")
    ] = None,
    area: options.AreaOption = None,
    value: options.ValueOption = None,
    remark: options.RemarkOption = None,
    emoji: options.EmojiOption = None,
    label: options.LabelOption = None,
    reject: options.RejectOption = False,
    later: options.LaterOption = False,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="On the screen: the rejected items.")
    ] = False,
    tag: options.TagOption = None,
    notes: options.Notes = options.NO_NOTES,
    title: Annotated[str | None, typer.Option(help="Printed instead of the item's title.")] = None,
    show_title: options.TitleShownOption = None,
    source: Annotated[str | None, typer.Option(help="On the screen: items of a source.")] = None,
    since: options.SinceOption = None,
    limit: options.LimitOption = None,
    ascii_only: Annotated[
        bool, typer.Option("--ascii", help="On the screen: no emoji, no lines.")
    ] = False,
) -> None:
    """Go through what is new, or judge items by name.

    An ITEM is a short number, an arXiv id in any form, an address or a DOI.

    \b
    Examples:
      papertrack rate                                  the screen, newest first
      papertrack rate --later                          the screen, what was put off
      papertrack rate 2611.99901 --area mech-interp --value 3.5 --remark "small n"
      papertrack rate 12 13 14 --reject
      papertrack rate 12 --what "A probe for truth" --tag +interp
    """
    session = session_of(context)
    on_screen = {"rejected": rejected, "source": source, "since": since, "limit": limit}
    by_name = {"value": value, "remark": remark, "emoji": emoji, "label": label, "reject": reject}
    if not items:
        _refuse(
            {**by_name, **notes, "title": title, "hide_title": show_title is not None},
            "needs an ITEM",
        )
        chosen = _filter(
            session, rejected=rejected, later=later, area=area, tag=tag, source=source, since=since
        )
        _show_screen(session, chosen, limit=limit, ascii_only=ascii_only)
        return
    _refuse({**on_screen, "ascii": ascii_only}, "is for the screen, without an ITEM")
    verdict = read_verdict(
        state=read_state(reject=reject, later=later),
        rating=(area, value, remark, emoji, label),
        tags=tag,
        notes=read_notes(notes, title=title, shown=show_title),
    )
    with session.database() as db:
        for said in judge(db, items, verdict, session.clock()):
            for line in said.lines:
                session.say(line)


def _refuse(options_given: Mapping[str, object], why: str) -> None:
    """Refuse options that would be passed over without a word."""
    for name, given in options_given.items():
        if given is not None and given is not False:
            message = f"--{name.replace('_', '-')} {why}"
            raise UsageError(message, hint="see papertrack rate --help")


def _filter(
    session: Session,
    *,
    rejected: bool,
    later: bool,
    area: str | None,
    tag: list[str] | None,
    source: str | None,
    since: str | None,
) -> Filter:
    state = State.REJECTED if rejected else State.LATER if later else State.NEW
    return Filter(
        states=(state,),
        area=area,
        tag=tag[0].removeprefix("+") if tag else None,
        source=source,
        since=read_moment(since, session.clock(), session.zone) if since else None,
    )


def _show_screen(session: Session, chosen: Filter, *, limit: int | None, ascii_only: bool) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        message = "the rating screen needs a terminal"
        hint = "name the items instead: papertrack rate ITEM --area AREA --value 3.5"
        raise UsageError(message, hint=hint)
    with session.database() as db:
        desk = open_desk(
            db,
            session.config,
            chosen,
            zone=session.zone,
            clock=session.clock,
            limit=limit,
        )
        if not desk.queue:
            session.say(f"nothing is {chosen.states[0].value}; papertrack fetch brings more")
            return
        _run_screen(session, desk, ascii_only=ascii_only)


def _run_screen(session: Session, desk: Desk, *, ascii_only: bool) -> None:
    from papertrack.ui.review import run_review  # noqa: PLC0415  # Textual costs 200 ms
    from papertrack.ui.terminal import can_draw_emoji, edit_text, keep_text, open_url  # noqa: PLC0415

    outcome = run_review(
        desk,
        open_url=open_url,
        edit_text=edit_text,
        ascii_only=ascii_only or not can_draw_emoji(sys.stdout.encoding),
    )
    session.say(
        f"rated {outcome.rated}, later {outcome.later}, rejected {outcome.rejected}; "
        f"{max(0, len(desk.queue) - outcome.position)} left"
    )
    for number, text in outcome.unsaved:
        session.warn(
            f"the card of item {number} could not be read; it is kept in {keep_text(text)}"
        )
