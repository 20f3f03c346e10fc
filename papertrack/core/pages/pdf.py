"""Read the metadata of a PDF: XMP and the Info dictionary, never its pages.

The bytes are searched for objects and the cross-reference table is ignored, since it may be broken,
circular or forged. Only object streams and metadata are decompressed, one at a time, and the limits
below bound every step. PDF 32000-1:2008: 7.3, 7.5 and 14.3.
"""

from __future__ import annotations

import re
import zlib
from collections import deque
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import lxml.etree

from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.records import Document, Entry
from papertrack.core.text.bylines import feed_authors
from papertrack.core.text.clean import one_line, pdf_name
from papertrack.core.text.written_dates import read_date
from papertrack.core.works.identity import read_doi
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from papertrack.core.records import Author

_HEADER_WITHIN = 1_024  # bytes that readers accept before "%PDF-" (7.5.2, note)
_OBJECT_BYTES = 64 * 1024
_TOKENS = 5_000  # of one object
_DEPTH = 10  # nested arrays and dictionaries
_STREAM_BYTES = 4 * 1024**2  # of one stream, compressed and decompressed
_UNPACKED_BYTES = 64 * 1024**2  # of all streams of a file: a third of a second
_XMP_BYTES = 1024**2
_MATCHES = 10_000  # places to look at for one object
_PACKED = 2_000  # object streams of a file
_TITLE_LIMIT = 500


def parse_pdf(body: bytes, *, base_url: str) -> Document:
    """Read the metadata of a PDF.

    Args:
        body: The file.
        base_url: Its address; a title that only repeats the file name does not count.

    Returns:
        A document with one entry. Without a usable title it is empty, and `problems` says why; the
        ``doi`` is arXiv's if the metadata names a paper on arXiv.

    Raises:
        UnreadableDocument: It is not a PDF.
    """
    if b"%PDF-" not in body[:_HEADER_WITHIN]:
        message = "it is called a PDF and is none"
        raise UnreadableDocument(message, hint="give its title with --title")
    file = _File(body)
    metadata = _read_metadata(file)
    title = next((line for line in metadata.titles if _is_title(line, base_url)), "")
    entry = Entry(
        guid=base_url,
        title=title[:_TITLE_LIMIT],
        url=base_url,
        authors=_authors(metadata.authors),
        published_at=next(filter(None, map(read_date, metadata.dates)), None),
        doi=_doi(metadata.names),
    )
    why = "the PDF is encrypted" if file.is_encrypted else "the PDF gives no title"
    return Document(title, (entry,), () if title else (why,))


class _Reference(NamedTuple):
    """A reference to an object of the file."""

    number: int


