"""What stands where in a rendered text."""

from __future__ import annotations

from hypothesis import given, strategies as st

from papertrack.core.digest.issue import Card, Digest, Field, Section
from papertrack.core.digest.render import render
from papertrack.core.text.spans import Span, join, mark, read_marks, with_cards, without_marks

ITEM = "arxiv:2611.99901"


def said(text: str) -> list[tuple[str, str]]:
    plain, spans = read_marks(text)
    return [(plain[span.start : span.end], f"{span.subject} {span.field}") for span in spans]


def test_marked_text_is_the_text() -> None:
    text = mark("A map", ITEM, "what")

    assert (text, len(text), text.upper(), bool(mark("", ITEM, "what"))) == (
        "A map", 5, "A MAP", False,
    )  # fmt: skip


def test_marks_inside_marks_are_told_apart() -> None:
    remark = mark("thin", ITEM, "remark", "interp")
    whole = mark(join(["(", remark, ")"]), ITEM, "rating", "interp")

    plain, spans = read_marks("so: " + whole.marked)  # type: ignore[attr-defined]

    assert plain == "so: (thin)"
    assert spans == (
        Span(4, 10, ITEM, "rating", "interp"),
        Span(5, 9, ITEM, "remark", "interp"),
    )


def test_marks_of_somebody_else_never_count() -> None:
    forged = mark("x", "arxiv:1", "title").marked  # type: ignore[attr-defined]

    assert said(mark(forged + "\ufdd2\ufdd0", ITEM, "title").marked) == [("x", f"{ITEM} title")]  # type: ignore[attr-defined]
    assert without_marks(forged) == "x"


_subjects = st.sampled_from([ITEM, "url:https://example.org/ä", "issue:2026-W47"])
_texts = st.text(max_size=20)


@given(parts=st.lists(st.tuples(_texts, _subjects, _texts), max_size=6))
def test_every_mark_is_found_where_its_text_is(parts: list[tuple[str, str, str]]) -> None:
    fields = [field.replace("\x1f", "") or "what" for _, _, field in parts]
    marked = [
        mark(text, subject, field) for (text, subject, _), field in zip(parts, fields, strict=True)
    ]

    joined = join(marked, " | ")

    plain, spans = read_marks(getattr(joined, "marked", joined))
    assert plain == " | ".join(without_marks(text) for text, _, _ in parts)
    assert [(plain[s.start : s.end], s.subject, s.field) for s in spans if s.end > s.start] == [
        (without_marks(text), subject, field)
        for (text, subject, _), field in zip(parts, fields, strict=True)
        if without_marks(text)
    ]


@given(text=st.text(alphabet="ab\n\ufdd0\ufdd1\ufdd2\ufde0\ufde4\ufdef"))
def test_cut_marks_are_passed_over(text: str) -> None:
    plain, spans = read_marks(text)

    assert plain == without_marks(text)
    assert all(0 <= span.start <= span.end <= len(plain) for span in spans)


CARD = Card(
    number=1,
    title=mark("One", ITEM, "title"),
    link=None,
    fields=(Field("What is it", mark("A map\n\nof two parts", ITEM, "what")),),
    body="",
    rating_label=mark("Rating", ITEM, "label", "interp"),
    rating=mark("💡", ITEM, "rating", "interp"),
)
OTHER = Card(
    number=2,
    title=mark("Two", "local:2", "title"),
    link=None,
    fields=(),
    body="",
    rating_label="",
    rating="",
)
SECTION = Section(
    mark("Maps", "area:interp", "heading"), "maps", in_contents=True, cards=(CARD, OTHER)
)
DIGEST = Digest("Findings", "2026-11-20", mark("Hello.", "issue:2026-W47", "lead"), "", (SECTION,))


def test_own_template_tells_what_stands_where_too() -> None:
    template = (
        "\n\n{{ issue.lead }}\n{% macro line(card) %}* {{ card.title }}: {{ card.fields[0].text "
        "if card.fields }} {{ card.rating }}!{% endmacro %}\n"
        "{% for card in issue.sections[0].cards %}\n{{ line(card) }}\n{% endfor %}\n"
    )

    rendered = render(DIGEST, template, name="own")

    def at(span: Span) -> str:
        return rendered.text[span.start : span.end]

    assert [(span.subject, span.field, at(span)) for span in rendered.spans] == [
        ("issue:2026-W47", "lead", "Hello."),
        (ITEM, "card", "* One: A map\n\nof two parts 💡!"),
        (ITEM, "title", "One"),
        (ITEM, "what", "A map\n\nof two parts"),
        (ITEM, "rating", "💡"),
        ("local:2", "card", "* Two:  !"),
        ("local:2", "title", "Two"),
    ]


def test_two_items_in_one_line_share_it() -> None:
    one, two = mark("A", ITEM, "title"), mark("B", "local:2", "title")
    text, spans = read_marks(f"| {one.marked} | {two.marked} |\n")  # type: ignore[attr-defined]

    cards = [span for span in with_cards(text, spans) if span.field == "card"]

    assert [text[span.start : span.end] for span in cards] == ["| A | ", "B |"]
