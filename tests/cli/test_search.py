"""Queries at the command line: what is a term and what an option, carets, marks, saved searches."""

from __future__ import annotations

import shutil
from datetime import UTC
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from papertrack.cli.find import caret_lines
from papertrack.core.text.words import pattern_of
from papertrack.errors import QueryMistake
from papertrack.storage.listing import ItemLine
from papertrack.ui.tables import match_lines
from tests.filled import fill
from tests.samples import Post, rss
from tests.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.author import Author
    from tests.servers import FeedServer

LINE = ItemLine(7, "new", None, "2026-11-20T13:00:00.000Z", "blog", "Probes, probed", None, "")


CALLS = (
    ("add", "--title", "A probe of circuits", "--area", "interp", "--value", "4"),
    ("add", "--title", "Circuits", "--tag", "hype", "--what", "No probe at all"),
    ("add", "--title", "Attention", "--reject"),
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("filled"), CALLS)


@pytest.fixture
def desk(author: Author, filled: Path) -> Author:
    shutil.copy(filled, author.database)
    return author


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (("list", "probe"), "2 1"),
        (("search", "probe"), "1 2"),
        (("search", "probe", "--sort", "oldest"), "1 2"),
        (("search", "probe", "-n", "1"), "1"),
        (("search", "circuit", "probe"), "1 2"),
        (("search", "(circuit or attention) is:rejected"), "3"),
        (("list", "-tag:hype"), "3 1"),
        (("list", "-probe"), "3"),
        (("list", "-(probe or attention)"), ""),
        (("list", "circuits", "-tag:hype", "-n", "5"), "1"),
        (("list", "-is:rejected", "--limit", "1"), "2"),
        (("list", "--area", "interp", "rating>=3.5"), "1"),
        (("list", "--state", "rejected", "attention"), "3"),
        (("list", "--", "-attention"), "2 1"),
        (("list", "saved:good"), "1"),
        (("list", "-saved:good"), "3 2"),
    ],
)
def test_words_of_a_call_are_one_query(desk: Author, words: tuple[str, ...], numbers: str) -> None:
    with desk.config.open("a", encoding="utf-8") as file:
        file.write('\n[searches]\ngood = "rating>=4 is:kept"\n')

    printed = (
        desk.types(*words, "--ids")
        if "--" not in words
        else desk.types("list", "--ids", *words[1:])
    )

    assert (printed.code, printed.err, printed.out.split()) == (0, "", numbers.split())


def test_a_mistake_stands_under_its_place(desk: Author) -> None:
    printed = desk.types("list", "probe", "is:unratd", "-tag:hype")

    assert (printed.code, printed.out) == (2, "")
    assert printed.err == (
        "papertrack: probe is:unratd -tag:hype\n"
        '                     ^ there is no "is:unratd"; did you mean "unrated"?\n'
    )


def test_a_caret_finds_its_place_behind_wide_and_odd_characters() -> None:
    query = "解释 e\u0301 \x1b[31m is:x"
    drawn = caret_lines(QueryMistake("wrong", query=query, at=query.index("is:x")))

    shown, caret = drawn.split("\n")
    assert "\x1b" not in shown
    assert cell_len(caret[: caret.index("^")]) == cell_len(shown[: shown.index("is:x")])


def test_of_a_long_query_the_part_before_the_mistake_is_shown() -> None:
    drawn = caret_lines(QueryMistake("wrong", query="a" * 500 + " is:x", at=501, hint="mend it"))

    shown, caret = drawn.split("\n")
    assert shown.startswith("papertrack: …aaa")
    assert shown[caret.index("^") :] == "is:x"
    assert caret.endswith("^ wrong; mend it")


def test_a_tag_that_no_item_has_is_told_and_finds_nothing(desk: Author) -> None:
    printed = desk.types("list", "tag:hyp")

    assert (printed.code, printed.out) == (0, "")
    assert printed.err == 'papertrack: no item has the tag "hyp"; did you mean "hype"?\n'


def test_nothing_to_search_for_is_a_wrong_call(desk: Author) -> None:
    printed = desk.types("search", " ")

    assert printed.code == 2
    assert printed.err == (
        "papertrack: nothing to search for; name some words, or run: papertrack list\n"
    )


def test_a_pipe_gets_what_list_prints(desk: Author) -> None:
    assert desk.types("search", "attention").out == "3\trejected\t2026-11-20\tby-hand\tAttention\n"
    assert desk.types("search", "attention", "--json").json[0]["item"] == 3


def test_a_terminal_shows_where_a_match_stands(desk: Author) -> None:
    with Terminal(desk.config, "search", "probe", columns=60) as terminal:
        assert terminal.wait() == 0
        lines = terminal.text.splitlines()

    assert lines[0].startswith("     1  4 ")
    assert lines[1].startswith("     2  new ")
    assert lines[2].strip() == "No probe at all"


def test_matches_are_marked_and_nothing_else() -> None:
    texts = {7: ("", "Ada [bold]Probe[/]", "A probe " + "word " * 40)}

    marked = match_lines(
        [LINE], texts, [pattern_of("probe", is_prefix=False)], UTC, 60, marked=True
    )
    plain = match_lines(
        [LINE], texts, [pattern_of("probe", is_prefix=False)], UTC, 60, marked=False
    )

    assert "\x1b[1;4mProbes\x1b[0m, probed" in marked[0]
    assert "[bold]\x1b[1;4mProbe\x1b[0m[/]" in marked[1]
    assert all(cell_len(line) <= 60 for line in plain)
    assert "\x1b" not in "".join(plain)


def test_a_piece_of_a_long_text_begins_shortly_before_the_match() -> None:
    texts = {7: ("", "", "word " * 100 + "a probe is here " + "word " * 100)}

    lines = match_lines(
        [LINE], texts, [pattern_of("probe", is_prefix=False)], UTC, 60, marked=False
    )

    assert lines[1].strip().startswith("…word")
    assert " a probe is here" in lines[1]
    assert cell_len(lines[1]) <= 60


def test_what_a_run_brought_is_in_the_index_when_it_ends(
    author: Author, server: FeedServer
) -> None:
    author.add_source(server.put("/feed", rss(Post(title="Steering vectors"))))
    author.types("fetch")

    assert author.rows("SELECT item_id FROM search_rows") == [(1,)]
    assert author.types("search", "steering vector", "--ids").out == "1\n"
