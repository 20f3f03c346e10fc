"""Judging items by name: what is acknowledged, what is stored, what is refused."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.author import Author

ITEM = "2611.99901"


@pytest.fixture
def author(author: Author) -> Author:
    author.types("add", ITEM, "--title", "A work")
    return author


def test_a_rating_is_acknowledged_once_it_is_stored(author: Author) -> None:
    printed = author.types("rate", ITEM, "--area", "interp", "--value", "3.5")

    assert (printed.code, printed.out) == (0, f"rated {ITEM} interp 3.5\n")
    assert author.rows("SELECT area, halves FROM ratings") == [("interp", 7)]


@pytest.mark.parametrize(
    ("typed", "halves"),
    [("0.5", 1), ("1", 2), ("1.5", 3), ("2.0", 4), ("3,5", 7), (".5", 1), ("5", 10), (" 4 ", 8)],
)
def test_every_half_is_a_rating(author: Author, typed: str, halves: int) -> None:
    author.types("rate", ITEM, "--area", "interp", "--value", typed)

    assert author.rows("SELECT halves FROM ratings") == [(halves,)]


@pytest.mark.parametrize("typed", ["0", "5.5", "-1", "3.3", "three", "nan", "inf", "1e400"])
def test_nothing_else_is_a_rating(author: Author, typed: str) -> None:
    printed = author.types("rate", ITEM, "--area", "interp", f"--value={typed}")

    assert (printed.code, printed.err) == (
        2,
        f'papertrack: "{typed}" is not a rating; give 0.5 to 5 in steps of 0.5\n',
    )
    assert author.rows("SELECT * FROM ratings") == []


def test_every_option_of_a_rating_is_kept(author: Author) -> None:
    words = ("--area", "interp", "--value", "4", "--emoji", "🧪", "--label", "Overall")

    author.types("rate", ITEM, *words, "--remark", "small n")

    rows = author.rows("SELECT area, halves, emoji, label, remark FROM ratings")
    assert rows == [("interp", 8, "🧪", "Overall", "small n")]


def test_every_text_is_kept_word_for_word(author: Author) -> None:
    texts = {
        "what": "A *probe*",
        "new": "It is first",
        "meaning": "$5 & <10",
        "good_for": "1. All",
        "body": "One.\n\n  Two.",
    }
    options = [f"--{field.replace('_', '-')}={text}" for field, text in texts.items()]

    printed = author.types("rate", ITEM, *options)

    assert printed.out == "".join(f"noted {ITEM} {field}\n" for field in texts)
    assert dict(author.rows("SELECT field, text FROM notes WHERE field <> 'title'")) == texts


def test_a_title_can_be_replaced_and_hidden(author: Author) -> None:
    author.types("rate", ITEM, "--title", "  A  better\n title ", "--hide-title")

    rows = dict(author.rows("SELECT field, text FROM notes"))

    assert rows == {"title": "A better title", "hide_title": "yes"}


def test_a_hidden_title_can_be_shown_again(author: Author) -> None:
    author.types("rate", ITEM, "--hide-title")

    author.types("rate", ITEM, "--show-title")

    assert author.rows("SELECT field FROM notes WHERE field = 'hide_title'") == []


@pytest.mark.parametrize(
    ("options", "state", "said"),
    [
        (("--reject",), "rejected", "rejected"),
        (("--later",), "later", "later"),
        (("-a", "interp", "--value", "1"), "kept", "rated"),
        (("--what", "x"), "new", "noted"),
        (("--tag", "x"), "new", "tagged"),
        (("--area", "interp", "--remark", "x"), "new", "noted"),
    ],
)
def test_a_verdict_sets_the_state(
    author: Author, options: tuple[str, ...], state: str, said: str
) -> None:
    printed = author.types("rate", ITEM, *options)

    assert printed.out.startswith(f"{said} {ITEM}")
    assert author.rows("SELECT state FROM items") == [(state,)]


def test_a_rejected_item_can_be_rated_after_all(author: Author) -> None:
    author.types("rate", ITEM, "--reject")

    author.types("rate", ITEM, "--area", "interp", "--value", "2")

    assert author.rows("SELECT state FROM items") == [("kept",)]


def test_an_item_can_be_rated_in_several_areas(author: Author) -> None:
    author.types("rate", ITEM, "--area", "interp", "--value", "2")
    author.types("rate", ITEM, "--area", "attacks", "--value", "4.5")

    rows = author.rows("SELECT area, halves FROM ratings ORDER BY area")

    assert rows == [("attacks", 9), ("interp", 4)]


def test_the_area_need_not_be_repeated(author: Author) -> None:
    author.types("rate", ITEM, "--area", "attacks", "--value", "2")

    printed = author.types("rate", ITEM, "--value", "3")

    assert printed.out == f"rated {ITEM} attacks 3\n"


def test_the_only_area_need_not_be_named(author: Author) -> None:
    author.write_config('database = "one.db"\n[[areas]]\nslug = "all"\nname = "All"\n')
    author.types("add", ITEM, "--title", "A work")

    printed = author.types("rate", ITEM, "--value", "3")

    assert printed.out == f"rated {ITEM} all 3\n"


@pytest.mark.parametrize(
    ("option", "column"), [("--remark", "remark"), ("--emoji", "emoji"), ("--label", "label")]
)
def test_an_empty_text_takes_a_part_of_a_rating_back(
    author: Author, option: str, column: str
) -> None:
    author.types("rate", ITEM, "--area", "interp", "--value", "3", option, "x")

    author.types("rate", ITEM, "--area", "interp", option, "")

    assert author.rows(f"SELECT halves, {column} FROM ratings") == [(6, None)]  # noqa: S608  # ours


def test_an_empty_text_takes_a_note_back(author: Author) -> None:
    author.types("rate", ITEM, "--what", "x", "--new", "y")

    author.types("rate", ITEM, "--what", "")

    assert author.rows("SELECT field FROM notes WHERE field <> 'title'") == [("new",)]


@pytest.mark.parametrize("emoji", ["🧓🏻", "🇨🇳", "👩‍💻", "🖋️", "🏴\U000e0067\U000e0062\U000e007f"])
def test_an_emoji_of_several_code_points_survives(author: Author, emoji: str) -> None:
    author.types("rate", ITEM, "--area", "interp", "--value", "2.5", "--emoji", emoji)

    printed = author.types("draft", "-o", "-")

    assert author.rows("SELECT emoji FROM ratings") == [(emoji,)]
    assert f"**Rating:** {emoji}{emoji}+{emoji}/2\n" in printed.out


def test_what_a_terminal_obeys_is_left_out_of_what_was_typed(author: Author) -> None:
    author.types("rate", ITEM, "--what", "a\x1b[31mb\x07c", "--area", "interp", "--remark", "\x9bx")

    assert author.rows("SELECT text FROM notes WHERE field = 'what'") == [("abc",)]
    assert author.rows("SELECT remark FROM ratings") == [("x",)]


def test_tags_are_put_on_and_taken_off(author: Author) -> None:
    author.types("rate", ITEM, "--tag", "+old", "--tag", "plain", "--tag", "#hash")

    printed = author.types("rate", ITEM, "--tag", "+new", "--tag", "-old")

    assert printed.out == f"tagged {ITEM} +new\ntagged {ITEM} -old\n"
    assert author.rows("SELECT tag FROM tags ORDER BY tag") == [("hash",), ("new",), ("plain",)]


@pytest.mark.parametrize("tag", ["", "+", "-", "##", "a\x1b[31m"])
def test_what_is_no_tag_is_refused(author: Author, tag: str) -> None:
    printed = author.types("rate", ITEM, f"--tag={tag}")

    assert (printed.code, printed.err.count("\n")) == (2, 1)
    assert "is not a tag" in printed.err
    assert author.rows("SELECT * FROM tags") == []


def test_several_items_are_judged_as_one_act(author: Author) -> None:
    author.types("add", "2611.99902", "--title", "Another")
    before = author.rows("SELECT id, state FROM items ORDER BY id")

    judged = author.types("rate", ITEM, "2", "--reject")
    undone = author.types("undo")

    assert judged.out == f"rejected {ITEM}\nrejected 2\n"
    assert undone.out == 'undone: rejected: "A work"\nundone: rejected: "Another"\n'
    assert author.rows("SELECT id, state FROM items ORDER BY id") == before


def test_one_unknown_item_keeps_all_of_a_call_from_being_judged(author: Author) -> None:
    printed = author.types("rate", ITEM, "99", "--reject")

    assert (printed.code, printed.out) == (2, "")
    assert printed.err.startswith("papertrack: there is no item 99;")
    assert author.rows("SELECT state FROM items") == [("new",)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            (ITEM, "--area", "nope", "--value", "3"),
            'there is no area "nope"; the areas are interp, attacks',
        ),
        (
            (ITEM, "--value", "3"),
            "no area was named for the rating; add --area with one of interp, attacks",
        ),
        (
            (ITEM,),
            "no judgement was given; give --area and --value, --reject, --later or a note",
        ),
        (
            (ITEM, "--reject", "--later"),
            "an item cannot be rejected and kept for later at once; give --reject or --later",
        ),
        (
            (ITEM, "--reject", "--area", "interp", "--value", "3"),
            "an item cannot be rejected and rated at once; give --value, --reject or --later",
        ),
        (
            (ITEM, "--area", "int", "--value", "3"),
            'there is no area "int"; did you mean "interp"?',
        ),
        (
            (ITEM, "--reject", "--limit", "3"),
            "--limit is for the screen; leave out ITEM; see papertrack rate --help",
        ),
        (("--hide-title",), "--hide-title needs an ITEM; see papertrack rate --help"),
        (("--reject",), "--reject needs an ITEM; see papertrack rate --help"),
        (("--json",), "--json needs an ITEM; see papertrack rate --help"),
        (("--good-for", "x"), "--good-for needs an ITEM; see papertrack rate --help"),
        (
            ("junk\nand more", "--reject"),
            "there is no item junk and more; papertrack list shows the numbers of all items",
        ),
        (
            ("99999999999999999999", "--reject"),
            "there is no item 99999999999999999999; papertrack list shows the numbers of all items",
        ),
        (
            ("\u0661", "--reject"),
            "there is no item \u0661; papertrack list shows the numbers of all items",
        ),
    ],
)
def test_a_wrong_call_is_one_line_and_changes_nothing(
    author: Author, words: tuple[str, ...], expected: str
) -> None:
    before = author.rows("SELECT count(*) FROM events")

    printed = author.types("rate", *words)

    assert (printed.code, printed.out, printed.err) == (2, "", f"papertrack: {expected}\n")
    assert author.rows("SELECT count(*) FROM events") == before


def test_without_a_terminal_the_form_without_a_screen_is_named(author: Author) -> None:
    printed = author.types("rate")

    assert (printed.code, printed.out) == (2, "")
    assert printed.err == (
        "papertrack: the rating screen needs a terminal; "
        "name the items instead: papertrack rate ITEM --area AREA --value 3.5\n"
    )


FORMS = (
    "1",
    ITEM,
    f"{ITEM}v3",
    f"arXiv:{ITEM}",
    f"arxiv:{ITEM}v2",
    f"https://arxiv.org/abs/{ITEM}",
    f"http://arxiv.org/abs/{ITEM}v1?utm_source=x",
    f"https://arxiv.org/pdf/{ITEM}v2.pdf",
    f"https://www.alphaxiv.org/abs/{ITEM}",
    f"10.48550/arXiv.{ITEM}",
    f"https://doi.org/10.48550/arXiv.{ITEM}",
    f" {ITEM} ",
)


@pytest.mark.parametrize("form", FORMS)
def test_a_paper_is_found_under_every_form_of_its_name(author: Author, form: str) -> None:
    printed = author.types("rate", form, "--reject")

    assert (printed.code, printed.out) == (0, f"rejected {form}\n")
    assert author.rows("SELECT id, state FROM items") == [(1, "rejected")]


@pytest.mark.parametrize(
    "form",
    [
        "https://example.org/post",
        "http://www.example.org/post/?utm_source=mail&utm_medium=x#part",
        "https://example.org/post?fbclid=1",
    ],
)
def test_a_page_is_found_whatever_way_the_reader_came(author: Author, form: str) -> None:
    author.types("add", "https://example.org/post?utm_campaign=a", "--title", "A post")

    author.types("rate", form, "--reject")

    assert author.rows("SELECT id FROM items WHERE state = 'rejected'") == [(2,)]


@pytest.mark.parametrize("form", ["10.1234/ABC", "doi:10.1234/abc", "https://doi.org/10.1234/abc"])
def test_a_work_is_found_by_its_doi_in_any_case(author: Author, form: str) -> None:
    author.types("add", "10.1234/abc", "--title", "An article")

    author.types("rate", form, "--reject")

    assert author.rows("SELECT id FROM items WHERE state = 'rejected'") == [(2,)]


def test_the_number_of_a_merged_item_leads_to_the_one_that_stayed(author: Author) -> None:
    author.types("add", "https://example.org/post", "--title", "The same")
    with closing(sqlite3.connect(author.database)) as db, db:
        db.execute("UPDATE identifiers SET item_id = 1")
        db.execute("UPDATE items SET state = 'merged', merged_into = 1 WHERE id = 2")

    author.types("rate", "2", "--area", "interp", "--value", "3")

    assert author.rows("SELECT item_id, halves FROM ratings") == [(1, 6)]
    assert author.types("list", "--ids").out == "1\n"


def test_a_full_disk_ends_with_4_and_keeps_what_was_acknowledged(author: Author) -> None:
    author.types("rate", ITEM, "--area", "interp", "--value", "3")

    printed = author.starts_with_files_up_to(60_000, "rate", ITEM, "--body", "x" * 100_000)

    assert (printed.code, printed.out, printed.err.count("\n")) == (4, "", 1)
    assert "cannot write to" in printed.err
    assert author.rows("SELECT halves FROM ratings") == [(6,)]
    assert author.types("undo").out == 'undone: rating 3 in interp: "A work"\n'


def test_a_rating_can_be_taken_back_and_the_item_waits_again(author: Author) -> None:
    author.types("add", ITEM, "--title", "A work", "--area", "interp", "--value", "3")
    author.types("rate", ITEM, "--area", "attacks", "--value", "2")

    first = author.types("rate", ITEM, "--area", "interp", "--value", "none")
    state = author.rows("SELECT state FROM items")
    author.types("rate", ITEM, "--area", "attacks", "--value", "none")

    assert first.out == f"unrated {ITEM} interp\n"
    assert state == [("kept",)]
    assert author.rows("SELECT state FROM items") == [("new",)]
    assert author.rows("SELECT * FROM ratings") == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("1", "--minutes", "5"), "--minutes is for the screen; leave out ITEM"),
        (("1", "--incomplete"), "--incomplete is for the screen; leave out ITEM"),
        (("1", "-w", "is:new"), "--where is for the screen; leave out ITEM"),
        (("1", "--order", "best"), "--order is for the screen; leave out ITEM"),
        (("--rejected", "--later"), "--rejected and --later exclude each other"),
        (("--incomplete", "--later"), "--incomplete only lists kept items"),
        (("--tag", "a", "--tag", "b"), "--tag can be given only once on the screen"),
    ],
)
def test_options_of_the_screen_stay_with_the_screen(
    author: Author, words: tuple[str, ...], said: str
) -> None:
    printed = author.types("rate", *words)

    assert (printed.code, printed.out) == (2, "")
    assert printed.err == f"papertrack: {said}; see papertrack rate --help\n"


def test_json_names_the_act_and_what_it_changed(author: Author) -> None:
    author.types("add", "2611.99902", "--title", "Another")
    before = author.types("log", "-n", "1", "--json").json[0]["act"]
    rating = ("--area", "interp", "--value", "3.5", "--remark", "small n")

    printed = author.types(
        "rate", ITEM, "2", *rating, "--tag", "+toy", "--what", "A probe", "--json"
    )

    assert (printed.code, printed.err) == (0, "")
    answer = printed.json
    assert (answer["act"] > before, answer["items_changed"]) == (True, 2)
    first, second = answer["items"]
    assert (first["item"], first["named"], first["title"]) == (1, ITEM, "A work")
    assert (second["item"], second["named"], second["title"]) == (2, "2", "Another")
    shown = author.types("show", "1", "--json").json
    assert first == {
        "item": 1,
        "named": ITEM,
        "title": "A work",
        "state": "kept",
        "judged_at": shown["judged_at"],
        "ratings": shown["ratings"],
        "tags": ["toy"],
        "notes": shown["notes"],
        "changed": {"state": True, "ratings": ["interp"], "tags": ["toy"], "notes": ["what"]},
    }
    assert (first["ratings"][0]["value"], first["notes"]["what"]) == (3.5, "A probe")

    author.types("undo", str(answer["act"]))

    assert author.types("show", "1", "--json").json["state"] == "new"


def test_json_says_that_a_repeated_judgement_changes_nothing(author: Author) -> None:
    words = ("--area", "interp", "--value", "3", "--tag", "toy", "--what", "A probe", "--json")
    author.types("rate", ITEM, *words)

    again = author.types("rate", ITEM, *words).json

    assert again["items_changed"] == 0
    assert again["items"][0]["changed"] == {
        "state": False,
        "ratings": [],
        "tags": [],
        "notes": [],
    }


def test_json_tells_apart_which_items_and_parts_changed(author: Author) -> None:
    author.types("add", "2611.99902", "--title", "Another")
    author.types("rate", "2", "--area", "interp", "--value", "3", "--tag", "toy", "--what", "x")
    author.types("rate", ITEM, "--later")

    answer = author.types("rate", ITEM, "2", "--later", "--json").json
    parts = author.types(
        "rate", "2", "-a", "interp", "--emoji", "🧪", "--tag=-toy", "--what", "", "--json"
    ).json

    assert answer["items_changed"] == 1
    assert [one["changed"]["state"] for one in answer["items"]] == [False, True]
    assert parts["items"][0]["changed"] == {
        "state": False,
        "ratings": ["interp"],
        "tags": ["toy"],
        "notes": ["what"],
    }


def test_json_lists_an_item_once_that_was_named_twice(author: Author) -> None:
    answer = author.types("rate", ITEM, "1", f"https://arxiv.org/abs/{ITEM}", "--reject", "--json")

    (item,) = answer.json["items"]
    assert (item["item"], item["named"], item["state"]) == (1, ITEM, "rejected")


def test_json_of_no_items_is_no_act(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))

    printed = author.types("rate", "-", "--reject", "--json")

    assert (printed.code, printed.json) == (0, {"act": None, "items_changed": 0, "items": []})
    assert printed.err == "no items on standard input; nothing was judged\n"


@pytest.mark.parametrize(
    "words", [("99", "--reject"), (ITEM,), (ITEM, "--area", "nope", "--value", "3"), ()]
)
def test_a_wrong_call_prints_no_json(author: Author, words: tuple[str, ...]) -> None:
    printed = author.types("rate", *words, "--json")

    assert (printed.code, printed.out) == (2, "")
    assert printed.err.startswith("papertrack: ")
