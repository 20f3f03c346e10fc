"""Whatever can be asked, SQL answers it, and as a plain reading of the question would."""

from __future__ import annotations

import random
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from papertrack.core.judging.notes import LABELS
from papertrack.core.query.filters import (
    FLAGS,
    HAS,
    KINDS,
    STATES,
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
    write_filter,
)
from papertrack.core.query.parse import read_query
from papertrack.core.text.words import folded, number_forms, spaced
from papertrack.core.times import utc_text
from papertrack.storage.database import open_database, transaction
from papertrack.storage.items import read_items
from papertrack.storage.search import BEST, ORDERS, find, read_vocabulary

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from papertrack.core.records import Item

NOW = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
ITEMS = 60
MERGED = {7: 1, 8: 1}
WORDS = ("probe", "probes", "Sparse", "autoencoder", "café", "jail-break", "break", "解释性", "AI")
TAGS = ("hype", "toy", "Toy-2")
AREAS = ("interp", "attacks")
NOTES = (*LABELS, "title", "line", "teaser", "deadline")
SEARCHES = {"week": "@7d is:kept", "both": "probe or tag:toy"}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """Fill a database with items that chance made, the same ones every time."""
    path = tmp_path_factory.mktemp("model") / "papertrack.db"
    dice = random.Random(4)  # noqa: S311  # samples, not secrets
    with closing(open_database(path, create=True)) as db, transaction(db):
        _lay_the_table(db)
        for number in range(1, ITEMS + 1):
            _put_item(db, number, dice)
        for dropped, kept in MERGED.items():
            sql = "UPDATE items SET merged_into = ?, state = 'merged' WHERE id = ?"
            db.execute(sql, [kept, dropped])
    with closing(open_database(path)) as db:
        yield db


def _lay_the_table(db: sqlite3.Connection) -> None:
    db.executemany(
        "INSERT INTO areas VALUES (?, ?, '*', 1, 'Rating', 1, NULL)", [(a, a) for a in AREAS]
    )
    db.executemany(
        "INSERT INTO sources (id, slug, kind, name, added_at) VALUES (?, ?, 'feed', 'x', 'x')",
        [(1, "arxiv-ml"), (2, "arxiv-cl"), (3, "blog")],
    )
    db.execute(
        """INSERT INTO issues (slug, title, date, published_at, text, text_hash)
           VALUES ('2026-W45', 't', 'd', ?, '', x'')""",
        [utc_text(NOW)],
    )


def _put_item(db: sqlite3.Connection, number: int, dice: random.Random) -> None:
    def words(most: int) -> str:
        return " ".join(dice.choices(WORDS, k=dice.randint(0, most)))

    def moment() -> str | None:
        then = NOW - timedelta(hours=dice.randint(0, 500))
        return utc_text(then) if dice.random() < 0.6 else None

    facts = {
        "id": number,
        "kind": dice.choice(KINDS),
        "title": words(4),
        "authors": dice.choice(["[]", '[{"name":"Neel Probe"}]', '[{"name":"Ada Café"}]']),
        "summary": words(6) + dice.choice(["", " see github.com/x"]),
        "url": dice.choice([None, "https://example.org/x"]),
        "announced_at": moment(),
        "published_at": moment(),
        "updated_at": moment(),
        "first_seen_at": moment() or utc_text(NOW),
        "intake": "new",
        "state": dice.choice(STATES),
        "judged_at": moment(),
        "categories": dice.choice(["[]", '["cs.LG"]', '["cs.CL","stat.ML"]', '["hep-th"]']),
        "comment": dice.choice([None, "12 pages"]),
        "journal_ref": dice.choice([None, "J. Ex."]),
        "doi": dice.choice([None, "10.1/x"]),
        "withdrawn": int(dice.random() < 0.2),
    }
    _insert(db, "items", facts)
    _insert(
        db,
        "identifiers",
        {"scheme": "local", "value": f"{number}", "item_id": number} | _born(number),
    )
    for source in dice.sample((1, 2, 3), dice.randint(0, 2)):
        seen = {
            "source_id": source,
            "guid": "g",
            "item_id": number,
            "content_hash": b"",
            "first_seen_at": "x",
        }
        _insert(db, "sightings", seen | _born(number))
    for position in range(1, dice.randint(1, 3)):
        version = {"position": position, "title": "", "summary": "", "seen_at": "x"}
        _insert(db, "versions", version | {"item_id": number} | _born(number))
    for area in dice.sample(AREAS, dice.randint(0, 2)):
        halves = dice.choice([None, *range(1, 11)])
        rating = {
            "item_id": number,
            "area": area,
            "halves": halves,
            "remark": dice.choice([None, "AI"]),
        }
        _insert(db, "ratings", rating)
    for tag in dice.sample(TAGS, dice.randint(0, 2)):
        _insert(db, "tags", {"item_id": number, "tag": tag})
    notes = {field: words(2) or "x" for field in dice.sample(NOTES, dice.randint(0, 3))}
    if dice.random() < 0.3:
        notes["format"] = dice.choice(["brief", "link"])
    for field, text in notes.items():
        _insert(db, "notes", {"item_id": number, "field": field, "text": text})
    if dice.random() < 0.2:
        printed = {"issue": "2026-W45", "item_id": number, "area": "interp", "position": 1}
        _insert(db, "issue_items", printed)


