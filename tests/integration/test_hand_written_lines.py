"""Whatever a person types into a draft, it is checked, published and imported as it stands.

A tenth of PAPERTRACK_FUZZ examples a shape; set it to a large number for a long run.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from papertrack.config.schema import TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.author import Author

NAME = "2026-W47.md"
WORKS = (
    ("2611.99901", "--title", "A probe", "-a", "interp", "--value", "3.5", "--what", "It probes"),
    ("https://example.org/shield", "--title", "A shield", "-a", "attacks", "--value", "2",
     "--remark", "thin", "--section", "Why shields?", "--body", "@cite says so.\n\nMore of it."),
    ("--title", "No address", "-a", "attacks", "--value", "1", "--what", "Words of mine"),
    ("--title", "Summer school", "--kind", "opportunity", "--deadline", "2027-01-01"),
    ("https://example.org/camp", "--title", "Camp", "--deadline", "2026-12-01"),
    ("--title", "Lone brief", "--format", "brief", "--line", "says that it is"),
    ("https://example.org/brief", "--title", "Brief", "--format", "brief", "--line", "asks why"),
)  # fmt: skip
LINES = (
    # lists, empty, nested, numbered and odd
    *("-", "*", "+", "1.", "-\t", "- -", "- - a", "-x", "- a\n  - b\n    - c", "-\n\n  foo"),
    *("1. a\n2. [b](https://example.org/2)", "1) x", "10000000000. x", "- [ ] to do", "\t- x"),
    # nothing but emoji, punctuation or blanks
    *("🎉", "- 🎉", "...", "- ...", "- ?!", "\u00a0", "- \u00a0", "- \u200b", "\ufeff", "- &nbsp;"),
    *("- :", "- : ⭐", "⭐⭐⭐", "- x - ⭐⭐", "\\", "- \\", "- $", "- %s", "{{ x }}", "\u2028"),
    "a\x0cb",
    # links and what looks like one
    *("- [](https://example.org/e)", "- [x]()", "- []()", "- [x](<>)", "- [x]", "- [x][1]"),
    *("[1]: https://example.org/ref", "<https://example.org/auto>", "- <https://example.org/auto>"),
    *("![](https://example.org/i.png)", "- ![a](https://example.org/i.png)", "- arXiv:2611.99999"),
    *("- [paper](https://example.org/p)", "- **paper** [paper](https://example.org/p)", "- link"),
    *("- [a](javascript:x)", "- [a](mailto:x@example.org)", "- [a](#anchor)", "[^1]: foot"),
    *("- [[a]](https://example.org/a)", "- (https://example.org/a)", "https://example.org/bare"),
    # blocks
    *("| a | b |\n|---|---|\n| x | [y](https://example.org/t) |\n| | |", "- | a |", "<div>"),
    *("```\ncode\n```", "```", "- ```\n  x\n  ```", "    indented", "> quote", "> - q", "- > q"),
    *("<div>\nhello\n</div>", "<!-- note -->", "- <b></b>", "<?php", "<![CDATA[", "<script>"),
    *("#", "###", "## x", "# y", "### []()", "### [](https://example.org/z)", "## ![](i.png)"),
    *("---", "===", "***", "--- \ntitle: x\n---"),
    # what papertrack writes itself
    *("**Rating:**", "**Rating:** 💡", "**What is it:**", "- What is it: q", "**:**", "- ****"),
    *("@cite", "[@cite]", "@parts", "Thanks for reading", "<!-- papertrack local:1 -->"),
)  # fmt: skip

typed = st.one_of(
    st.sampled_from(LINES),
    st.lists(st.sampled_from(LINES), min_size=2, max_size=2).map("".join),
    st.text(st.characters(codec="utf-8", exclude_characters="<>"), max_size=12),
)
edits = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from(["", "\n"]), typed, st.sampled_from(["", "\n"])),
    min_size=1,
    max_size=4,
)


@pytest.fixture(params=TEMPLATES)
def drafted(request: pytest.FixtureRequest, author: Author) -> Author:
    """An author with a draft of every kind of work in one of the shapes."""
    author.types("init")
    for work in WORKS:
        author.types("add", *work)
    printed = author.types("draft", "-t", request.param, "--lead", "A lead.", "-o", NAME)
    assert printed.code == 0
    return author


def _edited(text: str, edits: list[tuple[float, str, str, str]]) -> str:
    lines = text.split("\n")
    for place, before, line, behind in edits:
        lines.insert(round(place * len(lines)), before + line + behind)
    return "\n".join(lines)


@settings(
    max_examples=int(os.environ.get("PAPERTRACK_FUZZ", "120")) // 10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(edits=edits)
def test_a_draft_with_any_line_is_checked_published_and_imported(
    drafted: Author, edits: list[tuple[float, str, str, str]]
) -> None:
    path, kept = drafted.folder / NAME, drafted.folder / "kept.db"
    if not kept.exists():
        shutil.copy(drafted.database, kept)
        path.with_suffix(".kept").write_bytes(path.read_bytes())
    shutil.copy(kept, drafted.database)
    edited = _edited(path.with_suffix(".kept").read_text("utf-8"), edits)
    path.write_text(edited, "utf-8", newline="")

    codes = [
        drafted.types("draft", "-o", NAME, "--check").code in {0, 1},
        drafted.types("absorb", NAME, "--dry-run").code == 0,
        drafted.types("publish", NAME).code == 0,
    ]
    shown = drafted.types("issues", "show", "2026-W47").out
    path.write_text(edited + "\nMore.\n", "utf-8", newline="")
    codes += [
        drafted.types("issues", "diff", "2026-W47").code == 1,
        drafted.types("publish", NAME, "--again").code == 0,
        drafted.types("issues", "diff", "2026-W47").code == 0,
    ]

    assert all(codes), codes
    assert shown.strip()
    _import_into_nothing(drafted, path)


def _import_into_nothing(author: Author, path: Path) -> None:
    """Import a file into an empty database: nothing that it holds has neither name nor text."""
    author.database.unlink()
    author.types("init")

    first = author.types("import-issue", path.name, "--date", "2026-11-20")
    again = author.types("import-issue", path.name, "--date", "2026-11-20")

    # A fence or a comment that is never closed hides all that follows.
    names_none = "names no work that could be read" in first.err
    assert (first.code, again.code) == ((2, 2) if names_none else (0, 0))
    assert author.rows("SELECT id FROM items WHERE title = '' AND url IS NULL") == []


@pytest.mark.parametrize("shape", TEMPLATES)
def test_works_without_an_address_go_out(author: Author, shape: str) -> None:
    author.types("init")
    for work in WORKS:
        author.types("add", *work)
    author.types("draft", "-t", shape, "-o", NAME)

    printed = author.types("publish", NAME)

    assert (printed.code, printed.out, printed.err) == (0, "published 2026-W47: 7 works\n", "")


@pytest.mark.parametrize(
    "line", ["-", "- 🎉", "- ...", "- ![](https://example.org/i.png)", "- <b></b>"]
)
def test_a_line_that_names_no_work_is_named_and_makes_none(author: Author, line: str) -> None:
    author.types("init")
    text = f"# Old (2026-11-13)\n\n## News\n\n{line}\n- [A work](https://example.org/1) is here\n"
    (author.folder / "old.md").write_text(text, "utf-8")

    printed = author.types("-v", "import-issue", "old.md")

    assert printed.out.startswith("old.md: issue 2026-W46, 1 work (1 new), 0 rated\n")
    assert "old.md: 1 line belongs to no work\n" in printed.err
    assert f"old.md:5: {line.removeprefix('-').strip()}" in printed.err
    assert author.rows("SELECT title, url FROM items") == [("A work", "https://example.org/1")]


LISTED = """\
# Old (2026-11-13)

