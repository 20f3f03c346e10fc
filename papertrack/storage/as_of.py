"""Turn a copy of the database back to a moment, from its journal.

What the outside says is turned back where it is remembered: titles and abstracts. The rest of it
(that a paper was withdrawn, say) is as it is today; it does not change a draft.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.time.times import utc_text
from papertrack.storage.database import transaction
from papertrack.storage.projection import rebuild

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

# The journal is append-only; this is a copy that is thrown away.
_GUARDS = ("events_are_never_changed", "events_are_never_replaced", "events_are_never_deleted")


def turn_back(db: sqlite3.Connection, moment: datetime) -> None:
    """Forget all that was said, published and seen after a moment.

    Args:
        db: A copy of the database that nobody will use again, see `Session.rehearsal`.
        moment: What happened at it still counts.
    """
    at = utc_text(moment)
    with transaction(db):
        for guard in _GUARDS:
            db.execute(f"DROP TRIGGER {guard}")
        db.execute("DELETE FROM events WHERE at > ?", [at])
        rebuild(db)
        db.execute(
            """UPDATE items SET (title, summary) = (
                 SELECT v.title, v.summary FROM versions AS v
                 WHERE v.item_id = items.id AND v.seen_at <= ?1
                 ORDER BY v.seen_at DESC, v.position DESC LIMIT 1)
               WHERE state = 'kept'
                 AND EXISTS (SELECT 1 FROM versions AS v
                             WHERE v.item_id = items.id AND v.seen_at <= ?1)""",
            [at],
        )
