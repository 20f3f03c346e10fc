"""Escape text so that Markdown shows it literally (CommonMark 0.31 and GFM)."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from papertrack.core.text import spans
from papertrack.core.text.title import Math, TitlePiece, pieces, plain_math, safe_math

if TYPE_CHECKING:
    from collections.abc import Iterable

# All characters that can begin markup within a line, in CommonMark, GFM or with math enabled.
# `&` only if it begins a character reference; `!` is harmless once `[` is escaped.
_ACTIVE = re.compile(r"[\\`*_\[\]<>#|~$]|&(?=#?\w+;)")
# The start of a block: a list, a rule, a quotation, a setext underline, code.
_BLOCK_START = re.compile(r"^(\s*)(?:([-+=:])|(\d{1,9})([.)]))(?=\s|$|[-+=:])")
_IN_DESTINATION = re.compile(r"[\\()<>]|&(?=#?\w+;)")


def escape(text: str) -> str:
    """Escape text for one line of Markdown, even at the start of the line.

    Args:
        text: Plain text; line breaks and runs of blanks become single blanks.
    """
    line = " ".join(text.split())
    return _BLOCK_START.sub(_escape_block_start, _ACTIVE.sub(_with_backslash, line))


def escape_title(title: str, math: Math = Math.ESCAPE) -> str:
    """Escape a title and convert its LaTeX to plain text.

    Args:
        title: One line, from a source or the author.
        math: How to print formulas. A formula that is kept is rewritten so that it contains no
            Markdown.
    """
    written = [_write_piece(piece, math) for piece in pieces(" ".join(title.split()))]
    return _BLOCK_START.sub(_escape_block_start, "".join(written))


def _write_piece(piece: TitlePiece, math: Math) -> str:
    text = piece.text
    if piece.is_math and math is Math.KEEP and (kept := safe_math(text)):
        return kept
    if piece.is_math and math is Math.UNICODE:
        text = plain_math(text)
    return _ACTIVE.sub(_with_backslash, text)


def link_to(shown: str, url: str | None) -> str:
    """Link Markdown to a cleaned http(s) address; return it unchanged if there is none."""
    return spans.join(["[", shown, "](", destination(url), ")"]) if url else shown


def bare_link(url: str) -> str:
    """Write an address as an autolink, which every renderer supports."""
    return f"<{url}>"


def paragraph(text: str) -> str:
    """Strip a text of the author and the ends of its lines, so that it can follow a label.

    Blank lines are kept, so it may contain several paragraphs.
    """
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def anchors(headings: Iterable[str]) -> list[str]:
    """Return the anchors that renderers generate for headings, in document order.

    These are GitHub's rules, which most renderers follow: lower case, without punctuation, blanks
    replaced by hyphens, and a number appended to repeated anchors
    (https://github.com/Flet/github-slugger).
    """
    taken: dict[str, int] = {}
    for heading in headings:
        line = " ".join(heading.lower().split())
        plain = anchor = "".join(filter(_is_in_anchor, line)).replace(" ", "-")
        while anchor in taken:
            taken[plain] += 1
            anchor = f"{plain}-{taken[plain]}"
        taken[anchor] = 0
    return list(taken)


def _is_in_anchor(character: str) -> bool:
    kind = unicodedata.category(character)
    return character in "- " or kind[0] in "LM" or kind in {"Nd", "Nl", "Pc"}


def _with_backslash(match: re.Match[str]) -> str:
    return "\\" + match[0]


def _escape_block_start(match: re.Match[str]) -> str:
    blank, mark, number, dot = match.groups()
    return f"{blank}\\{mark}" if mark else f"{blank}{number}\\{dot}"


def destination(url: str) -> str:
    """Escape a cleaned address for the parentheses of a link."""
    return _IN_DESTINATION.sub(_with_backslash, url)


_LINK = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\((?:[^()\\]|\\.)*\)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


# Emphasis and code; "2*3*4" and "snake_case_name" contain none.
_EMPHASIS = re.compile(
    r"(?<![\\\w*_`])(\*{1,3}|_{1,3}|`)(?=[^\s*_`])((?:\\.|(?!\1)[^\\])*(?<=\S))\1(?![\w*_`])"
)


def without_emphasis(text: str) -> str:
    """Remove the marks of emphasis and code, but not their text."""
    return _EMPHASIS.sub(r"\2", text)


def without_links(text: str) -> str:
    """Replace links with their text."""
    return _LINK.sub(r"\1", text)


def shown(text: str) -> str:
    """Return the text that a line of our own Markdown shows, without links and backslashes."""
    return _ESCAPED.sub(r"\1", without_links(text))
