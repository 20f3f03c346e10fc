"""An edited draft read back: what is certain is told, what is not is left alone."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.core.drafts.document import read_anchor, strip_anchors, with_anchors
from papertrack.core.drafts.edits import Reading, read_back
from papertrack.core.text.spans import CARD, Span, join, mark, printed, read_marks, with_cards

LABELS = {"what": "What is it", "new": "What's new", "good_for": "What is it good for"}


@dataclass
class Sample:
    """An item as a template would print it."""

    subject: str
    title: str
    url: str | None = None
    area: str = "one"
    notes: dict[str, str] = field(default_factory=dict)
    body: str = ""
    rating: str = "💡💡"
    remark: str = ""

    def cards(self) -> str:
        title = mark(self.title, self.subject, "title")
        heading = join(["### [", title, f"]({self.url})"]) if self.url else join(["### ", title])
        return "\n\n".join([printed(heading), *self._fields()])

    def _fields(self) -> list[str]:
        said = [
            f"**{LABELS[name]}:** {printed(mark(text, self.subject, name))}"
            for name, text in self.notes.items()
        ]
        if self.body:
            said.append(printed(mark(self.body, self.subject, "body")))
        label = printed(mark("Rating", self.subject, "label", self.area))
        if not self.rating:
            return said
        rating = printed(mark(self.rating, self.subject, "rating", self.area))
        remark = printed(mark(self.remark, self.subject, "remark", self.area))
        return [*said, f"**{label}:** {rating}" + (f" ({remark})" if self.remark else "")]


FIRST = Sample(
    "arxiv:2611.99901",
    "First",
    "https://example.org/1",
    notes={"what": "A thing", "new": "It is new"},
)
SECOND = Sample(
    "arxiv:2611.99902", "Second", notes={"what": "Another"}, remark="so so", rating="💡💡+💡/2"
)
THIRD = Sample(
    "url:https://example.org/3",
    "Third",
    "https://example.org/3",
    area="two",
    body="One paragraph.\n\nTwo paragraphs.",
    rating="🧓🏻🧓🏻",
)


def drafted(*samples: Sample, lead: str = "A lead.") -> tuple[str, tuple[Span, ...]]:
    parts = [f"# {printed(mark('Letters', 'issue:2026-W47', 'title'))} (2026-11-20)"]
    if lead:
        parts.append(printed(mark(lead, "issue:2026-W47", "lead")))
    areas = list(dict.fromkeys(sample.area for sample in samples))
    headings = {area: printed(mark(area.title(), f"area:{area}", "heading")) for area in areas}
    parts.append("In this issue:\n\n" + "\n".join(f"- [{headings[a]}](#{a})" for a in areas))
    for area in areas:
        parts.append(f"## {headings[area]}")
        parts += [sample.cards() for sample in samples if sample.area == area]
    text, spans = read_marks("\n\n".join(parts) + "\n")
    return text, with_cards(text, spans)


def _read(
    *changes: tuple[str, str], samples: tuple[Sample, ...] = (FIRST, SECOND, THIRD)
) -> Reading:
    text, spans = drafted(*samples)
    edited = text
    for old, new in changes:
        assert edited.count(old) == 1, old
        edited = edited.replace(old, new)
    return read_back(text, spans, edited, {"💡"})


def _edits(reading: Reading) -> list[tuple[str, str, str | None]]:
    return [(edit.slot.subject[-1], edit.slot.field, edit.text) for edit in reading.edits]


@pytest.mark.parametrize(
    ("old", "new", "edit"),
    [
        ("[First]", "[The first]", ("1", "title", "The first")),
        ("### Second", "### The *second* one", ("2", "title", "The *second* one")),
        ("It is new", "It is newer.", ("1", "new", "It is newer.")),
        ("It is new", "It is new,\nand more", ("1", "new", "It is new,\nand more")),
        ("It is new\n", "It is new\n\nAnd more.\n", ("1", "new", "It is new\n\nAnd more.")),
        ("**What's new:** It is new\n\n", "", ("1", "new", None)),
        ("**What's new:** It is new", "**What's new:**", ("1", "new", None)),
        ("**What is it:** Another", "**What is it:** Another", None),
        ("It is new\n\n**Rating:** 💡💡", "It is new\n\n**Rating:** 💡💡💡", ("1", "rating", "6")),
        ("It is new\n\n**Rating:** 💡💡", "It is new\n\n**Rating:** 💡+💡/2", ("1", "rating", "3")),
        ("new\n\n**Rating:** 💡💡", "new\n\n**Rating:** 💡💡 (!)", ("1", "remark", "!")),
        ("It is new\n\n**Rating:**", "It is new\n\n**Verdict:**", ("1", "label", "Verdict")),
        (" (so so)", "", ("2", "remark", None)),
        ("so so", "good (really)", ("2", "remark", "good (really)")),
        ("🧓🏻🧓🏻", "🧓🏻+🧓🏻/2", ("3", "rating", "3")),
        ("🧓🏻🧓🏻", "🤖🤖", ("3", "emoji", "🤖")),
        ("One paragraph.", "A paragraph.", ("3", "body", "A paragraph.\n\nTwo paragraphs.")),
        (
            "\n\nTwo paragraphs.",
            "\n\n- a list\n\nEnd.",
            ("3", "body", "One paragraph.\n\n- a list\n\nEnd."),
        ),
        ("A lead.", "My lead.", ("7", "lead", "My lead.")),
        ("A lead.", "My lead.\n\nMore.", ("7", "lead", "My lead.\n\nMore.")),
        ("A lead.\n\n", "", ("7", "lead", None)),
        ("# Letters", "# My letters", ("7", "title", "My letters")),
        (
            "**What is it:** Another",
            "**What is it:** Another\n\n**What's new:** Nothing",
            ("2", "new", "Nothing"),
        ),
        (
            "### Second",
            "### Second\n\n**What is it good for:** Tea",
            ("2", "good_for", "Tea"),
        ),
    ],
)  # fmt: skip
def test_a_changed_text_is_told_and_nothing_else(
    old: str, new: str, edit: tuple[str, str, str | None] | None
) -> None:
    reading = _read((old, new))

    assert _edits(reading) == ([edit] if edit else [])
    assert not reading.removed
    assert not reading.new
    assert [owner for _, owner in reading.after] == [owner for _, owner in reading.before]


def test_a_card_of_which_every_line_was_changed_is_known_by_its_address() -> None:
    reading = _read(
        ("### [First]", "### Look: [The first]"),
        ("**What is it:** A thing", "**What is it:** Something"),
        ("**What's new:** It is new", "**What's new:** All of it"),
        ("\n\n**Rating:** 💡💡\n\n### Second", "\n\n**Rating:** 💡\n\n### Second"),
    )

    assert _edits(reading) == [
        ("1", "what", "Something"),
        ("1", "new", "All of it"),
        ("1", "rating", "2"),
    ]
    assert not reading.removed
    assert not reading.new


def test_a_last_text_of_two_paragraphs_is_told_whole() -> None:
    notes = {"what": "One.\n\nTwo."}
    last = Sample("arxiv:2611.99909", "Last", area="two", notes=notes, rating="")

    reading = _read(("One.", "The one."), samples=(FIRST, last))

    assert _edits(reading) == [("9", "what", "The one.\n\nTwo.")]


def test_many_changes_at_once_are_told() -> None:
    reading = _read(
        ("[First]", "[The first]"),
        ("A thing", "A good thing"),
        ("It is new\n\n**Rating:** 💡💡", "It is new\n\n**Rating:** 💡💡💡💡 (wow)"),
        ("### Second", "### The second"),
        ("Another", "Another one"),
        ("Two paragraphs.", "Three."),
    )

    assert _edits(reading) == [
        ("1", "title", "The first"),
        ("1", "what", "A good thing"),
        ("1", "rating", "8"),
        ("1", "remark", "wow"),
        ("2", "title", "The second"),
        ("2", "what", "Another one"),
        ("3", "body", "One paragraph.\n\nThree."),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("💡/2 (so so)\n", "💡/2 (so so)\n\nBy the way: hello.\n"),
        ("🧓🏻🧓🏻\n", "🧓🏻🧓🏻\n\nSee you next week!\n"),
        ("## Two\n", "---\n\n## Two\n"),
        ("In this issue:", "Inside:"),
        ("(2026-11-20)", "(November)"),
        ("🧓🏻🧓🏻\n", "five of five\n"),
        ("It is new\n\n**Rating:** 💡💡\n\n", "It is new\n\n"),
        ("(https://example.org/1)", "(https://example.org/other)"),
    ],
)
def test_what_is_not_certain_is_left_alone(old: str, new: str) -> None:
    reading = _read((old, new))

    assert _edits(reading) == []
    assert not reading.removed
    assert not reading.new


def _cards(text: str, spans: tuple[Span, ...]) -> list[str]:
    return [text[span.start : span.end] for span in spans if span.field == CARD]


def test_cards_that_changed_places_are_still_known() -> None:
    text, spans = drafted(FIRST, SECOND, THIRD)
    first, second, third = _cards(text, spans)
    edited = (
        text.replace(first, "@1").replace(second, "@2").replace(third, "@3")
        .replace("@1", second.replace("Another", "Quite another"))
        .replace("@2", third)
        .replace("@3", first.replace("A thing", "My thing"))
    )  # fmt: skip

    reading = read_back(text, spans, edited, {"💡"})

    assert sorted(_edits(reading)) == [("1", "what", "My thing"), ("2", "what", "Quite another")]
    assert reading.after == (
        ("one", SECOND.subject),
        ("one", THIRD.subject),
        ("two", FIRST.subject),
    )


def test_a_card_that_was_deleted_is_told_and_its_neighbours_are_not_touched() -> None:
    text, spans = drafted(FIRST, SECOND, THIRD)
    first, second, third = _cards(text, spans)

    for gone, subject in ((first, FIRST), (second, SECOND), (third, THIRD)):
        reading = read_back(text, spans, text.replace(gone + "\n", ""), {"💡"})
        assert (reading.removed, _edits(reading)) == ((subject.subject,), [])


def test_a_card_that_was_written_in_is_told() -> None:
    card = (
        "### [A \\*new\\* one](https://example.org/4)\n\n**What is it:** Mine\n\n"
        "**Rating:** 💡💡💡+💡/2 (late)\n\n"
    )

    reading = _read(("### Second", card + "### Second"))

    assert _edits(reading) == []
    assert len(reading.new) == 1
    new = reading.new[0]
    assert (new.section, new.title, new.url) == ("one", "A *new* one", "https://example.org/4")
    assert new.notes == {"what": "Mine"}
    assert new.rating is not None
    assert (new.rating.halves, new.rating.remark) == (7, "late")
    assert [owner for _, owner in reading.after] == [
        FIRST.subject,
        new.line,
        SECOND.subject,
        THIRD.subject,
    ]


def test_anchors_keep_a_card_known_that_was_rewritten_and_moved() -> None:
    text, spans = with_anchors(*drafted(FIRST, SECOND, THIRD))
    second = "### Second\n\n**What is it:** Another\n\n**Rating:** 💡💡+💡/2 (so so)\n"
    anchor = f"<!-- papertrack {SECOND.subject} -->\n"
    assert text.count(anchor + second) == 1
    edited = text.replace(anchor + second, "") + "\n" + anchor + (
        "### Entirely different\n\n**What is it:** Now this\n\n**Rating:** 💡💡💡\n"
    )  # fmt: skip

    reading = read_back(text, spans, edited, {"💡"})

    assert sorted(_edits(reading)) == [
        ("2", "rating", "6"),
        ("2", "remark", None),
        ("2", "title", "Entirely different"),
        ("2", "what", "Now this"),
    ]
    assert not reading.removed
    assert not reading.new


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_anchors_are_taken_out_and_nothing_else_is(ending: str) -> None:
    text, spans = drafted(FIRST, SECOND, THIRD)
    anchored, moved = with_anchors(text, spans)
    own = "\n<!-- papertrack is nice -->\n<!-- TODO -->\n"

    assert strip_anchors((anchored + own).replace("\n", ending)) == (text + own).replace(
        "\n", ending
    )
    assert [anchored[span.start : span.end] for span in moved] == [
        text[span.start : span.end] for span in spans
    ]


@pytest.mark.parametrize(
    "subject", ["url:https://example.org/a--b", "url:https://example.org/a-->b", "local:x - y"]
)
def test_an_anchor_names_any_subject(subject: str) -> None:
    sample = Sample(subject, "Odd")
    text, _ = with_anchors(*drafted(sample))
    line = next(line for line in text.splitlines() if line.startswith("<!--"))

    assert line.index("-->") == len(line) - 3
    assert read_anchor(line, {subject, "url:https://example.org/"}) == subject


TEXT = st.text(
    st.sampled_from(["a", "b", " ", "*", "[", "]", "(", ")", ":", "#", "-", "💡", "é", "."]),
    min_size=1,
    max_size=30,
).map(str.strip).filter(bool)  # fmt: skip


@settings(max_examples=60)
@given(
    titles=st.lists(TEXT, min_size=3, max_size=3, unique=True),
    what=st.lists(TEXT, min_size=3, max_size=3),
    lead=TEXT,
)
def test_an_unedited_draft_says_nothing(titles: list[str], what: list[str], lead: str) -> None:
    samples = [
        Sample(f"arxiv:2611.9990{n}", title, notes={"what": text})
        for n, (title, text) in enumerate(zip(titles, what, strict=True))
    ]
    text, spans = drafted(*samples, lead=lead)

    assert read_back(text, spans, text) == Reading()


@settings(max_examples=50)
@given(number=st.integers(0, 2), text=TEXT)
def test_a_text_of_any_form_is_read_back(number: int, text: str) -> None:
    old = ["A thing", "It is new", "Another"][number]
    if text == old:
        return
    reading = _read((old, text))

    subject, name = [("1", "what"), ("1", "new"), ("2", "what")][number]
    assert _edits(reading) == [(subject, name, text)]