class _Objects:
    """A parser of objects.

    Args:
        data: The bytes, starting with the object.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._left = _TOKENS

    def read(self, depth: int = _DEPTH) -> object:
        """Read a string as bytes, a name or number as str, a reference, a list or a dictionary.

        Raises:
            ValueError: It ends too early, or is too large or too deep.
        """
        token = self._token()
        if token == b"<<":
            return self._dictionary(depth - 1)
        if token == b"[":
            return list(self._until(b"]", depth - 1))
        if token == b"(":
            return self._string()
        if token.startswith(b"<"):
            digits = re.sub(rb"[^0-9A-Fa-f]", b"", token)
            return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
        if token.endswith(b"R") and token[:1].isdigit():
            return _Reference(int(token.split()[0]))
        return token.decode("latin-1")

    def _token(self) -> bytes:
        found = _TOKEN.match(self._data, self._at)
        self._left -= 1
        if found is None or self._left < 0:
            raise ValueError
        self._at = found.end()
        return found[1]

    def _until(self, end: bytes, depth: int) -> Iterator[object]:
        if depth < 0:
            raise ValueError
        while True:
            found = _TOKEN.match(self._data, self._at)
            if found is not None and found[1] == end:
                self._at = found.end()
                return
            yield self.read(depth)

    def _dictionary(self, depth: int) -> dict[str, object]:
        values: dict[str, object] = {}
        key: str | None = None
        try:
            for value in self._until(b">>", depth):
                if key is None:
                    key = value if isinstance(value, str) else ""
                else:
                    values[key], key = value, None
        except ValueError:
            if not values:
                raise
        return values  # of a broken dictionary, too: what precedes the break

    def _string(self) -> bytes:
        start, open_ = self._at, 1
        for found in _IN_STRING.finditer(self._data, start):
            open_ += {b"(": 1, b")": -1}.get(found[0], 0)
            if open_ == 0:
                self._at = found.end()
                return _ESCAPE.sub(_unescaped, self._data[start : found.start()])
        raise ValueError


_TOKEN = re.compile(
    rb"(?:[\0\t\n\f\r ]++|%[^\r\n]*+)*+"  # possessive: there is only one way to skip a comment
    rb"(<<|>>|[\[\](]|<[0-9A-Fa-f\s]*>|\d{1,10}\s{1,20}\d{1,5}\s{1,20}R\b"
    rb"|/[^\0\t\n\f\r ()<>\[\]{}/%]*|[^\0\t\n\f\r ()<>\[\]{}/%]+)"
)
_IN_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(rb"\\(\r\n|[0-7]{1,3}|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _unescaped(found: re.Match[bytes]) -> bytes:
    escaped = found[1]
    if escaped.isdigit():
        return bytes([int(escaped, 8) & 0xFF])
    return b"" if escaped in {b"\r\n", b"\r", b"\n"} else _ESCAPED.get(escaped, escaped)


def _read(data: bytes) -> object:
    try:
        return _Objects(data).read()
    except ValueError:
        return None


class _File:
    """The objects of a PDF by number; of several with one number, the last counts.

    Args:
        body: The whole file.
    """

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._left = _UNPACKED_BYTES
        self.is_encrypted = bool(re.search(rb"/Encrypt\s{0,20}(?:\d{1,9}\s|<<)", body))

    def named_in_trailer(self, key: str) -> dict[str, object]:
        """Return the dictionary under a key of the last trailer; may be empty."""
        form = rb"/%s\s{1,20}(\d{1,9})\s{1,20}\d{1,5}\s{1,20}R\b" % key.encode()
        last = deque(re.finditer(form, self._body), maxlen=3)
        values = (self._find(int(found[1])) for found in reversed(last))
        return next((value for value in values if isinstance(value, dict)), {})

    def resolve(self, value: object) -> object:
        """Return the object of a reference; anything else unchanged."""
        return self._find(value.number) if isinstance(value, _Reference) else value

    def stream(self, value: object) -> bytes:
        """Decompress the stream of a reference; empty if that is impossible."""
        if not isinstance(value, _Reference) or (at := self._place(value.number)) < 0:
            return b""
        return self._unpack(at, _XMP_BYTES)

    def _find(self, number: int) -> object:
        """Find an object, in the file or in an object stream; None if there is none."""
        at = self._place(number)
        value = None if at < 0 else _read(self._body[at : at + _OBJECT_BYTES])
        for place, packed in self._find_packed(number):
            if place > at:
                at, value = place, _read(packed)
        return value

    def _place(self, number: int) -> int:
        """Return where an object in the file begins; -1 if there is none."""
        form = rb"%d\s{1,20}\d{1,5}\s{1,20}obj\b" % number
        places = [
            found.end()
            for found in islice(re.finditer(form, self._body), _MATCHES)
            if not self._body[found.start() - 1 : found.start()].isdigit()
        ]
        return places[-1] if places else -1

    def _find_packed(self, number: int) -> Iterator[tuple[int, bytes]]:
        """Yield an object from every object stream that has it, with the place of the stream."""
        for place, first in self._packed:
            objects = self._unpack(place, _STREAM_BYTES)
            for named in _INDEX.finditer(objects[:first]):
                if int(named[1]) == number:
                    begins = first + int(named[2])
                    yield place, objects[begins : begins + _OBJECT_BYTES]

    @cached_property
    def _packed(self) -> list[tuple[int, int]]:
        """Return the places of the object streams, and the offset of each one's first object."""
        found: list[tuple[int, int]] = []
        for named in islice(re.finditer(rb"/Type\s{0,20}/ObjStm\b", self._body), _PACKED):
            before = self._body.rfind(b"obj", max(0, named.start() - 1_000), named.start())
            head = self._body[before + 3 : before + 2_000].partition(b"stream")[0]
            header = _read(head) if before >= 0 else None
            first = header.get("/First") if isinstance(header, dict) else None
            if isinstance(first, str) and first.isdigit():
                found.append((before + 3, int(first[:9])))
        return found

    def _unpack(self, at: int, limit: int) -> bytes:
        """Decompress the stream of the object at a place, as far as the limits allow."""
        opened = _STREAM.search(self._body, at, at + _OBJECT_BYTES)
        if opened is None:
            return b""
        start = opened.end()
        end = self._body.find(b"endstream", start, start + _STREAM_BYTES)
        data = self._body[start : end if end >= 0 else start + _STREAM_BYTES]
        head = self._body[at : opened.start()]
        if b"/Filter" not in head:
            return data[:limit]
        if b"/FlateDecode" not in head:
            return b""
        try:
            data = zlib.decompressobj().decompress(data, min(limit, max(1, self._left)))
        except zlib.error:
            return b""
        self._left -= len(data)
        return data


