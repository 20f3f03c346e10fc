"""The few columns of an item that a list prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence


class ItemLine(NamedTuple):
    """What a list prints of an item.

    Attributes:
        number: The short number.
        state: Its state.
        halves: The best rating in half points; None if unrated.
        first_seen_at: UTC, as `core.times.utc_text` writes it.
        source: The slug of its first source; empty for none.
        title: The author's title, else its own; may be empty.
        url: None if it has none.
        borrowed_title: What stands for a missing title; see `core.text.borrowed_titles`.
    """

    number: int
    state: str
    halves: int | None
    first_seen_at: str
    source: str
    title: str
    url: str | None
    borrowed_title: str


def newest_numbers(
    db: sqlite3.Connection, states: Sequence[str], *, limit: int | None
) -> list[int]:
    """List the numbers of all items, or of those in some states, newest first.

    Args:
        db: The database.
        states: The states; empty means all.
        limit: The maximum number; None for all.
    """
    # Filtering merged items by their rows would read all 5,000 rows of a fetch to print 20; their
    # ids are in the index that gives the order.
    among = (
        f"state IN ({', '.join('?' * len(states))})"
        if states
        else "id NOT IN (SELECT id FROM items WHERE merged_into IS NOT NULL)"
    )
    rows = db.execute(
        f"SELECT id FROM items WHERE {among} ORDER BY first_seen_at DESC, id LIMIT ?",
        [*states, -1 if limit is None else limit],
    )
    return [row[0] for row in rows]


_FIRST_CHARACTERS = 160  # of a text, for its first words


def read_lines(db: sqlite3.Connection, numbers: Sequence[int]) -> list[ItemLine]:
    """Read items as lines, in the given order; merged ones are skipped."""
    rows = db.execute(
        """SELECT i.id, i.state,
                  (SELECT max(halves) FROM ratings WHERE item_id = i.id),
                  i.first_seen_at,
                  coalesce((SELECT o.slug FROM sightings AS s
                            JOIN sources AS o ON o.id = s.source_id WHERE s.item_id = i.id
                            ORDER BY s.first_seen_at, o.id LIMIT 1), ''),
                  coalesce((SELECT text FROM notes WHERE item_id = i.id AND field = 'title'),
                           i.title),
                  i.url, iif(i.title = '', substr(i.summary, 1, ?2), '')
           FROM json_each(?1) AS asked JOIN items AS i ON i.id = asked.value
           WHERE i.merged_into IS NULL ORDER BY asked.key""",
        [str([*numbers]), _FIRST_CHARACTERS],
    )
    return [
        ItemLine(number, state, halves, seen, source, title, url, _borrowed(title, text, url))
        for number, state, halves, seen, source, title, url, text in rows
    ]


def _borrowed(title: str, text: str, url: str | None) -> str:
    if title:
        return ""
    from papertrack.core.text.borrowed_titles import borrowed_title  # noqa: PLC0415  # few need it

    return borrowed_title(text, url, is_marked=True)


def read_texts(db: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    """Read the notes, authors and abstracts of items, by number."""
    rows = db.execute(
        """SELECT i.id,
                  coalesce((SELECT group_concat(text, char(10)) FROM notes
                            WHERE item_id = i.id
                              AND field NOT IN ('title', 'hide_title', 'home', 'format')), ''),
                  (SELECT coalesce(group_concat(json_extract(value, '$.name'), ', '), '')
                   FROM json_each(i.authors)),
                  i.summary
           FROM json_each(?) AS asked JOIN items AS i ON i.id = asked.value""",
        [str([*numbers])],
    )
    return {number: (notes, authors, summary) for number, notes, authors, summary in rows}
