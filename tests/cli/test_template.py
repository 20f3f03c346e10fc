"""Templates of the author's own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from papertrack.commands.template import LIMITS, empty_digest, fill, sample_digest
from papertrack.config.schema import TEMPLATES, DigestConfig
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.author import Author


def test_ours_are_listed_with_what_they_are(author: Author) -> None:
    printed = author.types("template", "list")
    listed = author.types("template", "list", "--json").json

    assert [line.split()[0] for line in printed.out.splitlines()] == list(TEMPLATES)
    assert [one["name"] for one in listed] == list(TEMPLATES)
    assert all(one["about"].endswith(".") for one in listed)


@pytest.mark.parametrize("name", TEMPLATES)
def test_own_template_begins_as_a_copy_that_works_and_is_never_overwritten(
    author: Author, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(author.folder)

    begun = author.types("template", "new", "mine", "--from", name)
    again = author.types("template", "new", "mine")
    tried = author.types("template", "test", "mine.md.j2")
    author.types("add", "2611.99901", "--title", "A work", "-a", "interp", "--value", "3")

    assert begun.out.splitlines()[0] == "wrote mine.md.j2"
    assert (again.code, again.err) == (
        2, "papertrack: mine.md.j2 already exists; left unchanged; give another name\n",
    )  # fmt: skip
    assert (author.folder / "mine.md.j2").read_text() == author.types("template", "show", name).out
    assert tried.out == author.types("template", "test", name).out
    drafts = [author.types("draft", "-t", one, "-o", "-").out for one in ("mine.md.j2", name)]
    assert drafts[0] == drafts[1]


def test_sample_has_all_that_a_card_can_have() -> None:
    digest = sample_digest(DigestConfig())
    cards = [card for section in digest.sections for card in (*section.cards, *section.briefs)]

    for field in ("title", "link", "fields", "body", "rating", "line", "teaser", "value"):
        assert any(getattr(card, field) for card in cards), field
    for field in ("deadline", "is_last_call", "place", "prize", "credit", "format"):
        assert any(getattr(card, field) for card in cards), field
    assert {section.kind for section in digest.sections} == {
        "area", "story", "brief", "opportunities",
    }  # fmt: skip
    assert empty_digest(DigestConfig()).sections == ()


@pytest.mark.parametrize("name", TEMPLATES)
def test_empty_week_is_a_digest_too(author: Author, name: str) -> None:
    author.types("init")

    printed = author.types("draft", "-t", name, "-o", "-")

    assert printed.out == "# Research digest (2026-11-20)\n\nNothing was rated for this issue.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("new", "cards"), 'a template cannot be called "cards"; use letters and digits'),
        (("new", "x", "--from", "y"), 'there is no template "y"; give cards, narrative, update'),
        (("show", "nope"), 'there is no template "nope"; give cards, narrative, update'),
        (
            ("show", "/dev/zero"),
            "/dev/zero is not a file; give cards, narrative, update, or a Jinja2",
        ),
        (("show", "long.j2"), "long.j2 is larger than any template; give cards"),
        (("new", "nowhere.j2/x"), "cannot write nowhere.j2/x.md.j2: "),
    ],
)
def test_wrong_call_is_one_line(
    author: Author, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(author.folder)
    (author.folder / "nowhere.j2").write_text("")
    (author.folder / "long.j2").write_text("x" * 1_000_001)

    printed = author.types("template", *words)

    assert printed.code in {2, 4}
    assert printed.err.startswith(f"papertrack: {said}")
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a\n{{ issue.sections[0].nothing }}", "mine.j2:2: the template cannot be filled: "),
        ("a\n\n{% for %}", "mine.j2:3: the template cannot be filled: "),
        ("{% macro f() %}{{ f() }}{% endmacro %}\n{{ f() }}", "it calls itself endlessly"),
        ("{{ issue.nothing }}", ": Digest has no attribute 'nothing'; fix"),
        ('{{ "x" * 10000000 }}', "a number in it is too large"),
        ('{{ ("x" * 90000) * 90000 }}', "a number in it is too large"),
        ('{{ "x" | center(10000000) }}', "a number in it is too large"),
        ('{{ "x".ljust(10000000) }}', "a number in it is too large"),
        ('{{ "%9999999d" | format(1) }}', "a number in it is too large"),
        ("{{ 9 ** 9000000 }}", "a number in it is too large"),
        (
            '{% for a in range(90000) %}{{ "x" * 100 }}{% endfor %}',
            "it has made more than 5 million characters",
        ),
        ("{{ 7 | stars }}", "7 is not a rating"),
        ("{{ issue | cite }}", "cite takes a card"),
        ('{{ "soon" | deadline(issue.day) }}', "Invalid isoformat string"),
    ],
)
def test_mistake_is_one_line_with_its_place(author: Author, source: str, said: str) -> None:
    (author.folder / "mine.j2").write_text(source)

    printed = author.types("template", "test", str(author.folder / "mine.j2"))

    assert (printed.code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert said in printed.err


def test_template_in_bytes_is_said_to_be_no_text(author: Author) -> None:
    (author.folder / "mine.j2").write_bytes(b"\xff\xfe\x00")

    assert "is not UTF-8 text; save it" in author.types("template", "test", "mine.j2").err


def test_template_that_counts_on_items_is_told_of_the_empty_week(author: Author) -> None:
    (author.folder / "mine.j2").write_text("{{ issue.sections[0].heading }}")

    printed = author.types("template", "test", str(author.folder / "mine.j2"))

    assert printed.code == 2
    assert ", in a week without items; fix the template" in printed.err


def test_endless_template_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "mine.j2"
    path.write_text(
        "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}"
    )

    with pytest.raises(UsageError, match="does not finish"):
        fill(sample_digest(DigestConfig()), str(path), limits=replace(LIMITS, cpu_s=0.2))
    assert LIMITS.cpu_s == 10


def test_filters_do_what_the_documentation_says(author: Author) -> None:
    (author.folder / "mine.j2").write_text(
        "{% for section in issue.sections[:1] %}{% set one = section.cards[0] %}"
        '{{ one.value | stars("*") }} {{ one | cite }} {{ one | cite("bracketed") }} '
        '{{ section.heading | anchor }} {{ "a*b" | md_escape }} '
        '{{ "2026-11-25" | deadline(issue.day) }} {{ ["a", "b", "c"] | join_and }} '
        '{{ "we" | sentence }} {{ one.title | unlinked }} {{ [one.name, "x"] | join("+") }} '
        "{{ one.kind | upper }}{% endfor %}"
    )

    printed = author.types("template", "test", str(author.folder / "mine.j2"))

    url = "(https://arxiv.org/abs/2611.99941)"
    assert printed.out == (
        f"***+*/2 [Example (2026)]{url} ([Example, 2026]{url}) looking-inside-models a\\*b "
        "in 5 days (25 November) a, b, and c We. Circuits \\[that\\] wake \\* at night "
        "Circuits \\[that\\] wake \\* at night+x PAPER\n"
    )


def test_filters_keep_what_stands_where(tmp_path: Path) -> None:
    path = tmp_path / "mine.j2"
    path.write_text(
        "{% set one = issue.sections[0].cards[0] %}{{ one.name | indent }} {{ [one.name] | join }} "
        "{{ [one.teaser] | join_and | sentence }} {{ one.title | unlinked }} {{ one | cite }} "
        "{{ one.name | trim }}"
    )

    rendered = fill(sample_digest(DigestConfig()), str(path))

    fields = [span.field for span in rendered.spans if span.field != "card"]
    assert fields == ["title", "title", "teaser", "title", "cite", "title"]
    teaser = next(span for span in rendered.spans if span.field == "teaser")
    assert rendered.text[teaser.start : teaser.end] == "Silent circuits wake up"


def test_a_full_disk_leaves_no_part_of_a_template(author: Author) -> None:
    printed = author.starts_with_files_up_to(100, "template", "new", "mine")

    assert (printed.code, printed.out, printed.err.count("\n")) == (4, "", 1)
    assert printed.err.startswith("papertrack: cannot write mine.md.j2: ")
    assert not (author.folder / "mine.md.j2").exists()
    assert author.types("template", "new", "mine").code == 0
