"""Lists of feeds in OPML 2.0 (http://opml.org/spec2.opml): read from anybody, written for anybody.

Read with expat and not as a tree: a hostile file costs one pass, whatever it nests or repeats, and
no document type gets through, so there is nothing to expand.
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
        url: As the file gives it: it may be anything at all.
        title: One line of plain text; may be empty.
        folders: The folders that it lies in, outermost first.
        line: Where it stands in the file, from 1; 0 when it does not come from one.
    """

    url: str
    title: str = ""
    folders: tuple[str, ...] = ()
    line: int = 0


def read_opml(body: bytes, name: str) -> list[Subscription]:
    """Read a list of feeds.

    Args:
        body: The file. Bare ampersands and HTML's entities are read as they were meant: half of
            the programs that write OPML forget that it is XML.
        name: What the file is called in messages.

    Returns:
        Every outline with an address, in the order of the file.

    Raises:
        UsageError: It is not OPML, or larger or deeper than any list of feeds.
    """
    if len(body) > SIZE_LIMIT:
        raise _refusal(name, f"is larger than {SIZE_LIMIT // 1024**2} MB")
    try:
        text = xml_text(body)
    except UnreadableDocument as error:
        raise _refusal(name, f"is not OPML: {error.what}") from error
    # What stands before the root is gone from the text, and would be missing from line numbers.
    reader = _OpmlReader(name, decoded(body).count("\n") - text.count("\n"))
    reader.read(_AMPERSAND.sub(_repair, text))
    return reader.found


def write_opml(
    subscriptions: Iterable[Subscription], *, title: str, created: str | None = None
) -> str:
    """Write a list of feeds; those with the same folder must stand together.

    Args:
        subscriptions: The feeds; only the outermost folder is written.
        title: Of the list.
        created: When, as RFC 822 wants it; None leaves it out.
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
    """Make text of what XML does not know: ``&nbsp;`` its character, ``?a=1&b=2`` as it stands."""
    if not found[1]:
        return "&amp;"
    character = html.unescape(found[0])
    return character if len(character) < len(found[0]) else f"&amp;{found[1]}"


def _refusal(name: str, why: str, line: int | None = None) -> UsageError:
    place = f"{name}:{line}: it" if line else name
    message = f"{place} {why}; nothing was imported"
    return UsageError(message, hint="export the list again as OPML")


@dataclass(slots=True)
class _OpmlReader:
    """The folders that are open while the file goes by, and what was found."""

    name: str
    lines_before: int
    found: list[Subscription] = field(default_factory=list)
    _open: list[str | None] = field(default_factory=list)
    _is_opml: bool = False
    _line: int = 0

    def read(self, text: str) -> None:
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
