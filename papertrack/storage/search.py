"""Find items by a filter, ordered; the best match first where words are looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.find.names import Vocabulary
from papertrack.core.query.filters import And, Filter, Words, terms
from papertrack.storage.search_index import catch_up_if_possible
from papertrack.storage.search_sql import condition, match_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

# What a word weighs in title, authors, abstract, notes and tags: what the author wrote and what
# names the work says more than one word of an abstract among two hundred.
_WEIGHTS = "8.0, 5.0, 1.0, 4.0, 6.0"
BEST = "best"
_NEWEST = "i.first_seen_at DESC, i.id"
_BEST_RATING = "(SELECT max(halves) FROM ratings WHERE item_id = i.id)"
ORDERS = {
    "newest": _NEWEST,
    "oldest": "i.first_seen_at, i.id",
    "judged": f"i.judged_at DESC NULLS LAST, {_NEWEST}",
    "rating": f"{_BEST_RATING} DESC NULLS LAST, {_NEWEST}",
    "announced": f"i.announced_at DESC NULLS LAST, {_NEWEST}",
    "published": f"i.published_at DESC NULLS LAST, {_NEWEST}",
    "updated": f"i.updated_at DESC NULLS LAST, {_NEWEST}",
    "title": f"i.title COLLATE NOCASE, {_NEWEST}",
}


def find(
    db: sqlite3.Connection, tree: Filter, *, sort: str = "newest", limit: int | None = None
) -> list[int]:
    """List the numbers of the items that a filter lets through.

    Args:
        db: The database; the index of words is brought up to date when words are looked for.
        tree: The filter.
        sort: BEST or one of `ORDERS`; BEST is newest first where no words are looked for.
        limit: At most so many; None for all.
    """
    if any(isinstance(term, Words) for term in terms(tree)):
        catch_up_if_possible(db)
    wanted = [term for term in terms(tree, wanted_only=True) if isinstance(term, Words)]
    if sort == BEST and wanted:
        return _find_best(db, tree, wanted, limit)
    where, values = condition(tree)
    rows = db.execute(
        f"""SELECT i.id FROM items AS i WHERE i.state <> 'merged' AND {where}
            ORDER BY {ORDERS.get(sort, _NEWEST)} LIMIT ?""",
        [*values, -1 if limit is None else limit],
    )
    return [row[0] for row in rows]


def _find_best(
    db: sqlite3.Connection, tree: Filter, wanted: Sequence[Words], limit: int | None
) -> list[int]:
    """Order by bm25 of all words that are looked for; what holds none of them comes last."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    required = [part for part in parts if isinstance(part, Words)]
    others = And(tuple(part for part in parts if not isinstance(part, Words)))
    if required:  # the index's own expression chooses; words inside "or" only count for the order
        where, values = condition(others)
        join, expression = "JOIN", " AND ".join(map(match_text, required))
    else:
        where, values = condition(tree)
        join, expression = "LEFT JOIN", " OR ".join(map(match_text, wanted))
    first = "" if limit is None or others.parts or not required else _first_matches(db, limit)
    rows = db.execute(
        f"""SELECT i.id FROM items AS i {join} (
              SELECT r.item_id, bm25(search, {_WEIGHTS}) AS score
              FROM search JOIN search_rows AS r ON r.doc = search.rowid
              WHERE search MATCH ? {first}) AS s ON s.item_id = i.id
            WHERE i.state <> 'merged' AND {where}
            ORDER BY s.score NULLS LAST, {_NEWEST} LIMIT ?""",
        [expression, *values, -1 if limit is None else limit],
    )
    return [row[0] for row in rows]


def _first_matches(db: sqlite3.Connection, limit: int) -> str:
    """Let the index choose where nothing else is asked for: 40,000 matches need no items then.

    As many more are taken as items were merged away, which the index still holds.
    """
    merged = db.execute("SELECT count(*) FROM items WHERE merged_into IS NOT NULL").fetchone()[0]
    return f"ORDER BY score LIMIT {int(limit) + int(merged)}"


def read_vocabulary(
    db: sqlite3.Connection, searches: Mapping[str, str], shorts: Mapping[str, str]
) -> Vocabulary:
    """Read the names that a filter may use.

    Args:
        db: The database.
        searches: Saved queries by name.
        shorts: The short names of areas, by slug.
    """
    return Vocabulary(
        areas=dict(
            db.execute(
                """SELECT slug, name FROM areas
                   ORDER BY retired_at IS NOT NULL, position, slug"""
            ).fetchall()
        ),
        sources=_column(db, "SELECT slug FROM sources ORDER BY retired_at IS NOT NULL, slug"),
        tags=_column(db, "SELECT DISTINCT tag FROM tags ORDER BY tag"),
        issues=_column(db, "SELECT slug FROM issues ORDER BY slug DESC"),
        searches=searches,
        shorts=shorts,
    )


def _column(db: sqlite3.Connection, sql: str) -> tuple[str, ...]:
    return tuple(row[0] for row in db.execute(sql))
