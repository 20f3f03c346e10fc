"""What an author would want to know of a draft before it goes out, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from papertrack.core.judging.item_details import Version
from papertrack.core.judging.notes import DEADLINE, FORMAT, LABELS, LINE, LINK, TITLE
from papertrack.core.records import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXTS = frozenset({*LABELS, LINE, "background", "parts"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to see to.

    Attributes:
        kind: What sort of thing, as ``--json`` names it: ``withdrawn``, ``anchor``, …
        what: What is wrong, without a full stop.
        todo: What to do, as an order.
        item: The item's short number; None when it is about no item.
        title: The item's title; empty without an item.
        line: Where in the text, from 1; None when it is about no place.
        fix: What stands there and what is to stand there; None when only a person can mend it.
    """

    kind: str
    what: str
    todo: str
    item: int | None = None
    title: str = ""
    line: int | None = None
    fix: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item of a draft, and what happened to it.

    Attributes:
        judged_at: When the author last rated it or wrote about it; None for never.
        versions: Titles and abstracts as they were seen, oldest first.
        issues: The issues in which it was printed.
    """

    item: Item
    judged_at: datetime | None
    versions: Sequence[Version]
    issues: Sequence[str] = ()


def check_item(candidate: Candidate, *, day: date, text: str) -> Iterator[Finding]:
    """Check one item of a draft.

    Args:
        candidate: The item.
        day: The date of the issue.
        text: The whole draft: what it says already need not be said.
    """
    item = candidate.item
    notes = item.judgement.notes
    title = item.printed_title
    show, edit = f"run: papertrack show {item.id}", f"run: papertrack edit {item.id}"

    def found(kind: str, what: str, todo: str) -> Finding:
        return Finding(kind, what, todo, item.id, title)

    if candidate.issues:
        what = f"was in issue {candidate.issues[-1]} already"
        yield found("sent-before", what, "take it out, or say why it comes again")
    if item.arxiv is not None and item.arxiv.withdrawn:
        yield found("withdrawn", "is withdrawn", f"run: papertrack rate {item.id} --reject")
    yield from _changed(candidate, show)
    if item.arxiv is not None and (place := _appeared(item)) and place not in text:
        yield found("published", f"has appeared: {place}", "name the journal, or leave it")
    if notes.get(FORMAT) != LINK and not _TEXTS & {*notes}:
        yield found("no-text", "has no text", edit)
    if item.url is None:
        yield found("no-link", "has no link", "give it one, or leave it")
    deadline = notes.get(DEADLINE)
    if deadline and deadline < day.isoformat():
        yield found("deadline", f"ended on {deadline}", f"run: papertrack edit {item.id}")


def _changed(candidate: Candidate, show: str) -> Iterator[Finding]:
    """Notice a version or a title that came after the author's last word."""
    item, said = candidate.item, candidate.judged_at
    if said is None:
        return
    before = [version for version in candidate.versions if version.seen_at <= said]
    later = [version for version in candidate.versions if version.seen_at > said]
    known = max((version.arxiv_version or 0 for version in before), default=0)
    newest = max((version.arxiv_version or 0 for version in later), default=0)
    if newest > known:
        when = next(one.seen_at for one in later if (one.arxiv_version or 0) == newest)
        what = f"has a version {newest} since {when:%Y-%m-%d}, and you wrote about it before"
        yield Finding("new-version", what, show, item.id, item.printed_title)
    if before and later and TITLE not in item.judgement.notes and before[-1].title != item.title:
        what = f'was called "{before[-1].title}" when you wrote about it'
        yield Finding("new-title", what, show, item.id, item.printed_title)


def _appeared(item: Item) -> str | None:
    return (item.arxiv.journal_ref or item.arxiv.doi) if item.arxiv else None
