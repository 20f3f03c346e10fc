"""The rating screen: what it is about, how it begins, and what is said when it ends."""

from __future__ import annotations

import contextlib
import gc
import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.commands.review import open_desk
from papertrack.commands.review_queue import Selection
from papertrack.core.kinds import State
from papertrack.core.time.window import read_moment
from papertrack.errors import UsageError
from papertrack.storage.items import Filter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from papertrack.cli.session import Session
    from papertrack.commands.review import Desk
    from papertrack.ui.review.desk import ReviewOutcome


@dataclass(frozen=True, slots=True)
class Wish:
    """The options of the screen as they were typed; see the help of ``papertrack rate``."""

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


def show_screen(session: Session, wish: Wish) -> None:
    """Show the rating screen, then say what the sitting came to.

    Raises:
        UsageError: There is no terminal, or an option cannot be read.
    """
    if wish.minutes is not None and not math.isfinite(wish.minutes):
        message = f"--minutes {wish.minutes:g} is no length of time"
        raise UsageError(message, hint="give a number of minutes, such as 15 or 0.5")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        message = "the rating screen needs a terminal"
        hint = "name the items instead: papertrack rate ITEM --area AREA --value 3.5"
        raise UsageError(message, hint=hint)
    with session.database() as db:
        selection = _selection(session, wish)
        desk = open_desk(db, session.config, selection, zone=session.zone, clock=session.clock)
        if not desk.queue:
            session.say(_nothing(wish, selection))
            return
        _run(session, desk, wish)
        from papertrack.commands.rank import refresh  # noqa: PLC0415  # after the screen, not before

        refresh(db, session.config, session.clock())


def _selection(session: Session, wish: Wish) -> Selection:
    state = State.REJECTED if wish.rejected else State.LATER if wish.later else State.NEW
    since = read_moment(wish.since, session.clock(), session.zone) if wish.since else None
    return Selection(
        Filter(
            states=(State.KEPT,) if wish.incomplete else (state,),
            tag=wish.tag.removeprefix("+") if wish.tag else None,
            source=wish.source,
            since=since,
        ),
        area=wish.area,
        where=wish.where,
        incomplete=wish.incomplete,
        order=wish.order,
        limit=wish.limit,
    )


def _nothing(wish: Wish, selection: Selection) -> str:
    if wish.incomplete:
        return "nothing that is kept lacks text; papertrack draft writes the issue"
    if selection.narrows:
        again = "papertrack rate --later" if wish.later else "papertrack rate"
        again = "papertrack rate --rejected" if wish.rejected else again
        return f"nothing {selection.chosen.states[0].value} matches; {again} shows all"
    if wish.rejected:
        return "nothing is rejected"
    if wish.later:
        return "nothing was put off for later; papertrack rate shows what is new"
    return "nothing is new; papertrack fetch brings more"


def _run(session: Session, desk: Desk, wish: Wish) -> None:
    with _without_collecting():
        from papertrack.ui.app import run_review  # noqa: PLC0415  # Textual: 200 ms
        from papertrack.ui.clipboard import copy_text  # noqa: PLC0415  # as below
        from papertrack.ui.review.keys import key_table  # noqa: PLC0415  # as above
        from papertrack.ui.review.manner import Manner, Tools  # noqa: PLC0415  # Textual: 200 ms
        from papertrack.ui.terminal import can_draw_emoji, edit_text, keep_text, open_url  # noqa: PLC0415

    outcome = run_review(
        desk,
        Tools(open_url=open_url, edit_text=edit_text, copy_text=copy_text, keep_text=keep_text),
        Manner(
            ascii_only=wish.ascii_only or not can_draw_emoji(sys.stdout.encoding),
            keys=key_table(session.config.keys),
            mouse=session.config.rate.mouse,
            minutes=wish.minutes,
        ),
    )
    session.say(_sum(outcome, len(desk.queue)))
    for number, text in outcome.unsaved:
        session.warn(
            f"the text of item {number} could not be stored; it is kept in {keep_text(text)}"
        )


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no garbage while modules are loaded, which make none: 8 % less to wait for."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _sum(outcome: ReviewOutcome, total: int) -> str:
    said = (
        f"rated {outcome.rated}, later {outcome.later}, rejected {outcome.rejected}; "
        f"{max(0, total - outcome.judged)} left"
    )
    if outcome.judged and outcome.minutes >= 1:
        pace = outcome.judged / outcome.minutes
        said += f"; {outcome.judged} in {round(outcome.minutes)} min, {pace:.1f} a minute"
    return said
