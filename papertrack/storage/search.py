"""Find items by a filter, and keep the full-text index up to date.

Nothing is indexed while items are written, since triggers make an insert 22 times slower. The index
is updated at the end of a fetch and before a search, many items at a time.

Every value is bound; only constants of this file are formatted into SQL.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from papertrack.core.query.filters import (
    ABSTRACT,
    AUTHOR,
    NOTE,
    STATES,
    TITLE,
    TOUCHED,
    And,
    Between,
    Filter,
    Named,
    Not,
    OneOf,
    Or,
    Rated,
    Vocabulary,
    Words,
    terms,
)
from papertrack.core.text.words import number_forms, spaced
from papertrack.core.times import utc_text
from papertrack.storage.database import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# Items per transaction, which is how long a key at the rating screen may have to wait.
_AT_ONCE = 2000
# The abstracts of about 1,300 papers: 0.2 s.
_A_DAYS_CHARACTERS = 2_000_000
# An index is rebuilt if more than half of it is dead.
_FEWEST_DEAD = 5000
# The note "title" replaces the title in print, so it is searched as a title, too.
_COLUMNS = """
  i.id,
  i.title || coalesce((SELECT char(10) || text FROM notes
                       WHERE item_id = i.id AND field = 'title'), ''),
  i.authors,
  i.summary,
  coalesce((SELECT group_concat(text, char(10)) FROM notes
            WHERE item_id = i.id AND field NOT IN ('title', 'hide_title', 'home', 'format')), '')
    || coalesce((SELECT char(10) || group_concat(remark, char(10)) FROM ratings
                 WHERE item_id = i.id), ''),
  coalesce((SELECT group_concat(tag, char(10)) FROM tags WHERE item_id = i.id), '')
