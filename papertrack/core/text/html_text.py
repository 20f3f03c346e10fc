"""Markup from outside, reduced to what it says: paragraphs, list items and line breaks.

One pass over tags, no tree: libxml2 needs two minutes for one element with 100,000 attributes and
drops all text below 256 levels, and a summary needs neither attributes nor nesting.
"""

from __future__ import annotations

import html
import re
from itertools import islice
from typing import TYPE_CHECKING

from papertrack.core.text.clean import one_line, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

SUMMARY_LIMIT = 20_000

# Four times the longest post seen; what comes after it would be cut from the summary anyway.
_MARKUP_LIMIT = 4_000_000
_ALTERNATIVES = 20

# Possessive throughout, and every branch may end at the end of the text: a tag, quote or comment
# that is never closed costs one pass, not one pass for each "<". "<b$" and "< 5" are no tags.
_ATTRIBUTES = r"""(?: > | (?=[\s/])
    (?: [^>=]++ | = \s*+ (?: "[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) )? )*+ (?: > | \Z ) )"""
_TAG = re.compile(
    rf"""<(/?[a-z][a-z0-9:-]*+) {_ATTRIBUTES} | </[a-z0-9]*+\Z""", re.VERBOSE | re.IGNORECASE
)
_TOKEN = re.compile(
    rf"""
      <!\[CDATA\[ | \]\]>                                   # feeds that wrap their markup twice
    | <!-- (?: .*?--> | .*\Z )
    | <[!?] [^>]*+ (?: > | \Z )
    | <(?P<tag>/?[a-z][a-z0-9:-]*+) (?P<rest> {_ATTRIBUTES})
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_HIDDEN = re.compile(r"aria-hidden\s*=\s*[\"']?true", re.IGNORECASE)
_IMG = re.compile(rf"<img {_ATTRIBUTES}", re.VERBOSE | re.IGNORECASE)
_ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_TEX = re.compile(
    r"<annotation\s[^<>]*application/x-tex[^<>]*>(.*?)</annotation", re.DOTALL | re.IGNORECASE
)

_DROPPED = frozenset(
    {"script", "style", "template", "svg", "iframe", "object", "noscript", "button", "select"}
    | {"head", "audio", "video", "canvas", "title", "textarea"}
)
_MAY_BE_HIDDEN = frozenset({"span", "div", "a", "i", "sup"})
_BLOCKS = (
    "address article aside blockquote body center details div dl fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr main nav p section summary table"
)
_LINES = "br caption dd dt option tr"
_INLINE = (
    "a abbr b big cite code col colgroup del em font i img ins kbd mark q s small span strike"
    " strong sub sup tbody tfoot thead time tt u wbr"
)


# What a tag does to the text: end the line, the paragraph, and so on. (Numbers: an enumeration
# would double the time that a post takes.)
_NOTHING, _CELL, _LINE, _BLOCK, _ITEM, _ITEM_END, _LIST, _LIST_END, _PRE, _PRE_END = range(10)
_TURNS: dict[str | None, int] = {
    **dict.fromkeys(_INLINE.split(), _NOTHING),
    **dict.fromkeys(_LINES.split(), _LINE),
    **dict.fromkeys(_BLOCKS.split(), _BLOCK),
}
_TURNS.update({f"/{tag}": turn for tag, turn in _TURNS.items()})
_TURNS.update({"td": _CELL, "th": _CELL, "/td": _NOTHING, "/th": _NOTHING})
_TURNS.update({"li": _ITEM, "/li": _ITEM_END})
_TURNS.update(dict.fromkeys(("ul", "ol", "menu"), _LIST))
_TURNS.update(dict.fromkeys(("/ul", "/ol", "/menu"), _LIST_END))
_TURNS.update({"pre": _PRE, "/pre": _PRE_END, None: _NOTHING})

# A title is markup only if it says so beyond doubt: an element that is closed again, or one that
# has no end. "<think>", "$a<b$" and "the <video> tag" are words.
_PAIRED = re.compile(
    r"<(a|abbr|b|big|blockquote|center|cite|code|del|div|em|font|h[1-6]|i|ins|kbd|li|mark|ol|p|pre|"
    r"q|s|small|span|strike|strong|sub|sup|table|td|tr|tt|u|ul)(?=[\s>])[^<>]*+>",
    re.IGNORECASE,
)
_SINGLE = re.compile(r"<(?:br|hr|p)\s*+/?>|<img\s[^<>]*+>|<!--", re.IGNORECASE)


def looks_like_html(text: str) -> bool:
    """Whether text of unknown type holds markup: an element that ends, a line break or an image."""
    if "<" not in text:
        return False
    if _SINGLE.search(text):
        return True
    lowered = text.lower()
    return any(f"</{tag}" in lowered for tag in {m[1].lower() for m in _PAIRED.finditer(text)})


def html_to_text(markup: str, *, enough: int = _MARKUP_LIMIT) -> str:
    """Read markup as a person would read the page, without links and pictures.

    Args:
        markup: HTML as a feed gave it: a fragment or a page, whole or broken, of any size.
        enough: Stop after the paragraph with which the text has so many characters.

    Returns:
        Plain text (see `plain_text`) with blank lines between blocks and ``- `` before list items;
        the descriptions of its pictures if there is nothing else.
    """
    markup = markup[:_MARKUP_LIMIT]
    if "<" not in markup and "]]>" not in markup:
        return one_line(html.unescape(markup))
    parts = _TAG.split(markup)
    if _may_hide_something(markup, parts):
        markup = _Sieve(markup).readable()
        parts = _TAG.split(markup)
    text = "".join(_pieces(parts, enough))
    return text.rstrip() or one_line(" ".join(_alternatives(markup)))


def _may_hide_something(markup: str, parts: list[str | None]) -> bool:
    """Whether there is more in it than words and the elements that every post has."""
    if not _TURNS.keys() >= set(parts[1::2]) or "aria-hidden" in markup or "]]>" in markup:
        return True
    # Where each "<" begins a tag, none begins a comment: to count takes less than to search.
    return markup.count("<") > len(parts) // 2 and ("<!" in markup or "<?" in markup)


def _alternatives(markup: str) -> Iterator[str]:
    for image in islice(_IMG.finditer(markup), _ALTERNATIVES):
        found = _ALT.search(image[0])
        yield html.unescape(found[1] or found[2] or "") if found else ""


def cut_text(text: str, limit: int = SUMMARY_LIMIT) -> str:
    """Shorten text to at most `limit` characters, after a paragraph or a word, ending in ``…``."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 2]
    for end, least in (("\n\n", limit * 3 // 4), ("\n", limit * 7 // 8), (" ", limit * 7 // 8)):
        at = kept.rfind(end)
        if at >= least:
            return f"{kept[:at].rstrip()} …"
    return f"{kept.rstrip()}…"


def _pieces(parts: list[str | None], enough: int) -> list[str]:  # noqa: C901 - see below
    """Go through text and tags, which take turns, and write down lines and what parts them.

    One long loop over local names: called once for each tag of each post, it is the busiest place
    of the program.
    """
    pieces: list[str] = []
    words = [parts[0] or ""]
    breaks = lists = pre = 0  # line breaks owed before the next line; how deep in lists and pre
    bullet = False
    turn_of = _TURNS.get
    for tag, text in zip(parts[1::2], parts[2::2], strict=True):
        turn = turn_of(tag)
        if turn is None:
            turn = turn_of(tag.lower(), _NOTHING) if tag else _NOTHING
        if turn > _CELL:
            # Before anything changes: the words belong to what came before.
            if words and (line := _line(words, is_pre=pre > 0)):
                enough -= len(line)
                pieces += ("\n" * breaks if pieces else "", "- " if bullet else "", line)
                breaks, bullet = 0, False
                if enough <= 0:
                    return pieces
            if turn >= _LIST_END:
                lists = max(0, lists - (turn == _LIST_END))
                pre = max(0, pre + (turn == _PRE) - (turn == _PRE_END))
            if turn in (_ITEM, _ITEM_END):
                bullet = turn == _ITEM
                breaks = breaks or 1
            elif not bullet:  # "- " and its first paragraph share a line
                breaks = 2 if turn != _LINE and not lists else breaks or 1
            if turn == _LIST:
                lists += 1
        elif turn:
            words.append(" ")
        if text and (words or pre or not text.isspace()):
            words.append(text)
    if words and (line := _line(words, is_pre=pre > 0)):
        pieces += ("\n" * breaks if pieces else "", "- " if bullet else "", line)
    return pieces


def _line(words: list[str], *, is_pre: bool) -> str:
    """Take the words of a line, and clean them."""
    text = words[0] if len(words) == 1 else "".join(words)
    words.clear()
    if "&" in text:
        text = html.unescape(text)
    if not is_pre:
        return one_line(text)
    text = plain_text(text).strip("\n")
    return "" if text.isspace() else text


class _Sieve:
    """Markup from which everything is taken that is not there to be read."""

    def __init__(self, markup: str) -> None:
        self._markup = markup
        self._last_ends: dict[str, int] = {}
        self._tex_sought_until = 0

    def readable(self) -> str:
        """Leave out comments and scripts and the like; write formulas as TeX."""
        markup, at, kept_until = self._markup, 0, 0
        kept: list[str] = []
        while token := _TOKEN.search(markup, at):
            at = token.end()
            tag = (token["tag"] or "").lower()
            tex = None
            if tag and not self._is_dropped(tag, token["rest"], at):
                tex = self._tex_between(at, self._last_end(tag)) if tag == "math" else None
                if tex is None:
                    continue
            kept.append(markup[kept_until : token.start()])
            if tex is not None:
                kept.append(f"${tex}$")
            if tag:
                at = self._end_of(tag, at)
            kept_until = at
        kept.append(markup[kept_until:])
        return "".join(kept)

    def _is_dropped(self, tag: str, attributes: str, at: int) -> bool:
        if attributes.endswith(("/", "/>")):
            return False
        if tag not in _DROPPED and not (tag in _MAY_BE_HIDDEN and _HIDDEN.search(attributes)):
            return False
        return self._last_end(tag) >= at

    def _last_end(self, tag: str) -> int:
        """Find where the element could end at the latest; -1 if it is never closed.

        An element that is never closed would otherwise take the rest of the post with it.
        """
        if tag not in self._last_ends:
            ends = [m.start() for m in re.finditer(rf"</{tag}\b", self._markup, re.IGNORECASE)]
            self._last_ends[tag] = ends[-1] if ends else -1
        return self._last_ends[tag]

    def _end_of(self, tag: str, at: int) -> int:
        """Find the end of an element whose content begins at `at`; it may hold others like it."""
        depth = 1
        marks = re.compile(rf"<(/?){tag}(?=[\s/>])[^>]*+>?", re.IGNORECASE)
        for found in marks.finditer(self._markup, at):
            if found[1]:
                depth -= 1
            elif tag not in ("script", "style", "iframe") and not found[0].endswith("/>"):
                depth += 1
            at = found.end()
            if depth == 0:
                break
        return at

    def _tex_between(self, at: int, last_end: int) -> str | None:
        """Read the TeX that KaTeX and MathJax keep beside the glyphs of a formula."""
        if at < self._tex_sought_until or at > last_end:
            return None
        self._tex_sought_until = self._end_of("math", at)
        found = _TEX.search(self._markup, at, self._tex_sought_until)
        return found[1] if found else None
