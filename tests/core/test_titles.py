"""Titles of real papers, and hostile ones, as they stand in a draft."""

from __future__ import annotations

import gzip
import json
import os
import re
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from papertrack.core.text.markdown import escape_title, link_to
from papertrack.core.text.title import Math, pieces
from tests.shared import SHARED, needs_shared

if TYPE_CHECKING:
    from collections.abc import Iterator

PAPERS = SHARED / "rankbench" / "data" / "papers.jsonl.gz"
EVERY = 1 if os.environ.get("PAPERTRACK_ALL_TITLES") else 250
RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

HOSTILE = (
    r"<script>$a<b$</script> \textbf{<b>}",
    r"$<img src=x onerror=alert(1)>$",
    r"$a*b*c$ $_x_$ $x_{a}$ and ${y}_b$ _z_",
    r"\url{https://example.org} \href{javascript:alert(1)}{x}",
    r"[x](javascript:alert(1)) $[x](data:,x)$",
    r"$`$ `code` $a`b$ `c`",
    r"- \emph{list} # \emph{head}",
    r"1. $x$",
    r"$x$ | $y$ | --- |",
    r"\textbackslash *a* \{b\} \_c\_ \&lt; &lt; \$x\$",
    r"$https://example.org$ $a@example.org$ $&lt;$",
    "> $x$",
    r"$\$",
    r"$~~a~~$",
)


def titles() -> Iterator[str]:
    with gzip.open(PAPERS, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            title = json.loads(line)["title"]
            if number % EVERY == 0 or re.search(r"[\\$`]", title):
                yield title


def check(title: str, math: Math) -> None:
    escaped = escape_title(title, math)
    draft = f"### {link_to(escaped, 'https://example.org/1')}\n\n{escaped}\n\n- {escaped}\n"
    tokens = RENDERER.parse(draft)
    assert [token.type for token in tokens if not token.type.endswith("_close")] == [
        "heading_open", "inline", "paragraph_open", "inline",
        "bullet_list_open", "list_item_open", "paragraph_open", "inline",
    ], draft  # fmt: skip
    heading, *plain = [token.children or [] for token in tokens if token.type == "inline"]
    assert [child.type for child in heading] == ["link_open", "text", "link_close"], draft
    for children in plain:
        assert [child.type for child in children] == ["text"], draft
        assert children[0].content == heading[1].content
    if math is Math.ESCAPE:
        shown = "".join(piece.text for piece in pieces(" ".join(title.split())))
        assert heading[1].content == shown.strip()


@pytest.mark.parametrize("math", list(Math))
@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_title_is_one_text(title: str, math: Math) -> None:
    check(title, math)


@needs_shared
@pytest.mark.parametrize("math", list(Math))
def test_title_of_every_paper_is_one_text(math: Math) -> None:
    for title in titles():
        check(title, math)