"""


@dataclass(frozen=True, slots=True)
class _Row:
    item_id: int
    columns: tuple[str, ...]

    @property
    def words_hash(self) -> bytes:
        import hashlib  # noqa: PLC0415  # 5 ms that only indexing needs

        text = "\0".join(self.columns)
        return hashlib.blake2b(text.encode(), digest_size=8).digest()


def is_behind(db: sqlite3.Connection) -> bool:
    """Return whether items are new or changed since they were indexed."""
    return bool(
        db.execute(
            """SELECT EXISTS (SELECT 1 FROM search_due)
                   OR coalesce((SELECT max(id) FROM items), 0)
                    > coalesce((SELECT max(item_id) FROM search_rows), 0)"""
        ).fetchone()[0]
    )


def count_due(db: sqlite3.Connection) -> int:
    """Count the items that are new or changed since they were indexed."""
    row = db.execute(
        """SELECT (SELECT count(*) FROM items
                   WHERE id > coalesce((SELECT max(item_id) FROM search_rows), 0))
                + (SELECT count(*) FROM search_due
                   WHERE item_id <= coalesce((SELECT max(item_id) FROM search_rows), 0))"""
    )
    return int(row.fetchone()[0])


def catch_up(db: sqlite3.Connection) -> int:
    """Update the index in short transactions; write nothing if it is up to date.

    Returns:
        How many items were indexed.
    """
    indexed = 0
    while is_behind(db):
        with transaction(db):
            rows = _next_rows(db)
            indexed += _index(db, rows)
            db.execute(
                "DELETE FROM search_due WHERE item_id IN (SELECT value FROM json_each(?))",
                [json.dumps([row.item_id for row in rows])],
            )
    return indexed


def catch_up_if_possible(db: sqlite3.Connection) -> None:
    """Update the index before a search; if the database cannot be written, search the old one."""
    with _ignoring_disk_errors():
        catch_up(db)


def keep_up(db: sqlite3.Connection) -> None:
    """Index the items of a run, up to about a day's worth; more is left to the first search.

    A first fetch should not take twice as long for a search that may never come. An index that is
    mostly dead is rebuilt, which takes seconds.
    """
    with _ignoring_disk_errors():
        if _is_untidy(db):
            _empty(db)
            catch_up(db)
        elif is_behind(db) and _due_characters(db) <= _A_DAYS_CHARACTERS:
            catch_up(db)


@contextlib.contextmanager
def _ignoring_disk_errors() -> Iterator[None]:
    """Ignore a full or read-only disk and other writers; the index is updated another time."""
    try:
        yield
    except sqlite3.OperationalError as error:
        passing = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}
        if error.sqlite_errorcode & 0xFF not in passing:
            raise


def _due_characters(db: sqlite3.Connection) -> int:
    row = db.execute(
        """SELECT coalesce(sum(length(summary)), 0) FROM items
           WHERE id > coalesce((SELECT max(item_id) FROM search_rows), 0)
              OR id IN (SELECT item_id FROM search_due)"""
    )
    return int(row.fetchone()[0])


def _next_rows(db: sqlite3.Connection) -> list[_Row]:
    """Read the words of items that must be indexed, new ones first."""
    new = db.execute(
        f"""SELECT {_COLUMNS} FROM items AS i
            WHERE i.id > coalesce((SELECT max(item_id) FROM search_rows), 0)
            ORDER BY i.id LIMIT ?""",
        [_AT_ONCE],
    ).fetchall()
    rows = new or db.execute(
        f"""SELECT {_COLUMNS} FROM search_due AS d JOIN items AS i ON i.id = d.item_id
            ORDER BY i.id LIMIT ?""",
        [_AT_ONCE],
    )
    return [
        _Row(item_id, (spaced(title), spaced(_names(authors)), *map(spaced, rest)))
        for item_id, title, authors, *rest in rows
    ]


def _index(db: sqlite3.Connection, rows: Iterable[_Row]) -> int:
    """Index those items whose words have changed; return how many."""
    asked = list(rows)
    known = dict(
        db.execute(
            """SELECT item_id, words_hash FROM search_rows
               WHERE item_id IN (SELECT value FROM json_each(?))""",
            [json.dumps([row.item_id for row in asked])],
        ).fetchall()
    )
    changed = [row for row in asked if known.get(row.item_id) != row.words_hash]
    first = db.execute("SELECT coalesce(max(doc), 0) + 1 FROM search_rows").fetchone()[0]
    db.executemany(
        """INSERT INTO search (rowid, title, authors, abstract, notes, tags)
           VALUES (?, ?, ?, ?, ?, ?)""",
        ((doc, *row.columns) for doc, row in enumerate(changed, start=first)),
    )
    db.executemany(
        """INSERT INTO search_rows (doc, item_id, words_hash) VALUES (?, ?, ?)
           ON CONFLICT (item_id)
           DO UPDATE SET doc = excluded.doc, words_hash = excluded.words_hash""",
        ((doc, row.item_id, row.words_hash) for doc, row in enumerate(changed, start=first)),
    )
    return len(changed)


def _is_untidy(db: sqlite3.Connection) -> bool:
    last, alive = db.execute("SELECT coalesce(max(doc), 0), count(*) FROM search_rows").fetchone()
    return bool(last - alive > max(alive, _FEWEST_DEAD))


def _empty(db: sqlite3.Connection) -> None:
    with transaction(db):
        db.execute("INSERT INTO search (search) VALUES ('delete-all')")
        db.execute("DELETE FROM search_rows")
        db.execute("DELETE FROM search_due")


def _names(authors: str) -> str:
    return "\n".join(author["name"] for author in json.loads(authors))


Value = str | int
Condition = tuple[str, list[Value]]

_EVERYTHING: Condition = ("1", [])
_INDEXED = {TITLE: "title", AUTHOR: "authors", ABSTRACT: "abstract", NOTE: "notes"}
_TIMES = {
    "seen": "i.first_seen_at",
    "judged": "i.judged_at",
    "announced": "i.announced_at",
    "published": "i.published_at",
    "updated": "i.updated_at",
}
_AMONG = "IN (SELECT value FROM json_each(?))"
_MEMBERS = {
    "area": f"i.id IN (SELECT item_id FROM ratings WHERE area {_AMONG})",
    "tag": f"i.id IN (SELECT item_id FROM tags WHERE tag {_AMONG})",
    "issue": f"i.id IN (SELECT item_id FROM issue_items WHERE issue {_AMONG})",
    "kind": f"i.kind {_AMONG}",
    "source": (
        "i.id IN (SELECT s.item_id FROM sources AS o "
        f"JOIN sightings AS s ON s.source_id = o.id WHERE o.slug {_AMONG})"
    ),
}
_MATCHING = (
    "i.id IN (SELECT r.item_id FROM search JOIN search_rows AS r ON r.doc = search.rowid "
    "WHERE search MATCH ?)"
)
_NOTED = "i.id IN (SELECT item_id FROM notes WHERE {})"
_TEXTS = "field IN ('what', 'new', 'meaning', 'good_for', 'body', 'line', 'teaser')"
_HAS_VALUE = "i.id IN (SELECT item_id FROM ratings WHERE halves IS NOT NULL)"
_IS_BRIEF = _NOTED.format("field = 'format' AND text = 'brief'")
_IS_LINK = _NOTED.format("field = 'format' AND text = 'link'")
_IS = {
    "rated": _HAS_VALUE,
    "unrated": f"NOT {_HAS_VALUE}",
    "judged": "i.judged_at IS NOT NULL",
    "published": "i.id IN (SELECT item_id FROM issue_items)",
    "withdrawn": "i.withdrawn",
    "updated": "i.id IN (SELECT item_id FROM versions WHERE position > 1)",
    "brief": _IS_BRIEF,
    "link": _IS_LINK,
    # A link needs no text, a brief item needs its line.
    "incomplete": (
        f"i.state = 'kept' AND NOT {_IS_LINK} AND NOT iif({_IS_BRIEF}, "
        + _NOTED.format("field = 'line'")
        + ", "
        + _NOTED.format("field IN ('what', 'new', 'meaning', 'good_for', 'body')")
        + ")"
    ),
}
_CODE_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "huggingface.co")
_HAS = {
    "abstract": "i.summary <> ''",
    "authors": "i.authors <> '[]'",
    "code": " OR ".join(
        f"instr(lower(i.summary || ' ' || coalesce(i.comment, '')), '{host}')"
        for host in _CODE_HOSTS
    ),
    "comment": "i.comment IS NOT NULL",
    "doi": "i.doi IS NOT NULL",
    "journal": "i.journal_ref IS NOT NULL",
    "notes": _NOTED.format(_TEXTS),
    "remark": "i.id IN (SELECT item_id FROM ratings WHERE remark IS NOT NULL)",
    "tags": "i.id IN (SELECT item_id FROM tags)",
    "url": "i.url IS NOT NULL",
}


def condition(tree: Filter) -> Condition:  # noqa: PLR0911  # one a kind of node
    """Convert a filter to an SQL condition and its bound values, in order."""
    match tree:
        case And(parts):
            return _all_of(parts)
        case Or(parts):
            return _joined(" OR ", map(condition, parts))
        case Not(part):
            sql, values = condition(part)
            return f"NOT {sql}", values
        case Words():
            return matching(match_text(tree))
        case OneOf(field, chosen, _):
            return _one_of(field, chosen)
        case Rated(low, high, areas, _):
            return _rated(low, high, areas)
        case Between():
            return _between(tree)
        case Named(number, names, _):
            return _named(number, names)
        case _:
            assert_never(tree)


def match_text(words: Words) -> str:
    """Write words as a quoted FTS5 expression, so that nothing in them is an operator."""
    star = " *" if words.is_prefix else ""
    forms = (words.text,) if words.is_prefix else number_forms(words.text)
    phrases = " OR ".join('"' + _quoted(form) + '"' + star for form in forms)
    return f"({{{_INDEXED[words.column]}}} : ({phrases}))" if words.column else f"({phrases})"


def _quoted(text: str) -> str:
    return spaced(text).replace('"', '""').replace("\0", " ")  # a NUL would end the expression


def matching(expression: str) -> Condition:
    """Return the condition that selects the matches of an FTS5 expression."""
    return _MATCHING, [expression]


def _all_of(parts: Iterable[Filter]) -> Condition:
    """Join with AND; words become one FTS5 expression, which the index joins faster."""
    parts = list(parts)
    words = [match_text(part) for part in parts if isinstance(part, Words)]
    others = [condition(part) for part in parts if not isinstance(part, Words)]
    if words:
        others.insert(0, matching(" AND ".join(words)))
    return _joined(" AND ", others) if others else _EVERYTHING


def _joined(word: str, conditions: Iterable[Condition]) -> Condition:
    texts: list[str] = []
    values: list[Value] = []
    for sql, bound in conditions:
        texts.append(sql)
        values += bound
    return f"({word.join(texts)})", values


def _one_of(field: str, chosen: tuple[str, ...]) -> Condition:
    if field in _MEMBERS:
        return f"({_MEMBERS[field]})", [json.dumps(chosen)]
    value = chosen[0]
    if field == "cat":  # categories are a JSON list of codes
        codes = [f'"{value}"'] if "." in value else [f'"{value}"', f'"{value}.']
        return _joined(" OR ", [("instr(i.categories, ?) > 0", [code]) for code in codes])
    if field == "has":
        return (f"({_HAS[value]})", []) if value in _HAS else (_NOTED.format("field = ?"), [value])
    if value in _IS:
        return f"({_IS[value]})", []
    return f"(i.{'state' if value in STATES else 'kind'} = ?)", [value]


def _rated(low: int, high: int, areas: tuple[str, ...]) -> Condition:
    within: list[Value] = [json.dumps(areas)] if areas else []
    return (
        "i.id IN (SELECT item_id FROM ratings WHERE halves IS NOT NULL"
        + (f" AND area {_AMONG}" if areas else "")
        + " GROUP BY item_id HAVING max(halves) BETWEEN ? AND ?)",
        [*within, low, high],
    )


def _between(span: Between) -> Condition:
    if span.field == TOUCHED:
        judged, values = _within("i.judged_at", span)
        seen, more = _within("i.first_seen_at", span)
        return f"({judged} OR (i.judged_at IS NULL AND {seen}))", [*values, *more]
    return _within(_TIMES[span.field], span)


def _within(column: str, span: Between) -> Condition:
    parts: list[Condition] = [(f"{column} IS NOT NULL", [])]
    if span.since is not None:
        parts.append((f"{column} >= ?", [utc_text(span.since)]))
    if span.until is not None:
        parts.append((f"{column} < ?", [utc_text(span.until)]))
    return _joined(" AND ", parts)


def _named(number: int | None, names: Iterable[tuple[str, str]]) -> Condition:
    if number is not None:
        return "i.id = (SELECT coalesce(merged_into, id) FROM items WHERE id = ?)", [number]
    found: list[Condition] = [
        ("i.id IN (SELECT item_id FROM identifiers WHERE scheme = ? AND value = ?)", [*name])
        for name in names
    ]
    return _joined(" OR ", found) if found else ("0", [])


# Weights of title, authors, abstract, notes and tags: a word of the author or of the title says
# more than one of the two hundred words of an abstract.
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
    # A date in the future counts as the day of arrival, or it would stay on top.
    "published": f"min(i.published_at, i.first_seen_at) DESC NULLS LAST, {_NEWEST}",
    "updated": f"i.updated_at DESC NULLS LAST, {_NEWEST}",
    "title": f"coalesce(nullif(i.title, ''), i.summary) COLLATE NOCASE, {_NEWEST}",
}


def find(
    db: sqlite3.Connection, tree: Filter, *, sort: str = "newest", limit: int | None = None
) -> list[int]:
    """List the numbers of the items that match a filter.

    Args:
        db: The database; its index is updated if the filter has words.
        tree: The filter.
        sort: BEST or one of `ORDERS`; without words, BEST is newest first.
        limit: The maximum number; None for all.
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
    """Order by the bm25 score of all words; items without any of them come last."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    required = [part for part in parts if isinstance(part, Words)]
    others = And(tuple(part for part in parts if not isinstance(part, Words)))
    if required:  # the FTS5 expression selects; words inside "or" only count for the order
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
    """Let the index apply the limit if there is no other condition, so that few items are read.

    The limit is raised by the number of merged items, which the index still contains.
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
