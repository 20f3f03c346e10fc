"""What goes into a draft beside what is rated: openings, from week to week, and short items."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from papertrack.core.text.spans import CARD
from tests.process import FRIDAY

if TYPE_CHECKING:
    from tests.author import Author

CAMP = "https://example.org/camp"
OPENING = ("add", CAMP, "--title", "A camp", "--kind", "opportunity", "--deadline", "2026-12-03")


def later(author: Author, *, weeks: int) -> None:
    author.now = FRIDAY + timedelta(weeks=weeks, hours=1)


def drafted(author: Author, *words: str) -> str:
    return author.types("draft", "-t", "narrative", "-o", "-", *words).out


def test_opening_is_told_every_week_until_it_is_past(author: Author) -> None:
    author.types(*OPENING)
    told = []
    for week in range(4):
        later(author, weeks=week)
        printed = author.types("draft", "-t", "narrative", "-o", "-")
        told += [line for line in printed.out.splitlines() if CAMP in line]
        assert printed.err == ""  # it is not left out of any of them

    assert told == [
        f"- [A camp]({CAMP}). **The deadline is in 13 days (3 December).**",
        f"- [A camp]({CAMP}). **Last call: the deadline is in 6 days (3 December).**",
    ]


def test_opening_is_told_again_after_it_was_published(author: Author) -> None:
    author.types(*OPENING)
    author.types("add", "2611.99901", "--title", "A work", "-a", "interp", "--value", "3")
    author.types("draft", "-t", "narrative", "-o", str(author.folder / "issue.md"))
    published = author.types("publish", str(author.folder / "issue.md"))
    assert published.code == 0, published.err
    later(author, weeks=1)

    text = drafted(author)

    assert "A work" not in text
    assert "Last call" in text


def test_draft_of_an_earlier_week_does_not_know_what_came_later(author: Author) -> None:
    later(author, weeks=1)
    author.types(*OPENING)

    assert CAMP not in drafted(author, "--week", "2026-W47")
    assert CAMP in drafted(author, "--week", "2026-W48")


def test_opening_that_was_rejected_or_moved_is_not_told_any_more(author: Author) -> None:
    author.types(*OPENING)
    author.types("rate", CAMP, "--deadline", "2026-11-19")
    past = drafted(author)
    author.types("rate", CAMP, "--deadline", "2026-11-20")
    today = drafted(author)
    author.types("rate", CAMP, "--reject")

    assert CAMP not in past
    assert "today (20 November)" in today
    assert CAMP not in drafted(author)


@pytest.mark.parametrize(
    "words",
    [
        ("--format", "brief"),
        ("--format", "link"),
        ("--deadline", "2026-12-01"),
    ],
)
def test_short_item_needs_no_rating_and_undo_puts_it_back(
    author: Author, words: tuple[str, ...]
) -> None:
    author.types("add", "https://example.org/1", "--title", "Short")
    before = drafted(author)

    said = author.types("rate", "1", *words)
    printed = drafted(author)
    author.types("undo")

    assert said.out.splitlines()[-1] == "kept 1"
    assert "Short" not in before
    assert "Short" in printed
    assert drafted(author) == before
    assert author.types("show", "1", "--json").json["state"] == "new"


def test_line_is_printed_by_every_shape_once(author: Author) -> None:
    author.types("add", "2611.99901", "--title", "Work one", "-a", "interp", "--value", "4")
    author.types("add", "2611.99902", "--title", "Work two", "-a", "attacks", "--value", "1")
    author.types("add", "2611.99903", "--title", "Work three", "--format", "brief")
    author.types(*OPENING)
    for shape in ("cards", "narrative", "update"):
        text = author.types("draft", "-t", shape, "-o", "-").out
        assert [text.count(f"Work {name}") for name in ("one", "two", "three")] == [1, 1, 1]
        assert text.count(CAMP) == 1
        assert "Work two" not in author.types("draft", "-t", shape, "-o", "-", "--min", "2").out


def test_every_item_of_every_shape_is_found_in_the_text(author: Author) -> None:
    from papertrack.commands.compose import compose  # noqa: PLC0415  # beside the commands
    from papertrack.config.read import read_config  # noqa: PLC0415  # as above
    from papertrack.core.dates import Window  # noqa: PLC0415  # as above
    from papertrack.storage.database import opened  # noqa: PLC0415  # as above

    author.types("add", "2611.99901", "--title", "One", "-a", "interp", "--value", "4")
    two = ("add", "2611.99902", "--title", "Two", "--section", "Why?", "-a", "interp")
    author.types(*two, "--value", "4", "--body", "As @cite said.", "--teaser", "why it is")
    author.types("add", "2611.99903", "--title", "Three", "--format", "brief", "--line", "asks.")
    author.types(*OPENING)
    author.types("issue", "set", "now", "outro", "Bye.")
    window = Window(FRIDAY - timedelta(days=1), FRIDAY + timedelta(days=1))
    style = read_config(author.config).digest

    for shape in ("cards", "narrative", "update"):
        with opened(author.database) as db:
            draft = compose(
                db, type(style)(template=shape), window, day=FRIDAY.date(), texts={}, now=author.now
            )
        found = {
            (span.subject, span.field): draft.text[span.start : span.end] for span in draft.spans
        }
        cards = sorted(subject for subject, field in found if field == CARD)
        assert cards == [*(f"arxiv:2611.9990{n}" for n in (1, 2, 3)), "url:example.org/camp"]
        assert found["arxiv:2611.99901", "title"] == "One"
        assert found["arxiv:2611.99902", "section"] == "Why?"
        assert found["arxiv:2611.99902", "body"].startswith("As [")
        assert found["arxiv:2611.99902", "teaser"].casefold() == "why it is"
        assert found["arxiv:2611.99903", "line"].endswith(" asks.")
        assert found["issue:2026-W47", "outro"] == "Bye."


def test_no_shape_loses_the_link_of_a_hidden_title(author: Author) -> None:
    shared = ("--section", "Both", "-a", "interp", "--value", "4")
    author.types("add", "2611.99901", "--title", "One", *shared)
    author.types("add", "2611.99902", "--title", "Two", "--hide-title", *shared)
    hidden = ("--hide-title", "-a", "attacks", "--value", "4")
    author.types("add", "2611.99903", "--title", "Three", *hidden)

    for shape in ("cards", "narrative", "update"):
        text = author.types("draft", "-t", shape, "-o", "-").out
        assert all(f"https://arxiv.org/abs/2611.9990{number}" in text for number in (1, 2, 3))


@pytest.mark.parametrize("shape", ["cards", "narrative", "update"])
@pytest.mark.parametrize(
    ("prize", "printed"),
    [
        ("EUR 500!@cite", "EUR 500!@cite"),
        ("[@cite]", r"\[@cite\]"),
        ("@title", "@title"),
        ("*1* [x](y)", r"\*1\* \[x\](y)"),
    ],
)
def test_place_and_prize_are_printed_as_they_are(
    author: Author, shape: str, prize: str, printed: str
) -> None:
    author.types("init")
    author.types(
        *("add", "https://example.org/camp", "--title", "Camp", "--deadline", "2026-12-01"),
        *("--place", "Berlin @cite", "--prize", prize, "--line", "Apply to @cite now!"),
    )

    draft = author.types("draft", "-t", shape, "-o", "-").out

    assert f"now (Berlin @cite, {printed})!" in draft
    assert draft.count("https://example.org/camp") == 1
