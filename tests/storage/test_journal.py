"""The journal against a small model of its own, and its projections against a rebuild."""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.core.judging.journal import (
    Event,
    Statement,
    fold_item,
    fold_texts,
    set_issue_text,
    set_note,
    set_rating,
    set_state,
    set_tag,
)
from papertrack.core.kinds import State
from papertrack.core.times import read_utc
from papertrack.storage import issues, items, journal_read, projection
from tests.storage.newsroom import MONDAY, Newsroom, newsroom, paper, post

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

PAPER, POST = "arxiv:2611.99901", "url:example.org/a"
SUBJECTS = (PAPER, POST, "arxiv:2611.99902")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as room:
        open_with_items(room)
        yield room


def open_with_items(room: Newsroom) -> None:
    room.shows("arxiv", paper(), paper("2611.99902"))
    room.shows("blog", post("g", "A post", "https://example.org/a"))


def all_events(db: sqlite3.Connection) -> list[Event]:
    acts = [row[0] for row in db.execute("SELECT act FROM events GROUP BY act ORDER BY min(seq)")]
    return [event for act in acts for event in journal_read.act_events(db, act)]


# A step is an act of statements, or an undo, or the redoing of an act that was undone.
_subjects = st.sampled_from(SUBJECTS)
_areas = st.sampled_from(["interp", "attacks"])
_texts = st.sampled_from(["", " ", "A map", "Two\n\nparagraphs", "💡", None])
_statements = st.one_of(
    st.builds(set_state, _subjects, st.sampled_from(State)),
    st.builds(
        set_rating, _subjects, _areas, st.just("halves"), st.one_of(st.none(), st.integers(1, 10))
    ),
    st.builds(set_rating, _subjects, _areas, st.sampled_from(["emoji", "label", "remark"]), _texts),
    st.builds(set_tag, _subjects, st.sampled_from(["a", "b"]), present=st.booleans()),
    st.builds(set_note, _subjects, st.sampled_from(["what", "new", "title"]), _texts),
    st.builds(set_issue_text, st.sampled_from(["2026-W47", "2026-W48"]), st.just("lead"), _texts),
    st.builds(lambda subject: Statement("add", subject, {"url": "x"}), _subjects),
)
_minutes = st.integers(-90, 90)
_steps = st.lists(
    st.tuples(
        st.one_of(st.lists(_statements, min_size=1, max_size=5), st.just("undo"), st.just("redo")),
        _minutes,
    ),
    max_size=20,
)


@dataclass
class Model:
    """What the tables should hold, drawn again from all acts that hold, in the simplest way."""

    acts: list[list[tuple[Statement, datetime]]]

    def draw(self) -> dict[str, dict[str, object]]:
        said: dict[str, dict[str, object]] = defaultdict(dict)
        for act in self.acts:
            for statement, at in act:
                self._hear(said[statement.subject], statement, at)
        return {
            subject: kept
            for subject, registers in said.items()
            if (kept := {name: value for name, value in registers.items() if value is not None})
        }

    def _hear(self, registers: dict[str, object], statement: Statement, at: datetime) -> None:
        said = statement.payload
        to = said.get("to")
        if statement.verb == "state":
            registers |= {"state": to, "judged": at}
        elif statement.verb == "tag":
            registers[f"tag {said['tag']}"] = to or None
        elif statement.verb in {"note", "text"}:
            registers[f"text {said['field']}"] = to if str(to or "").strip() else None
        elif statement.verb == "rate":
            place = f"{said['field']} {said['area']}"
            registers[place] = None if to == "" else to
            if said["field"] == "halves":
                registers["judged"] = at
                since = f"since {said['area']}"
                registers[since] = None if to is None else registers.get(since) or at


