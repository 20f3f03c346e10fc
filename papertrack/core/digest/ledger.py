"""What was published, each rating as printed, and what has happened to the works since.

An issue is one register of the journal: the last `publish` or `unpublish` that was not undone
counts. Items judged after an issue first went out belong to the next one, however often the first
is corrected.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from papertrack.core.judging.journal import Event, Statement, Value, in_order, text_of
from papertrack.core.text.borrowed_titles import in_quotes, shown_title
from papertrack.core.times import read_utc, utc_text
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from papertrack.core.records import Item

_NAME = re.compile(r"[\w#][\w#.-]*(?: [\w#.-]+)*")
VERBS = frozenset({"publish", "unpublish"})


@dataclass(frozen=True, slots=True)
class PrintedItem:
    """One work as an issue printed it.

    Attributes:
        subject: Its name in the journal.
        area: Slug of the area it was printed under; empty outside all areas.
        section: The heading it was printed under; None without one.
        title, url: As printed; None if the issue has none.
        halves: The rating, 1 to 10; None without one.
        rating_text: The rating as printed, glyphs and remark; None without one.
        version: The newest version of the paper known then; None outside arXiv.
        journal_ref: Where it had been published by then; None if nowhere.
        was_withdrawn: Whether it was withdrawn by then.
        key: Its key in bibliographies, which never changes again; None for imported issues.
    """

    subject: str
    area: str
    section: str | None = None
    title: str | None = None
    url: str | None = None
    halves: int | None = None
    rating_text: str | None = None
    version: int | None = None
    journal_ref: str | None = None
    was_withdrawn: bool = False
    key: str | None = None


@dataclass(frozen=True, slots=True)
class PublishedIssue:
    """An issue as it went out.

    Attributes:
        slug: Its name, ``2026-W47``.
        day: Its date.
        published_at: When it was first published here; the end of its day if imported.
        window_until: The end of its window, where the next one begins.
        text: The whole text, Markdown or the format it was imported from.
        items: In the order of the text.
    """

    slug: str
    title: str
    day: date
    published_at: datetime
    window_until: datetime
    text: str
    items: tuple[PrintedItem, ...]


def set_published(issue: PublishedIssue) -> Statement:
    """State that an issue was published."""
    payload: dict[str, Value] = {
        "title": issue.title,
        "day": issue.day.isoformat(),
        "published_at": utc_text(issue.published_at),
        "until": utc_text(issue.window_until),
        "text": issue.text,
        "items": [_written(item) for item in issue.items],
    }
    return Statement("publish", f"issue:{issue.slug}", payload)


def set_unpublished(slug: str) -> Statement:
    """State that an issue was not published after all."""
    return Statement("unpublish", f"issue:{slug}", {})


def fold_issue(events: Iterable[Event], undone: frozenset[str]) -> PublishedIssue | None:
    """Fold the events of an issue into its published form; None if it is not published.

    Args:
        events: All events of one issue, in any order.
        undone: The acts to ignore.
    """
    valid = in_order(event for event in events if event.verb in VERBS and event.act not in undone)
    if not valid or valid[-1].verb != "publish":
        return None
    times = [read_published(event) for event in valid if event.verb == "publish"]
    return replace(
        read_published(valid[-1]),
        published_at=min(one.published_at for one in times),
        window_until=min(one.window_until for one in times),
    )


def read_published(event: Event) -> PublishedIssue:
    """Read an issue from the event that published it."""
    payload = event.payload
    items = payload.get("items")
    published_at = str(payload["published_at"])
    return PublishedIssue(
        slug=event.subject.partition(":")[2],
        title=str(payload.get("title") or ""),
        day=date.fromisoformat(str(payload["day"])),
        published_at=read_utc(published_at),
        window_until=read_utc(text_of(payload.get("until")) or published_at),
        text=str(payload.get("text") or ""),
        items=tuple(map(_read, items)) if isinstance(items, list) else (),
    )


def without_repeats(items: Iterable[PrintedItem]) -> tuple[PrintedItem, ...]:
    """Keep the first of a work's entries in each area, with its rating if any entry has one.

    A work mentioned again further down, in a sentence, does not count as printed twice.
    """
    kept: dict[tuple[str, str], PrintedItem] = {}
    for item in items:
        first = kept.get((item.subject, item.area))
        if first is None:
            kept[item.subject, item.area] = item
        elif first.halves is None and item.halves is not None:
            kept[item.subject, item.area] = replace(
                first, halves=item.halves, rating_text=item.rating_text
            )
    return tuple(kept.values())


def as_first_printed(
    items: Iterable[PrintedItem], before: PublishedIssue | None
) -> tuple[PrintedItem, ...]:
    """Keep what was known of works when an issue that is corrected now first went out.

    Otherwise correcting a typo would hide what has happened to a work since it was printed.
    """
    first = {item.subject: item for item in before.items} if before else {}
    return tuple(
        replace(
            item,
            version=first[item.subject].version,
            journal_ref=first[item.subject].journal_ref,
            was_withdrawn=first[item.subject].was_withdrawn,
        )
        if item.subject in first
        else item
        for item in items
    )


def _written(item: PrintedItem) -> dict[str, Value]:
    values: dict[str, Value] = {
        "item": item.subject,
        "area": item.area,
        "section": item.section,
        "title": item.title,
        "url": item.url,
        "halves": item.halves,
        "rating": item.rating_text,
        "version": item.version,
        "journal_ref": item.journal_ref,
        "withdrawn": item.was_withdrawn or None,
        "key": item.key,
    }
    return {name: value for name, value in values.items() if value is not None}


def _read(stored: str | Mapping[str, Value]) -> PrintedItem:
    if isinstance(stored, str):
        return PrintedItem(stored, "")
    return PrintedItem(
        subject=str(stored["item"]),
        area=str(stored.get("area") or ""),
        section=text_of(stored.get("section")),
        title=text_of(stored.get("title")),
        url=text_of(stored.get("url")),
        halves=_number(stored.get("halves")),
        rating_text=text_of(stored.get("rating")),
        version=_number(stored.get("version")),
        journal_ref=text_of(stored.get("journal_ref")),
        was_withdrawn=bool(stored.get("withdrawn")),
        key=text_of(stored.get("key")),
    )


def _number(value: Value) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def check_name(issue: str) -> str:
    """Return the name of an issue unchanged.

    Raises:
        UsageError: It cannot be a file name or part of a line.
    """
    if not _NAME.fullmatch(issue):
        shown = "".join(filter(str.isprintable, issue))
        message = f'"{shown}" is not an issue name'
        raise UsageError(message, hint="give letters, digits, dots and dashes, like 2026-W47")
    return issue


@dataclass(frozen=True, slots=True)
class WasPrinted:
    """What the last issue that printed a work knew of it.

    Attributes:
        version, journal_ref, was_withdrawn: As known then; None when unknown.
    """

    issue: str
    day: date
    version: int | None
    journal_ref: str | None
    was_withdrawn: bool


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One piece of news about a work that was printed.

    Attributes:
        item: The work's short number.
        kind: ``withdrawn``, ``version``, ``journal`` or ``post``.
        what: The news in a few words.
        other: The item that links to it, for a post; else None.
    """

    item: int
    title: str
    issue: str
    day: date
    kind: str
    what: str
    other: int | None = None


def follow_up(
    item: Item, printed: WasPrinted, posts: Sequence[tuple[int, str]]
) -> Iterator[FollowUp]:
    """List what is new about a work since it was printed, most serious first.

    Args:
        item: The work as known now.
        printed: The work as the last issue printed it.
        posts: Numbers and titles of later items that link to it.
    """

    def news(kind: str, what: str, other: int | None = None) -> FollowUp:
        title = shown_title(item)
        return FollowUp(item.id, title, printed.issue, printed.day, kind, what, other)

    arxiv = item.arxiv
    if arxiv is not None:
        if arxiv.withdrawn and not printed.was_withdrawn:
            yield news("withdrawn", "withdrawn by its authors")
        version = arxiv.id.version
        if version is not None and printed.version is not None and version > printed.version:
            yield news("version", f"version {version}; version {printed.version} was printed")
        if arxiv.journal_ref and not printed.journal_ref:
            yield news("journal", f"published in {arxiv.journal_ref}")
    for number, title in posts:
        yield news("post", f"{in_quotes(title)} links to it", number)