## News

- A group
  - [Inside](https://example.org/inside) it
-\tTabbed [entry](https://example.org/tab)
- [By reference][1] and [short]
- <a href="https://example.org/html">As HTML</a>

[1]: https://example.org/ref
[short]: https://example.org/short
"""


def test_links_are_found_however_they_are_written(author: Author) -> None:
    author.types("init")
    (author.folder / "old.md").write_text(LISTED, "utf-8")

    author.types("import-issue", "old.md")

    assert author.rows("SELECT url FROM items ORDER BY id") == [
        ("https://example.org/inside",),
        ("https://example.org/tab",),
        ("https://example.org/ref",),
        ("https://example.org/html",),
    ]
    lines = [row[0] for row in author.rows("SELECT text FROM notes WHERE field = 'line'")]
    assert "Tabbed [entry](https://example.org/tab)" in lines
    assert "[By reference](https://example.org/ref) and [short](https://example.org/short)" in lines


def test_code_and_html_stay_with_the_work_that_they_stand_under(author: Author) -> None:
    author.types("init")
    text = (
        "# Old (2026-11-13)\n\n## A\n\n### [A work](https://example.org/1)\n\n"
        "**What is it:** A thing\n\n```python\nprint(1)\n```\n\n<!-- seen by nobody -->\n\n"
        "**Rating:** 💡\n"
    )
    (author.folder / "old.md").write_text(text, "utf-8")

    printed = author.types("-v", "import-issue", "old.md")

    body = author.rows("SELECT text FROM notes WHERE field = 'body'")
    assert body == [("```python\nprint(1)\n```",)]
    assert "old.md:13: <!-- seen by nobody -->" in printed.err
    assert author.rows("SELECT halves FROM ratings") == [(2,)]


def test_titles_of_emoji_alone_are_different_works(author: Author) -> None:
    author.types("init")
    author.types("add", "--title", "🎉", "-a", "interp", "--value", "3")
    (author.folder / "mine.md").write_text("# Mine\n\n## News\n\n- ???\n", "utf-8")

    printed = author.types("publish", "mine.md", "--issue", "mine")

    assert printed.out == "published mine: 0 works\n"


@pytest.mark.parametrize("words", [("publish", NAME), ("absorb", NAME, "--yes")])
def test_a_file_that_is_not_utf_8_is_refused_with_its_line(
    author: Author, words: tuple[str, ...]
) -> None:
    author.types("init")
    author.types("add", *WORKS[0])
    author.types("draft", "-o", NAME)
    path = author.folder / NAME
    path.write_bytes(path.read_bytes() + b"caf\xe9\n")
    line = path.read_bytes().count(b"\n")

    printed = author.types(*words)

    assert (printed.code, printed.out) == (2, "")
    assert printed.err == (
        f"papertrack: line {line} of {path} is not UTF-8 text; "
        "save the file as UTF-8, then run this again\n"
    )


def test_a_byte_order_mark_hides_no_title(author: Author) -> None:
    author.types("init")
    author.types("add", *WORKS[0])
    author.types("draft", "-o", NAME)
    path = author.folder / NAME
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()

    author.types("publish", NAME)

    assert author.rows("SELECT title FROM issues") == [("Research digest (2026-11-20)",)]
    assert author.types("issues", "diff", "2026-W47").code == 0
    assert path.read_bytes() == before
