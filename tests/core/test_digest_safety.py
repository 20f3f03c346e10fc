"""Whatever an item brings from outside, the draft parses as what the template wrote."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from hypothesis import given, settings, strategies as st
from markdown_it import MarkdownIt

from papertrack.config.schema import TEMPLATES, DigestConfig
from papertrack.core.digest.cards import IssueItem, fill_placeholders
from papertrack.core.digest.issue import SectionStyle
from papertrack.core.digest.layout import Rules, lay_out, make_digest
from papertrack.core.digest.render import render
from papertrack.core.kinds import Kind, State
from papertrack.core.records import Author, Item, Judgement, Rating
from papertrack.core.text.clean import http_url, one_line
from papertrack.core.text.title import Math

AT = datetime(2026, 11, 20, tzinfo=UTC)
AREA = SectionStyle("interp", "Inside", "💡", "Rating", in_contents=True)
RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
PIECES = (
    *"\\`*_[]<>#|~$&!()-+=:.;'\"/@{}^ aB1\u5c71",
    *("<b>", "<script>", "](javascript:x)", "```", "- ", "# ", "1. ", "> ", "~~~", "&lt;", "---"),
    *("\\emph{x}", "$a_1<b$", "``x''", "<https://x.example>", "\ufdd0", "\u202e", "\x1b[31m", "\n"),
    *("et al.", "van", "Jr.", "@cite", "[@cite]", "@title", "@parts", "{{ 1 }}", "{% if %}"),
)
hostile = st.lists(st.sampled_from(PIECES), max_size=10).map("".join).map(one_line)
urls = hostile.map(lambda text: http_url(f"https://example.org/{text}"))


@st.composite
def items(draw: st.DrawFn) -> Item:
    number = draw(st.integers(1, 9999))
    form = draw(st.sampled_from(["", "", "brief", "link"]))
    notes = {"format": form} if form else {}
    for field in ("section", "cite", "place", "prize", "title"):
        if draw(st.booleans()):
            notes[field] = draw(hostile)
    if draw(st.booleans()):
        notes["hide_title"] = "yes"
    kind = draw(st.sampled_from([Kind.PAPER, Kind.POST, Kind.OPPORTUNITY]))
    return Item(
        id=number,
        kind=kind,
        title=draw(hostile),
        url=draw(st.one_of(st.none(), urls)),
        authors=tuple(Author(draw(hostile)) for _ in range(draw(st.integers(0, 4)))),
        summary="",
        published_at=AT,
        updated_at=None,
        first_seen_at=AT,
        state=State.KEPT,
        identifiers=(f"local:{number}",),
        judgement=Judgement(
            ratings=(Rating("interp", 6, rated_at=AT),),
            notes={field: text for field, text in notes.items() if text.strip()},
        ),
    )


@settings(max_examples=50)
@given(
    template=st.sampled_from(TEMPLATES),
    found=st.lists(items(), max_size=4, unique_by=lambda item: item.id),
    math=st.sampled_from(Math),
)
def test_no_text_from_outside_is_markup(template: str, found: list[Item], math: Math) -> None:
    entries = [IssueItem(item, f"local:{item.id}") for item in found]
    layout = lay_out(entries, (AREA,), Rules(today=date(2026, 11, 20), math=math))
    digest = make_digest(layout, DigestConfig(), issue="2026-W47", day=date(2026, 11, 20), texts={})
    source = (files("papertrack") / "templates" / f"{template}.md.j2").read_text("utf-8")

    rendered = render(digest, source, name=template)

    assert not any(
        "\ufdd0" <= character <= "\ufdef" or character in "\x1b\u202e"
        for character in rendered.text
    )
    tokens = RENDERER.parse(rendered.text)
    assert {token.type for token in tokens if not token.type.endswith("_close")} <= {
        "heading_open", "paragraph_open", "inline", "bullet_list_open", "list_item_open",
    }, rendered.text  # fmt: skip
    inline = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inline} <= {
        "text", "link_open", "link_close", "strong_open", "strong_close", "softbreak",
    }, rendered.text  # fmt: skip
    hrefs = [str(child.attrs["href"]) for child in inline if child.type == "link_open"]
    assert all(href.startswith(("https://example.org/", "#")) for href in hrefs)
    for item in found:
        if item.url and not item.judgement.notes.get("section"):
            assert sum(span.subject == f"local:{item.id}" for span in rendered.spans) > 0


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Look!@cite", "Look!Doe"),
        ("Look!!@title", "Look!!Doe"),
        (r"Look\!@cite", "Look!Doe"),
        (r"Look\\\!@cite", "Look\\!Doe"),
        (r"Look\\!@cite", "Look\\!Doe"),
        ("Look![@cite]", "Look!(Doe)"),
        ("Look! @cite", "Look! Doe"),
    ],
)
def test_a_citation_behind_an_exclamation_mark_is_no_image(text: str, shown: str) -> None:
    link = "[Doe](https://example.org/1)"
    words = {"cite": link, "[cite]": f"({link})", "title": link, "parts": ""}

    (inline,) = (
        one for one in RENDERER.parse(fill_placeholders(text, words)) if one.type == "inline"
    )

    children = inline.children or ()
    assert [one.type for one in children if "text" not in one.type] == ["link_open", "link_close"]
    assert "".join(one.content for one in children) == shown


PLAIN = ("title", "section", "cite", "place", "prize", "label", "emoji", "area", "author")


def _draft_with(field: str, text: str, template: str, form: str) -> str:
    """Render a draft of two works of which one has a text in one of the plain fields."""
    shown = dict.fromkeys(PLAIN, "Harmless") | {"emoji": "💡", field: text}
    notes = {name: shown[name] for name in ("section", "cite", "place", "prize", "title")}
    own = {"format": form, "line": "asks why!"} if form else {"what": "@cite says [@cite]."}
    area = SectionStyle("interp", shown["area"], shown["emoji"], shown["label"], in_contents=True)
    works = [
        Item(
            id=number,
            kind=kind,
            title="A work",
            url=f"https://example.org/{number}",
            authors=(Author(shown["author"]),),
            summary="",
            published_at=AT,
            updated_at=None,
            first_seen_at=AT,
            state=State.KEPT,
            identifiers=(f"local:{number}",),
            judgement=Judgement(
                ratings=(Rating("interp", 6, rated_at=AT),),
                notes={key: word for key, word in (notes | own).items() if word.strip()},
            ),
        )
        for number, kind in ((1, Kind.POST), (2, Kind.OPPORTUNITY))
    ]
    entries = [IssueItem(item, f"local:{item.id}") for item in works]
    layout = lay_out(entries, (area,), Rules(today=date(2026, 11, 20)))
    digest = make_digest(layout, DigestConfig(), issue="2026-W47", day=date(2026, 11, 20), texts={})
    source = (files("papertrack") / "templates" / f"{template}.md.j2").read_text("utf-8")
    return render(digest, source, name=template).text


def _structure(text: str) -> list[tuple[str, str]]:
    """List all markup of a text, without its words and without anchors of headings."""
    found: list[tuple[str, str]] = []
    for token in RENDERER.parse(text):
        for one in (token, *(token.children or ())):
            if one.type not in {"text", "inline"}:
                href = str(one.attrs.get("href") or one.attrs.get("src") or "")
                found.append((one.type, "#" if href.startswith("#") else href))
    return found


@settings(max_examples=40)
@given(
    template=st.sampled_from(TEMPLATES),
    field=st.sampled_from(PLAIN),
    before=hostile,
    behind=st.one_of(hostile, st.sampled_from(["!@cite", "! [@cite]", "!@title", "@parts", "!"])),
    form=st.sampled_from(["", "brief", "link"]),
)
def test_a_plain_field_says_itself_and_nothing_else(
    template: str, field: str, before: str, behind: str, form: str
) -> None:
    text = one_line(f"{before}Qx7{behind}").strip()

    rendered = _draft_with(field, text, template, form)

    assert _structure(rendered) == _structure(_draft_with(field, "Qx7", template, form)), rendered
    shown = "".join(
        one.content
        for token in RENDERER.parse(rendered)
        for one in token.children or ()
        if one.type == "text"
    )
    if "Qx7" in shown and field in {"place", "prize", "section"}:
        assert text in shown, rendered
