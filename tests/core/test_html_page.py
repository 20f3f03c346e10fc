"""A digest as a page: safe to open, with anchors that its contents mean."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis.strategies import text

from papertrack.core.digest.html_page import to_html, to_page

_DIGEST = """\
# Findings <this> week

- [A & B](#a--b)

## A & B

### [A title](https://example.org/a?x=1&y=2)

Some *words* and <b>raw</b>.
"""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name in ("href", "src"):
                self.addresses.append(value or "")
            if name == "id":
                self.ids.append(value or "")


def _read(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    return page


def test_contents_lead_to_their_headings_and_raw_html_is_text() -> None:
    page = _read(to_html(_DIGEST))

    assert page.addresses == ["#a--b", "https://example.org/a?x=1&y=2"]
    assert "a--b" in page.ids
    assert "b" not in page.tags
    assert "&lt;b&gt;raw&lt;/b&gt;" in to_html(_DIGEST)


def test_a_page_stands_alone_and_runs_nothing() -> None:
    page = to_page(_DIGEST)

    assert "<title>Findings &lt;this&gt; week</title>" in page
    assert "default-src 'none'" in page
    assert "script" not in _read(page).tags
    assert re.search(r'(?:src|href)="https?://(?!example\.org)', page) is None


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "//evil.example",
    ],
)
def test_no_link_leads_where_no_link_may(address: str) -> None:
    page = _read(to_html(f"[x]({address}) ![y]({address})\n\n[z]: {address}\n\n[z]\n"))

    assert page.addresses == []


@given(text(max_size=200))
def test_any_text_becomes_a_page_without_scripts(words: str) -> None:
    page = _read(to_page(words))

    assert not {"script", "iframe", "object", "embed", "form"} & set(page.tags)
    for address in page.addresses:
        assert not re.match(r"\s*(?:javascript|data|vbscript|file):", address, re.IGNORECASE)
