"""When each version of a paper was submitted, as arXiv's archive tells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from papertrack.core.records import Submission
from papertrack.core.time.times import read_utc, utc_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


def write_submissions(
    db: sqlite3.Connection, item_id: int, submissions: Iterable[Submission]
) -> None:
    """Store when versions of a paper were submitted; what was told before is corrected."""
    told = [(item_id, one.version, utc_text(one.at)) for one in submissions]
    # Of two papers that the author merged, each keeps its own: where both have a version, that of
    # the one that stayed stands with it, that of the other under its own number.
    db.executemany(
        """UPDATE submissions SET item_id = born_id
           WHERE item_id = ?1 AND version = ?2 AND born_id <> ?1 AND ?3 > ''""",
        told,
    )
    db.executemany(
        """INSERT INTO submissions (item_id, version, submitted_at, born_id)
           SELECT CASE WHEN EXISTS (SELECT 1 FROM submissions AS s
                                    WHERE s.item_id = coalesce(i.merged_into, i.id)
                                      AND s.version = ?2 AND s.born_id <> ?1)
                       THEN i.id ELSE coalesce(i.merged_into, i.id) END,
                  ?2, ?3, ?1
           FROM items AS i WHERE i.id = ?1
           ON CONFLICT DO UPDATE SET submitted_at = excluded.submitted_at""",
        told,
    )


def list_submissions(db: sqlite3.Connection, item_id: int) -> tuple[Submission, ...]:
    """List the versions of a paper whose submission is known, oldest first."""
    rows = db.execute(
        "SELECT version, submitted_at FROM submissions WHERE item_id = ? ORDER BY version",
        [item_id],
    )
    return tuple(Submission(version, read_utc(at)) for version, at in rows)


def known_submissions(db: sqlite3.Connection, papers: Iterable[str]) -> set[tuple[int, int]]:
    """List the versions (item, version) of some papers whose submission is known.

    The item is the one that the paper was first, whatever it was merged into.

    Args:
        db: The database.
        papers: arXiv identifiers without version.
    """
    rows = db.execute(
        """SELECT s.born_id, s.version FROM json_each(?) AS asked
           CROSS JOIN identifiers AS n ON n.scheme = 'arxiv' AND n.value = asked.value
           CROSS JOIN submissions AS s
             ON s.item_id IN (n.item_id, n.born_id) AND s.born_id = n.born_id""",
        [json.dumps(sorted(papers))],
    )
    return {(item_id, version) for item_id, version in rows}
