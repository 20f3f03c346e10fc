"""Bytes of XML as text that a parser can be trusted with, and where such a document ends.

What is settled here, once for every kind of feed: the character encoding, characters that XML
forbids (one of them would cost the whole feed), and document types (none gets through, so there is
no entity to expand and no file to open).

A parser that mends a document also closes what a broken download left open, so whether the root
element was closed has to be read from the text itself.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BROKE_OFF = "the document breaks off before its first entry"
BROKE_OFF_HINT = "fetch again later"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How "<?" or "<r" looks without a byte order mark (XML 1.0, appendix F).
_UNMARKED = (
    (re.compile(rb"<\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\0<\0[^\0]"), "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
# Only names of character sets: Python knows "codecs" that are none, and slow ones (punycode).
# UTF-16 shows in the bytes; where only the label says so, the label is wrong.
_CHARACTER_SET = re.compile(
    r"(?:utf-?8|iso|windows|cp\d|latin|us-ascii|ascii|koi8|gb|big5|euc|shift|sjis|mac|"
    r"tis|ks_c|johab|hz)",
    re.IGNORECASE,
)
# What servers and tools write when they mean "I do not know" (WHATWG Encoding, 4.2).
_WINDOWS_1252 = frozenset({"ascii", "iso8859-1"})

_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]++)|([0-9]++));")
_LONGEST_REFERENCE = len("1114111")  # the last character of Unicode
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# As in `clean`, but never across markup.
_ESCAPE = re.compile("\x1b(?:\\[[0-9;:?]*[ -/]*[@-Z\\\\-~]?|\\][^\x07\x1b<&]*(?:\x07|\x1b\\\\)?)?")

_PROLOG = re.compile(
    r"""\s++ | <\?.*?\?> | <!--.*?-->
      | <!(?P<declared>[A-Z]++) [^>\[]*+ (?: \[ (?P<subset>.*?) \]\s* )? >""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_PLAIN_PROLOG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:(?:<\?.*?\?>|<!--.*?-->)\s*+)*+(?=<[A-Za-z])", re.DOTALL
)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
# One character encoded twice; at the end of a piece the doubt is enough.
_TWICE = re.compile(rb"\xc3(?:[\x82-\xb4](?:\xc2(?:[\x80-\xbf]|\Z)|\Z)|\Z)")
_FEED_START = re.compile(r"<\?xml\s|<rss[\s>]|<feed[\s>]|<rdf:RDF[\s>]", re.IGNORECASE)
# What ends in its declarations or in its first tag.
_UNFINISHED = re.compile(r"\Z|<(?:!--.*|[^<>]*)\Z", re.DOTALL)
_JUNK_LIMIT = 5_000


def broke_off_after(count: int) -> str:
    """Say that a document broke off when some of its entries had come."""
    return f"the document breaks off after {count} {'entry' if count == 1 else 'entries'}"


class NotPlainError(Exception):
    """A document has to be decoded or mended before it can be read as XML."""


def plain_chunks(chunks: Iterator[bytes], *, content_type: str | None = None) -> Iterator[bytes]:
    """Pass on a document that can be given to an XML parser as UTF-8, from its root element on.

    Args:
        chunks: The document as it came, in pieces of at least 5 kB but for the last.
        content_type: The HTTP header, for its charset; None if there was none.

    Raises:
        NotPlainError: Anything has to be decoded or mended first, or a document type stands there.
            Whether it is valid UTF-8 is left to the parser.
    """
    first = next(chunks, b"")
    prolog = _PLAIN_PROLOG.match(first, 0, _JUNK_LIMIT)
    if prolog is None or any(map(_is_seven_bit, _declared_encodings(first, content_type))):
        raise NotPlainError
    is_ascii = True
    for chunk in chain((first[prolog.end() :],), chunks):
        if is_ascii and not chunk.isascii():
            # The first character beyond ASCII tells whether all may have been encoded twice.
            is_ascii = False
            found = _BEYOND_ASCII.search(chunk)
            if found is not None and _TWICE.match(chunk, found.start()):
                raise NotPlainError
        yield chunk


def xml_text(body: bytes, *, content_type: str | None = None) -> str:
    """Decode an XML document up to its root element and make it safe to parse.

    Args:
        body: The document as it came, in any encoding.
        content_type: The HTTP header, for its charset; None if there was none.

    Returns:
        The text from the root element on: no declaration, no document type, no character that
        XML 1.0 forbids. It may still be broken, or no feed.

    Raises:
        UnreadableDocument: There is no markup in it, it ends before there is any, or it declares
            entities.
    """
    text = decoded(body, content_type=content_type)
    text = _without_illegal_characters(text).lstrip("\ufeff \t\r\n\xa0")
    if not text:
        what = "the document is empty"
        raise UnreadableDocument(what)
    if not text.startswith("<"):
        # PHP warnings and the like in front of a feed.
        start = _FEED_START.search(text, 0, _JUNK_LIMIT)
        if start is None:
            what = "this is plain text, not a feed"
            raise UnreadableDocument(what, hint="check the address")
        text = text[start.start() :]
    return _without_prolog(text)