_STREAM = re.compile(rb"stream\r?\n?")
_INDEX = re.compile(rb"(?<!\S)(\d{1,9})\s+(\d{1,9})(?!\S)")


@dataclass(frozen=True, slots=True)
class _Metadata:
    """The metadata, best first.

    Attributes:
        names: Texts that may contain a DOI or an arXiv number.
    """

    titles: tuple[str, ...]
    authors: tuple[tuple[str, ...], ...]
    dates: tuple[str, ...]
    names: tuple[str, ...]


_INFO_NAMES = ("arxivid", "doi", "wps-articledoi")
_INFO_KEYS = frozenset({"title", "author", "subject", "keywords", "creationdate", *_INFO_NAMES})


def _read_metadata(file: _File) -> _Metadata:
    """Read XMP and the Info dictionary, of which XMP takes precedence (14.3.2)."""
    info = {} if file.is_encrypted else file.named_in_trailer("Info")
    texts = {
        key: one_line(_text(text))
        for name, value in info.items()
        if (key := name.removeprefix("/").lower()) in _INFO_KEYS
        and isinstance(text := file.resolve(value), bytes)
    }
    xmp = _xmp(file.stream(file.named_in_trailer("Root").get("/Metadata")))
    titles = (*xmp.get("title", ())[:3], texts.get("title", ""))
    named = [texts.get(key, "") for key in _INFO_NAMES]
    identifiers = [text for key in ("identifier", "doi") for text in xmp.get(key, ())]
    mentioned = [texts.get(key, "") for key in ("subject", "keywords")]
    return _Metadata(
        titles,
        (xmp.get("creator", ()), (texts.get("author", ""),)),
        (
            *(text for key in _XMP_DATES for text in xmp.get(key, ())[:1]),
            _info_date(texts.get("creationdate", "")),
        ),
        (*named, *identifiers, *titles, *mentioned),
    )


def _text(string: bytes) -> str:
    """Decode a text string (7.9.2.2); many programs write UTF-8 without a mark."""
    if string.startswith((b"\xfe\xff", b"\xff\xfe")):
        return string.decode("utf-16", "replace")
    try:
        return string.decode("utf-8-sig")
    except UnicodeDecodeError:
        return string.decode("latin-1").translate(_PDF_DOC)


# PDFDocEncoding where it differs from Latin-1 (annex D.2).
_PDF_DOC = dict(
    zip(
        (*range(0x18, 0x20), *range(0x80, 0x9F), 0xA0),
        "\u02d8\u02c7\u02c6\u02d9\u02dd\u02db\u02da\u02dc\u2022\u2020\u2021\u2026\u2014\u2013\u0192"
        "\u2044\u2039\u203a\u2212\u2030\u201e\u201c\u201d\u2018\u2019\u201a\u2122\ufb01\ufb02\u0141"
        "\u0152\u0160\u0178\u017d\u0131\u0142\u0153\u0161\u017e\u20ac",
        strict=False,
    )
)

_INFO_DATE = re.compile(
    r"(?:D:)?(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(?:([Z+-])(?:(\d\d)'?(\d\d)?)?)?"
)


def _info_date(text: str) -> str:
    """Convert ``D:20261118120000+01'00'`` to ISO 8601; empty if it is not a date."""
    found = _INFO_DATE.match(text)
    if found is None:
        return ""
    year, month, day, hour, minute, second, sign, hours, minutes = found.groups()
    zone = f"{sign}{hours}:{minutes or '00'}" if hours and sign in {"+", "-"} else "Z"
    return f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone}"


_XMP_DATES = ("publicationdate", "coverdate", "date", "createdate")
_XMP_KEYS = frozenset({"title", "creator", "identifier", "doi", *_XMP_DATES})


