"""Whatever an item brings from outside, the draft parses as what the template wrote."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib.resources import files

from hypothesis import given, settings, strategies as st
from markdown_it import MarkdownIt

from papertrack.config import TEMPLATES, DigestConfig
from papertrack.core.digest.cards import Entry
from papertrack.core.digest.issue import SectionStyle
from papertrack.core.digest.layout import Rules, lay_out
from papertrack.core.digest.make import make_digest
from papertrack.core.digest.render import render
from papertrack.core.records import Author, Item, Judgement, Kind, Rating, State
from papertrack.core.text.clean import http_url, one_line
from papertrack.core.text.latex import Math

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
    entries = [Entry(item, f"local:{item.id}") for item in found]
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
