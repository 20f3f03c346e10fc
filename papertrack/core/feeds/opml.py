"""Read and write lists of feeds in OPML 2.0 (http://opml.org/spec2.opml).

Parsed with expat, without a tree, so that a hostile file costs one pass, however it nests or
repeats. Document types are removed first, so there is no entity to expand.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from papertrack.core.text.clean import one_line
from papertrack.core.text.decode import decoded, xml_text
from papertrack.errors import UnreadableDocument, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SIZE_LIMIT = 8 * 1024**2
_DEPTH_LIMIT = 64
_FEED_LIMIT = 10_000
_TITLE_LIMIT = 200
_AMPERSAND = re.compile(r"&(?!#\d+;|#[xX][0-9a-fA-F]+;|(?:amp|lt|gt|quot|apos);)(\w{1,32};)?")


@dataclass(frozen=True, slots=True)
class Subscription:
    """One feed of a list.

    Attributes:
        url: The text in the file, which need not be an address.
        title: One line of plain text; may be empty.
        folders: The folders that contain it, outermost first.
        line: Its line in the file, from 1; 0 if it comes from no file.
    """

    url: str
    title: str = ""
    folders: tuple[str, ...] = ()
    line: int = 0


def read_opml(body: bytes, name: str) -> list[Subscription]:
    """Read a list of feeds.

    Args:
        body: The content of the file. Bare ampersands and HTML entities are repaired, because half
            of the programs that write OPML forget that it is XML.
        name: The name of the file in messages.

    Returns:
        Every outline with an address, in the order of the file.

    Raises:
        UsageError: It is not OPML, or exceeds the limits of size, depth or number of feeds.
    """
    if len(body) > SIZE_LIMIT:
        raise _refusal(name, f"is larger than {SIZE_LIMIT // 1024**2} MB")
    try:
        text = xml_text(body)
    except UnreadableDocument as error:
        raise _refusal(name, f"is not OPML: {error.what}") from error
    # `xml_text` dropped the lines before the root; line numbers must count them.
    parser = _OpmlParser(name, decoded(body).count("\n") - text.count("\n"))
    parser.parse(_AMPERSAND.sub(_repair, text))
    return parser.found


def write_opml(
    subscriptions: Iterable[Subscription], *, title: str, created: str | None = None
) -> str:
    """Write a list of feeds, in one level of folders.

    Args:
        subscriptions: The feeds, grouped by their outermost folder; inner folders are dropped.
        title: The title of the list.
        created: The date in RFC 822 format; None to omit it.
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">', "  <head>"]
    lines.append(f"    <title>{html.escape(one_line(title), quote=False)}</title>")
    lines += [f"    <dateCreated>{created}</dateCreated>"] if created else []
    lines += ["  </head>", "  <body>"]
    for folders, members in groupby(subscriptions, lambda one: one.folders[:1]):
        outlines = [_outline(one) for one in members]
        if folders:
            label = quoteattr(one_line(folders[0]))
            lines.append(f"    <outline text={label} title={label}>")
            lines += [f"      {outline}" for outline in outlines]
            lines.append("    </outline>")
        else:
            lines += [f"    {outline}" for outline in outlines]
    lines += ["  </body>", "</opml>"]
    return "\n".join(lines) + "\n"


def _outline(one: Subscription) -> str:
    label, url = quoteattr(one_line(one.title) or one.url), quoteattr(one.url)
    return f'<outline type="rss" text={label} title={label} xmlUrl={url}/>'


def _repair(found: re.Match[str]) -> str:
    """Replace HTML entities (``&nbsp;``) with their character; escape other ampersands."""
    if not found[1]:
        return "&amp;"
    character = html.unescape(found[0])
    return character if len(character) < len(found[0]) else f"&amp;{found[1]}"


def _refusal(name: str, why: str, line: int | None = None) -> UsageError:
    place = f"{name}:{line}: it" if line else name
    message = f"{place} {why}; nothing was imported"
    return UsageError(message, hint="export the list again as OPML")


@dataclass(slots=True)
class _OpmlParser:
    """Collects the feeds of a file and tracks the open folders."""

    name: str
    lines_before: int
    found: list[Subscription] = field(default_factory=list)
    _open: list[str | None] = field(default_factory=list)
    _is_opml: bool = False
    _line: int = 0

    def parse(self, text: str) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

        def start(tag: str, attributes: Mapping[str, str]) -> None:
            self._line = self.lines_before + parser.CurrentLineNumber
            self._start(tag.lower(), {key.lower(): value for key, value in attributes.items()})

        def end(tag: str) -> None:
            del tag
            self._open.pop()

        parser.StartElementHandler, parser.EndElementHandler = start, end
        try:
            parser.Parse(text.encode("utf-8", "replace"), True)  # noqa: FBT003  # expat's own
        except expat.ExpatError as error:
            why = f"is not well-formed: {expat.ErrorString(error.code)}"
            raise _refusal(self.name, why, self.lines_before + error.lineno) from error
        if not self._is_opml:
            raise _refusal(self.name, "is not OPML")

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if not self._open and not self._is_opml and tag != "opml":
            raise _refusal(self.name, "is not OPML")
        self._is_opml = True
        if len(self._open) >= _DEPTH_LIMIT:
            raise _refusal(self.name, f"nests deeper than {_DEPTH_LIMIT} folders", self._line)
        label = one_line(attributes.get("text") or attributes.get("title") or "")[:_TITLE_LIMIT]
        url = attributes.get("xmlurl", "").strip()
        if tag == "outline" and url:
            if len(self.found) >= _FEED_LIMIT:
                raise _refusal(self.name, f"lists more than {_FEED_LIMIT:,} feeds")
            title = one_line(attributes.get("title") or "")[:_TITLE_LIMIT] or label
            folders = tuple(folder for folder in self._open if folder)
            self.found.append(Subscription(url, title, folders, self._line))
        self._open.append(label if tag == "outline" and not url else None)
