"""The rating screen as agreed, at 60, 80 and 120 columns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from papertrack.commands.review import Sheet
from papertrack.core.judging.board import Board, Place
from papertrack.core.judging.item_details import Proposal
from papertrack.core.kinds import Kind, State
from papertrack.core.rank.prediction import Prediction, Reason
from papertrack.core.records import ArxivFacts, ArxivId, Judgement, Rating
from papertrack.ui.review.card import draw
from papertrack.ui.review.view import Mode, Prompt, Tally, View
from tests.ui.service import AREAS, paper
from tests.ui.snapshots import assert_as_agreed

SIZES = [(60, 20), (80, 24), (120, 40)]
ABSTRACT = (
    "We study on which inputs a small model keeps its rule and on which it drops it. "
    "Both kinds of failure are measured on the same checkpoints. " * 9
)
NEW = paper(
    1,
    "Where small transformers stop generalising 小型モデル",
    summary=ABSTRACT,
    sources=("arxiv-ml", "field-notes"),
    arxiv=ArxivFacts(
        ArxivId("2611.99901", 2), "cs.LG", ("cs.LG", "cs.AI"), comment="12 pages, code"
    ),
)
SHEET = Sheet(
    NEW,
    Prediction(
        0.81, "likely", (Reason("circuit*", 2), Reason("leaderboard", -1)), ("art",), {"art": 7}
    ),
    Proposal(12, "A post about it", "links and names the paper"),
    "links and names the paper; you rejected it on 2026-11-18",
    also=("forum.example.org/posts/abc123",),
    issues=("2026-W45",),
    versions=("v1 16 Nov 2026", "v2 20 Nov 2026"),
)
KEPT = replace(
    NEW,
    kind=Kind.OPPORTUNITY,
    state=State.KEPT,
    judgement=Judgement(
        state=State.KEPT,
        ratings=(
            Rating("art", 7, remark="3.5 paint brushes"),
            Rating("adversarial", 4, emoji="🧓🏻", label="Overall"),
        ),
        tags=("interp", "toy-models"),
        notes={"home": "art", "deadline": "2026-12-01", "place": "Berlin", "what": "A prize"},
    ),
)
VIEW = View(
    sheet=SHEET,
    position=11,
    total=87,
    week="2026-W47",
    tally=Tally(1, 4, 6),
    areas=AREAS,
    day="announced Fri 20",
    arrivals=3,
    target="art",
    target_is_suggested=True,
    board=Board((Place("MI", 3, 3, 3), Place("Adv", 3, 1, 3), Place("Opp", 2, 2))),
    message='rejected "Yet another leaderboard"',
)
SHOWN = {
    "new": VIEW,
    "kept": replace(
        VIEW,
        sheet=replace(SHEET, item=KEPT, proposal=None, reason=""),
        target_is_suggested=False,
        will_advance=True,
        next_title="The next one",
        message='3.5 in art: "Where small"',
    ),
    "notes": replace(
        VIEW, mode=Mode.NOTES, prompt=Prompt("new", "What's new"), message="What is it noted"
    ),
    "help": replace(VIEW, mode=Mode.HELP, message=""),
    "ascii": replace(VIEW, ascii_only=True),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size[0]))
@pytest.mark.parametrize("name", SHOWN)
def test_the_screen_is_drawn_as_agreed(name: str, size: tuple[int, int]) -> None:
    text = draw(SHOWN[name], *size).text.plain

    assert len(text.split("\n")) == size[1]
    assert_as_agreed(f"review_{name}_{size[0]}", text)
