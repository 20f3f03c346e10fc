"""``papertrack rate``: the rating screen, or a verdict about items that are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.piped import with_piped
from papertrack.cli.session import session_of
from papertrack.cli.verdict import read_notes, read_state, read_verdict
from papertrack.commands.judge import judge
from papertrack.errors import UsageError

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
    where: Annotated[
        str | None,
        typer.Option("--where", "-w", help='On the screen: items that match, "@7d -tag:hype".'),
    ] = None,
    order: Annotated[
        str | None,
        typer.Option(help="On the screen: best, new, unsure, area or random."),
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(help="On the screen: pause with a summary after so many minutes.", min=0.1),
    ] = None,
    incomplete: Annotated[
        bool, typer.Option("--incomplete", help="On the screen: kept items that lack text.")
    ] = False,
    ascii_only: Annotated[
        bool, typer.Option("--ascii", help="On the screen: no emoji, no lines.")
    ] = False,
) -> None:
    """Go through what is new, or judge items by name.

    An ITEM is a short number, an arXiv id in any form, an address or a DOI; - takes them from
    standard input.

    \b
    Examples:
      papertrack rate                                  the screen, best first
      papertrack rate --later                          the screen, what was put off
      papertrack rate --minutes 15 --order best        a quarter of an hour, best first
      papertrack rate --incomplete                     what is kept and lacks its text
      papertrack rate 2611.99901 --area mech-interp --value 3.5 --remark "small n"
      papertrack rate 12 13 14 --reject
      papertrack list --ids 'source:arxiv hype*' | papertrack rate - --reject
      papertrack rate 12 --what "A probe for truth" --tag +interp
    """
    session = session_of(context)
    on_screen = {
        "rejected": rejected,
        "source": source,
        "since": since,
        "limit": limit,
        "where": where,
        "order": order,
        "minutes": minutes,
        "incomplete": incomplete,
        "ascii": ascii_only,
    }
    by_name = {"value": value, "remark": remark, "emoji": emoji, "label": label, "reject": reject}
    if not items:
        _refuse(
            {**by_name, **notes, "title": title, "hide_title": show_title is not None},
            "needs an ITEM",
        )
        # Of two or more tags, one alone would be looked for.
        _refuse({"tag": tag and len(tag) > 1}, "is taken once on the screen")
        _refuse({"rejected": rejected and later}, "and --later are two queues")
        _refuse({"incomplete": incomplete and (rejected or later)}, "is a queue of what is kept")
        from papertrack.cli.rate_screen import Wish, show_screen  # noqa: PLC0415  # on use

        wish = Wish(
            rejected=rejected,
            later=later,
            incomplete=incomplete,
            area=area,
            tag=tag[0] if tag else None,
            source=source,
            since=since,
            where=where or "",
            order=order or "best",
            limit=limit,
            minutes=minutes,
            ascii_only=ascii_only,
        )
        show_screen(session, wish)
        return
    _refuse(on_screen, "is for the screen, without an ITEM")
    verdict = read_verdict(
        state=read_state(reject=reject, later=later),
        rating=(area, value, remark, emoji, label),
        tags=tag,
        notes=read_notes(notes, title=title, shown=show_title),
    )
    named = with_piped(items)
    if not named:
        session.warn("no items came from the standard input; nothing was judged")
        return
    with session.database() as db:
        for said in judge(db, named, verdict, session.clock()):
            for line in said.lines:
                session.say(line)


def _refuse(options_given: Mapping[str, object], why: str) -> None:
    """Refuse options that would be passed over without a word."""
    for name, given in options_given.items():
        if given is not None and given is not False:
            message = f"--{name.replace('_', '-')} {why}"
            raise UsageError(message, hint="see papertrack rate --help")
