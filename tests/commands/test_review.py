"""What the rating screen writes down."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC
from typing import TYPE_CHECKING

from papertrack.commands.review import Selection, open_review
from papertrack.config.schema import Config
from papertrack.storage.database import open_database
from papertrack.storage.pairs import propose

if TYPE_CHECKING:
    from tests.author import Author


def test_what_a_paste_brought_along_is_left_out_of_cards_and_tags(author: Author) -> None:
    author.types("add", "--title", "A work")
    with closing(open_database(author.database)) as db:
        desk = open_review(db, Config(), Selection(), zone=UTC, clock=lambda: author.now)
        card = desk.card_text(1).replace("## Body", "## Body\n\n\x1b[31mred\x07\ttab")
        desk.write_card(1, card)
        desk.retag(1, ["a\x07b"], [])

    assert author.rows("SELECT text FROM notes") == [("red\ttab",)]
    assert author.rows("SELECT tag FROM tags") == [("ab",)]


def test_a_card_keeps_what_changed_elsewhere_while_it_was_open(author: Author) -> None:
    author.types("add", "--title", "A work")
    with closing(open_database(author.database)) as db:
        desk = open_review(db, Config(), Selection(), zone=UTC, clock=lambda: author.now)
        card = desk.card_text(1)
        author.types("rate", "1", "--what", "Said elsewhere")
        desk.write_card(1, card.replace("## What's new", "## What's new\n\nSaid here"))

    notes = dict(author.rows("SELECT field, text FROM notes"))
    assert notes == {"what": "Said elsewhere", "new": "Said here"}


def test_the_card_asks_once_whether_two_items_are_one(author: Author) -> None:
    author.types("add", "2611.99901", "--title", "A paper")
    author.types("add", "--title", "A post")
    with closing(open_database(author.database)) as db:
        desk = open_review(db, Config(), Selection(), zone=UTC, clock=lambda: author.now)
        propose(db, 1, 2, "links and names the paper", author.now)

        asked = desk.sheet(2).proposal
        merged = desk.merge(2, 1)
        same = desk.item(1).id
        undone = desk.undo()
        answered = desk.sheet(2).proposal, desk.keep_apart(2, 1), desk.sheet(2).proposal

    assert asked is not None
    assert (asked.item, asked.title) == (1, "A paper")
    assert (merged, same) == ('merged 1 into 2: "A paper"', 2)
    assert undone == (2, 'undone: merged with "A paper": "A post"')
    assert answered == (asked, 'not the same story: 1 "A paper"', None)
