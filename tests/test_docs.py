"""What the pages in docs/ say can be typed, and what they point to is there."""

from __future__ import annotations

import re
import shlex
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.core.digest.issue import Card, Citation, Digest, Section
from papertrack.core.digest.render import FILTERS

if TYPE_CHECKING:
    from tests.author import Author

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def _blocks(page: str, kind: str) -> list[str]:
    text = (DOCS / page).read_text("utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def _pages() -> list[Path]:
    roots = (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))
    return [*roots, *DOCS.glob("*.md"), ROOT / "benchmarks" / "README.md"]


def test_every_page_that_the_documents_point_to_is_there() -> None:
    for page in _pages():
        text = page.read_text("utf-8")
        for place in re.findall(r"\]\(([^)#:\s]+)\)", re.sub(r"`[^`\n]*`", "", text)):
            assert (page.parent / place).exists(), (page.name, place)


def test_every_test_that_a_promise_names_is_there() -> None:
    text = (DOCS / "promises.md").read_text("utf-8")

    named = re.findall(r"`(tests/[\w/.]+)`", text)

    assert len(named) >= 20
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_command_that_the_pages_type_is_known_with_its_options(author: Author) -> None:
    typed = {
        line
        for page in _pages()
        for block in re.findall(
            r"^```sh\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
        for line in block.splitlines()
        if line.startswith("papertrack ")
    }
    assert len(typed) >= 15

    for line in sorted(typed):
        words = shlex.split(line.partition(" | ")[0], comments=True)[1:]
        part = [word for word in words[1:2] if re.fullmatch(r"[a-z][a-z-]*", word)]
        known = author.types(words[0], *part, "--help").out
        for option in (word for word in words[1:] if re.match(r"--[a-z]|-[a-z]$", word)):
            assert option in known, line


def test_every_query_of_its_page_is_understood(author: Author) -> None:
    author.write_config((ROOT / "config.example.toml").read_text("utf-8"))
    author.types("init")
    lines = [line for block in _blocks("queries.md", "sh") for line in block.splitlines()]
    assert len(lines) >= 8

    for line in lines:
        answer = author.types(*shlex.split(line.partition(" | ")[0])[1:])
        assert answer.code == 0, (line, answer.err)


def test_the_page_of_templates_names_all_that_a_template_sees() -> None:
    text = (DOCS / "templates.md").read_text("utf-8")
    inner = {"texts"}  # what the shapes of our own are made of

    for kind in (Digest, Section, Card, Citation):
        named = [one.name for one in fields(kind) if one.name not in inner]
        assert [name for name in named if not re.search(rf"`\.?{name}`", text)] == [], kind

    own = set(FILTERS) - {"join", "indent", "trim"}  # Jinja2's, which keep marks with us
    assert [name for name in own if f"| {name}" not in text.replace("\\|", "|")] == []


def test_the_template_of_its_page_can_be_filled(author: Author) -> None:
    path = author.folder / "mine.md.j2"
    path.write_text(_blocks("templates.md", "jinja")[0], "utf-8")

    answer = author.types("template", "test", str(path))

    assert answer.code == 0
    assert " ★★★+★/2\n" in answer.out
    assert "\n\n## " in answer.out
