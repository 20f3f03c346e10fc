"""XML from arXiv's three services: read safely, broken or not, and told from its web pages."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime
from html.entities import html5
from typing import TYPE_CHECKING

from lxml import etree

from papertrack.core.dates import EARLIEST_YEAR, LATEST_YEAR, read_date
from papertrack.core.feeds.outline import outline_of
from papertrack.core.text.clean import one_line
from papertrack.core.text.decode import decoded, xml_text
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Collection

Children = dict[str, list[etree._Element]]  # noqa: SLF001 - lxml has no other name for it

SAID_LIMIT = 200
_DOWN_HINT = "try again later; arXiv answers like this when it is overloaded or being mended"
_PAGE = re.compile(r"\s*(?:<!doctype\s+html|<html|<head|<body)\b", re.IGNORECASE)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]*+);")
_XML_NAMES = frozenset({"amp", "apos", "gt", "lt", "quot"})
# What `xml_text` looks for: characters that XML forbids, also as references, and document types.
_FORBIDDEN = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})
_SUSPICIOUS = (b"&#", b"<!", b"\xef\xbf")  # the last begins U+FFFE and U+FFFF
_STAMP_LENGTH = len("2026-11-20T06:30:00Z")


@dataclass(frozen=True, slots=True)
class Tree:
    """A document as parsed.

    Attributes:
        problem: One sentence when it is broken, else None.
        is_cut_off: Its end did not come.
    """

    root: etree._Element
    problem: str | None = None
    is_cut_off: bool = False


def read_tree(
    body: bytes, *, expected: str, roots: Collection[str], records: Collection[str]
) -> Tree:
    """Parse a document of arXiv; a broken one as far as it goes.

    Args:
        body: The document as it came.
        expected: What was asked for, in the words of a message: ``its feed``.
        roots: The local names that its root may have.
        records: The local names of its records. Of a document that was cut off, the last record
            is left out: it may hold half an abstract.

    Raises:
        UnreadableDocument: arXiv sent an error, a web page, or something else altogether.
    """
    start = decoded(body[:1_000])
    said = one_line(start)
    if said and not said.startswith("<"):  # "Rate exceeded."
        raise refusal(said)
    is_page = bool(_PAGE.match(start))
    tree = None if is_page else _parse_clean(body) or _parse(xml_text(body), records)
    name = "" if tree is None else _local_name(tree.root)
    if tree is None or name not in roots:
        found = "a web page" if is_page or name.lower() == "html" else "something else"
        what = f"arXiv sent {found}, not {expected}"
        raise UnreadableDocument(what, hint=_DOWN_HINT)
    return tree


def refusal(said: str, *, who: str = "arXiv") -> UnreadableDocument:
    """Pass on what arXiv has to say."""
    return UnreadableDocument(f"{who} says: {one_line(said).rstrip('.')[:SAID_LIMIT]}")


def _parse_clean(body: bytes) -> Tree | None:
    """Parse a document that needs no mending, as nearly all do; None when it may need some.

    For these, deciding so costs a sixth of what `xml_text` and encoding its text again do.
    """
    is_clean = (
        body.startswith(b"<")
        and len(body.translate(None, _FORBIDDEN)) == len(body)
        and not any(mark in body for mark in _SUSPICIOUS)
        and (body.isascii() or not _is_encoded_twice(body))
    )
    try:
        return Tree(etree.fromstring(body, _parser(encoding="utf-8"))) if is_clean else None
    except etree.XMLSyntaxError:
        return None


def _is_encoded_twice(body: bytes) -> bool:
    try:
        body.decode("utf-8").encode("latin-1").decode("utf-8")
    except UnicodeError:
        return False
    return True


def _parse(text: str, records: Collection[str]) -> Tree | None:
    end = outline_of(text).end
    # What a server appends to a whole document does not count.
    raw = _NAMED.sub(_character, text[:end]).encode("utf-8")
    try:
        return Tree(etree.fromstring(raw, _parser()))
    except etree.XMLSyntaxError as error:
        problem = f"The document is broken: {one_line(error.msg or '')[:SAID_LIMIT]}"
    try:
        root = etree.fromstring(raw, _parser(recover=True))
    except etree.XMLSyntaxError:
        return None
    if root is None:
        return None
    is_cut_off = end is None
    found = list(root.iter(*(f"{{*}}{name}" for name in records))) if is_cut_off else []
    parent = found[-1].getparent() if found else None
    if parent is not None:
        parent.remove(found[-1])
    return Tree(root, problem, is_cut_off)


def _character(reference: re.Match[str]) -> str:
    """Write the character for a reference that HTML knows and XML does not."""
    name = reference[1]
    if name in _XML_NAMES:
        return reference[0]
    return html.escape(html5.get(f"{name};", "\ufffd"))


def _local_name(element: etree._Element) -> str:
    # Not etree.QName: it refuses the names that recovery makes up ("xmlns:xsi").
    return element.tag.rpartition("}")[2].rpartition(":")[2]


def _parser(*, recover: bool = False, encoding: str | None = None) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


def children_of(element: etree._Element, names: dict[str, str]) -> Children:
    """Sort child elements by local name: arXiv has used three spellings of its own namespace.

    Args:
        element: The parent.
        names: The local names worked out so far, by tag; one dictionary for a whole document.
    """
    found: Children = {}
    for child in element.iterchildren("*"):  # not the entities that nobody has declared
        tag = child.tag
        name = names.get(tag)
        if name is None:
            name = names[tag] = tag.rpartition("}")[2].lower()
        if name in found:
            found[name].append(child)
        else:
            found[name] = [child]
    return found


def line_of(children: Children, *names: str) -> str:
    """Read the first of these elements that has any text, as one clean line; else ``""``."""
    for name in names:
        for child in children.get(name, ()):
            if text := text_of(child):
                return clean_line(text)
    return ""


def text_of(element: etree._Element) -> str:
    """Read the text of an element and of those inside it, as it stands there."""
    return "".join(map(str, element.itertext())) if len(element) else element.text or ""


def clean_line(text: str) -> str:
    """Do as `one_line` does, at a tenth of its cost for plain ASCII, which most of arXiv is."""
    line = " ".join(text.split())
    return line if line.isascii() and line.isprintable() else one_line(line)


def moment(text: str) -> datetime | None:
    """Read a date as `read_date` does, in a step where it has the API's form (UTC, to seconds)."""
    if len(text) == _STAMP_LENGTH and text[10] == "T" and text[-1] == "Z" and text.isascii():
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            return read_date(text)
        return found if EARLIEST_YEAR <= found.year <= LATEST_YEAR else None
    return read_date(text)
