"""Text from outside as Markdown that shows exactly that text (CommonMark 0.31 and GFM)."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from papertrack.core.text import spans
from papertrack.core.text.latex import Math, pieces, plain_math, safe_math

if TYPE_CHECKING:
    from collections.abc import Iterable

# Every character that can begin markup inside a line, in CommonMark, GFM or with math switched on.
# `&` only where it would be read as a character reference; `!` is harmless once `[` is escaped.
_ACTIVE = re.compile(r"[\\`*_\[\]<>#|~$]|&(?=#?\w+;)")
# What makes a block at the start of a line: a list, a rule, a quotation, a setext underline, code.
_BLOCK_START = re.compile(r"^(\s*)(?:([-+=:])|(\d{1,9})([.)]))(?=\s|$|[-+=:])")
_IN_DESTINATION = re.compile(r"[\\()<>]|&(?=#?\w+;)")


def escape(text: str) -> str:
    """Escape one line of text, so that it is shown as it is wherever it stands.

    Args:
        text: Plain text; line breaks and runs of blanks become single blanks.
    """
    line = " ".join(text.split())
    return _BLOCK_START.sub(_escape_block_start, _ACTIVE.sub(_with_backslash, line))


def escape_title(title: str, math: Math = Math.ESCAPE) -> str:
    """Escape a title, its LaTeX made plain.

    Args:
        title: One line, as a source or the author gave it.
        math: What becomes of formulas. One that is kept is written so that Markdown sees no
            markup in it.
    """
    written = [
        (is_math and math is Math.KEEP and safe_math(text))
        or _ACTIVE.sub(
            _with_backslash, (is_math and math is Math.UNICODE and plain_math(text)) or text
        )
        for text, is_math in pieces(" ".join(title.split()))
    ]
    return _BLOCK_START.sub(_escape_block_start, "".join(written))


def link_to(shown: str, url: str | None) -> str:
    """Link Markdown to a cleaned http(s) address; without one it stays as it is."""
    return spans.join(["[", shown, "](", destination(url), ")"]) if url else shown


def bare_link(url: str) -> str:
    """Show an address as its own link, in the form that every renderer links."""
    return f"<{url}>"


def paragraph(text: str) -> str:
    """Keep Markdown that the author wrote inside one paragraph after a label.

    Blank lines stay, so that several paragraphs may follow; lines are stripped at both ends.
    """
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def anchors(headings: Iterable[str]) -> list[str]:
    """Name the anchors that renderers give to headings, in the order of the document.

    The rule is GitHub's, which most follow: lower case, punctuation dropped, blanks to hyphens,
    and behind an anchor that was there before the next number that makes it another one
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
    """Write a cleaned address as it stands in the brackets of a link."""
    return _IN_DESTINATION.sub(_with_backslash, url)


_LINK = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\((?:[^()\\]|\\.)*\)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


# Markup around words; "2*3*4" and "snake_case_name" have none.
_EMPHASIS = re.compile(
    r"(?<![\\\w*_`])(\*{1,3}|_{1,3}|`)(?=[^\s*_`])((?:\\.|(?!\1)[^\\])*(?<=\S))\1(?![\w*_`])"
)


def without_emphasis(text: str) -> str:
    """Leave the words of emphasis and code without their marks."""
    return _EMPHASIS.sub(r"\2", text)


def without_links(text: str) -> str:
    """Leave the texts of links without their addresses."""
    return _LINK.sub(r"\1", text)


def shown(text: str) -> str:
    """Read what our own Markdown of one line shows: without links and backslashes."""
    return _ESCAPED.sub(r"\1", without_links(text))
