"""Two devices whose clocks differ, and what each shows when it has taken in the other's journal."""

from __future__ import annotations

import random
import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.commands.undo import read_log, redo, undo
from papertrack.core.judging.journal import (
    Event,
    Statement,
    next_redo,
    set_issue_text,
    set_note,
    set_rating,
    set_state,
    set_tag,
)
from papertrack.core.kinds import State
from papertrack.storage import journal, journal_read, projection
from papertrack.ui.log_lines import log_lines
from tests.storage.newsroom import MONDAY, Newsroom, newsroom
from tests.storage.test_journal import (
    PAPER,
    POST,
    Model,
    open_with_items,
    tables,
    without_default_state,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

# Few registers and few milliseconds: the two devices are to say the same things at the same time.
_statements = st.one_of(
    st.builds(set_rating, st.just(PAPER), st.just("interp"), st.just("halves"), st.integers(1, 10)),
    st.builds(set_note, st.just(PAPER), st.just("what"), st.sampled_from(["x", "y", "z"])),
    st.builds(set_state, st.just(POST), st.sampled_from(State)),
    st.builds(set_tag, st.just(POST), st.just("a"), present=st.booleans()),
    st.builds(set_issue_text, st.just("2026-W47"), st.just("lead"), st.sampled_from(["l", "m"])),
)
_words = st.lists(_statements, min_size=1, max_size=2)
_steps = st.lists(
    st.tuples(st.sampled_from(["say", "undo", "redo"]), _words, st.integers(-9, 9)),
    min_size=3,
    max_size=6,
).map(lambda steps: [(words if verb == "say" else verb, at) for verb, words, at in steps])
Steps = list[tuple[list[Statement] | str, int]]


@contextmanager
def device(name: str, seed: int) -> Iterator[Newsroom]:
    """Open the database of one device; its uids come out the same for the same seed."""
    with (
        tempfile.TemporaryDirectory() as folder,
        newsroom(Path(folder)) as room,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("papertrack.storage.journal.os.urandom", random.Random(seed).randbytes)  # noqa: S311  # no secret
        room.db.execute("UPDATE meta SET value = ? WHERE key = 'device'", [name])
        open_with_items(room)
        yield room


def play(room: Newsroom, steps: Steps) -> None:
    """Say, undo and redo; the clock stands where each step puts it."""
    for step, milliseconds in steps:
        now = MONDAY + timedelta(milliseconds=milliseconds)
        if isinstance(step, list):
            journal.append(room.db, step, now)
        elif step == "undo":
            undo(room.db, now)
        else:
            redo(room.db, now)


def rows_of(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    rows = db.execute(f"SELECT {journal_read.COLUMNS} FROM events ORDER BY seq")  # noqa: S608  # ours
    return [tuple(row) for row in rows]


def events_of(db: sqlite3.Connection) -> list[Event]:
    return list(map(journal_read.read_event, db.execute("SELECT * FROM events ORDER BY seq")))


def store_work(room: Newsroom, rows: list[tuple[object, ...]]) -> None:
    """Add the journal of another device to that of this one."""
    before = len(events_of(room.db))
    room.db.executemany(
        f"INSERT INTO events ({journal_read.COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # ours
        rows,
    )
    projection.apply_events(room.db, events_of(room.db)[before:])


def printed(db: sqlite3.Connection) -> list[str]:
    """Print the log as a pipe gets it, without the numbers of acts: those are a database's own."""
    return [
        re.sub(r"\bact \d+", "act", line)
        for act in read_log(db)
        for line in log_lines(replace(act, number=0), UTC, None)
    ]


@dataclass
class History:
    """What joined journals mean, worked out in the simplest way by turn and then by uid."""

    events: list[Event]

    def __post_init__(self) -> None:
        self.events.sort(key=lambda event: (event.sequence, event.uid))
        self.acts = list(dict.fromkeys(e.act for e in self.events if e.uid == e.act))
        undoings = [e for e in self.events if e.verb in {"undo", "redo"}]
        last = {e.subject.removeprefix("act:"): e.verb for e in undoings}
        self.undone = frozenset(act for act, verb in last.items() if verb == "undo")
        spoken = [e.act for e in self.events if e.uid == e.act and e not in undoings]
        self.can_be_undone = [act for act in spoken if act not in self.undone]

    def redone_next(self) -> str | None:
        """Walk the undos and redos after the last new word."""
        waiting: list[str] = []
        for event in self.events:
            act = event.subject.removeprefix("act:")
            if event.verb not in {"undo", "redo"}:
                waiting = []
                continue
            waiting = [other for other in waiting if other != act]
            if event.verb == "undo":
                waiting.append(act)
        return waiting[-1] if waiting else None

    def draw(self) -> dict[str, dict[str, object]]:
        holding = [e for e in self.events if e.act not in self.undone]
        said = [[(Statement(e.verb, e.subject, e.payload), e.at)] for e in holding]
        return without_default_state(
            {
                subject: registers
                for subject, registers in Model(said).draw().items()
                if not subject.startswith("act:")
            }
        )


@settings(max_examples=60, deadline=None)
@given(before=_steps, ours=_steps, theirs=_steps, seed=st.integers(0, 7))
def test_two_devices_agree_on_tables_log_and_undo_whichever_takes_in_the_other(
    before: Steps, ours: Steps, theirs: Steps, seed: int
) -> None:
    with device("desk", seed) as desk, device("train", seed + 8) as train:
        # Both go on from one journal: the next event of each has the same turn.
        play(desk, before)
        store_work(train, rows_of(desk.db))
        play(desk, ours)
        play(train, theirs)
        said_here, said_there = rows_of(desk.db), rows_of(train.db)
        store_work(desk, [row for row in said_there if row not in said_here])
        store_work(train, [row for row in said_here if row not in said_there])

        history = History(events_of(desk.db))
        for room in (desk, train):
            assert without_default_state(tables(room)) == history.draw()
            assert journal_read.undone(room.db) == history.undone
            assert journal_read.list_acts(room.db) == history.acts[::-1]
            newest = [event.act for event in journal_read.last_act(room.db)][:1]
            assert newest == history.can_be_undone[-1:]
            assert next_redo(journal_read.undoings(room.db)) == history.redone_next()
        assert desk.judgements() == train.judgements()
        assert printed(desk.db) == printed(train.db)

        for change in (undo, undo, redo):  # and they go on alike
            said = [change(room.db, MONDAY) for room in (desk, train)]
            assert [one and (one.items, one.lines) for one in said[:1]] == [
                one and (one.items, one.lines) for one in said[1:]
            ]
            assert desk.judgements() == train.judgements()


def test_of_two_words_of_one_turn_the_greater_uid_holds_whatever_the_clocks_said() -> None:
    with device("desk", 1) as desk:
        (first,) = desk.says(set_note(PAPER, "what", "of the desk"), at=MONDAY)
        at = "2026-11-16T08:00:00.000Z"  # an hour slow, and yet the same turn
        uid = first.uid[:14] + "f" + first.uid[15:]
        to = '{"field": "what", "to": "of the train"}'
        store_work(desk, [(uid, "train", first.sequence, at, uid, "note", PAPER, to)])

        (shown,) = desk.db.execute("SELECT text FROM notes WHERE field = 'what'")
        assert tuple(shown) == ("of the train",)
        assert journal_read.list_acts(desk.db) == [uid, first.uid]
        assert journal_read.last_act(desk.db)[0].act == uid


def test_of_an_undo_and_a_redo_of_one_turn_the_greater_uid_holds_whatever_the_clocks_said() -> None:
    with device("desk", 1) as desk:
        (note,) = desk.says(set_note(PAPER, "what", "x"))
        undo(desk.db, desk.now)
        redo(desk.db, desk.now)
        redone = events_of(desk.db)[-1]
        at = "2026-11-16T08:00:00.000Z"
        uid = redone.uid[:14] + "f" + redone.uid[15:]
        store_work(
            desk, [(uid, "train", redone.sequence, at, uid, "undo", f"act:{note.act}", "{}")]
        )

        assert journal_read.undone(desk.db) == {note.act}
        assert journal_read.last_act(desk.db) == []
        assert next_redo(journal_read.undoings(desk.db)) == note.act
        assert tables(desk) == {}
