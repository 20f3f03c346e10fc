"""Text from outside shows exactly itself, wherever it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, strategies as st
from markdown_it import MarkdownIt

from papertrack.core.text.clean import http_url, plain_text
from papertrack.core.text.markdown import anchors, bare_link, escape, link_to, paragraph

if TYPE_CHECKING:
    from markdown_it.token import Token

RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
RENDERER.normalizeLink = lambda url: url  # type: ignore[method-assign]
RENDERER.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
RENDERER.validateLink = lambda url: len(url) > 0  # type: ignore[method-assign]

# Text as it reaches the draft, and text made of what Markdown is made of.
_PIECES = (
    *"\\`*_[]<>#|~$&!()-+=:.;'\"/@{}^ \n\t1aA",
    *("&amp;", "&#35;", "&#x41;", "&copy", "&copy;", "**", "__", "~~~", "```", "---", "1.", "1)"),
    *("- ", "> ", "# ", "    ", "<b>", "<!--", "](", "http://example.org", "$$", "| a | b |"),
)
_marked = st.lists(st.sampled_from(_PIECES), max_size=14).map("".join)
texts = st.one_of(st.text(), _marked).map(plain_text)
PLACES = {
    "paragraph": ("{}", "paragraph_open"),
    "heading": ("### {}", "heading_open"),
    "item": ("- {}", "list_item_open"),
    "after a label": ("**Rating:** {}", "paragraph_open"),
    "under a paragraph": ("Before\n\n{}\n\nAfter", "paragraph_open"),
}


def inline(markdown: str) -> list[Token]:
    """Parse a document and list what stands inside its blocks."""
    return [
        child
        for token in RENDERER.parse(markdown)
        if token.type == "inline"
        for child in token.children or ()
    ]


def shown(tokens: list[Token]) -> str:
    return "".join(token.content for token in tokens if token.type in {"text", "code_inline"})


def collapsed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("place", PLACES)
@given(text=texts)
@example(text="- - -")
@example(text="+")
@example(text="2026. A year")
@example(text="===")
@example(text="a | b\n--|--")
@example(text="AT&T &lt;b&gt; &#60;")
@example(text="trailing \\")
@example(text="heading ##")
@example(text="https://example.org/_a_ and a@example.org")
def test_escaped_text_is_shown_as_it_is(place: str, text: str) -> None:
    frame, block = PLACES[place]
    document = frame.format(escape(text))
    tokens = RENDERER.parse(document)
    opened = [token.type for token in tokens if token.type.endswith("_open")]
    plain = [
        token.type for token in RENDERER.parse(frame.format("x")) if token.type.endswith("_open")
    ]

    if collapsed(text):
        assert opened == plain
        assert block in opened
    assert {token.type for token in inline(document)} <= {"text", "strong_open", "strong_close"}
    around = shown(inline(frame.format("\0")))
    assert shown(inline(document)).strip() == around.replace("\ufffd", collapsed(text)).strip()


_path = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_urls = (
    st.builds("https://example.org/{}".format, st.one_of(_path, _marked)).map(http_url).filter(bool)
)


@given(text=texts, url=_urls)
@example(text="A [nested](x) link", url="https://example.org/a_(b)?x=1&copy;=2#c")
@example(text="", url="https://example.org/((")
@example(text="a", url="https://example.org/&amp;&#35;")
def test_link_leads_exactly_there_and_shows_exactly_that(text: str, url: str) -> None:
    tokens = inline(f"### {link_to(escape(text), url)}")

    opened, closed = tokens[0], tokens[-1]
    assert (opened.type, closed.type) == ("link_open", "link_close")
    assert opened.attrs == {"href": url}
    assert {token.type for token in tokens[1:-1]} <= {"text"}
    assert shown(tokens) == collapsed(text)


@given(url=_urls)
@example(url="https://example.org/a_(b)?x=1&copy;=2#c")
def test_bare_link_leads_exactly_there(url: str) -> None:
    opened, text, closed = inline(bare_link(url))

    assert (opened.type, text.type, closed.type) == ("link_open", "text", "link_close")
    assert (opened.attrs, text.content) == ({"href": url}, url)


def test_paragraph_keeps_what_the_author_wrote() -> None:
    assert paragraph("\n  One *word*  \ntwo\n\n- three \n") == "One *word*\ntwo\n\n- three"


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("AI Art", "ai-art"),
        ("  What's  new? ", "whats-new"),
        ("This is not AI Alignment", "this-is-not-ai-alignment"),
        ("snake_case & Ünïcode", "snake_case--ünïcode"),
        ("💡 Ideas", "-ideas"),
        ("हिन्दी", "हिन्दी"),
        ("x² + y", "x--y"),
        ("C++/Rust", "crust"),
        ("well-known", "well-known"),
    ],
)
def test_anchor_is_the_one_that_renderers_make(heading: str, anchor: str) -> None:
    assert anchors([heading]) == [anchor]


def test_heading_that_stands_twice_gets_a_number_that_is_free() -> None:
    assert anchors(["A", "A", "A 1", "A", "A 1"]) == ["a", "a-1", "a-1-1", "a-2", "a-1-2"]


@given(st.lists(st.one_of(st.text(max_size=8), st.sampled_from(["a", "A", "a 1", "a-1", "!", ""]))))
def test_anchors_are_all_different_and_need_no_encoding(headings: list[str]) -> None:
    found = anchors(headings)

    assert len(found) == len(headings) == len(set(found))
    assert not any(re.search(r"[\s()<>\[\]\\#]", anchor) for anchor in found)
