"""A filter as SQL: conditions on `items AS i` that are true or false and never NULL.

Every value is bound; what stands in the text are constants of this file.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, assert_never

from papertrack.core.find.names import STATES
from papertrack.core.query.filters import (
    ABSTRACT,
    AUTHOR,
    NOTE,
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
    Words,
)
from papertrack.core.query.words import numbers_of, spaced
from papertrack.core.time.times import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterable

Value = str | int
Condition = tuple[str, list[Value]]

_EVERYTHING: Condition = ("1", [])
_COLUMNS = {TITLE: "title", AUTHOR: "authors", ABSTRACT: "abstract", NOTE: "notes"}
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
    # What is printed as a link alone needs no text, a brief item needs its line.
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
    """Turn a filter into a condition and the values that it binds, in their order."""
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
    """Write words as an expression of FTS5, in quotes: nothing in them is read as an operator."""
    star = " *" if words.is_prefix else ""
    forms = (words.text,) if words.is_prefix else numbers_of(words.text)
    phrases = " OR ".join('"' + _quoted(form) + '"' + star for form in forms)
    return f"({{{_COLUMNS[words.column]}}} : ({phrases}))" if words.column else f"({phrases})"


def _quoted(text: str) -> str:
    return spaced(text).replace('"', '""').replace("\0", " ")  # a NUL would end the expression


def matching(expression: str) -> Condition:
    """Choose the items that an expression of FTS5 matches."""
    return _MATCHING, [expression]


def _all_of(parts: Iterable[Filter]) -> Condition:
    """Join by "and"; words stand in one expression, so that the index joins them."""
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
