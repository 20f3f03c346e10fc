"""Decode XML into text that is safe to parse, and find out whether a document is complete.

For every kind of feed, this module determines the character encoding and removes the characters
that XML forbids (a single one would make the feed unreadable) and document types (so there is no
entity to expand and no file to open).

A parser that repairs a document also closes the elements that a broken download left open, so only
the text itself shows whether the root element was closed.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from papertrack.core.text.encodings import codecs_of, is_utf8
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BROKE_OFF = "the document breaks off before its first entry"
BROKE_OFF_HINT = "fetch again later"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is a prefix of it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# "<?" or "<r" without a byte order mark (XML 1.0, appendix F).
_UNMARKED = (
    (re.compile(rb"<\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\0<\0[^\0]"), "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)

_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]++)|([0-9]++));")
_LONGEST_REFERENCE = len("1114111")  # the last character of Unicode
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# As in `clean`, but without crossing markup.
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
# A character encoded twice; at the end of a chunk, its beginning is enough.
_TWICE = re.compile(rb"\xc3(?:[\x82-\xb4](?:\xc2(?:[\x80-\xbf]|\Z)|\Z)|\Z)")
_FEED_START = re.compile(r"<\?xml\s|<rss[\s>]|<feed[\s>]|<rdf:RDF[\s>]", re.IGNORECASE)
# A document that ends within its declarations or its first tag.
_UNFINISHED = re.compile(r"\Z|<(?:!--.*|[^<>]*)\Z", re.DOTALL)
_JUNK_LIMIT = 5_000


def broke_off_after(count: int) -> str:
    """Return the message for a document that broke off after `count` entries."""
    return f"the document breaks off after {count} {'entry' if count == 1 else 'entries'}"


class NotPlainError(Exception):
    """A document must be decoded or repaired before an XML parser can read it."""


def plain_chunks(chunks: Iterator[bytes], *, content_type: str | None = None) -> Iterator[bytes]:
    """Yield the chunks of a document that an XML parser can read as UTF-8, from its root on.

    The parser checks whether it is valid UTF-8.

    Args:
        chunks: The document as downloaded, in pieces of at least 5 kB except the last.
        content_type: The HTTP header, for its charset; None if there was none.

    Raises:
        NotPlainError: The document must be decoded or repaired, or has a document type.
    """
    first = next(chunks, b"")
    prolog = _PLAIN_PROLOG.match(first, 0, _JUNK_LIMIT)
    if prolog is None or any(map(_is_seven_bit, _declared_encodings(first, content_type))):
        raise NotPlainError
    is_ascii = True
    for chunk in chain((first[prolog.end() :],), chunks):
        if is_ascii and not chunk.isascii():
            # The first character beyond ASCII shows whether the text may be encoded twice.
            is_ascii = False
            found = _BEYOND_ASCII.search(chunk)
            if found is not None and _TWICE.match(chunk, found.start()):
                raise NotPlainError
        yield chunk


def xml_text(body: bytes, *, content_type: str | None = None) -> str:
    """Decode an XML document up to its root element and make it safe to parse.

    Args:
        body: The document as downloaded, in any encoding.
        content_type: The HTTP header, for its charset; None if there was none.

    Returns:
        The text from the root element on, without declaration, document type and characters that
        XML 1.0 forbids. It may still be broken, or not a feed.

    Raises:
        UnreadableDocument: It contains no markup, ends before its root element, or declares
            entities.
    """
    text = decoded(body, content_type=content_type)
    text = _without_illegal_characters(text).lstrip("\ufeff \t\r\n\xa0")
    if not text:
        what = "the document is empty"
        raise UnreadableDocument(what)
    if not text.startswith("<"):
        # Skip PHP warnings and the like before a feed.
        start = _FEED_START.search(text, 0, _JUNK_LIMIT)
        if start is None:
            what = "this is plain text, not a feed"
            raise UnreadableDocument(what, hint="check the address")
        text = text[start.start() :]
    return _without_prolog(text)


def decoded(body: bytes, *, content_type: str | None = None) -> str:
    """Decode text by its byte order mark, else as UTF-8, else as declared.

    Valid UTF-8 is decoded as UTF-8 even if another encoding is declared: text in other encodings
    is hardly ever valid UTF-8, while wrong declarations are common.
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
            # A character cut off at the end is dropped; the others are valid.
            text = codecs.getincrementaldecoder(encoding)().decode(body, final=False)
            return _encoded_once(text)
        except (UnicodeDecodeError, LookupError):
            continue
    # One bad byte in a UTF-8 feed costs one character, not the accents of all others.
    return body.decode("utf-8" if is_utf8(body) else "windows-1252", "replace")