def tables(room: Newsroom) -> dict[str, dict[str, object]]:
    """Read what the model draws from the tables."""
    drawn: dict[str, dict[str, object]] = {}
    for subject in SUBJECTS:
        (number,) = journal_read.items_of(room.db, [subject])
        judgement = items.read_item(room.db, number).judgement
        found: dict[str, object] = {"judged": judgement.judged_at}
        if judgement.state is not None and judgement.judged_at is not None:
            found["state"] = judgement.state
        for rating in judgement.ratings:
            for field in ("halves", "emoji", "label", "remark"):
                found[f"{field} {rating.area}"] = getattr(rating, field)
            found[f"since {rating.area}"] = rating.rated_at
        found |= {f"tag {tag}": True for tag in judgement.tags}
        found |= {f"text {field}": text for field, text in judgement.notes.items()}
        drawn[subject] = {name: value for name, value in found.items() if value is not None}
    for issue in ("2026-W47", "2026-W48"):
        texts = issues.read_texts(room.db, issue)
        drawn[f"issue:{issue}"] = {f"text {field}": text for field, text in texts.items()}
    return {subject: said for subject, said in drawn.items() if said}


def play(room: Newsroom, steps: list[tuple[list[Statement] | str, int]]) -> Model:
    """Say, undo and redo through storage, and the same in the model."""
    order: list[str] = []
    spoken: dict[str, list[tuple[Statement, datetime]]] = {}
    undone: list[str] = []
    now = MONDAY
    for step, minutes in steps:
        now += timedelta(minutes=minutes)
        if isinstance(step, list):
            events = room.says(*step, at=now)
            order.append(events[0].act)
            spoken[events[0].act] = [
                (statement, event.at) for statement, event in zip(step, events, strict=True)
            ]
        elif step == "undo":
            holding = [act for act in order if act not in undone]
            found = journal_read.last_act(room.db)
            assert [event.act for event in found[:1]] == holding[-1:]
            if found:
                room.says(Statement("undo", f"act:{found[0].act}", {}), at=now)
                undone.append(found[0].act)
        elif undone:
            room.says(Statement("redo", f"act:{undone[-1]}", {}), at=now)
            undone.pop()
    return Model([spoken[act] for act in order if act not in undone])


