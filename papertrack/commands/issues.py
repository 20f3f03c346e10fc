"""Look at what was published, and at what happened to it since."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from papertrack.core.published.follow_up import FollowUp, follow_up
from papertrack.errors import UsageError
from papertrack.storage import items, ledger

if TYPE_CHECKING:
    import sqlite3


def read_text(db: sqlite3.Connection, slug: str) -> str:
    """Read an issue as it went out.

    Raises:
        UsageError: No such issue was published.
    """
    text = ledger.read_issue_text(db, slug)
    if text is None:
        message = f"no issue {slug} was published"
        raise UsageError(message, hint="papertrack issues lists those that were")
    return text


def compare(old: str, new: str, *, old_name: str, new_name: str) -> list[str]:
    """Compare two texts line by line, as ``diff -u`` does; empty when they are the same."""
    return list(
        difflib.unified_diff(old.splitlines(), new.splitlines(), old_name, new_name, lineterm="")
    )


def find_follow_ups(db: sqlite3.Connection) -> list[FollowUp]:
    """List what is new about works of earlier issues, newest issue first."""
    found: list[FollowUp] = []
    last = ledger.last_printed(db)
    for item in items.read_items(db, list(last)):
        printed, published_at = last[item.id]
        base = item.arxiv.id.base if item.arxiv else None
        posts = ledger.posts_about(db, base, published_at) if base else []
        found += follow_up(item, printed, posts)
    return sorted(found, key=lambda news: (news.day, news.issue), reverse=True)
