"""Old digests come into the ledger with works, ratings and texts, and say what was not read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.shared import SHARED, needs_shared

if TYPE_CHECKING:
    from tests.author import Author

AREAS = """\
database = "papertrack.db"
[[areas]]
slug = "interp"
name = "Mechanistic Interpretability"
emoji = "💡"
"""
BASE = "https://arxiv.org/abs/2611.9990"
CARDS = """\
# Probes and such (2026-11-13)

A short week.

- [Mechanistic Interpretability](#mechanistic-interpretability)

## Mechanistic Interpretability

### [A probe for \\$5](https://arxiv.org/abs/2611.99901v2)

**What is it:** A *linear* probe: cheap

**Rating:** 💡💡💡+💡/2 (small n)

<https://example.org/untitled>

**What is it:** Something without a title

**Rating:** 💡💡

## Not our field

### A story

It is told well.

**Overall Rating:** 📃📃📃📃
"""
STORY = """\
# Limits (13 November 2026)

Two things happened.

## Limits of guarantees

[Example et al. (2026)](https://arxiv.org/abs/2611.99911) give a frame.

They find more.

## Other research

- [Jane Placeholder](https://example.org/timelines) asks how timelines change.
- A check finds stickers ([Tester et al., 2026](https://arxiv.org/abs/2611.99913)).

## Opportunities

As always, there are openings:

- **Closes in 10 days:** the [training camp](https://example.org/camp).

Thank you for reading. [Subscribe](https://example.org/subscribe).
"""
PLAIN = """\
Findings this week (11/13/2026)
Findings in the areas of:
Mechanistic Interpretability
Mechanistic Interpretability
A probe for truth
What it is: a probe
What\u2019s new: it works
Rating: 💡💡💡
What is it: something without a title
Rating:💡(thin)
"""


@pytest.fixture
def importer(author: Author) -> Author:
    author.write_config(AREAS)
    author.types("init")
    return author


def _save(author: Author, text: str, name: str = "old.md") -> str:
    (author.folder / name).write_text(text, "utf-8")
    return name


RATINGS = "SELECT area, halves, emoji, label, remark FROM ratings ORDER BY item_id"


def test_cards_come_in_with_ratings_texts_and_areas(importer: Author) -> None:
    printed = importer.types("import-issue", _save(importer, CARDS))

    assert printed.code == 0
    assert printed.out == "old.md: issue 2026-W46, 3 works (3 new), 3 rated\n"
    assert '"Not our field" is not an area; rated under not-our-field' in printed.err
    assert importer.rows(RATINGS) == [
        ("interp", 7, "💡", None, "small n"),
        ("interp", 4, "💡", None, None),
        ("not-our-field", 8, "📃", "Overall Rating", None),
    ]
    assert importer.rows("SELECT title, state FROM items ORDER BY id") == [
        ("A probe for $5", "kept"),
        ("Something without a title", "kept"),
        ("A story", "kept"),
    ]
    assert importer.rows("SELECT field, text FROM notes WHERE item_id = 1") == [
        ("what", "A *linear* probe: cheap")
    ]
    assert importer.rows("SELECT 1 FROM identifiers WHERE scheme='arxiv' AND value='2611.99901'")


def test_stories_and_lists_come_in_without_ratings(importer: Author) -> None:
    printed = importer.types("-v", "import-issue", _save(importer, STORY))

    assert printed.out == "old.md: issue 2026-W46, 4 works (4 new), 0 rated\n"
    assert importer.rows("SELECT title, kind, url FROM items ORDER BY id") == [
        ("Limits of guarantees", "paper", "https://arxiv.org/abs/2611.99911"),
        ("Jane Placeholder", "post", "https://example.org/timelines"),
        ("Tester et al., 2026", "paper", "https://arxiv.org/abs/2611.99913"),
        ("training camp", "opportunity", "https://example.org/camp"),
    ]
    assert "old.md:18: As always, there are openings:" in printed.err
    assert "Thank you for reading" in printed.err


def test_plain_text_is_read_by_its_labels(importer: Author) -> None:
    printed = importer.types("import-issue", _save(importer, PLAIN, "old.txt"))

    assert printed.out == "old.txt: issue 2026-W46, 2 works (2 new), 2 rated\n"
    assert importer.rows("SELECT title FROM items ORDER BY id") == [
        ("A probe for truth",),
        ("something without a title",),
    ]
    assert importer.rows(RATINGS) == [
        ("interp", 6, "💡", None, None),
        ("interp", 2, "💡", None, "thin"),
    ]


def test_addresses_in_plain_text_name_their_works(importer: Author) -> None:
    text = f"""Notes 2026-11-13

Mechanistic Interpretability

1. One ({BASE}1)
   It is good.
2. Two - arXiv:2611.99902
"""
    card = f"Notes 2026-11-06\n\nSection\n\nThree\n{BASE}3\nWhat is it: a probe\nRating: 💡\n"

    importer.types("import-issue", _save(importer, text, "a.txt"), _save(importer, card, "b.txt"))

    assert importer.rows("SELECT title, url FROM items ORDER BY id") == [
        ("One", f"{BASE}1"),
        ("Two", f"{BASE}2"),
        ("Three", f"{BASE}3"),
    ]


def test_what_the_author_said_before_stays(importer: Author) -> None:
    importer.types("add", "2611.99901", "--title", "Mine", "--area", "interp", "--value", "1")
    importer.types("rate", "2611.99901", "--what", "My words", "--tag", "+x")

    importer.types("import-issue", _save(importer, CARDS))

    assert importer.rows(RATINGS)[0] == ("interp", 2, None, None, None)
    assert importer.rows("SELECT text FROM notes WHERE item_id=1 AND field='what'") == [
        ("My words",)
    ]


def test_an_import_is_one_undo_step_and_the_same_file_changes_nothing(importer: Author) -> None:
    name = _save(importer, CARDS)
    importer.types("import-issue", name)
    before = importer.rows("SELECT * FROM events")

    again = importer.types("import-issue", name)

    assert again.out == "old.md: issue 2026-W46 was imported before; nothing changed\n"
    assert importer.rows("SELECT * FROM events") == before
    importer.types("undo")
    assert importer.rows("SELECT count(*) FROM issues, ratings") == [(0,)]
    assert importer.rows("SELECT DISTINCT state FROM items") == [("old",)]
    importer.types("redo")
    assert len(importer.rows(RATINGS)) == 3


def test_another_text_under_the_same_name_is_refused(importer: Author) -> None:
    importer.types("import-issue", _save(importer, CARDS))

    printed = importer.types("import-issue", _save(importer, STORY, "other.md"))

    assert printed.code == 2
    assert "issue 2026-W46 already exists with a different text" in printed.err
    assert importer.types("import-issue", "other.md", "--issue", "special").code == 0


TABLE = f"""\
## Papers of the week (13 November 2026)

| **Paper** | **Links** |
| --- | --- |
| 1) **One** - A frame; gains 3%. | [Paper]({BASE}1), [Post](https://example.org/1) |
| 2) **Two** - A law. | [Paper]({BASE}2) |
"""
BOLD_LINES = f"""\
# Letter 12: robots and spoons

*Welcome to the letter.*

**One:**
*...It is the wrist...*
A system juggles.
   **Why this matters:** spoons.
   **Read more:** [Juggling (arXiv)]({BASE}1).

####################

**Two:**
Much was copied.
   **Read more:** [The accord (example.org)]({BASE}2).
"""
BULLETS = f"- [One]({BASE}1): 💡💡💡\n- Two, {BASE}2\n"
NUMBERS = f"""\
# Weekly (13 November 2026)

1. **One** ([link]({BASE}1)) - some text. 💡💡💡
2. Two ([arXiv:2611.99902]({BASE}2)) - other text.
"""
UNDERLINED = f"""\
Weekly
======

Mechanistic Interpretability
----------------------------

**[One][1]**, by A. Person.
Rating: 💡💡💡

**[Two][b]**, by B. Person.

[1]: {BASE}1
[b]: <{BASE}2> "Two"
"""
BLOG = f"""\
---
title: "Weekly no. 12"
date: 2026-11-13
---

Hello.

## Papers

### One
{BASE}1
Rating: 3/5

### Two

<{BASE}2>
"""


@pytest.mark.parametrize("shape", [TABLE, BOLD_LINES, BULLETS, NUMBERS, UNDERLINED, BLOG])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_shapes_of_other_letters_are_read(importer: Author, shape: str, ending: str) -> None:
    (importer.folder / "old.md").write_bytes(shape.replace("\n", ending).encode())
    dated = [] if "2026" in shape.replace(BASE, "") else ["--date", "2026-11-13"]

    printed = importer.types("import-issue", "old.md", *dated)

    assert printed.out.startswith("old.md: issue 2026-W46, 2 works (2 new), ")
    assert importer.rows("SELECT title, url FROM items ORDER BY id") == [
        ("One", f"{BASE}1"),
        ("Two", f"{BASE}2"),
    ]
    rated = importer.rows("SELECT halves FROM ratings")
    assert rated == ([(6,)] if "💡" in shape or "3/5" in shape else [])


def test_labels_under_one_another_are_each_read(importer: Author) -> None:
    card = "# W (2026-11-13)\n\n## S\n\n### One\n**What is it:** a *b*  \n**Rating:** 💡💡\n"

    importer.types("import-issue", _save(importer, card))

    assert importer.rows("SELECT field, text FROM notes") == [("what", "a *b*")]
    assert importer.rows("SELECT halves FROM ratings") == [(4,)]


def test_labels_below_a_linked_section_are_of_its_work(importer: Author) -> None:
    story = f"## [One]({BASE}1)\n\n**What is it:** a probe\n\nMore.\n\n**Rating:** 💡💡\n"

    importer.types("import-issue", _save(importer, f"# W (2026-11-13)\n\n{story}"))

    assert importer.rows("SELECT title FROM items") == [("One",)]
    assert importer.rows("SELECT field, text FROM notes") == [
        ("body", "More."),
        ("what", "a probe"),
    ]
    assert importer.rows("SELECT halves FROM ratings") == [(4,)]


def test_an_address_named_elsewhere_comes_along(importer: Author) -> None:
    importer.types(
        "import-issue", _save(importer, f"# W (2026-11-13)\n\n- [One][1] wins\n\n[1]: {BASE}1\n")
    )

    assert ("line", f"[One]({BASE}1) wins") in importer.rows("SELECT field, text FROM notes")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# No date\n\n## A\n\n### B\n", "old.md has no date in its title; give it with --date"),
        ("# Empty (2026-11-13)\n\nNothing here.\n", "old.md names no work that could be read"),
        ("", "old.md has no date in its title; give it with --date"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(importer: Author, text: str, message: str) -> None:
    printed = importer.types("import-issue", _save(importer, text))

    assert printed.code == 2
    assert message in printed.err
    assert printed.err.count("\n") == 1
    assert importer.rows("SELECT count(*) FROM events") == [(0,)]


@pytest.mark.parametrize("body", [None, b"\xff\xfe\x00binary"])
def test_a_file_that_is_none_is_said_in_one_line(importer: Author, body: bytes | None) -> None:
    if body is not None:
        (importer.folder / "old.md").write_bytes(body)

    printed = importer.types("import-issue", "old.md")

    assert (printed.code, printed.err.count("\n")) == (2, 1)


@needs_shared
@pytest.mark.parametrize(
    ("name", "date", "works", "rated"),
    [
        ("seeds/000_47e5ab019e96f1c8.txt", "2023-05-19", 10, 0),
        ("seeds/001_3615fa2b15433e95.txt", None, 16, 16),
        ("seeds/002_3ba7605c99654a7b.txt", "2023-01-27", 7, 0),
        ("targets/cards.md", None, 8, 8),
        ("targets/narrative.md", None, 9, 0),
        ("targets/update.md", None, 10, 0),
    ],
)
def test_real_digests_are_read(
    importer: Author, name: str, date: str | None, works: int, rated: int
) -> None:
    path = SHARED / name
    dated = ["--date", date] if date else []

    printed = importer.types("import-issue", str(path), *dated)

    assert f"{works} works ({works} new), {rated} rated" in printed.out
    assert importer.types("issues", "diff", *_only_issue(importer), str(path)).code == 0


@needs_shared
def test_halves_and_glyphs_of_a_real_digest_are_read(importer: Author) -> None:
    importer.types("import-issue", str(SHARED / "seeds" / "001_3615fa2b15433e95.txt"))

    found = importer.rows("SELECT halves, emoji FROM ratings ORDER BY item_id")

    assert found[12:] == [(6, "🧓🏻"), (10, "🇨🇳"), (8, "📃"), (7, "🤖")]
    assert [halves for halves, _ in found[:12]] == [6, 4, 8, 4, 2, 2, 6, 4, 6, 6, 4, 6]


def _only_issue(author: Author) -> list[str]:
    return [row[0] for row in author.rows("SELECT slug FROM issues")]


def test_files_are_imported_in_one_call_but_not_under_one_name(importer: Author) -> None:
    names = [
        _save(importer, CARDS, "a.md"),
        _save(importer, STORY.replace("13 Nov", "6 Nov"), "b.md"),
    ]

    refused = importer.types("import-issue", *names, "--issue", "x")
    taken = importer.types("import-issue", *names)

    assert (refused.code, taken.code) == (2, 0)
    assert len(taken.out.splitlines()) == 2
    assert Path("a.md").exists()


@pytest.mark.parametrize("name", ["../a", "a/b", "a\nb", " ", "-x", "a\x1b[1m"])
def test_a_name_that_no_issue_can_bear_is_refused(importer: Author, name: str) -> None:
    file = _save(importer, CARDS)

    for command in ("import-issue", "publish"):
        printed = importer.types(command, file, f"--issue={name}")

        assert (printed.code, printed.out, printed.err.count("\n")) == (2, "", 1)
        assert "is not an issue name" in printed.err
        assert "\x1b" not in printed.err
    assert importer.types("import-issue", file, "--issue", "Letter #12").code == 0