def decoded(body: bytes, *, content_type: str | None = None) -> str:
    """Decode text by its byte order mark, else as UTF-8, else as it is declared.

    Bytes that are valid UTF-8 are UTF-8, whatever the declarations say: other encodings do not
    pass that test by chance, while wrong declarations are common.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _encoded_once(body[len(mark) :].decode(encoding, "replace"))
    for shape, encoding in _UNMARKED:
        if shape.match(body):
            return body.decode(encoding, "replace")
    declared = _declared_encodings(body, content_type)
    for encoding in (*filter(_is_seven_bit, declared), "utf-8", *declared):
        try:
            # Half a character at the end was cut off: it is left out, and the others are right.
            text = codecs.getincrementaldecoder(encoding)().decode(body, final=False)
            return _encoded_once(text)
        except (UnicodeDecodeError, LookupError):
            continue
    # One bad byte in a UTF-8 feed costs one character, not the accents of all others.
    return body.decode("utf-8" if "utf-8" in declared else "windows-1252", "replace")


def _is_seven_bit(encoding: str) -> bool:
    """Whether text in it looks like ASCII, and so like UTF-8."""
    return encoding.startswith(("iso2022", "hz"))


def _encoded_once(text: str) -> str:
    """Undo UTF-8 that was read as Latin-1 and encoded again, if that is so from end to end."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _declared_encodings(body: bytes, content_type: str | None) -> list[str]:
    """List the encodings that the HTTP header and the XML declaration name, in Python's words."""
    header = _CHARSET.search(content_type or "")
    inside = _DECLARED.match(body[:1_000])
    names = [header[1] if header else "", inside[1].decode("ascii") if inside else ""]
    found = []
    for name in names:
        if _CHARACTER_SET.match(name):
            try:
                python_name = codecs.lookup(name).name
            except LookupError:
                continue
            known = "windows-1252" if python_name in _WINDOWS_1252 else python_name
            found.append("gb18030" if known == "gb2312" else known)  # a superset, often meant
    return found


def _without_illegal_characters(text: str) -> str:
    text = _REFERENCE.sub(_legal_reference, text) if "&#" in text else text
    if not _ILLEGAL.search(text):
        return text
    return _ILLEGAL.sub("", _ESCAPE.sub("", text))


def _legal_reference(reference: re.Match[str]) -> str:
    """Turn ``&#xD800;`` into the replacement character and ``&#27;`` into what it stands for."""
    digits = (reference[1] or reference[2]).lstrip("0") or "0"
    if len(digits) > _LONGEST_REFERENCE:
        return "\ufffd"
    code = int(digits, 16 if reference[1] else 10)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - the limits of Unicode
        return "\ufffd"
    return chr(code) if _ILLEGAL.match(chr(code)) else reference[0]


_ENTITY = re.compile(
    r"""<!ENTITY\s+(?P<name>[A-Za-z_][\w.-]{0,30})\s+
        (?P<quote>["'])(?P<value>&\#[xX]?[0-9a-fA-F]{1,7};|&\#38;\#[xX]?[0-9a-fA-F]{1,7};|[^&%<"'])
        (?P=quote)\s*>""",
    re.VERBOSE,
)
_NAMED = re.compile(r"&([A-Za-z_][\w.-]{0,30});")
_MARKUP = re.compile(r"&#(?:38|60|[xX](?:26|3[cC]));")


def _without_prolog(text: str) -> str:
    at = 0
    characters: dict[str, str] = {}
    while part := _PROLOG.match(text, at):
        kind = (part["declared"] or "").upper()
        subset = part["subset"] or ""
        if kind != "ENTITY" and "<!ENTITY" in subset.upper():
            # One that names a single character is harmless: only nested or external ones grow.
            characters |= {found["name"]: found["value"] for found in _ENTITY.finditer(subset)}
            subset = _ENTITY.sub("", subset)
        if kind == "ENTITY" or "<!ENTITY" in subset.upper():
            what = "it declares entities, which no feed needs"
            raise UnreadableDocument(what)
        at = part.end()
    if _UNFINISHED.match(text, at):
        raise UnreadableDocument(BROKE_OFF, hint=BROKE_OFF_HINT)
    if text.startswith("<!", at):
        what = "its document type is broken"
        raise UnreadableDocument(what)
    return _with_characters(text[at:], characters) if characters else text[at:]


def _with_characters(text: str, characters: Mapping[str, str]) -> str:
    """Write out the entities that a document declared for single characters."""

    def spell(reference: re.Match[str]) -> str:
        value = characters.get(reference[1], reference[0])
        value = value.replace("&#38;#", "&#")
        if _MARKUP.fullmatch(value):  # "&#38;" is text here, and must not become markup
            return "&amp;" if value[2:4] in {"38", "x2", "X2"} else "&lt;"
        return _legal_reference(found) if (found := _REFERENCE.fullmatch(value)) else value

    return _NAMED.sub(spell, text)


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
