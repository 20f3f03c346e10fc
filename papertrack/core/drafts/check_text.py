"""What is wrong with the text of a draft itself: its links, its anchors, its left-overs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote

from papertrack.core.drafts.anchors import read_anchor
from papertrack.core.drafts.check import Finding
from papertrack.core.drafts.merge import has_conflicts
from papertrack.core.text.markdown import anchors
from papertrack.core.works.identity import identify_url, without_tracking

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_ADDRESS = re.compile(r"https?://[^\s<>()\[\]\"'`]+")
# A command, a group of one, or a formula with something in it that only LaTeX has.
_LATEX = re.compile(r"\\[A-Za-z]{2,}|\{\\|\$[^$\n]{0,80}[\\^_{][^$\n]{0,80}\$|\$[A-Za-z]\$")
_COMMANDS = re.compile(r"\\[A-Za-z]{2,}|\{\\")
_SHORTEST = 2  # links to one work


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a text: where it leads, what it shows, and its line from 1."""

    target: str
    shown: str
    line: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a text.

    Attributes:
        is_empty: Whether nothing stands between it and the next of its level or above.
    """

    text: str
    level: int
    line: int
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """What of a text is checked.

    Attributes:
        words: Every stretch of text outside of code, with its line from 1.
    """

    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    words: tuple[tuple[int, str], ...]


def outline(text: str) -> Outline:
    """Read the headings, the links and the words of a Markdown text."""
    from markdown_it import MarkdownIt  # noqa: PLC0415  # 30 ms that only a check needs

    tokens = MarkdownIt("commonmark").parse(text)
    links: list[Link] = []
    words: list[tuple[int, str]] = []
    for token in tokens:
        if token.type == "inline":
            line = (token.map or [0])[0] + 1
            words += [(line, one.content) for one in token.children or [] if one.type == "text"]
            links += _links(token, line)
    return Outline(tuple(_headings(tokens)), tuple(links), tuple(words))


def check_text(text: str, seen: Outline, *, keeps_math: bool) -> Iterator[Finding]:
    """Check a text by itself.

    Args:
        text: The draft, as generated or as edited.
        seen: Its `outline`.
        keeps_math: Whether formulas are left for the reader's renderer.
    """
    if has_conflicts(text):
        yield Finding("conflict", "the file holds a conflict", "keep one of the two texts")
    yield from _tracked(text)
    yield from _anchors(seen)
    yield from _empty(seen)
    pattern = _COMMANDS if keeps_math else _LATEX
    for line, words in seen.words:
        if left := pattern.search(words):
            yield Finding("latex", f'LaTeX is left: "{left[0]}"', "write it out", line=line)


def two_links(seen: Outline, cards: Sequence[int]) -> Iterator[Finding]:
    """Find works that more than one card links to.

    Args:
        seen: The outline of the text.
        cards: The lines at which cards begin, from 1, in their order; before the first is one too.
    """
    places: dict[str, dict[int, Link]] = {}
    for link in seen.links:
        names = identify_url(link.target)
        if names:
            card = sum(start <= link.line for start in cards)
            places.setdefault(str(names[0]), {}).setdefault(card, link)
    for found in places.values():
        if len(found) >= _SHORTEST:
            first, *_, last = found.values()
            lines = " and ".join(str(link.line) for link in found.values())
            what = f"lines {lines} link to one work, {first.target}"
            yield Finding("same-work", what, "leave one of them", line=last.line)


def _tracked(text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), start=1):
        if read_anchor(line) is not None:
            continue
        for found in _ADDRESS.findall(line):
            url = found.rstrip(".,;:!?*_")
            clean = without_tracking(url.replace("&amp;", "&"))
            if clean != url.replace("&amp;", "&"):
                what = f"{url} says how you came there"
                todo = f"link to {clean}, or run it with --fix"
                yield Finding("tracking", what, todo, line=number, fix=(url, clean))


def _anchors(seen: Outline) -> Iterator[Finding]:
    known = anchors(heading.text for heading in seen.headings)
    for link in seen.links:
        if not link.target.startswith("#") or unquote(link.target[1:]) in known:
            continue
        meant = anchors([link.shown])
        fix = None
        if meant and meant[0] in known:
            fix = (f"](#{unquote(link.target[1:])})", f"](#{meant[0]})")
        todo = f"link to #{meant[0]}, or run it with --fix" if fix else "name a heading"
        what = f"{unquote(link.target)} leads nowhere"
        yield Finding("anchor", what, todo, line=link.line, fix=fix)


def _empty(seen: Outline) -> Iterator[Finding]:
    names = anchors(heading.text for heading in seen.headings)
    listed = {unquote(link.target[1:]): link for link in seen.links if link.target[:1] == "#"}
    for heading, name in zip(seen.headings, names, strict=True):
        if heading.is_empty and name in listed:
            what = f'"{heading.text}" is in the contents, and nothing stands under it'
            yield Finding("empty-area", what, "take it out of both", line=heading.line)


def _headings(tokens: Sequence[Token]) -> Iterator[Heading]:
    outer = [token for token in tokens if token.level == 0 or token.type == "inline"]
    found: list[tuple[str, int, int, int]] = []
    for number, (opening, inline) in enumerate(pairwise(outer)):
        if opening.type == "heading_open":
            text = "".join(one.content for one in inline.children or [] if one.type in _SHOWN)
            found.append((text, int(opening.tag[1]), (opening.map or [0])[0] + 1, number))
    for text, level, line, number in found:
        following = outer[number + 3 :]  # behind its text and its end
        is_empty = not following or (
            following[0].type == "heading_open" and int(following[0].tag[1]) <= level
        )
        yield Heading(text, level, line, is_empty)


_SHOWN = frozenset({"text", "code_inline"})


def _links(inline: Token, first: int) -> Iterator[Link]:
    line, target, shown = first, None, ""
    for token in inline.children or []:
        if token.type in {"softbreak", "hardbreak"}:
            line += 1
        elif token.type == "link_open":
            target, shown = str(token.attrs.get("href", "")), ""
        elif token.type == "link_close" and target is not None:
            yield Link(target, shown, line)
            target = None
        elif target is not None:
            shown += token.content