def _born(number: int) -> dict[str, object]:
    return {"born_id": number}


def _insert(db: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    places = ", ".join(f":{column}" for column in row)
    db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", row)  # noqa: S608


class Model:
    """What a query finds, read off the records one by one."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.items = read_items(db, range(1, ITEMS + 1))
        self.published = {row[0] for row in db.execute("SELECT item_id FROM issue_items")}
        rows = db.execute("SELECT item_id, max(position) FROM versions GROUP BY item_id")
        self.versions: dict[int, int] = dict(rows.fetchall())
        self.names = read_vocabulary(db, SEARCHES, {})

    def find(self, tree: Filter) -> set[int]:
        return {item.id for item in self.items if self._holds(tree, item)}

    def _holds(self, tree: Filter, item: Item) -> bool:  # noqa: PLR0911  # one a kind of node
        match tree:
            case And(parts):
                return all(self._holds(part, item) for part in parts)
            case Or(parts):
                return any(self._holds(part, item) for part in parts)
            case Not(part):
                return not self._holds(part, item)
            case Words():
                return _reads(tree, item)
            case OneOf(field, values, _):
                return any(self._has(field, value, item) for value in values)
            case Rated(low, high, areas, _):
                ratings = item.judgement.ratings
                halves = [r.halves for r in ratings if r.halves and (not areas or r.area in areas)]
                return bool(halves) and low <= max(halves) <= high
            case Between():
                moment = _moment(tree.field, item)
                return (
                    moment is not None
                    and (tree.since is None or moment >= tree.since)
                    and (tree.until is None or moment < tree.until)
                )
            case Named(number, names, _):
                return item.id == MERGED.get(number or 0, number) or any(
                    str(name) in item.identifiers for name in names
                )

    def _has(self, field: str, value: str, item: Item) -> bool:  # noqa: PLR0911  # one a field
        notes, said = item.judgement.notes, item.judgement
        match field:
            case "area":
                return any(rating.area == value for rating in said.ratings)
            case "tag":
                return value in said.tags
            case "source":
                return value in item.sources
            case "kind":
                return item.kind == value
            case "cat":
                codes = item_categories(item)
                return any(c == value or c.startswith(f"{value}.") for c in codes)
            case "issue":
                return item.id in self.published
            case "has":
                return _carries(value, item)
        if value in {*STATES, *KINDS}:
            return value in {item.state, item.kind}
        texts = notes.keys() & set(LABELS)
        is_complete = "line" in notes if notes.get("format") == "brief" else bool(texts)
        return {
            "rated": any(rating.halves for rating in said.ratings),
            "unrated": not any(rating.halves for rating in said.ratings),
            "judged": said.judged_at is not None,
            "published": item.id in self.published,
            "withdrawn": WITHDRAWN[item.id],
            "updated": self.versions.get(item.id, 0) > 1,
            "brief": notes.get("format") == "brief",
            "link": notes.get("format") == "link",
            "incomplete": item.state == "kept"
            and notes.get("format") != "link"
            and not is_complete,
        }[value]


FACTS: dict[int, dict[str, object]] = {}
WITHDRAWN: dict[int, bool] = {}


def item_categories(item: Item) -> list[str]:
    return re.findall(r'"([^"]+)"', str(FACTS[item.id]["categories"]))


def _carries(value: str, item: Item) -> bool:
    notes, facts = item.judgement.notes, FACTS[item.id]
    texts = {*LABELS, "line", "teaser"}
    known = {
        "abstract": item.summary != "",
        "authors": bool(item.authors),
        "code": "github.com" in item.summary,
        "comment": facts["comment"] is not None,
        "doi": item.doi is not None,
        "journal": facts["journal_ref"] is not None,
        "notes": bool(notes.keys() & texts),
        "remark": any(rating.remark for rating in item.judgement.ratings),
        "tags": bool(item.judgement.tags),
        "url": item.url is not None,
    }
    return known.get(value, value in notes)


def _moment(field: str, item: Item) -> datetime | None:
    judged = item.judgement.judged_at
    return {
        TOUCHED: judged or item.first_seen_at,
        "seen": item.first_seen_at,
        "judged": judged,
        "announced": item.announced_at,
        "published": item.published_at,
        "updated": item.updated_at,
    }[field]


def _reads(wanted: Words, item: Item) -> bool:
    notes, said = item.judgement.notes, item.judgement
    unread = {"title", "hide_title", "home", "format"}
    columns = {
        "title": [item.title, notes.get("title", "")],
        "author": [author.name for author in item.authors],
        "abstract": [item.summary],
        "note": [
            *(text for field, text in notes.items() if field not in unread),
            *(rating.remark or "" for rating in said.ratings),
        ],
        "tags": list(said.tags),
    }
    columns = {wanted.column: columns[wanted.column]} if wanted.column else columns
    forms = [wanted.text] if wanted.is_prefix else list(number_forms(wanted.text))
    return any(
        _stands_in(_cut(form), _cut("\n".join(texts)), is_prefix=wanted.is_prefix)
        for texts in columns.values()
        for form in forms
    )


def _cut(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", folded(spaced(text)))


def _stands_in(words: list[str], text: list[str], *, is_prefix: bool) -> bool:
    for start in range(len(text) - len(words) + 1):
        piece = text[start : start + len(words)]
        if piece == words or (
            is_prefix and piece[:-1] == words[:-1] and piece[-1].startswith(words[-1])
        ):
            return True
    return False


_TERMS = st.sampled_from(
    [
        *(word for word in WORDS),
        *('"sparse autoencoder"', '"jail break"', "pro*", '"sparse auto"*', "解释", "性", "github"),
        *("title:probe", "author:cafe", "abstract:AI", "note:AI", "author:ne*", "x"),
        *(f"tag:{tag}" for tag in (*TAGS, "to*", "none")),
        *("area:interp", "area:a", "area:int>=3", "rating>=3.5", "rating<2", "rating:2..4"),
        *("source:arxiv", "source:blog", "source:arxiv-c*", "issue:2026-W45", "saved:week"),
        *("cat:cs.LG", "cat:cs", "cat:hep-th", "saved:both", "id:3", "id:7", "2611.99901"),
        *(f"is:{flag}" for flag in FLAGS),
        *(f"has:{what}" for what in HAS),
        *("@7d", "@2026-W46", "@..2026-11-10", "seen:3d", "judged<2026-11-15", "judged:5d"),
        *("published>=2026-11-10", "announced:2026-11", "updated:1w", "-judged:2w"),
    ]
)
_QUERIES = st.recursive(
    _TERMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
        st.lists(inner, min_size=2, max_size=3).map(" or ".join),
        inner.map(lambda query: f"-({query})"),
        inner.map(lambda query: f"({query})"),
    ),
    max_leaves=6,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=_QUERIES, order=st.sampled_from([*ORDERS, BEST]))
def test_sql_finds_what_a_plain_reading_finds(
    model: Model, db: sqlite3.Connection, query: str, order: str
) -> None:
    tree = read_query(query, model.names, now=NOW, zone=UTC).tree

    numbers = find(db, tree, sort=order)

    assert set(numbers) == model.find(tree)
    assert len(numbers) == len(set(numbers))
    assert read_query(write_filter(tree), model.names, now=NOW, zone=UTC).tree == tree


@pytest.fixture(scope="module")
def model(db: sqlite3.Connection) -> Model:
    for row in db.execute("SELECT * FROM items"):
        FACTS[row["id"]] = dict(row)
        WITHDRAWN[row["id"]] = bool(row["withdrawn"])
    return Model(db)


@settings(
    max_examples=75, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=30), order=st.sampled_from([*ORDERS, BEST]))
def test_no_text_that_is_looked_for_troubles_the_database(
    db: sqlite3.Connection, text: str, order: str
) -> None:
    for wanted in (Words(text), Words(text, "note", is_prefix=True), OneOf("tag", (text,), text)):
        find(db, wanted, sort=order)
        find(db, Not(wanted), sort=order)