def _xmp(packet: bytes) -> dict[str, tuple[str, ...]]:
    """Parse an XMP packet: the texts of each property by its local name in lower case."""
    if b"<" not in packet:
        return {}
    parser = lxml.etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False
    )
    try:
        root = lxml.etree.fromstring(packet[packet.index(b"<") :].strip(b"\0 \r\n"), parser)
    except (ValueError, lxml.etree.LxmlError):
        return {}
    found: dict[str, list[str]] = {}
    for element in () if root is None else root.iter("{*}Description"):
        for name, text in element.attrib.items():
            _note(found, str(name), [str(text)])
        for child in element.iterchildren("{*}*"):
            items = [item for item in child.iter("{*}li") if item.text]
            # The title in the default language comes first.
            items.sort(key=lambda item: str(item.get(_LANGUAGE, "x-default")) != "x-default")
            _note(found, str(child.tag), [str(one.text) for one in items or [child] if one.text])
    return {key: tuple(texts) for key, texts in found.items()}


_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def _note(found: dict[str, list[str]], name: str, texts: Iterable[str]) -> None:
    key = name.rpartition("}")[2].lower()
    if key in _XMP_KEYS:
        lines = (one_line(text[:_OBJECT_BYTES]) for text in texts)
        found.setdefault(key, []).extend(line for line in lines if line)


# Default titles of programs: the name of a file or of a program, a number.
_NO_TITLE = re.compile(
    r"""(?: (?:no\s+title|title|document|dokument|paper|article|manuscript|main|draft|layout|print
            |slides?|presentation|powerpoint\s+presentation|proceedings|template|unknown|none|null
            |(?:la)?tex\s+document|microsoft\s+word|word\s+document|pdf\s+(?:file|document)
            |enscript\s+output) [\s_-]*\d{0,4}
        | untitled\b.*
        | microsoft\s+(?:office\s+)?(?:word|powerpoint|excel|publisher)\s*-.*
        | .*\.(?:docx?|tex|dvi|pdf|e?ps|indd|qxd|rtf|od[tp]|pptx?|key|pages|md|x?html?|xlsx?|txt|wpd
            |fm|p65|cdr|ai|jpe?g|png|tiff?|hwp)
        | (?:[a-z]:)?[\\/]\S.* | https?://\S* | (?:doi:?\s*)?10\.\d{4,9}/\S+ | pii:?\s*\S+
        | arxiv:\S+(?:\s+\[.*)? | S\d{8,}\S*(?:\s+\d+\.\.\d+)? | [\W\d_]*
        )""",
    re.VERBOSE | re.IGNORECASE,
)


def _is_title(line: str, base_url: str) -> bool:
    """Return whether it is a title and not a file name: one word, or the words of the address."""
    if _NO_TITLE.fullmatch(line):
        return False
    if " " not in line:
        return not line.isascii()  # languages without spaces
    return "_" not in line or _letters(line) != _letters(pdf_name(base_url))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _authors(lists: Iterable[tuple[str, ...]]) -> tuple[Author, ...]:
    """Read the first list with a name; names of accounts do not count."""
    for texts in lists:
        if authors := feed_authors(text for text in texts if not _ACCOUNT.fullmatch(text)):
            return authors
    return ()


_ACCOUNT = re.compile(r"[^\sA-Z]*|\S*\d\S*|\S*[:\\]\S*|(?i:user|owner|author|anonymous)")

_LABELLED_DOI = re.compile(
    r"(?i)\bdoi(?:\.org/|:?\s{0,3})(?:https?://(?:dx\.)?doi\.org/)?(10\.\d\S+)"
)
_ARXIV_SAID = re.compile(
    r"(?i)\barxiv(?:\.org/(?:abs|pdf)/|:\s{0,3})"
    r"([a-z-]+(?:\.[a-z]{2})?/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?(?!\d)"
)


def _doi(texts: Iterable[str]) -> str | None:
    """Find the DOI of the work; arXiv's DOI if the PDF names its number there."""
    for text in texts:
        if (named := _ARXIV_SAID.search(text)) and (paper := read_arxiv_id(named[1])):
            return f"10.48550/arxiv.{paper.base}"
        labelled = _LABELLED_DOI.search(text)
        if doi := read_doi(labelled[1] if labelled else text):
            return doi
    return None
