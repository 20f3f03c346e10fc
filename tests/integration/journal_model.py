"""A plain model of the journal: what the author said, act by act, and what it comes to.

It knows nothing of tables and events. An act sets registers of works; what holds is drawn from all
acts that are not undone, in their order. Works that were merged share what was said of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Register = tuple[str, ...]
Pair = frozenset[int]


@dataclass(frozen=True)
class Set:
    """One register of one work, or of an issue (`work` 0)."""

    work: int
    register: Register
    value: object


@dataclass(frozen=True)
class Tie:
    """Two works are said to be one, or two."""

    joins: bool
    keep: int
    other: int

    @property
    def pair(self) -> Pair:
        return frozenset({self.keep, self.other})


@dataclass
class Act:
    """One undo step."""

    at: datetime
    said: list[Set | Tie]
    is_undone: bool = False


@dataclass
class Forest:
    """Which work hangs under which; the root is the item that stays."""

    under: dict[int, int] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)

    def root(self, work: int) -> int:
        while work in self.under:
            work = self.under[work]
        return work

    def branch(self, work: int) -> set[int]:
        below = {one for one, above in self.under.items() if above == work}
        return {work}.union(*(self.branch(one) for one in below))

    def tell(self, tie: Tie) -> None:
        is_one = self.root(tie.keep) == self.root(tie.other)
        if tie.joins and not is_one:
            drop = self.root(tie.other)
            self.under[drop] = self.root(tie.keep)
            self.order = [one for one in self.order if one != drop] + [drop]
        elif not tie.joins and is_one:
            del self.under[self.leaving(tie.keep, tie.other)]

    def leaving(self, keep: int, other: int) -> int:
        return keep if keep in self.branch(other) else other


@dataclass
class Model:
    """Everything the author said about some works.

    Attributes:
        acts: In their order.
        waiting: Places of the acts that a redo brings back, the next one last.
    """

    works: int
    acts: list[Act] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)

    def say(self, at: datetime, said: Iterable[Set | Tie]) -> bool:
        """Add an act; saying nothing is no act."""
        act = Act(at, list(said))
        if act.said:
            self.acts.append(act)
            self.waiting.clear()
        return bool(act.said)

    def undo(self) -> bool:
        holding = [place for place, act in enumerate(self.acts) if not act.is_undone]
        if holding:
            self.undo_at(holding[-1])
        return bool(holding)

    def redo(self) -> bool:
        if self.waiting:
            self.redo_at(self.waiting[-1])
            return True
        return False

    def undo_at(self, place: int) -> None:
        self.acts[place].is_undone = True
        self.waiting.append(place)

    def redo_at(self, place: int) -> None:
        self.acts[place].is_undone = False
        self.waiting = [one for one in self.waiting if one != place]

    def ties(self) -> dict[Pair, Tie]:
        """Tell what was said last of every two works, in the order in which it was said."""
        last: dict[Pair, Tie] = {}
        for act in self.holding():
            for tie in act.said:
                if isinstance(tie, Tie):
                    last.pop(tie.pair, None)
                    last[tie.pair] = tie
        return last

    def forest(self) -> Forest:
        """Tell which works are one."""
        forest = Forest()
        for tie in self.ties().values():
            forest.tell(tie)
        return forest

    def holding(self) -> list[Act]:
        return [act for act in self.acts if not act.is_undone]

    def registers(self, item: int) -> dict[Register, object]:
        """Tell what holds of an item, or of the issue (0)."""
        forest = self.forest()
        found: dict[Register, object] = {}
        for act in self.holding():
            for one in act.said:
                if isinstance(one, Set) and forest.root(one.work) == item:
                    found[one.register] = one.value
                    if one.register[0] in {"state", "halves"}:
                        found["judged",] = act.at
        return {register: value for register, value in found.items() if value not in (None, "")}

    def draw(self) -> dict[int, dict[Register, object]]:
        """Tell what holds of every item that there is, and of the issue under 0."""
        forest = self.forest()
        heads = [work for work in range(1, self.works + 1) if forest.root(work) == work]
        drawn = {head: {("state",): "new", **self.registers(head)} for head in heads}
        return {0: self.registers(0), **drawn}
