"""Which texts an item still lacks before it can be printed, and which it may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.judging.notes import (
    BRIEF,
    DEADLINE,
    FORMAT,
    HIDE_TITLE,
    LABELS,
    LINE,
    LINK,
    PLACE,
    PRIZE,
)
from papertrack.core.kinds import Kind

if TYPE_CHECKING:
    from papertrack.core.records import Item

# Labels of the fields that only some items have.
_MORE_LABELS = {LINE: "Line", DEADLINE: "Deadline", PLACE: "Place", PRIZE: "Prize"}
FIELD_LABELS = {**LABELS, **_MORE_LABELS}
# Of these two, one says why the work matters.
_MEANING = ("meaning", "good_for")


def fields_of(item: Item) -> tuple[str, ...]:
    """List the notes that are worth writing on an item, in the order in which they are written.

    A brief item has its line first; an opportunity has its deadline, place and prize.
    """
    first = (LINE,) if item.judgement.notes.get(FORMAT) == BRIEF else ()
    last = (DEADLINE, PLACE, PRIZE) if is_opportunity(item) else ()
    return (*first, *LABELS, *last)


def is_opportunity(item: Item) -> bool:
    """Tell whether an item is something to apply for; a deadline makes it one."""
    return item.kind is Kind.OPPORTUNITY or DEADLINE in item.judgement.notes


def missing_text(item: Item) -> tuple[str, ...]:
    """Name the texts that an item lacks for the digest, by their labels.

    A link needs none, a brief item its line. Everything else is whole with a body of its own, or
    with what it is, what is new (papers only: news and fiction are new themselves) and either
    what it means or what it is good for. An item that has nothing to click on but its bare link
    needs no less.
    """
    notes = item.judgement.notes
    form = notes.get(FORMAT)
    if form == LINK:
        return ()
    if form == BRIEF:
        return () if LINE in notes else (_MORE_LABELS[LINE],)
    lacking: list[str] = []
    if is_opportunity(item):
        lacking += [_MORE_LABELS[DEADLINE]] if DEADLINE not in notes else []
        has_text = any(field in notes for field in (*LABELS, LINE))
        return (*lacking, *(() if has_text else (LABELS["what"],)))
    if "body" in notes:
        return ()
    lacking += [LABELS["what"]] if "what" not in notes else []
    if item.kind is Kind.PAPER and "new" not in notes and HIDE_TITLE not in notes:
        lacking.append(LABELS["new"])
    if not any(field in notes for field in _MEANING):
        lacking.append(LABELS[_MEANING[0]])
    return tuple(lacking)
