"""Two weeks of an author: drafted, edited by hand, drafted again, absorbed, published; twice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.samples import Paper, arxiv_day

if TYPE_CHECKING:
    from pathlib import Path

    from tests.author import Author
    from tests.servers import FeedServer

FIRST, SECOND = "drafts/2026-W47.md", "drafts/2026-W48.md"
FEED = "/atom/cs.LG"

# Ten things that an author does to a draft, none of which papertrack would have written.
EDITS = (
    ("# Research digest", "# Letters from the lab"),
    ("A quiet week.", "A *quiet* week, they said."),
    ("[Probes that lie]", "[Probes that lie (sometimes)]"),
    ("A probe\n", "A probe, and a good one\n"),
    ("It lies less\n", "It lies less\n\nI asked the authors about it.\n"),
    ("## Avoiding Adversarial Attacks\n", "## Avoiding Adversarial Attacks\n\nA word first.\n"),
    ("**Rating:** 🛡️🛡️\n", "**Rating:** 🛡️🛡️🛡️ (my mistake)\n"),
    ("**What's new:** One token\n\n", ""),
    ("A filter\n", "A filter.\nWith a second line.  \n"),
)
CLOSING = "\nSee you next week — and thanks to A. for the probe!\n"


def _fetches(author: Author, server: FeedServer, *papers: Paper) -> None:
    server.put(FEED, arxiv_day(*papers))
    assert author.types("fetch").code == 0


def _goes_to(author: Author, day: int, hour: int = 13) -> None:
    author.now = datetime(2026, 11, day, hour, tzinfo=UTC)


def _edits(path: Path) -> list[str]:
    text = path.read_text("utf-8")
    for old, new in EDITS:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text + CLOSING, encoding="utf-8")
    return text.splitlines()


def _has_every_edit(text: str) -> bool:
    return all(new in text and (not new or old not in text.replace(new, "")) for old, new in EDITS)


def test_nothing_of_the_authors_is_lost_in_two_weeks(  # noqa: PLR0915  # two weeks are long
    author: Author, server: FeedServer
) -> None:
    author.write_config(
        author.config_text.replace("[arxiv]", f'[arxiv]\nfeed_url = "{server.url}/atom"')
        + '\n[[sources]]\nslug = "arxiv"\nkind = "arxiv"\ncategories = ["cs.LG"]\n'
    )
    probe = Paper("2611.99901", title="Probes that lie", categories="cs.LG")
    shield = Paper("2611.99902", title="A shield", categories="cs.LG")
    _goes_to(author, 20, 6)
    _fetches(author, server, probe, shield)
    author.types("rate", probe.number, "-a", "interp", "--value", "3", "--what", "A probe",
                 "--new", "It lies less")  # fmt: skip
    author.types("rate", shield.number, "-a", "attacks", "--value", "2", "--what", "A filter",
                 "--new", "One token")  # fmt: skip
    _goes_to(author, 20, 14)
    path = author.folder / FIRST
    assert author.types("draft", "--lead", "A quiet week.").code == 0

    _edits(path)
    edited = path.read_text("utf-8")
    assert _has_every_edit(edited)

    # New ratings, a third paper, and the draft again: all of it beside the edits.
    author.types("rate", probe.number, "--value", "4.5")
    late = ("add", "https://example.org/late", "--title", "Late", "-a", "attacks", "--value", "1")
    author.types(*late, "--what", "Came late")
    again = author.types("draft")
    assert (again.code, again.err) == (0, "")
    merged = path.read_text("utf-8")
    assert _has_every_edit(merged)
    assert merged.endswith(CLOSING)
    assert "**Rating:** 💡💡💡💡+💡/2\n" in merged
    assert "### [Late](https://example.org/late)\n\n**What is it:** Came late\n" in merged

    # A new version and a withdrawal come in over the weekend; the check says so.
    _goes_to(author, 21, 6)
    _fetches(
        author,
        server,
        Paper("2611.99901", "Probes that lie", 2, "replace", categories="cs.LG", day="2026-11-21"),
        Paper(
            "2611.99902", "A shield", 2, "replace", categories="cs.LG", day="2026-11-21",
            abstract="This paper has been withdrawn by the authors due to an error.",
        ),
    )  # fmt: skip
    checked = author.types("draft", "--check", "--json")
    kinds = [(one["kind"], one["item"]) for one in checked.json]
    assert checked.code == 1
    assert ("withdrawn", 2) in kinds
    assert ("new-version", 1) in kinds

    # What was edited goes into the journal, and the file stays what it is.
    absorbed = author.types("absorb", FIRST, "--yes")
    assert absorbed.code == 0
    assert path.read_text("utf-8") == merged
    assert author.types("draft").code == 0
    merged = merged.replace("(2026-11-20)", "(2026-11-21)")
    assert path.read_text("utf-8") == merged
    notes = dict(author.rows("SELECT field, text FROM notes WHERE item_id = 1"))
    assert notes["title"] == "Probes that lie (sometimes)"
    assert notes["new"] == "It lies less\n\nI asked the authors about it."
    assert author.rows("SELECT halves, remark FROM ratings WHERE item_id = 2") == [
        (6, "my mistake")
    ]
    assert author.types("publish", FIRST).code == 0
    published = path.read_text("utf-8")
    assert published == merged

    # A draft in the same week does not touch what went out.
    refused = author.types("draft")
    assert (refused.code, refused.out) == (1, "")
    assert "is published" in refused.err
    assert path.read_text("utf-8") == published

    # The second week knows nothing of the first, and edits survive there, too.
    _goes_to(author, 27, 6)
    third = Paper("2611.99903", title="Third", categories="cs.LG", day="2026-11-27")
    server.put(FEED, arxiv_day(third))
    assert "1 new" in author.types("fetch").out  # the days between cannot be had again
    author.types("rate", third.number, "-a", "interp", "--value", "2", "--what", "A third")
    _goes_to(author, 27, 14)
    assert author.types("draft").code == 0
    path = author.folder / SECOND
    text = path.read_text("utf-8")
    assert "[Third]" in text
    assert "Probes" not in text
    path.write_text(text.replace("A third\n", "A third, and the best\n") + CLOSING, "utf-8")
    author.types("rate", third.number, "--value", "5")
    assert author.types("draft").code == 0
    text = path.read_text("utf-8")
    assert "A third, and the best\n\n**Rating:** 💡💡💡💡💡\n" in text
    assert text.endswith(CLOSING)
    assert author.types("absorb", SECOND, "--yes").code == 0
    assert author.types("publish", SECOND).code == 0
    assert path.read_text("utf-8") == text
    assert (author.folder / FIRST).read_text("utf-8") == published