def _is_seven_bit(encoding: str) -> bool:
    """Return whether text in this encoding looks like ASCII, and so like UTF-8."""
    return encoding.startswith(("iso2022", "hz"))


def _encoded_once(text: str) -> str:
    """Undo double encoding (UTF-8 read as Latin-1) if it affects the whole text."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _declared_encodings(body: bytes, content_type: str | None) -> list[str]:
    """List the encodings in the HTTP header and the XML declaration, by Python's names."""
    header = _CHARSET.search(content_type or "")
    inside = _DECLARED.match(body[:1_000])
    names = [header[1] if header else "", inside[1].decode("ascii") if inside else ""]
    return [codec for name in names for codec in codecs_of(name)]


def _without_illegal_characters(text: str) -> str:
    text = _REFERENCE.sub(_legal_reference, text) if "&#" in text else text
    if not _ILLEGAL.search(text):
        return text
    return _ILLEGAL.sub("", _ESCAPE.sub("", text))


def _legal_reference(reference: re.Match[str]) -> str:
    """Replace ``&#xD800;`` with the replacement character and ``&#27;`` with its character."""
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
            # An entity for a single character is harmless; only nested or external ones can grow.
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
    """Replace the entities that a document declared for single characters."""

    def replace_entity(reference: re.Match[str]) -> str:
        value = characters.get(reference[1], reference[0])
        value = value.replace("&#38;#", "&#")
        if _MARKUP.fullmatch(value):  # "&#38;" is text here, and must not become markup
            return "&amp;" if value[2:4] in {"38", "x2", "X2"} else "&lt;"
        return _legal_reference(found) if (found := _REFERENCE.fullmatch(value)) else value

    return _NAMED.sub(replace_entity, text)


_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)[^<>]*+>")
# CDATA and comments are skipped: some posts are about feeds. A feed that was edited by hand may end
# with the closing tag of another format; that is a mistake, not a cut.
_PARTS = (
    r"<(?: !\[CDATA\[.*?(?:\]\]>|\Z) | !--.*?(?:--\s{{0,9}}>|\Z)"
    r" | (?P<end>(?:/channel\s*>\s*<)?/(?:{root}|(?:\w+:)?(?:rss|feed|rdf))\s*>)"
    r" | (?P<entry>/?(?:\w+:)?(?:item|entry))(?=[\s>/])(?:[^<>]*(?P<empty>/)>)? )"
)


@dataclass(frozen=True, slots=True)
class Outline:
    """The structure of a document.

    Attributes:
        end: The end of its root element, after the closing tag; None if it is not closed.
        started: The number of opening tags of entries.
        open_at: The beginning of the last entry, if it is not closed; else None.
    """

    end: int | None
    started: int = 0
    open_at: int | None = None


def outline_of(text: str) -> Outline:
    """Outline a document, well-formed or not, from its root element on."""
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
    started = 0
    for part in parts.finditer(text, root.end()):
        if part.lastgroup == "end":
            # Within an open entry it is part of a text, unless the channel ends, too.
            is_end = not open_entries or part["end"].lower().startswith("/channel")
            end = part.end() if is_end else None
        if part["entry"] is None:
            continue
        entry = part["entry"].lower()
        if entry.startswith("/"):
            open_entries.pop(entry[1:], None)
        else:
            started += 1
            if part["empty"] is None:
                open_entries[entry] = part.start()
        end = None  # the previous closing tag of the root was part of a text
    return Outline(end, started, max(open_entries.values(), default=None))


def is_cut(text: str, started: int) -> bool:
    """Return whether a document is cut off but well-formed up to that point.

    Args:
        text: The document, from its root element on.
        started: The number of entries that the XML parser saw begin.
    """
    outline = outline_of(text)
    return outline.end is None and outline.started == started
