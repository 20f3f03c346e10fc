"""Text from outside as Markdown that shows exactly that text (CommonMark 0.31 and GFM)."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Every character that can begin markup inside a line, in CommonMark, GFM or with math switched on.
# `&` only where it would be read as a character reference; `!` is harmless once `[` is escaped.
_ACTIVE = re.compile(r"[\\`*_\[\]<>#|~$]|&(?=#?\w+;)")
# What makes a block at the start of a line: a list, a rule, a quotation, a setext underline, code.
_BLOCK_START = re.compile(r"^(\s*)(?:([-+=:])|(\d{1,9})([.)]))(?=\s|$|[-+=:])")
_NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")


def escape(text: str) -> str:
    """Escape one line of text, so that it is shown as it is wherever it stands.

    Args:
        text: Plain text; line breaks and runs of blanks become single blanks.
    """
    line = " ".join(text.split())
    escaped = _ACTIVE.sub(lambda match: "\\" + match[0], line)
    return _BLOCK_START.sub(_escape_block_start, escaped)


def link(text: str, url: str) -> str:
    """Link a text to a cleaned http(s) address."""
    return f"[{escape(text)}]({_destination(url)})"


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
    a counter behind a heading that was there before.
    """
    seen: Counter[str] = Counter()
    found: list[str] = []
    for heading in headings:
        anchor = _NOT_IN_ANCHOR.sub("", heading.strip().lower()).replace(" ", "-")
        found.append(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return found


def _escape_block_start(match: re.Match[str]) -> str:
    blank, mark, number, dot = match.groups()
    return f"{blank}\\{mark}" if mark else f"{blank}{number}\\{dot}"


def _destination(url: str) -> str:
    return re.sub(r"[\\()<>]", lambda match: "\\" + match[0], url)
