"""An edited draft goes back into the journal: as one act, after it was shown, and whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.author import Author

DRAFT = "drafts/2026-W47.md"
ONE, TWO = "2611.99901", "2611.99902"


@pytest.fixture
def draft(author: Author) -> Path:
    """A draft of three items in two areas."""
    author.types(
        "add", ONE, "--title", "First", "-a", "interp", "--value", "3", "--what", "A thing",
        "--new", "It is new",
    )  # fmt: skip
    author.types("add", TWO, "--title", "Second", "-a", "interp", "--value", "2")
    author.types(
        "add", "https://example.org/3", "--title", "Third [3]", "-a", "attacks", "--value", "4.5",
        "--remark", "so so", "--body", "One.\n\nTwo.",
    )  # fmt: skip
    author.types("draft", "--lead", "A lead.")
    return author.folder / DRAFT


def _edit(draft: Path, *changes: tuple[str, str]) -> str:
    text = draft.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    draft.write_text(text, encoding="utf-8")
    return text


def _card(text: str, title: str) -> str:
    start = text.index(f"### [{title}")
    ends = [text.find(mark, start + 1) for mark in ("\n### ", "\n## ")]
    return text[start : min([end for end in ends if end > 0], default=len(text) - 1) + 1]


def test_a_changed_rating_and_text_go_into_the_journal(author: Author, draft: Path) -> None:
    edited = _edit(
        draft,
        ("It is new\n\n**Rating:** 💡💡💡", "It is newer\n\n**Rating:** 💡💡💡💡+💡/2 (well)"),
        ("A lead.", "My lead.\n\nIn two parts."),
    )

    printed = author.types("absorb", DRAFT, "--yes")

    assert (printed.code, printed.err) == (0, "")
    assert printed.out == (
        "First: What's new: It is new → It is newer\n"
        "First: rating: 💡💡💡 → 4.5\n"
        "First: remark: well\n"
        "2026-W47: lead: A lead. → My lead. In two parts.\n"
        "absorbed 4 changes; papertrack undo takes it back\n"
    )
    assert author.rows("SELECT halves, remark FROM ratings WHERE item_id = 1") == [(9, "well")]
    assert author.types("draft", "-o", "-").out == edited
    assert author.types("draft").code == 0
    assert draft.read_text("utf-8") == edited


def test_absorbing_is_one_act(author: Author, draft: Path) -> None:
    before = author.types("draft", "-o", "-").out
    _edit(draft, ("It is new", "It is newer"), ("A lead.", "My lead."))
    author.types("absorb", DRAFT, "--yes")

    author.types("undo")

    assert author.types("draft", "-o", "-").out == before


def test_an_unedited_draft_has_nothing_to_absorb(author: Author, draft: Path) -> None:
    events = author.rows("SELECT count(*) FROM events")

    printed = author.types("absorb", DRAFT, "--yes")

    assert (printed.code, printed.out, printed.err) == (0, "nothing to absorb\n", "")
    draft.write_bytes(b"\xef\xbb\xbf" + draft.read_bytes().replace(b"\n", b"\r\n"))
    assert author.types("absorb", DRAFT, "--yes").out == "nothing to absorb\n"
    assert author.rows("SELECT count(*) FROM events") == events


def test_nothing_is_absorbed_without_a_word_of_the_author(author: Author, draft: Path) -> None:
    _edit(draft, ("It is new", "It is newer"))
    events = author.rows("SELECT count(*) FROM events")

    asked = author.types("absorb", DRAFT)
    shown = author.types("absorb", DRAFT, "--dry-run")

    line = "First: What's new: It is new → It is newer\n"
    assert (asked.code, asked.out) == (1, line)
    assert asked.err == (
        "papertrack: nothing was absorbed: cannot ask for confirmation without a terminal; "
        "add --yes, or --dry-run to only see the edits\n"
    )
    assert (shown.code, shown.out, shown.err) == (0, line, "")
    assert author.rows("SELECT count(*) FROM events") == events
    assert author.types("absorb", DRAFT, "--yes").code == 0


def test_a_new_title_is_the_authors_and_the_old_one_is_the_works(
    author: Author, draft: Path
) -> None:
    edited = _edit(draft, ("Third \\[3\\]", "The third, \\*at last\\*"))

    author.types("absorb", DRAFT, "--yes")

    assert author.rows("SELECT text FROM notes WHERE item_id = 3 AND field = 'title'") == [
        ("The third, *at last*",)
    ]
    assert author.types("draft", "-o", "-").out == edited


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("A *new* `one`", "A new one"),
        ("2*3*4 < my_own_name", "2*3*4 < my_own_name"),
        (r"Not \*new\*", "Not *new*"),
        ("__Very__ (*new*)", "Very (new)"),
    ],
)
def test_markup_in_a_title_is_of_the_file_and_absorbed_once(
    author: Author, draft: Path, written: str, kept: str
) -> None:
    _edit(draft, ("[First]", f"[{written}]"))

    author.types("absorb", DRAFT, "--yes")

    assert (kept,) in author.rows("SELECT text FROM notes WHERE field = 'title'")
    assert author.types("draft").code == 0
    assert f"[{written}]" in draft.read_text("utf-8")
    assert author.types("absorb", DRAFT, "--yes").out.startswith("nothing to absorb")


def test_a_changed_order_is_kept(author: Author, draft: Path) -> None:
    text = draft.read_text("utf-8")
    first, second = _card(text, "First"), _card(text, "Second")
    edited = text.replace(first, "@").replace(second, first).replace("@", second)
    draft.write_text(edited, encoding="utf-8")

    printed = author.types("absorb", DRAFT, "--yes")

    assert "order in interp: Second; First" in printed.out
    assert author.types("draft", "-o", "-").out == edited


def test_an_item_under_another_heading_is_rated_there(author: Author, draft: Path) -> None:
    text = draft.read_text("utf-8")
    second = _card(text, "Second")
    edited = text.replace(second, "").rstrip("\n") + "\n\n" + second.rstrip("\n") + "\n"
    draft.write_text(edited, encoding="utf-8")

    printed = author.types("absorb", DRAFT, "--yes")

    assert "Second: area: interp → attacks\n" in printed.out
    assert author.rows(
        "SELECT area, halves, emoji FROM ratings WHERE item_id = 2 AND halves NOT NULL"
    ) == [("attacks", 4, "💡")]
    assert author.types("draft", "-o", "-").out == edited


def test_a_removed_item_is_put_off(author: Author, draft: Path) -> None:
    edited = draft.read_text("utf-8").replace(_card(draft.read_text("utf-8"), "Second"), "")
    draft.write_text(edited, encoding="utf-8")

    printed = author.types("absorb", DRAFT, "--yes")

    assert printed.out.startswith("Second: removed: kept → later\n")
    assert author.rows("SELECT state FROM items WHERE id = 2") == [("later",)]
    assert author.types("draft", "-o", "-").out == edited


def test_a_card_written_by_hand_becomes_an_item(author: Author, draft: Path) -> None:
    card = (
        "### [By \\#hand](https://example.org/4)\n\n**What is it:** Mine\n\n"
        "**Rating:** 💡💡💡+💡/2 (late)\n\n"
    )
    edited = _edit(draft, ("### [Second]", card + "### [Second]"))

    printed = author.types("absorb", DRAFT, "--yes")

    assert (printed.code, printed.err) == (0, "")
    assert "By #hand: new in the draft: kept (3.5 in interp)\n" in printed.out
    assert author.types("draft", "-o", "-").out == edited
    author.types("undo")
    assert "hand" not in author.types("draft", "-o", "-").out


def test_an_item_that_was_rejected_comes_back_with_its_card(author: Author, draft: Path) -> None:
    author.types("add", "2611.99904", "--title", "Fourth", "--reject")
    edited = _edit(
        draft,
        (
            "## Avoiding",
            "### [Fourth](https://arxiv.org/abs/2611.99904)\n\n**Rating:** 💡\n\n## Avoiding",
        ),
    )

    author.types("absorb", DRAFT, "--yes")

    assert author.rows("SELECT state FROM items") == [("kept",)] * 4
    assert author.types("draft", "-o", "-").out == edited


def test_what_is_not_understood_is_named_and_stays(author: Author, draft: Path) -> None:
    edited = _edit(
        draft,
        ("(2026-11-20)", "(in November)"),
        ("It is new\n\n**Rating:** 💡💡💡", "It is new\n\n**Rating:** three"),
        ("A thing", "My thing"),
    )
    edited += "\nSee you!\n"
    draft.write_text(edited, encoding="utf-8")

    printed = author.types("absorb", DRAFT, "--yes")

    assert printed.out.startswith("First: What is it: A thing → My thing\nabsorbed 1 change;")
    assert printed.err == (
        "left in the file, because it is not clear which item it belongs to:\n"
        "  not in the file: # Research digest (2026-11-20)\n"
        "  line 1: # Research digest (in November)\n"
        "  not in the file: **Rating:** 💡💡💡\n"
        "  line 18: **Rating:** three\n"
        "  line 34: See you!\n"
    )
    author.types("add", "2611.99905", "--title", "Fifth", "-a", "attacks", "--value", "1")
    assert author.types("draft").code == 0
    text = draft.read_text("utf-8")
    assert "(in November)" in text
    assert "**Rating:** three" in text
    assert text.endswith(
        "### [Fifth](https://arxiv.org/abs/2611.99905)\n\n**Rating:** 🛡️\n\nSee you!\n"
    )


def test_what_was_absorbed_survives_another_rating(author: Author, draft: Path) -> None:
    _edit(draft, ("It is new", "It is newer"), ("[Second]", "[The second]"))
    author.types("absorb", DRAFT, "--yes")
    author.types("rate", ONE, "--value", "5")

    printed = author.types("draft")

    assert printed.code == 0
    text = draft.read_text("utf-8")
    assert "It is newer\n\n**Rating:** 💡💡💡💡💡\n" in text
    assert "[The second]" in text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nothing.md", "there is no file nothing.md; name the file of a draft"),
        ("own.md", "{folder}/own.md was not written by papertrack; name the file of a draft"),
        ("drafts", "cannot read drafts: Is a directory; name the file of a draft"),
    ],
)
def test_a_wrong_file_is_one_line(author: Author, draft: Path, name: str, expected: str) -> None:
    (author.folder / "own.md").write_text("# Mine\n")
    assert draft.exists()

    printed = author.types("absorb", name, "--yes")

    message = expected.format(folder=author.folder)
    assert (printed.code, printed.out, printed.err) == (2, "", f"papertrack: {message}\n")


def test_news_is_drafted_before_it_is_absorbed(author: Author, draft: Path) -> None:
    edited = _edit(draft, ("It is new", "It is newer"))
    author.types("rate", TWO, "--value", "5")

    printed = author.types("absorb", DRAFT, "--yes")

    assert (printed.code, printed.out) == (1, "")
    assert printed.err == (
        f"papertrack: items or texts of {draft} changed since it was drafted; "
        f"run: papertrack draft -o {DRAFT}\n"
    )
    assert draft.read_text("utf-8") == edited
    author.types("draft")
    assert author.types("absorb", DRAFT, "--yes").code == 0


def test_a_conflict_is_solved_before_it_is_absorbed(author: Author, draft: Path) -> None:
    _edit(draft, ("It is new", "It is newer"))
    author.types("rate", ONE, "--new", "Older")
    author.types("draft")

    printed = author.types("absorb", DRAFT, "--yes")

    assert (printed.code, printed.out) == (1, "")
    assert "still contains a conflict" in printed.err


STORIES = """\
# Research digest (2026-11-20)

