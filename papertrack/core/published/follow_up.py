"""What happened to works after they were printed: "since we wrote"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from papertrack.core.records import Item


@dataclass(frozen=True, slots=True)
class WasPrinted:
    """How a work stood in the last issue that printed it.

    Attributes:
        version, journal_ref, was_withdrawn: What was known of it then; None where nothing was.
    """

    issue: str
    day: date
    version: int | None
    journal_ref: str | None
    was_withdrawn: bool


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One piece of news of a work that was printed.

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
    """List what is new about a work since it was printed, the gravest first.

    Args:
        item: The work as it is known now.
        printed: How it stood in the last issue that printed it.
        posts: Number and title of later items that link to it.
    """

    def news(kind: str, what: str, other: int | None = None) -> FollowUp:
        return FollowUp(item.id, item.printed_title, printed.issue, printed.day, kind, what, other)

    arxiv = item.arxiv
    if arxiv is not None:
        if arxiv.withdrawn and not printed.was_withdrawn:
            yield news("withdrawn", "withdrawn by its authors")
        version = arxiv.id.version
        if version is not None and printed.version is not None and version > printed.version:
            yield news("version", f"version {version}; printed was version {printed.version}")
        if arxiv.journal_ref and not printed.journal_ref:
            yield news("journal", f"published in {arxiv.journal_ref}")
    for number, title in posts:
        yield news("post", f'"{title}" links to it', number)