def without_default_state(said: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """Leave out "new" of an item that was only rated: the tables hold where it began."""
    return {
        subject: {
            name: value
            for name, value in registers.items()
            if not (name == "state" and value == State.NEW)
        }
        for subject, registers in said.items()
    }


@settings(max_examples=60, deadline=None)
@given(steps=_steps)
def test_any_sequence_of_judgements_gives_what_it_says_and_a_rebuild_gives_the_same(
    steps: list[tuple[list[Statement] | str, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
        open_with_items(room)
        model = play(room, steps)
        drawn = room.judgements()

        assert without_default_state(tables(room)) == without_default_state(model.draw())
        projection.rebuild(room.db)
        assert room.judgements() == drawn


@settings(max_examples=80, deadline=None)
@given(steps=_steps, shuffled=st.randoms(use_true_random=False))
def test_journal_means_the_same_in_whatever_order_it_is_joined(
    steps: list[tuple[list[Statement] | str, int]], shuffled: random.Random
) -> None:
    with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
        open_with_items(room)
        play(room, steps)
        events = all_events(room.db)
        joined = list(events)
        shuffled.shuffle(joined)

        undone = journal_read.undone(room.db)
        for subject in SUBJECTS:
            about = [event for event in joined if event.subject == subject]
            (number,) = journal_read.items_of(room.db, [subject])
            drawn = fold_item(about, undone)
            stored = items.read_item(room.db, number).judgement
            assert set(drawn.ratings) == set(stored.ratings)
            assert (drawn.tags, drawn.notes, drawn.judged_at) == (
                stored.tags,
                stored.notes,
                stored.judged_at,
            )
        texts = [event for event in joined if event.subject == "issue:2026-W47"]
        assert fold_texts(texts, undone) == issues.read_texts(room.db, "2026-W47")


@settings(max_examples=40, deadline=None)
@given(ours=_steps, theirs=_steps, shuffled=st.randoms(use_true_random=False))
def test_journals_of_two_machines_give_the_same_tables_whoever_takes_in_the_other(
    ours: list[tuple[list[Statement] | str, int]],
    theirs: list[tuple[list[Statement] | str, int]],
    shuffled: random.Random,
) -> None:
    events: list[tuple[object, ...]] = []
    for steps in (ours, theirs):
        with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
            open_with_items(room)
            play(room, steps)
            columns = "uid, device, turn, at, act, verb, subject, payload"
            events += [tuple(row) for row in room.db.execute(f"SELECT {columns} FROM events")]  # noqa: S608  # our own names
    drawn = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
            open_with_items(room)
            sql = "INSERT INTO events (uid, device, turn, at, act, verb, subject, payload)"
            room.db.executemany(f"{sql} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", events)
            projection.rebuild(room.db)
            drawn.append((room.judgements(), [e.uid for e in journal_read.last_act(room.db)]))
        shuffled.shuffle(events)
    assert drawn[0] == drawn[1]


def test_one_act_is_one_undo_step(room: Newsroom) -> None:
    before = room.judgements()
    events = room.says(
        set_rating(PAPER, "interp", "halves", 7),
        set_state(PAPER, State.KEPT),
        set_tag(POST, "a", present=True),
    )

    assert {event.act for event in events} == {events[0].uid}
    assert journal_read.last_act(room.db) == events
    room.says(Statement("undo", f"act:{events[0].act}", {}))
    assert room.judgements() == before
    assert journal_read.last_act(room.db) == []


def test_act_is_undone_until_it_is_redone(room: Newsroom) -> None:
    (event,) = room.says(set_tag(PAPER, "a", present=True))
    seen = []
    for verb in ("undo", "redo", "undo"):
        room.says(Statement(verb, f"act:{event.act}", {}))
        seen.append(journal_read.undone(room.db))

    assert seen == [{event.act}, frozenset(), {event.act}]


def test_events_are_read_back_as_they_were_written(room: Newsroom) -> None:
    events = room.says(set_note(PAPER, "what", "Ünïcode 💡"), set_tag(PAPER, "a", present=False))

    assert journal_read.act_events(room.db, events[0].act) == events
    assert journal_read.item_events(room.db, 1) == events


def test_journal_refuses_to_be_changed(room: Newsroom) -> None:
    room.says(set_tag(PAPER, "a", present=True))

    for sql in ("UPDATE events SET verb = 'x'", "DELETE FROM events"):
        with pytest.raises(Exception, match="append-only"):
            room.db.execute(sql)


def test_events_are_in_order_though_the_clock_goes_back(room: Newsroom) -> None:
    room.says(set_note(PAPER, "what", "First"))
    room.says(set_note(PAPER, "what", "Second"), at=MONDAY - timedelta(days=400))

    assert items.read_item(room.db, 1).judgement.notes == {"what": "Second"}
    assert [event.payload["to"] for event in journal_read.item_events(room.db, 1)] == [
        "First",
        "Second",
    ]


def test_many_events_of_one_moment_keep_their_order(room: Newsroom) -> None:
    now = MONDAY + timedelta(microseconds=999_999)
    for number in range(50):
        room.says(set_note(PAPER, "what", str(number)), set_note(PAPER, "new", "x"), at=now)

    rows = room.db.execute("SELECT uid, turn FROM events ORDER BY seq").fetchall()
    assert rows == sorted(rows, key=lambda row: (row["turn"], row["uid"]))
    assert [row["uid"] for row in rows] == sorted(row["uid"] for row in rows)
    assert len({row["turn"] for row in rows}) == 100
    assert items.read_item(room.db, 1).judgement.notes["what"] == "49"


@given(st.integers(0, 10**12))
@settings(max_examples=20, deadline=None)
def test_uid_says_the_millisecond_of_its_event(milliseconds: int) -> None:
    at = datetime.fromisoformat("2026-11-16T00:00:00Z") + timedelta(milliseconds=milliseconds)
    with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder)) as room:
        open_with_items(room)
        (event,) = room.says(set_tag(PAPER, "a", present=True), at=at)

    seconds = int(event.uid.replace("-", "")[:12], 16) / 1000
    assert datetime.fromtimestamp(0, at.tzinfo) + timedelta(seconds=seconds) == event.at == at
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", event.uid
    )


def test_judgement_follows_an_item_into_a_merge(room: Newsroom) -> None:
    room.says(set_rating(POST, "interp", "halves", 7), set_state(POST, State.KEPT))
    rated = items.read_item(room.db, 3).judgement

    room.shows(
        "query", post("x", "A post", "https://example.org/a", doi="10.48550/arXiv.2611.99901")
    )

    (number,) = journal_read.items_of(room.db, [PAPER, POST])
    assert number == 3
    assert items.read_item(room.db, number).judgement == rated
    room.says(set_tag(PAPER, "late", present=True))
    assert items.read_item(room.db, number).judgement.tags == ("late",)
    drawn = room.judgements()
    projection.rebuild(room.db)
    assert room.judgements() == drawn


def test_undo_reaches_an_item_that_was_merged_since(room: Newsroom) -> None:
    (event,) = room.says(set_tag(POST, "a", present=True))
    room.shows(
        "query", post("x", "A post", "https://example.org/a", doi="10.48550/arXiv.2611.99901")
    )

    room.says(Statement("undo", f"act:{event.act}", {}))

    (number,) = journal_read.items_of(room.db, [PAPER])
    assert items.read_item(room.db, number).judgement.tags == ()


def test_events_about_items_that_are_not_here_yet_wait_for_them(room: Newsroom) -> None:
    room.says(set_tag("arxiv:2611.99909", "a", present=True))
    assert room.dump(("tags",)) == {"tags": []}

    room.shows("arxiv", paper("2611.99909"))
    projection.rebuild(room.db)

    assert room.dump(("tags",)) == {"tags": [(4, "a")]}


def test_item_is_named_by_its_most_trusted_identifier(room: Newsroom) -> None:
    room.shows("blog", post("g2", "B", "https://example.org/b", doi="10.5555/x"))

    assert [journal_read.subject_of(room.db, number) for number in room.numbers()] == [
        PAPER,
        "arxiv:2611.99902",
        POST,
        "doi:10.5555/x",
    ]


def test_times_in_the_journal_are_utc(room: Newsroom) -> None:
    local = datetime.fromisoformat("2026-11-20T18:00:00+05:00")
    room.says(set_tag(PAPER, "a", present=True), at=local)

    (text,) = room.db.execute("SELECT at FROM events").fetchone()
    assert text == "2026-11-20T13:00:00.000Z"
    assert read_utc(text) == local


def test_a_clock_that_was_wrong_once_does_not_hide_what_is_judged_later(room: Newsroom) -> None:
    room.says(set_tag(PAPER, "a", present=True), at=MONDAY + timedelta(days=1500))
    room.says(set_tag(PAPER, "a", present=False), set_state(PAPER, State.KEPT), at=MONDAY)

    judgement = items.read_item(room.db, 1).judgement
    assert (judgement.judged_at, judgement.tags) == (MONDAY, ())


def test_words_of_a_newer_version_are_passed_over(room: Newsroom) -> None:
    room.says(Statement("state", PAPER, {"to": "archived"}), Statement("sing", PAPER, {}))

    assert items.read_item(room.db, 1).state is State.NEW


def test_the_journal_cannot_be_replaced_either(room: Newsroom) -> None:
    room.says(set_tag(PAPER, "a", present=True))

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        room.db.execute("INSERT OR REPLACE INTO events SELECT * FROM events")