A limit on guarantees, a question, and other research.

Two groups.

Hello again.

## [Limits of guarantees](https://arxiv.org/abs/2611.99901)

Long text by me.

Second paragraph with a [link](https://example.org/x).

## [Should we publish?](https://arxiv.org/abs/2611.99902)

One paragraph.

## Other research

- [Third](https://arxiv.org/abs/2611.99903) finds that less is more.
- [Fourth](https://arxiv.org/abs/2611.99904) counts to four.
"""


@pytest.mark.parametrize("template", ["cards", "narrative", "update"])
def test_stories_and_one_liners_are_read_back_from_every_template(
    author: Author, template: str
) -> None:
    author.types(
        "add", ONE, "--title", "First", "-a", "interp", "--value", "3", "--section",
        "Limits of guarantees", "--teaser", "a limit on guarantees",
        "--body", "Long text by me.\n\nSecond paragraph with a [link](https://example.org/x).",
    )  # fmt: skip
    author.types(
        "add", TWO, "--title", "Second", "-a", "interp", "--value", "4", "--section",
        "Should we publish?", "--teaser", "a question", "--body", "One paragraph.",
    )  # fmt: skip
    brief = ("--format", "brief", "-a", "attacks", "--value", "2")
    author.types(
        "add", "2611.99903", "--title", "Third", "--line", "finds that less is more.", *brief
    )
    author.types("add", "2611.99904", "--title", "Fourth", "--line", "counts to four.", *brief)
    author.write_config(
        author.config.read_text("utf-8")
        + f'\n[digest]\ntemplate = "{template}"\nintro = "Hello again."\noutro = "See you!"\n'
    )
    author.types("draft", "--lead", "Two groups.")
    path = author.folder / DRAFT
    if template == "narrative":
        assert path.read_text("utf-8") == STORIES + "\nSee you!\n"
    _edit(
        path,
        ("[Limits of guarantees](http", "[The limits of guarantees](http"),
        ("Long text by me.", "Long text by me, edited.\n\nA paragraph in between."),
        ("One paragraph.", "One paragraph.\n\nAnd a second one."),
        ("finds that less is more.", "finds that *less* is more!"),
        ("Two groups.", "Two groups, or three."),
        ("Hello again.", "Hello again, friends."),
        ("See you!", "See you soon!"),
    )
    text = path.read_text("utf-8")
    third = text[text.index("- [Third]") : text.index("- [Fourth]")]
    fourth = "- [Fourth](https://arxiv.org/abs/2611.99904) counts to four.\n"
    by_hand = "- [A new one](https://example.org/new) was found by hand.\n"
    edited = text.replace(third + fourth, fourth + by_hand + third)
    path.write_text(edited, encoding="utf-8")

    printed = author.types("absorb", DRAFT, "--yes")

    assert printed.code == 0
    left = [line for line in printed.err.splitlines() if line.startswith("  line")]
    contents = "  line 11: - [Limits of guarantees](#limits-of-guarantees)"
    assert left == ([contents] if template == "cards" else [])
    author.types("draft")
    assert path.read_text("utf-8") == edited
    if template != "cards":  # whose list of contents was left as it was
        assert author.types("draft", "-o", "-").out == edited
    assert author.rows("SELECT text FROM notes WHERE item_id = 3 AND field = 'line'") == [
        ("finds that *less* is more!",)
    ]


def test_a_title_in_tex_is_no_edit_and_is_named_without_it(author: Author) -> None:
    title = r"\emph{Quick} sorts in $O(n\log n)$ by Schr\"odinger"
    author.types("add", "--title", title, "-a", "interp", "--value", "3")
    author.types("draft")
    draft = author.folder / DRAFT

    unedited = author.types("absorb", DRAFT, "--yes")
    _edit(draft, ("**Rating:** 💡💡💡", "**Rating:** 💡💡💡💡"))
    rated = author.types("absorb", DRAFT, "--yes")

    assert "Quick sorts in O(n log n) by Schrödinger" in draft.read_text("utf-8")
    assert unedited.out == "nothing to absorb\n"
    assert rated.out.startswith("Quick sorts in O(n log n) by Schrödinger: rating: 💡💡💡 → 4\n")
    assert author.types("show", "1", "--json").json["printed_title"] == title
