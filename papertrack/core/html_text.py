"""Markup from outside, reduced to what it says: paragraphs, list items and line breaks.

One pass over tags, no tree: libxml2 needs two minutes for one element with 100,000 attributes and
drops all text below 256 levels, and a summary needs neither attributes nor nesting.
"""

from __future__ import annotations

import html
import re

from papertrack.core.clean import one_line, plain_text

SUMMARY_LIMIT = 20_000

# Four times the longest post seen; what comes after it would be cut from the summary anyway.
_MARKUP_LIMIT = 4_000_000
_ALTERNATIVES = 20

# Possessive throughout, and every branch may end at the end of the text: a tag, quote or comment
# that is never closed costs one pass, not one pass for each "<". "<b$" and "< 5" are no tags.
_TOKEN = re.compile(
    r"""
      <!\[CDATA\[ | \]\]>                                   # feeds that wrap their markup twice
    | <!-- (?: .*?--> | .*\Z )
    | <[!?] [^>]*+ (?: > | \Z ) | </[a-z0-9]*+\Z
    | <(?P<end>/?) (?P<tag>[a-z][a-z0-9:-]*+) (?=[\s/>])
      (?P<rest> (?: [^>=]++ | = \s*+ (?: "[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) )? )*+ ) (?: > | \Z )
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_HIDDEN = re.compile(r"aria-hidden\s*=\s*[\"']?true", re.IGNORECASE)
_ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_TEX = re.compile(
    r"<annotation\s[^<>]*application/x-tex[^<>]*>(.*?)</annotation", re.DOTALL | re.IGNORECASE
)

_DROPPED = frozenset(
    {"script", "style", "template", "svg", "iframe", "object", "noscript", "button", "select"}
    | {"head", "audio", "video", "canvas", "title", "textarea"}
)
_MAY_BE_HIDDEN = frozenset({"span", "div", "a", "i", "sup"})
_BLOCKS = frozenset(
    {"p", "div", "section", "article", "aside", "header", "footer", "main", "nav", "h1", "h2"}
    | {"h3", "h4", "h5", "h6", "blockquote", "pre", "figure", "figcaption", "table", "dl", "hr"}
    | {"address", "form", "fieldset", "details", "summary", "center", "body"}
)
_LINES = frozenset({"br", "tr", "dt", "dd", "caption", "option"})
_LISTS = frozenset({"ul", "ol", "menu"})

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


def html_to_text(markup: str) -> str:
    """Read markup as a person would read the page, without links and pictures.

    Args:
        markup: HTML as a feed gave it: a fragment or a page, whole or broken, of any size.

    Returns:
        Plain text (see `plain_text`) with blank lines between blocks and ``- `` before list items;
        the descriptions of its pictures if there is nothing else.
    """
    page = _Page(markup[:_MARKUP_LIMIT])
    page.read()
    return plain_text("".join(page.pieces)) or one_line(" ".join(page.alternatives))


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


class _Page:
    """The text so far, the words of the line being read, and the line breaks owed before them."""

    def __init__(self, markup: str) -> None:
        self.pieces: list[str] = []
        self.alternatives: list[str] = []
        self._markup = markup
        self._words: list[str] = []
        self._breaks = 0
        self._bullet = False
        self._lists = 0
        self._pre = 0
        self._last_ends: dict[str, int] = {}
        self._tex_sought_until = 0

    def read(self) -> None:
        """Go through the markup once, from tag to tag."""
        markup, at = self._markup, 0
        while token := _TOKEN.search(markup, at):
            self._words.append(markup[at : token.start()])
            at = token.end()
            if token["tag"] is None:
                continue
            tag = token["tag"].lower()
            if token["end"]:
                self._close(tag)
            elif self._is_dropped(tag, token["rest"]) and at <= self._last_end(tag):
                at = self._end_of(tag, at)
            elif tag == "math" and (tex := self._tex_between(at, self._last_end(tag))):
                self._words.append(f"${tex}$")
                at = self._end_of(tag, at)
            else:
                self._open(tag, token["rest"])
        self._words.append(markup[at:])
        self._flush()

    def _open(self, tag: str, attributes: str) -> None:
        if tag in _BLOCKS or tag in _LINES or tag in _LISTS or tag == "li":
            self._break(tag)
        if tag in _LISTS:
            self._lists += 1
        elif tag == "li":
            self._bullet = True
        elif tag == "pre":
            self._pre += 1
        elif tag in ("td", "th"):
            self._words.append(" ")
        elif tag == "img" and len(self.alternatives) < _ALTERNATIVES:
            found = _ALT.search(attributes)
            self.alternatives.append(html.unescape(found[1] or found[2] or "") if found else "")

    def _close(self, tag: str) -> None:
        if tag in _BLOCKS or tag in _LINES or tag in _LISTS or tag == "li":
            self._flush()  # before the counters change: the words belong to the element
            if tag == "li":
                self._bullet = False
            elif tag in _LISTS:
                self._lists = max(0, self._lists - 1)
            elif tag == "pre":
                self._pre = max(0, self._pre - 1)
            self._break(tag)

    def _break(self, tag: str) -> None:
        """End the line, and the paragraph if the element is one."""
        self._flush()
        if self._bullet and tag != "li":
            return  # "- " and its first paragraph share a line
        blank = (tag in _BLOCKS or tag in _LISTS) and not self._lists
        self._breaks = max(self._breaks, 2 if blank else 1)

    def _flush(self) -> None:
        text = html.unescape("".join(self._words))
        self._words.clear()
        text = text.strip("\r\n") if self._pre else " ".join(text.split())
        if not text.strip():
            return
        if self.pieces:
            self.pieces.append("\n" * self._breaks)
        if self._bullet:
            self.pieces.append("- ")
        self.pieces.append(text)
        self._breaks, self._bullet = 0, False

    def _is_dropped(self, tag: str, attributes: str) -> bool:
        if attributes.endswith("/"):
            return False
        return tag in _DROPPED or (tag in _MAY_BE_HIDDEN and bool(_HIDDEN.search(attributes)))

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
        return one_line(html.unescape(found[1])) if found else None
