"""Where a document in XML ends and where its entries begin, told without parsing it.

A parser that mends a document also closes what a broken download left open, so whether the root
element was closed has to be read from the text itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)[^<>]*+>")
# What stands in CDATA and comments is no markup, and some posts are about feeds. A feed that was
# edited by hand may end as one of another kind; that is a mistake, not a cut.
_PARTS = (
    r"<(?: !\[CDATA\[.*?(?:\]\]>|\Z) | !--.*?(?:--\s{{0,9}}>|\Z)"
    r" | (?P<end>(?:/channel\s*>\s*<)?/(?:{root}|(?:\w+:)?(?:rss|feed|rdf))\s*>)"
    r" | (?P<entry>/?(?:\w+:)?(?:item|entry))(?=[\s>/])(?:[^<>]*(?P<empty>/)>)? )"
)


@dataclass(frozen=True, slots=True)
class Outline:
    """The outline of a document.

    Attributes:
        end: Where its root element ends, behind the closing tag; None when that did not come.
        begun: How many entries were begun.
        open_at: Where the last entry begins, if it was not closed; else None.
    """

    end: int | None
    begun: int = 0
    open_at: int | None = None


def outline_of(text: str) -> Outline:
    """Read the outline of a document, well-formed or not, from its root element on."""
    root = _ROOT.match(text)
    if root is None:
        return Outline(None)
    if root[0].endswith("/>"):
        return Outline(root.end())
    parts = re.compile(
        _PARTS.format(root=re.escape(root[1])), re.DOTALL | re.VERBOSE | re.IGNORECASE
    )
    end: int | None = None
    open_entries: dict[str, int] = {}
    begun = 0
    for part in parts.finditer(text, root.end()):
        if part.lastgroup == "end":
            # In an entry that is still open it is part of a text, unless the channel ends, too.
            is_end = not open_entries or part["end"].lower().startswith("/channel")
            end = part.end() if is_end else None
        if part["entry"] is None:
            continue
        entry = part["entry"].lower()
        if entry.startswith("/"):
            open_entries.pop(entry[1:], None)
        else:
            begun += 1
            if part["empty"] is None:
                open_entries[entry] = part.start()
        end = None  # what looked like the end of the root was part of a text
    return Outline(end, begun, max(open_entries.values(), default=None))


def is_cut(text: str, begun: int) -> bool:
    """Tell whether a document ends early and is in order up to there.

    Args:
        text: The document, from its root element on.
        begun: How many entries were begun when it was read as XML.
    """
    outline = outline_of(text)
    return outline.end is None and outline.begun == begun
