"""What the author is told of the ranking: why, how well, and what was learned."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.author import Author


@pytest.fixture
def judged(author: Author) -> Author:
    """Two works kept, two rejected, one that waits; all were ranked before."""
    for title in ("Probes one", "Probes two", "Bridges one", "Bridges two", "Probes three"):
        author.types("add", "--title", title)
    author.types("why", "1")
    author.now += timedelta(minutes=1)
    author.types("rate", "1", "2", "--area", "interp", "--value", "4")
    author.types("rate", "3", "4", "--reject")
    return author


def test_why_names_the_reasons_with_their_sign(judged: Author) -> None:
    printed = judged.types("why", "5")

    assert printed.code == 0
    lines = printed.out.splitlines()
    assert lines[0] == "5  Probes three"
    assert "that you keep it" in lines[1]
    assert "areas, likeliest first: interp" in printed.out
    assert any(line.strip().startswith("+") and "probe" in line for line in lines)
    assert lines[-1] == "learned from 2 kept and 2 passed over; too few to trust it yet"


def test_why_of_a_judged_item_keeps_what_was_expected_before(judged: Author) -> None:
    before = judged.types("why", "1", "--json").json
    judged.types("rate", "5", "--reject")

    assert judged.types("why", "1", "--json").json == {**before, "kept": 2, "passed": 3}


def test_why_of_a_judged_item_says_what_was_made_of_it(judged: Author) -> None:
    kept, rejected = (judged.types("why", item).out for item in ("1", "3"))

    assert "that you keep it; then you kept it" in kept.splitlines()[1]
    assert "that you keep it; then you rejected it" in rejected.splitlines()[1]
    assert "learned from" not in kept
    assert "as predicted before you judged it" in kept


def test_why_of_what_was_judged_before_it_was_ranked_says_so(author: Author) -> None:
    author.types("add", "--title", "Probes")
    author.types("rate", "1", "--area", "interp", "--value", "4")

    printed = author.types("why", "1")
    assert "you kept it before it was ranked" in printed.out
    assert author.types("why", "1", "--json").json["score"] is None


def test_why_of_an_unknown_item_is_a_wrong_call(author: Author) -> None:
    author.types("add", "--title", "One")

    assert author.types("why", "7").code == 2


def test_control_bytes_of_a_title_never_reach_the_terminal(author: Author) -> None:
    author.types("add", "--title", "Probes \x1b[31mred")

    assert "\x1b" not in author.types("why", "1").out


def test_stats_compares_with_newest_first_and_with_keywords_alone(judged: Author) -> None:
    printed = judged.types("stats", "--model")

    assert printed.code == 0
    lines = printed.out.splitlines()
    assert lines[:4] == [
        "not yet worth trusting:",
        "  2 kept, 18 more are needed to tell",
        "  no week with more than 20 judged items yet",
        "4 items were ranked before you judged them: 2 kept",
    ]
    for order in ("best first", "newest first", "keywords alone"):
        assert order in printed.out
    report = judged.types("stats", "--model", "--json").json
    assert (report["items"], report["kept"], len(report["weekly"])) == (4, 2, 1)
    assert report["top1"] == 1
    assert report["is_trusted"] is False


def test_stats_before_any_judgement_says_so(author: Author) -> None:
    author.types("add", "--title", "One")

    assert author.types("stats", "--model").out.startswith("not yet worth trusting")
    assert author.types("stats").code == 2


def test_stats_tells_which_bound_was_missed_and_by_how_much(author: Author) -> None:
    # Twenty-five probes come in after twenty-five bridges; one in two of the probes is kept.
    for title in ("Bridges", "Probes"):
        for number in range(25):
            author.types("add", "--title", f"{title} {number}")
    author.types("why", "1")
    author.types("rate", *map(str, range(26, 51, 2)), "--area", "interp", "--value", "4")
    author.types("rate", *map(str, range(27, 51, 2)), *map(str, range(1, 26)), "--reject")
    author.types("add", "--title", "Bridges again")

    assert author.types("stats", "--model").out.splitlines()[:4] == [
        "not yet worth trusting:",
        "  13 kept, 7 more are needed to tell",
        "  no better than newest first (50 % against 50 %)",
        "50 items were ranked before you judged them: 13 kept",
    ]
    author.write_config(author.config_text + "\n[rank]\ntrusted_precision = 0.6\n")
    assert author.types("stats", "--model").out.splitlines()[2:4] == [
        "  you kept 50 % of a week's first 20, below your 60 %",
        "  no better than newest first (50 % against 50 %)",
    ]
    doubts = author.types("stats", "--model", "--json").json["doubts"]
    assert doubts[1] == {"name": "precision", "found": 0.5, "wanted": 0.6}


def test_a_report_fits_into_sixty_columns(judged: Author) -> None:
    judged.types("rate", "5", "--reject")

    assert max(map(len, judged.types("stats", "--model").out.splitlines())) <= 60


def test_what_was_judged_before_it_was_ranked_does_not_count(author: Author) -> None:
    author.types("add", "--title", "One")
    author.types("add", "--title", "Two")
    author.types("rate", "1", "--area", "interp", "--value", "4")
    author.types("rate", "2", "--reject")
    author.types("model", "reset")

    assert author.types("stats", "--model", "--json").json["items"] == 0


def test_a_reset_model_is_learned_anew_and_says_the_same(judged: Author) -> None:
    before = judged.types("why", "5", "--json").json
    printed = judged.types("model", "reset")

    assert printed.out == "rebuilt; 1 item ranked\n"
    assert judged.types("why", "5", "--json").json == before


def test_the_exported_model_names_every_term_with_what_it_says(judged: Author) -> None:
    model = judged.types("model", "export").json

    assert (model["kept"], model["passed"]) == (2, 2)
    terms = {one["term"]: one for one in model["terms"]}
    assert terms["probe"]["kind"] == "word"
    assert terms["probe"]["says"] > 0 < terms["probe"]["says_in_title"]
    assert terms["source by-hand"]["kind"] == "source"
    strengths = [abs(one["says"]) for one in model["terms"]]
    assert strengths == sorted(strengths, reverse=True)
    assert set(model["keywords"]["interp"]) >= {"probe*", "circuit*"}
    assert model["areas"]["interp"]["mean_rating"] is None


def test_the_exported_model_tells_the_ratings_of_an_area(author: Author) -> None:
    for number in range(10):
        author.types("add", "--title", f"{'Probes' if number % 2 else 'Poems'} {number}")
    author.types("rate", *map(str, range(1, 11, 2)), "--area", "interp", "--value", "2")
    author.types("rate", *map(str, range(2, 11, 2)), "--area", "interp", "--value", "4")
    model = author.types("model", "export").json

    assert model["areas"]["interp"]["mean_rating"] == 3
    said = {one["term"]: one["says"] for one in model["ratings"] if one["in"] == "title"}
    assert said["probe"] > 0 > said["poem"]


def test_without_anything_to_learn_from_there_is_nothing_to_export(author: Author) -> None:
    author.write_config('database = "papertrack.db"\n')
    author.types("add", "--title", "One")

    printed = author.types("model", "export")
    assert printed.code == 2
    assert "nothing learned yet" in printed.err


def test_without_anything_to_learn_from_a_reset_says_so(author: Author) -> None:
    author.write_config('database = "papertrack.db"\n')
    author.types("add", "--title", "One")

    assert author.types("model", "reset").out.startswith("reset; nothing to learn from")
    assert "not ranked: add areas" in author.types("why", "1").out
