"""``papertrack rate``: open the rating screen, or judge named items."""

from __future__ import annotations

import contextlib
import gc
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import options
from papertrack.cli.options import with_piped
from papertrack.cli.session import session_of
from papertrack.commands.judge import JudgementInput, judge
from papertrack.core.judging.notes import HIDE_TITLE, TITLE, read_note, read_tags
from papertrack.core.kinds import State
from papertrack.core.text.ratings import read_halves
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from papertrack.cli.session import Session
    from papertrack.commands.judge import JudgingAct
    from papertrack.commands.review import ReviewService, Selection
    from papertrack.ui.review.view import ReviewOutcome


def read_state(*, reject: bool, later: bool) -> State | None:
    """Read the two flags that set an item's state.

    Raises:
        UsageError: Both are set.
    """
    if reject and later:
        message = "an item cannot be rejected and kept for later at once"
        raise UsageError(message, hint="give --reject or --later")
    if reject:
        return State.REJECTED
    return State.LATER if later else None


def _read_tags(words: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for word in words:
        if not word.isprintable() or not word.strip("+-#, "):
            message = f'"{word}" is not a tag'
            raise UsageError(message, hint="write +x or -x")
    return read_tags(" ".join(words))


def read_notes(
    texts: Mapping[str, str], *, title: str | None, shown: bool | None
) -> dict[str, str]:
    """Read the notes given as options; an empty text removes a note.

    Raises:
        UsageError: A note that controls how the item is printed is invalid.
    """
    notes = {field: read_note(field, text) for field, text in texts.items()}
    if title is not None:
        notes[TITLE] = read_note(TITLE, title)
    if shown is not None:
        notes[HIDE_TITLE] = "" if shown else "yes"
    return notes


def read_judgement(
    *,
    state: State | None,
    rating: tuple[str | None, str | None, str | None, str | None, str | None],
    tags: list[str] | None,
    notes: dict[str, str],
) -> JudgementInput:
    """Combine the options of `rate` and `add` into a judgement.

    Args:
        state: The result of `read_state`.
        rating: Area, value, remark, emoji and label as typed.
        tags: As typed.
        notes: The result of `read_notes`.

    Raises:
        UsageError: The value is not a rating, or contradicts the state.
    """
    area, value, remark, emoji, label = rating
    if state is not None and value is not None:
        message = f"an item cannot be {state.value} and rated at once"
        raise UsageError(message, hint="give --value, --reject or --later")
    removes_rating = value is not None and value.strip().lower() in {"", "none"}
    added, removed = _read_tags(tags or [])
    return JudgementInput(
        state=state,
        area=area,
        halves=None if value is None or removes_rating else read_halves(value),
        removes_rating=removes_rating,
        emoji=emoji,
        label=label,
        remark=remark,
        tags_added=added,
        tags_removed=removed,
        notes=notes,
    )


@dataclass(frozen=True, slots=True)
class RateOptions:
    """The options of the screen as typed; see ``papertrack rate --help``."""

    rejected: bool
    later: bool
    incomplete: bool
    area: str | None
    tag: str | None
    source: str | None
    since: str | None
    where: str
    order: str
    limit: int | None
    minutes: float | None
    ascii_only: bool


def show_screen(session: Session, wanted: RateOptions) -> None:
    """Run the rating screen, then print a summary of the session.

    Raises:
        UsageError: There is no terminal, or an option cannot be read.
    """
    from papertrack.commands.review import open_review  # noqa: PLC0415  # on use

    if wanted.minutes is not None and not math.isfinite(wanted.minutes):
        message = f"--minutes {wanted.minutes:g} is not a length of time"
        raise UsageError(message, hint="give a number of minutes, such as 15 or 0.5")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        message = "the rating screen needs a terminal"
        hint = "name the items instead: papertrack rate ITEM --area AREA --value 3.5"
        raise UsageError(message, hint=hint)
    with session.database() as db:
        selection = _selection(session, wanted)
        service = open_review(db, session.config, selection, zone=session.zone, clock=session.clock)
        if not service.queue:
            session.say(_empty_queue_message(wanted, selection))
            return
        _run(session, service, wanted)
        from papertrack.commands.rank import refresh  # noqa: PLC0415  # after the screen, not before

        refresh(db, session.config, session.clock())


def _selection(session: Session, wanted: RateOptions) -> Selection:
    from papertrack.commands.review import Selection  # noqa: PLC0415  # on use
    from papertrack.core.dates import read_moment  # noqa: PLC0415  # on use
    from papertrack.storage.items import Filter  # noqa: PLC0415  # on use

    state = State.REJECTED if wanted.rejected else State.LATER if wanted.later else State.NEW
    since = read_moment(wanted.since, session.clock(), session.zone) if wanted.since else None
    return Selection(
        Filter(
            states=(State.KEPT,) if wanted.incomplete else (state,),
            tag=wanted.tag.removeprefix("+") if wanted.tag else None,
            source=wanted.source,
            since=since,
        ),
        area=wanted.area,
        where=wanted.where,
        incomplete=wanted.incomplete,
        order=wanted.order,
        limit=wanted.limit,
    )


def _empty_queue_message(wanted: RateOptions, selection: Selection) -> str:
    if wanted.incomplete:
        return "nothing that is kept lacks text; papertrack draft writes the issue"
    if selection.narrows:
        again = "papertrack rate --later" if wanted.later else "papertrack rate"
        again = "papertrack rate --rejected" if wanted.rejected else again
        return f"nothing {selection.chosen.states[0].value} matches; {again} shows all"
    if wanted.rejected:
        return "nothing is rejected"
    if wanted.later:
        return "nothing was put off for later; papertrack rate shows what is new"
    return "nothing is new; papertrack fetch brings more"


def _run(session: Session, service: ReviewService, wanted: RateOptions) -> None:
    with _garbage_collection_off():
        from papertrack.ui.app import HostActions, ReviewOptions, run_review  # noqa: PLC0415  # Textual: 200 ms
        from papertrack.ui.review.keys import key_table  # noqa: PLC0415  # as above
        from papertrack.ui.terminal import (  # noqa: PLC0415
            can_draw_emoji,
            copy_text,
            edit_text,
            keep_text,
            open_url,
        )

    outcome = run_review(
        service,
        HostActions(
            open_url=open_url, edit_text=edit_text, copy_text=copy_text, keep_text=keep_text
        ),
        ReviewOptions(
            ascii_only=wanted.ascii_only or not can_draw_emoji(sys.stdout.encoding),
            keys=key_table(session.config.keys),
            mouse=session.config.rate.mouse,
            minutes=wanted.minutes,
        ),
    )
    session.say(_summary(outcome, len(service.queue)))
    for number, text in outcome.unsaved:
        session.warn(
            f"the text of item {number} could not be stored; it is kept in {keep_text(text)}"
        )


@contextlib.contextmanager
def _garbage_collection_off() -> Iterator[None]:
    """Disable garbage collection while importing, which creates no garbage: 8 % faster."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _summary(outcome: ReviewOutcome, total: int) -> str:
    said = (
        f"rated {outcome.rated}, later {outcome.later}, rejected {outcome.rejected}; "
        f"{max(0, total - outcome.judged)} left"
    )
    if outcome.judged and outcome.minutes >= 1:
        pace = outcome.judged / outcome.minutes
        said += f"; {outcome.judged} in {round(outcome.minutes)} min, {pace:.1f} a minute"
    return said


app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
@options.takes_notes
def rate(
    context: typer.Context,
    items: Annotated[
        list[str] | None, typer.Argument(help="Items to rate without the screen.", metavar="ITEM")
    ] = None,
    area: options.AreaOption = None,
    value: options.ValueOption = None,
    remark: options.RemarkOption = None,
    emoji: options.EmojiOption = None,
    label: options.LabelOption = None,
    reject: options.RejectOption = False,
    later: options.LaterOption = False,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="On the screen: rejected items.")
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
        typer.Option(help="On the screen: pause with a summary after N minutes.", min=0.1),
    ] = None,
    incomplete: Annotated[
        bool, typer.Option("--incomplete", help="On the screen: kept items that lack text.")
    ] = False,
    ascii_only: Annotated[
        bool, typer.Option("--ascii", help="On the screen: use ASCII only.")
    ] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Rate new items on a screen, or rate the items you name.

    An ITEM is a short number, an arXiv id in any form, an address or a DOI; - takes them from
    standard input.

    --json prints the number of the act, for papertrack undo, and each item as it is now. "changed"
    lists what the call changed; it is empty if you repeat an earlier judgement.

    \b
    Examples:
      papertrack rate                                  the screen, best first
      papertrack rate --later                          the screen, items put off for later
      papertrack rate --minutes 15 --order best        a quarter of an hour, best first
      papertrack rate --incomplete                     kept items without text
      papertrack rate 2611.99901 --area mech-interp --value 3.5 --remark "small n"
      papertrack rate 12 13 14 --reject
      papertrack list --ids 'source:arxiv hype*' | papertrack rate - --reject
      papertrack rate 12 --what "A probe for truth" --tag +interp
      papertrack rate 12 --later --json
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
    by_name = {
        "value": value,
        "remark": remark,
        "emoji": emoji,
        "label": label,
        "reject": reject,
        "json": as_json,
    }
    if not items:
        _refuse(
            {**by_name, **notes, "title": title, "hide_title": show_title is not None},
            "needs an ITEM",
        )
        # The screen filters by a single tag.
        _refuse({"tag": tag and len(tag) > 1}, "can be given only once on the screen")
        _refuse({"rejected": rejected and later}, "and --later exclude each other")
        _refuse({"incomplete": incomplete and (rejected or later)}, "only lists kept items")

        wanted = RateOptions(
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
        show_screen(session, wanted)
        return
    _refuse(on_screen, "is for the screen; leave out ITEM")
    judgement = read_judgement(
        state=read_state(reject=reject, later=later),
        rating=(area, value, remark, emoji, label),
        tags=tag,
        notes=read_notes(notes, title=title, shown=show_title),
    )
    names = with_piped(items)
    if not names:
        session.warn("no items on standard input; nothing was judged")
        _print_act(session, None, as_json=as_json)
        return
    with session.database() as db:
        act = judge(db, names, judgement, session.clock())
        _print_act(session, act, as_json=as_json)


def _print_act(session: Session, act: JudgingAct | None, *, as_json: bool) -> None:
    if as_json:
        from papertrack.cli.session import judging_json, print_json  # noqa: PLC0415  # on use

        print_json(judging_json(act))
        return
    for said in act.said if act else ():
        for line in said.lines:
            session.say(line)


def _refuse(options_given: Mapping[str, object], why: str) -> None:
    """Refuse options that would be ignored silently."""
    for name, given in options_given.items():
        if given is not None and given is not False:
            message = f"--{name.replace('_', '-')} {why}"
            raise UsageError(message, hint="see papertrack rate --help")
