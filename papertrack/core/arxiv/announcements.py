"""arXiv's announcements: what a day brought in each category, and what has to be caught up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from papertrack.config.taxonomy import todays_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from papertrack.core.records import Document, Entry

# Moderation holds a submission "one to four days, sometimes longer"
# (https://info.arxiv.org/help/availability.html); three weeks are the longest that was reported.
_HELD_USUALLY = timedelta(days=4)
_HELD_AT_MOST = timedelta(days=21)
# The archive's dates are days of its own time zone, so one day is asked for twice.
# Asked for under an alias (cs.SY), arXiv calls the papers of the category cross-lists.
_FIRST_SHOWN = {None, "new", "cross"}
_OVERLAP = timedelta(days=1)
# What a feed of arXiv holds at most (https://info.arxiv.org/help/rss.html); a busy day has more.
_MOST_SHOWN = 2_000


@dataclass(frozen=True, slots=True)
class CatchUp:
    """What a source wants from the archive.

    Attributes:
        since: The first day to ask for, the day of overlap included.
        categories: The categories to ask for.
        days: The days that are known to be missing; empty when the source is only new.
    """

    since: date
    categories: tuple[str, ...]
    days: tuple[date, ...] = ()


def batches_of(entries: Iterable[Entry], categories: Iterable[str]) -> dict[str, frozenset[str]]:
    """Gather the papers that a day's feed announces first in each category.

    A paper is ``new`` in its primary category only, so a category that the server has not brought
    up to date does not look fresh because of another one's cross-lists.

    Args:
        entries: The feed of the day.
        categories: Codes of categories or of whole archives.

    Returns:
        arXiv identifiers by category, empty sets included.
    """
    primaries: dict[tuple[str, bool], set[str]] = {}
    for entry in entries:
        facts = entry.arxiv
        if facts is not None and facts.primary and facts.announce_type in _FIRST_SHOWN:
            primary, is_cross = todays_code(facts.primary), facts.announce_type == "cross"
            for code in {primary, primary.partition(".")[0]}:
                primaries.setdefault((code, is_cross), set()).add(facts.id.base)
    batches: dict[str, frozenset[str]] = {}
    for code in categories:
        home = todays_code(code)
        papers = primaries.get((home, False), set())
        if home != code:  # an alias
            papers = papers | primaries.get((home, True), set())
        batches[code] = frozenset(papers)
    return batches


def what_is_missing(feed: Document) -> str | None:
    """Say why a day's feed cannot be all that was announced; None when it may be."""
    if not feed.is_whole:
        return "the feed breaks off or is broken"
    if feed.shown >= _MOST_SHOWN:
        return f"the feed holds {_MOST_SHOWN:,} papers, which is arXiv's limit"
    return None


def plan_catch_up(
    today: date,
    categories: Sequence[str],
    *,
    missed: Sequence[date],
    suspect: Sequence[str],
    since: date | None,
) -> CatchUp | None:
    """Decide what a source must ask the archive for.

    Args:
        today: The day of the feed.
        categories: All categories of the source.
        missed: Days with announcements that the source has not seen.
        suspect: Categories whose part of today's feed cannot be trusted.
        since: A day to go back to in any case (the first fetch, or the author's wish); None
            otherwise.

    Returns:
        None when nothing is missing.
    """
    starts = [day - _OVERLAP for day in missed] + ([since] if since else [])
    if starts:
        days = tuple(sorted({*missed, *([today] if suspect else ())}))
        return CatchUp(min(starts), tuple(categories), days)
    if suspect:
        return CatchUp(today - _OVERLAP, tuple(suspect), (today,))
    return None


def is_announced_since(entry: Entry, since: date) -> bool:
    """Tell whether a paper of the archive was first announced since a day, and not only changed.

    The archive dates a record by its last change, administrative ones too, and never by its
    announcement. A paper that has been replaced already must be young; one still in its first
    version may have been held back for long.
    """
    if entry.published_at is None:
        return False
    version = entry.arxiv.id.version if entry.arxiv else None
    held = _HELD_AT_MOST if version in {None, 1} else _HELD_USUALLY
    return entry.published_at.date() >= since - held


def unseen(papers: Iterable[str], batches: Iterable[Iterable[frozenset[str]]]) -> set[str]:
    """Take away from some papers those that any of the batches holds."""
    return set(papers).difference(*(batch for several in batches for batch in several))
