"""Convert HTML from outside to plain text with paragraphs, list items and line breaks.

This takes one pass over the tags, without a tree: libxml2 needs two minutes for an element with
100,000 attributes and drops all text below 256 levels. A summary needs no attributes or nesting.
"""

from __future__ import annotations

import html
import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING

from papertrack.core.text.clean import one_line, plain_text
from papertrack.core.text.formulas import after_sign, in_script, mathml_to_text, script_tex

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUMMARY_LIMIT = 20_000

# Four times the longest post seen; the summary would not reach further anyway.
_MARKUP_LIMIT = 4_000_000
_ALTERNATIVES = 20

# All quantifiers are possessive and every branch may end with the text, so that an unclosed tag,
# quote or comment costs one pass, not one for each "<". "<b$" and "< 5" are not tags.
_ATTRIBUTES = r"""(?: > | (?=[\s/])
    (?: [^>=]++ | = \s*+ (?: "[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) )? )*+ (?: > | \Z ) )"""
# A tag and its attributes, or the beginning of a comment or declaration. Not with re.IGNORECASE,
# which takes twice as long.
_TAG = re.compile(
    rf"""<(/?[a-zA-Z][a-zA-Z0-9:-]*+) ({_ATTRIBUTES}) | <([!?]) | </[a-zA-Z0-9]*+\Z""", re.VERBOSE
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
# Hidden from everybody, whatever the element (HTML, section 6.1).
_UNSHOWN = re.compile(
    r"(?:^|\s)hidden(?=[\s/>]|$|\s*=(?!\s*[\"']?until-found))|display\s*:\s*none"
    r"|visibility\s*:\s*hidden",
    re.IGNORECASE,
)
# What the attributes of such elements, and of images of formulas, contain.
_SIGNS_OF_HIDING = (
    *("hidden", "display:none", "display: none", "latex", "math", "emoji", "smiley"),
)
_TEX_SCRIPT = re.compile(r"type\s*=\s*[\"']?math/tex", re.IGNORECASE)
# Of WordPress, QuickLaTeX, CodeCogs and MediaWiki.
_TEX_IMAGE = re.compile(
    r"latex\.php\?|latex\.codecogs\.com/|/math/render/"
    r"|\bclass\s*=\s*[\"'][^\"']*(?:\b(?:latex|math)\b|-formula\b|\bmwe-math)",
    re.IGNORECASE,
)
_DISPLAY_STYLE = re.compile(r"^\{\\(?:displaystyle|textstyle)\s*(.*)\}$", re.DOTALL)
_EMOJI_IMAGE = re.compile(r"\bclass\s*=\s*[\"'][^\"']*(?:emoji|smiley)", re.IGNORECASE)
_EMOJI_LIMIT = 30  # characters of the alt
_PREVIEW = re.compile(r"\bclass\s*=\s*[\"'][^\"']*\bMathJax_Preview\b")
_IMG = re.compile(rf"<img {_ATTRIBUTES}", re.VERBOSE | re.IGNORECASE)
# A drawing, film or recording, and the title within a drawing (SVG 2, section 5.7).
_MEDIA = re.compile(
    r"<(?:svg|video|audio)\b([^<>]*+)>(?:\s*+<title\b[^<>]*+>([^<]*+)</title)?", re.IGNORECASE
)
_MEDIA_NAME = re.compile(
    r"(?<![\w-])(?:aria-label|title)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE
)
_ALT = re.compile(r"(?<![\w-])alt\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>=`]+))", re.IGNORECASE)
_TEX = re.compile(
    r"<annotation\s[^<>]*encoding\s*=\s*[\"']?(?:application/x-)?(?:la)?tex\b[^<>]*>", re.IGNORECASE
)
_TEX_END = re.compile("</annotation", re.IGNORECASE)
_ALT_TEXT = re.compile(r"(?<![\w-])alttext\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)

_DROPPED = frozenset(
    {"script", "style", "template", "svg", "iframe", "object", "noscript", "button", "select"}
    | {"head", "audio", "video", "canvas", "title", "textarea"}
)
_MAY_BE_HIDDEN = frozenset({"span", "div", "a", "i", "sup", "mjx-math"})
_BLOCKS = (
    "address article aside blockquote body center details div dl fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr main nav p section summary table"
)
_LINES = "br caption dd dt option tr"
_INLINE = (
    "a abbr b big cite code col colgroup del em font i img ins kbd mark q s small span strike"
    " strong sub sup tbody tfoot thead time tt u wbr"
)


# The effect of a tag: it ends the line, the paragraph, and so on. (These are numbers, because an
# enumeration would double the time for a post.)
_NO_EFFECT, _CELL, _LINE, _BLOCK, _ITEM, _ITEM_END, _LIST, _LIST_END, _PRE, _PRE_END = range(10)
_EFFECTS: dict[str | None, int] = {
    **dict.fromkeys(_INLINE.split(), _NO_EFFECT),
    **dict.fromkeys(_LINES.split(), _LINE),
    **dict.fromkeys(_BLOCKS.split(), _BLOCK),
}
_EFFECTS.update({f"/{tag}": effect for tag, effect in _EFFECTS.items()})
_EFFECTS.update({"td": _CELL, "th": _CELL, "/td": _NO_EFFECT, "/th": _NO_EFFECT})
_EFFECTS.update({"li": _ITEM, "/li": _ITEM_END})
_EFFECTS.update(dict.fromkeys(("ul", "ol", "menu"), _LIST))
_EFFECTS.update(dict.fromkeys(("/ul", "/ol", "/menu"), _LIST_END))
_EFFECTS.update({"pre": _PRE, "/pre": _PRE_END, None: _NO_EFFECT})

# Scripts above and below the line: 10<sup>6</sup> is not 106, and x<sub>t</sub> is not xt.
_SCRIPTS = frozenset({"sup", "sub", "/sup", "/sub", "SUP", "SUB", "/SUP", "/SUB"})
_SCRIPT = re.compile(
    r"<(sup|sub)\b(?:[^<>]*+)>((?:[^<]|<(?!/?su[pb]\b)){1,200}?)</\1\s*+>", re.IGNORECASE
)
_NESTED_SCRIPTS = 2
_NEAR = 80  # characters before a script that are looked at
# What is raised in English and French without being an exponent: nth, Mme, 1re.
_WORD_ENDS = frozenset(
    {"th", "st", "nd", "rd", "me", "mes", "lle", "lles", "er", "ers", "re", "res", "ère", "ème"}
    | {"tm", "sm"}
)
_ANY_TAG = re.compile(r"<[^<>]*+>")
# Letters that are exponents behind a number; the others are ends of words (1st, 2e, 3o).
_EXPONENTS = frozenset("nNkKx")
_NOTE = re.compile(r"\[[^\[\]]*\]")  # of a footnote

# A title counts as markup only if it is unambiguous: an element that is closed, or one that needs
# no closing tag. "<think>", "$a<b$" and "the <video> tag" are plain text.
_PAIRED = re.compile(
    r"<(a|abbr|b|big|blockquote|center|cite|code|del|div|em|font|h[1-6]|i|ins|kbd|li|mark|ol|p|pre|"
    r"q|s|small|span|strike|strong|sub|sup|table|td|tr|tt|u|ul)(?=[\s>])[^<>]*+>",
    re.IGNORECASE,
)
_SINGLE = re.compile(r"<(?:br|hr|p)\s*+/?>|<img\s[^<>]*+>|<!--", re.IGNORECASE)


def looks_like_html(text: str) -> bool:
    """Return whether text contains markup: a closed element, a line break or an image."""
    if "<" not in text:
        return False
    if _SINGLE.search(text):
        return True
    lowered = text.lower()
    return any(f"</{tag}" in lowered for tag in {m[1].lower() for m in _PAIRED.finditer(text)})


# What bodies are made of beside those: elements that are no words even where nothing says HTML.
_BODY_PAIRED = re.compile(
    r"<(acronym|address|article|aside|audio|bdi|bdo|body|button|canvas|caption|colgroup|data|dd"
    r"|details|dfn|dialog|dir|dl|dt|fieldset|figcaption|figure|footer|form|header|hgroup|html"
    r"|iframe|label|legend|main|map|math|menu|meter|nav|nobr|noscript|object|option|output|picture"
    r"|progress|rp|rt|ruby|samp|script|search|section|select|span|style|summary|svg|tbody"
    r"|template|textarea|tfoot|th|thead|time|var|video|[a-z]+-[a-z-]+)(?=[\s>])[^<>]*+>",
    re.IGNORECASE,
)
# An opening tag alone counts if it names a file.
_BODY_SINGLE = re.compile(
    r"<(?:wbr|br|hr|img|input|embed)\s*+/?>"
    r"|<(?:iframe|video|audio|embed|source|object|track|link|meta|input|area)\s[^<>]*?=\s*[\"'][^<>]*+>",
    re.IGNORECASE,
)


def is_html_body(text: str) -> bool:
    """Return whether a body of unknown type is HTML: as `looks_like_html`, for every element."""
    if "<" not in text:
        return False
    if looks_like_html(text) or _BODY_SINGLE.search(text):
        return True
    lowered = text.lower()
    return any(f"</{tag}" in lowered for tag in {m[1].lower() for m in _BODY_PAIRED.finditer(text)})


def html_to_text(markup: str, *, stop_after: int = _MARKUP_LIMIT) -> str:
    """Convert HTML to the text that a person would read on the page.

    Args:
        markup: HTML from a feed: a fragment or a page, possibly broken, of any size.
        stop_after: The number of characters at which to stop, once the paragraph is complete.

    Returns:
        Plain text (see `plain_text`) with blank lines between blocks and ``- `` before list items;
        the alternative texts of its images and the titles of its drawings if there is nothing else.
    """
    markup = whole = markup[:_MARKUP_LIMIT]
    if "<" not in markup and "]]>" not in markup:
        return one_line(html.unescape(markup))
    parts = _TAG.split(markup)
    tags = set(parts[1::4])
    if tags & _SCRIPTS:
        for _ in range(_NESTED_SCRIPTS):
            markup = _SCRIPT.sub(_write_script, markup)
        parts = _TAG.split(markup)
        tags = set(parts[1::4])
    if _may_hide_something(markup, tags, parts[2::4], parts[3::4]):
        markup = _MarkupCleaner(markup).clean()
        parts = _TAG.split(markup)
    texts, tags_in_order = parts[::4], parts[1::4]
    text = "".join(_pieces(texts, tags_in_order, stop_after))
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = "".join(_pieces(texts, tags_in_order, stop_after, cleans_all=True))
    return text.rstrip() or one_line(" ".join([*_alternatives(markup), *_media_titles(whole)]))


def _may_hide_something(
    markup: str,
    tags: set[str | None],
    attributes: Sequence[str | None],
    declarations: Sequence[str | None],
) -> bool:
    """Return whether it may contain hidden content, or anything but text and common elements."""
    if not _EFFECTS.keys() >= tags or any(declarations) or "]]>" in markup:
        return True
    # Their attributes are a small part of most posts, and every search of the whole counts.
    said = " ".join(filter(None, attributes))
    return any(sign in said for sign in _SIGNS_OF_HIDING)


def _write_script(found: re.Match[str]) -> str:
    """Write a superscript or subscript in Unicode, else after ``^`` or ``_``."""
    text = " ".join(html.unescape(_ANY_TAG.sub("", found[2])).split())
    before = found.string[max(0, found.start() - _NEAR) : found.start()]
    is_second = before.endswith(("</sub>", "</sup>"))
    before = (_ANY_TAG.sub("", before) if before.endswith(">") else before)[-2:]
    is_raised = found[1].lower() == "sup"
    as_it_is = html.escape(text, quote=False)
    if not any(map(str.isalnum, text)) or _NOTE.fullmatch(text):
        return as_it_is
    is_variable = is_second or len(before) < 2 or not before[0].isalnum() or before[1] in ")]"  # noqa: PLR2004
    is_exponent = text in _EXPONENTS if before[-1:].isdigit() else is_variable
    is_word_end = text.lower() in _WORD_ENDS or (before[-1:] + text).lower() in {"no", "nos"}
    if is_raised and text.isalpha() and (is_word_end or not is_exponent):
        return as_it_is  # 1st, XIXe, Mme, a trademark
    if written := in_script(text, is_raised=is_raised):
        return written
    if not before[-1:].isalnum() and before[-1:] not in {")", "]"}:
        return as_it_is
    return html.escape(after_sign(text, is_raised=is_raised), quote=False)


def _alternatives(markup: str) -> Iterator[str]:
    for image in islice(_IMG.finditer(markup), _ALTERNATIVES):
        found = _ALT.search(image[0])
        yield html.unescape(found[1] or found[2] or found[3] or "") if found else ""


def _media_titles(markup: str) -> Iterator[str]:
    for found in islice(_MEDIA.finditer(markup), _ALTERNATIVES):
        named = _MEDIA_NAME.search(found[1])
        yield html.unescape(found[2] or (named and (named[1] or named[2])) or "")


def cut_text(text: str, limit: int = SUMMARY_LIMIT) -> str:
    """Shorten text to at most `limit` characters, at a paragraph or a word, ending with ``…``."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 2]
    for end, minimum in (("\n\n", limit * 3 // 4), ("\n", limit * 7 // 8), (" ", limit * 7 // 8)):
        at = kept.rfind(end)
        if at >= minimum:
            return f"{kept[:at].rstrip()} …"
    return f"{kept.rstrip()}…"


def _pieces(  # noqa: C901, PLR0912 - see below
    texts: list[str | None], tags: list[str | None], remaining: int, *, cleans_all: bool = False
) -> list[str]:
    """Convert texts, and the tags between them, to lines and the separators between those.

    Lines without references are only cleaned if they need it, unless `cleans_all` says otherwise.

    One long loop over local variables, because it runs for every tag of every post and is the
    busiest code of the program.
    """
    pieces: list[str] = []
    words = [texts[0] or ""]
    breaks = lists = pre = 0  # line breaks due before the next line; depth in lists and pre
    bullet = False
    effect_of = _EFFECTS.get
    for tag, text in zip(tags, texts[1:], strict=True):
        effect = effect_of(tag)
        if effect is None:
            effect = effect_of(tag.lower(), _NO_EFFECT) if tag else _NO_EFFECT
        if effect > _CELL:
            # Write the line first: its words precede the tag.
            if words:
                raw = words[0] if len(words) == 1 else "".join(words)
                words = []
                line = raw.strip()
                if "\n" in line or "  " in line:
                    line = " ".join(line.split())
                if "&" in line or pre or cleans_all or not line.isprintable():
                    line = _clean_line(raw, is_pre=pre > 0)
                if line:
                    remaining -= len(line)
                    pieces += ("\n" * breaks if pieces else "", "- " if bullet else "", line)
                    breaks, bullet = 0, False
                    if remaining <= 0:
                        return pieces
            if effect >= _LIST_END:
                lists = max(0, lists - (effect == _LIST_END))
                pre = max(0, pre + (effect == _PRE) - (effect == _PRE_END))
            if effect in (_ITEM, _ITEM_END):
                bullet = effect == _ITEM
                breaks = breaks or 1
            elif not bullet:  # "- " and its first paragraph share a line
                breaks = 2 if effect != _LINE and not lists else breaks or 1
            if effect == _LIST:
                lists += 1
        elif effect:
            words.append(" ")
        if text and (words or pre or not text.isspace()):
            words.append(text)
    if words and (line := _clean_line("".join(words), is_pre=pre > 0)):
        pieces += ("\n" * breaks if pieces else "", "- " if bullet else "", line)
    return pieces


def _clean_line(text: str, *, is_pre: bool) -> str:
    if "&" in text:
        text = html.unescape(text)
    if not is_pre:
        return one_line(text)
    text = plain_text(text).strip("\n")
    return "" if text.isspace() else text


class _MarkupCleaner:
    """Removes the parts of markup that are not meant to be read."""

    def __init__(self, markup: str) -> None:
        self._markup = markup
        self._last_ends: dict[str, int] = {}
        self._formulas_until = 0

    def clean(self) -> str:
        """Return the markup without comments, scripts and the like, and with formulas as TeX."""
        markup, at, kept_until = self._markup, 0, 0
        kept: list[str] = []
        while token := _TOKEN.search(markup, at):
            at = token.end()
            tag = (token["tag"] or "").lower()
            if tag == "img" and (sign := _image_sign(token["rest"])):
                kept += (markup[kept_until : token.start()], sign)
                kept_until = at
                continue
            if tag == "script" and _TEX_SCRIPT.search(token["rest"]):
                end = self._end_of(tag, at)
                formula = script_tex(markup[at:end].rpartition("</")[0])
                kept += (markup[kept_until : token.start()], f"${html.escape(formula)}$")
                at = kept_until = end
                continue
            shown = None
            if tag and not self._is_dropped(tag, token["rest"], at):
                shown = self._formula(token["rest"], at) if tag == "math" else None
                if shown is None:
                    continue
            kept.append(markup[kept_until : token.start()])
            if shown is not None:
                kept.append(shown)
            if tag:
                at = self._end_of(tag, at)
            kept_until = at
        kept.append(markup[kept_until:])
        return "".join(kept)

    def _is_dropped(self, tag: str, attributes: str, at: int) -> bool:
        if attributes.endswith(("/", "/>")):
            return False
        if tag == "span" and _PREVIEW.search(attributes) and "math/tex" in self._markup:
            return True  # of the formula that follows
        is_hidden = (tag in _MAY_BE_HIDDEN and _HIDDEN.search(attributes)) or _UNSHOWN.search(
            attributes
        )
        if tag not in _DROPPED and not is_hidden:
            return False
        return self._last_end(tag) >= at

    def _last_end(self, tag: str) -> int:
        """Return the position of the last closing tag; -1 if there is none.

        Otherwise an unclosed element would remove the rest of the post.
        """
        if tag not in self._last_ends:
            ends = [m.start() for m in re.finditer(rf"</{tag}\b", self._markup, re.IGNORECASE)]
            self._last_ends[tag] = ends[-1] if ends else -1
        return self._last_ends[tag]

    def _end_of(self, tag: str, at: int) -> int:
        """Return the end of an element whose content begins at `at`; it may be nested."""
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

    def _formula(self, attributes: str, at: int) -> str | None:
        """Write a ``math`` element: the TeX that it holds, else its signs; None if it is open."""
        if at < self._formulas_until or at > self._last_end("math"):
            return None
        self._formulas_until = self._end_of("math", at)
        if found := _TEX.search(self._markup, at, self._formulas_until):
            end = _TEX_END.search(self._markup, found.end(), self._formulas_until)
            if end is not None:
                return f"${self._markup[found.end() : end.start()]}$"
        if (found := _ALT_TEXT.search(attributes)) and (tex := found[1] or found[2]):
            return f"${_without_style(tex)}$"
        inner = self._markup[at : self._formulas_until].rpartition("</")[0]
        return html.escape(mathml_to_text(inner), quote=False)


def _image_sign(attributes: str) -> str:
    """Return the formula or emoji that an image shows, as markup; empty for every other image."""
    is_formula = _TEX_IMAGE.search(attributes)
    found = _ALT.search(attributes) if is_formula or _EMOJI_IMAGE.search(attributes) else None
    shown = (found[1] or found[2] or found[3] or "").strip() if found else ""
    if not is_formula:
        return shown if len(shown) <= _EMOJI_LIMIT else ""
    tex = _without_style(shown.strip(" $"))
    return f"${tex}$" if tex else ""


def _without_style(tex: str) -> str:
    found = _DISPLAY_STYLE.match(tex)
    return found[1].strip() if found else tex
