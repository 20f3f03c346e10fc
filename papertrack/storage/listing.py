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
        title: The author's title, else its own, else the first words of its text; may be empty.
        url: None if it has none.
    """

    number: int
    state: str
    halves: int | None
    first_seen_at: str
    source: str
    title: str
    url: str | None


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
        [str([*numbers]), 2 * _FIRST_WORDS],
    )
    return [
        ItemLine(number, state, halves, seen, source, title or borrowed_title(text, url), url)
        for number, state, halves, seen, source, title, url, text in rows
    ]


_FIRST_WORDS = 80  # characters


def first_words(text: str) -> str:
    """Return the first sentence of a text, as a title for posts of social networks.

    Returns:
        At most 80 characters; a longer sentence ends in ``…``.
    """
    line = text.strip().partition("\n")[0]
    sentence = line
    for mark in (". ", "! ", "? "):
        sentence = min(sentence, line.partition(mark)[0] + mark[0] * (mark in line), key=len)
    sentence = sentence.removesuffix(".")
    if len(sentence) <= _FIRST_WORDS:
        return sentence
    cut = sentence[:_FIRST_WORDS]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:") + "…"


def borrowed_title(summary: str, url: str | None) -> str:
    """Return what is shown for a title that nobody gave: a post's first words, or a PDF's name.

    Returns:
        The latter with ``(PDF)`` behind it, as no author wrote it; empty if there is neither.
    """
    if words := first_words(summary):
        return words
    from papertrack.core.text.clean import pdf_name  # noqa: PLC0415  # few have neither

    name = pdf_name(url) if url else ""
    return f"{name} (PDF)" if name else ""


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
