"""Write the author's texts of an issue: its title, lead, closing words, what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.digest.issue_texts import read_issue_card, read_text
from papertrack.core.judging.journal import set_issue_text
from papertrack.core.text.clean import typed
from papertrack.storage import issues, journal
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime


def write_texts(
    db: sqlite3.Connection, issue: str, texts: Mapping[str, str], now: datetime
) -> list[str]:
    """Write texts of an issue into the journal, as one undo step.

    Args:
        db: The database.
        issue: Its name, ``2026-W47``.
        texts: By field; an empty text takes one back.
        now: The present.

    Returns:
        The fields that are different now.

    Raises:
        UsageError: A field or a value cannot be used; nothing was written.
    """
    said = {name.replace("-", "_"): typed(read_text(name, text)) for name, text in texts.items()}
    with transaction(db):
        before = issues.read_texts(db, issue)
        changed = [field for field, text in said.items() if text != before.get(field, "")]
        if changed:
            journal.append(
                db, [set_issue_text(issue, field, said[field]) for field in changed], now
            )
    return changed


def write_card_down(
    db: sqlite3.Connection, issue: str, *, opened: str, edited: str, now: datetime
) -> list[str]:
    """Write down what the author changed in the card of an issue, as one undo step.

    Args:
        db: The database.
        issue: Its name.
        opened: The card as the editor was opened on it: what changed elsewhere meanwhile stays.
        edited: The card as the author left it.
        now: The present.

    Returns:
        The fields that are different now.

    Raises:
        UsageError: The card cannot be read; nothing was written.
    """
    before = read_issue_card(opened)
    after = read_issue_card(edited)
    texts = {field: text for field, text in after.items() if text != before.get(field, "")}
    return write_texts(db, issue, texts, now)
