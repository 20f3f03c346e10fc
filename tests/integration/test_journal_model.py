"""All acts by the screen and by commands, undone and redone anywhere, against a plain model.

`PAPERTRACK_MODEL_RUNS` sets how many sequences are tried.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from papertrack.commands.issues import write_texts
from papertrack.commands.judge import JudgementInput, judge
from papertrack.commands.merge import merge, split
from papertrack.commands.review import ReviewService
from papertrack.commands.tag import rename_tag, retag
from papertrack.commands.undo import redo_act, redo_last, undo_act, undo_last
from papertrack.config.schema import AreaConfig, Config
from papertrack.core.judging.bulk import Choice
from papertrack.core.kinds import State
from papertrack.errors import UsageError
from papertrack.storage import issues, items, journal_read, projection, sources
from tests.integration.journal_model import Model, Register, Set, Tie
from tests.storage.newsroom import SOURCES, Newsroom, newsroom, paper, post

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from papertrack.commands.bulk import BulkService

WORKS = 5
AREAS = ("interp", "attacks")
ISSUE = "2026-W47"
RUNS = int(os.environ.get("PAPERTRACK_MODEL_RUNS", "12"))

works = st.integers(1, WORKS)
areas = st.sampled_from(AREAS)
halves = st.integers(1, 10)
tags = st.sampled_from(["a", "b"])
texts = st.sampled_from(["", "A map", "Two\n\nparagraphs", "💡"])
groups = st.lists(works, min_size=1, max_size=WORKS, unique=True)
verdicts = st.sampled_from([State.REJECTED, State.LATER])


def open_with_works(room: Newsroom) -> None:
    rows: list[sources.Row] = [
        {"slug": slug, "kind": slug, "name": slug, "url": None, "area": None} for slug in SOURCES
    ]
    for place in range(2):
        config: list[sources.Row] = [
            {"slug": a, "name": a, "emoji": "💡", "rating_label": "Rating", "in_contents": 1}
            for a in AREAS[: place + 1]
        ]
        sources.sync(room.db, config, rows, room.now)
    room.shows("arxiv", *(paper(f"2611.9990{digit}") for digit in (1, 2, 3)))
    room.shows("blog", *(post(g, f"Post {g}", f"https://example.org/{g}") for g in "de"))


class Author(RuleBasedStateMachine):
    """Says things on the screen and by commands, and the same to the model."""

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory()))
        self.room = self._open.enter_context(newsroom(folder))
        self.model = Model(WORKS)
        self.desk = ReviewService(
            path=folder / "papertrack.db",
            db=self.room.db,
            config=Config(areas=tuple(AreaConfig(slug=slug, name=slug) for slug in AREAS)),
            zone=UTC,
            clock=lambda: self.room.now,
            queue=tuple(range(1, WORKS + 1)),
            areas=(),
            week=ISSUE,
            started_at=self.room.now,
        )

    @initialize()
    def a_fetch(self) -> None:
        open_with_works(self.room)

    def teardown(self) -> None:
        self._open.close()

    # What the screen and the commands say.

    @rule(work=works, state=verdicts)
    def passes_over(self, work: int, state: State) -> None:
        now = self._goes_on()
        (self.desk.reject if state is State.REJECTED else self.desk.later)(work)
        self.model.say(now, [self._set(work, "state", to=state.value)])

    @rule(work=works, area=areas, value=halves)
    def rates(self, work: int, area: str, value: int) -> None:
        now = self._goes_on()
        self.desk.rate(work, area, value)
        self.model.say(now, self._rated(work, area, value))

    @rule(work=works, area=areas, field=st.sampled_from(["remark", "emoji", "label"]), text=texts)
    def says_of_a_rating(self, work: int, area: str, field: str, text: str) -> None:
        now = self._goes_on()
        self.desk.set_rating_text(work, area, field, text)
        self.model.say(now, [self._set(work, field, area, to=text)])

    @rule(work=works, form=st.sampled_from(["brief", "link", ""]))
    def sets_the_format(self, work: int, form: str) -> None:
        now, holds = self._goes_on(), self._holds(work)
        self.desk.set_format(work, form)
        said = [self._set(work, "note", "format", to=form)]
        if form:
            said.append(self._set(work, "state", to="kept"))
        elif holds["state",] == "kept" and not self._is_rated(holds):
            said.append(self._set(work, "state", to="new"))
        self.model.say(now, said)

    @rule(work=works, field=st.sampled_from(["what", "body", "title"]), text=texts)
    def writes_a_note(self, work: int, field: str, text: str) -> None:
        now = self._goes_on()
        self.desk.note(work, field, text)
        self.model.say(now, [self._set(work, "note", field, to=text)])

    @rule(work=works, area=areas)
    def names_a_home(self, work: int, area: str) -> None:
        now = self._goes_on()
        self.desk.note(work, "home", area)
        self.model.say(now, [self._set(work, "note", "home", to=area)])

    @rule(work=works, added=tags, removed=tags)
    def retags_on_the_screen(self, work: int, added: str, removed: str) -> None:
        now = self._goes_on()
        self.desk.retag(work, [added], [removed])
        said = [self._set(work, "tag", added, to=True), self._set(work, "tag", removed, to=None)]
        self.model.say(now, said)

    @rule(chosen=groups, state=verdicts)
    def passes_many_over(self, chosen: list[int], state: State) -> None:
        now, bulk = self._goes_on(), self._bulk()
        (bulk.reject if state is State.REJECTED else bulk.later)(Choice(tuple(chosen)))
        self.model.say(now, self._news(chosen, ("state",), state.value))

    @rule(chosen=groups, area=areas, value=halves)
    def rates_many(self, chosen: list[int], area: str, value: int) -> None:
        now = self._goes_on()
        self._bulk().rate(Choice(tuple(chosen)), area, value)
        said = self._news(chosen, ("halves", area), value)
        self.model.say(now, [*said, *self._news(chosen, ("state",), "kept")])

    @rule(chosen=groups, area=areas, remark=texts)
    def unrates_by_command(self, chosen: list[int], area: str, remark: str) -> None:
        now = self._goes_on()
        said: list[Set | Tie] = []
        for work in chosen:
            holds = self._holds(work)
            said += [
                self._set(work, "halves", area, to=None),
                self._set(work, "remark", area, to=remark),
            ]
            holds.pop(("halves", area), None)
            if holds["state",] == "kept" and not self._is_rated(holds):
                said.append(self._set(work, "state", to="new"))
        verdict = JudgementInput(area=area, removes_rating=True, remark=remark)
        judge(self.room.db, [str(work) for work in chosen], verdict, now)
        self.model.say(now, said)

    @rule(chosen=groups, added=tags, removed=tags)
    def retags_by_command(self, chosen: list[int], added: str, removed: str) -> None:
        if added == removed:  # a line of tags is read so that they never are
            return
        now = self._goes_on()
        said = self._news(chosen, ("tag", added), to=True)
        said += self._news(chosen, ("tag", removed), to=None)
        retag(
            self.room.db, [str(work) for work in chosen], added=[added], removed=[removed], now=now
        )
        self.model.say(now, said)

    @rule(old=tags, new=tags)
    def renames_a_tag(self, old: str, new: str) -> None:
        now, drawn = self._goes_on(), self.model.draw()
        tagged = [item for item, holds in drawn.items() if item and ("tag", old) in holds]
        if old == new or not tagged:
            with pytest.raises(UsageError):
                rename_tag(self.room.db, old, new, now)
            return
        rename_tag(self.room.db, old, new, now)
        said = [self._set(item, "tag", old, to=None) for item in tagged]
        said += [self._set(item, "tag", new, to=True) for item in tagged]
        self.model.say(now, said)

    @rule(lead=texts, outro=texts)
    def writes_of_the_issue(self, lead: str, outro: str) -> None:
        now, holds = self._goes_on(), self.model.registers(0)
        said = [
            Set(0, ("text", field), text)
            for field, text in (("lead", lead), ("outro", outro))
            if holds.get(("text", field), "") != text
        ]
        write_texts(self.room.db, ISSUE, {"lead": lead, "outro": outro}, now)
        self.model.say(now, said)

    @rule(chosen=st.lists(works, min_size=2, max_size=3, unique=True))
    def merges(self, chosen: list[int]) -> None:
        now, forest = self._goes_on(), self.model.forest()
        heads = [forest.root(work) for work in chosen]
        if len(set(heads)) < len(heads):
            with pytest.raises(UsageError, match="already one item"):
                merge(self.room.db, [str(work) for work in chosen], now)
            return
        merge(self.room.db, [str(work) for work in chosen], now)
        keep, *others = heads
        said: list[Set | Tie] = []
        together, ties = forest.branch(keep), self.model.ties()
        for other in others:
            joining = forest.branch(other)
            said.append(Tie(joins=True, keep=keep, other=other))
            said += [
                Tie(
                    joins=True,
                    keep=min(tie.pair & together),
                    other=min(tie.pair & joining),
                )
                for tie in ties.values()
                if not tie.joins and tie.pair & together and tie.pair & joining
            ]
            together |= joining
        self.model.say(now, said)

    @rule(one=works, other=works)
    def says_of_two_that_they_are_two(self, one: int, other: int) -> None:
        now, forest = self._goes_on(), self.model.forest()
        if one == other:
            with pytest.raises(UsageError, match="are the same"):
                split(self.room.db, str(one), str(other), now)
            return
        split(self.room.db, str(one), str(other), now)
        said: list[Set | Tie] = [Tie(joins=False, keep=one, other=other)]
        head = forest.root(one)
        if forest.root(other) == head:
            going = forest.branch(forest.leaving(one, other))
            staying = forest.branch(head) - going
            said += [
                Tie(joins=False, keep=min(tie.pair & staying), other=min(tie.pair & going))
                for tie in self.model.ties().values()
                if tie.joins
                and tie.pair & staying
                and tie.pair & going
                and tie.pair != {one, other}
            ]
        self.model.say(now, said)

    # Undo and redo.

    @rule(count=st.integers(1, 4))
    def undoes(self, count: int) -> None:
        undone = undo_last(self.room.db, count, self._goes_on())
        assert len(undone) == sum(self.model.undo() for _ in range(count))

    @rule(count=st.integers(1, 4))
    def redoes(self, count: int) -> None:
        redone = redo_last(self.room.db, count, self._goes_on())
        assert len(redone) == sum(self.model.redo() for _ in range(count))

    @rule()
    def undoes_on_the_screen(self) -> None:
        self._goes_on()
        _, line = self.desk.undo()
        assert line.startswith("undone: ") == self.model.undo()

    @precondition(lambda self: self.model.acts)
    @rule(data=st.data())
    def undoes_or_redoes_by_number(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.model.acts) - 1))
        number = self._numbers()[place]
        now = self._goes_on()
        if self.model.acts[place].is_undone:
            with pytest.raises(UsageError, match="already undone"):
                undo_act(self.room.db, number, now)
            redo_act(self.room.db, number, now)
            self.model.redo_at(place)
        else:
            with pytest.raises(UsageError, match="not undone"):
                redo_act(self.room.db, number, now)
            undo_act(self.room.db, number, now)
            self.model.undo_at(place)

    @rule(minutes=st.integers(-300, -1))
    def the_clock_goes_back(self, minutes: int) -> None:
        self.room.now += timedelta(minutes=minutes)

    @rule()
    def everything_is_drawn_anew(self) -> None:
        before = self.room.dump(), self.room.judgements()
        projection.rebuild(self.room.db)
        assert (self.room.dump(), self.room.judgements()) == before

    @invariant()
    def the_tables_say_what_the_model_says(self) -> None:
        if not self.room.numbers():
            return
        assert drawn_from_tables(self.room) == self.model.draw()

    def _goes_on(self) -> datetime:
        self.room.now += timedelta(minutes=1)
        return self.room.now

    def _bulk(self) -> BulkService:
        return self.desk.listing

    def _set(self, work: int, *register: str, to: object) -> Set:
        return Set(self.model.forest().root(work), register, to)

    def _rated(self, work: int, area: str, value: int) -> list[Set | Tie]:
        return [self._set(work, "halves", area, to=value), self._set(work, "state", to="kept")]

    def _news(self, chosen: Iterable[int], register: Register, to: object) -> list[Set | Tie]:
        """Set a register of some items where it is another one."""
        forest = self.model.forest()
        heads = dict.fromkeys(forest.root(work) for work in chosen)
        return [Set(head, register, to) for head in heads if self._holds(head).get(register) != to]

    def _holds(self, work: int) -> dict[Register, object]:
        return {("state",): "new", **self.model.registers(self.model.forest().root(work))}

    @staticmethod
    def _is_rated(holds: dict[Register, object]) -> bool:
        return any(register[0] == "halves" for register in holds)

    def _numbers(self) -> list[int]:
        acts = journal_read.list_acts(self.room.db, passed_over=frozenset())
        numbers = journal_read.act_numbers(self.room.db, acts)
        return [numbers[act] for act in reversed(acts)]


def drawn_from_tables(room: Newsroom) -> dict[int, dict[Register, object]]:
    """Read what the model draws."""
    drawn: dict[int, dict[Register, object]] = {
        0: {("text", field): text for field, text in issues.read_texts(room.db, ISSUE).items()}
    }
    for item in items.read_items(room.db, room.numbers()):
        judgement = item.judgement
        found: dict[Register, object] = {("state",): item.state.value}
        found["judged",] = judgement.judged_at
        for rating in judgement.ratings:
            for field in ("halves", "emoji", "label", "remark"):
                found[field, rating.area] = getattr(rating, field)
        found |= {("tag", tag): True for tag in judgement.tags}
        found |= {("note", field): text for field, text in judgement.notes.items()}
        drawn[item.id] = {name: value for name, value in found.items() if value is not None}
    return drawn


Author.TestCase.settings = settings(
    max_examples=RUNS,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
test_whatever_is_said_undone_and_redone_the_tables_equal_the_model = Author.TestCase
