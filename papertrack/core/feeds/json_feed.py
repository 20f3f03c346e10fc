"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), as plain records."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from papertrack.core.dates import read_date
from papertrack.core.feeds.mentions import find_mentions
from papertrack.core.records import Document, Entry
from papertrack.core.text.clean import http_url, one_line, plain_text
from papertrack.core.text.decode import BROKE_OFF, BROKE_OFF_HINT, decoded
from papertrack.core.text.html_text import SUMMARY_LIMIT, cut_text, html_to_text
from papertrack.core.text.names import feed_authors
from papertrack.errors import UnreadableDocument

if TYPE_CHECKING:
    from papertrack.core.records import Author

_STRINGS = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_TEXTS = ("content_html", "content_text", "summary")


def parse_json_feed(body: bytes, *, base_url: str) -> Document:
    """Read a JSON Feed.

    A field of the wrong type is a field that is missing; an item that is no object, or has neither
    address, title nor text, costs a sentence in `Document.problems`.

    Args:
        body: The document as it came.
        base_url: Where it was found in the end, to resolve relative links.

    Raises:
        UnreadableDocument: It is no JSON, breaks off, or is JSON of another kind.
    """
    text = decoded(body).strip("\ufeff \t\r\n")
    try:
        # What a server appends to a whole document does not count.
        feed, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError) as error:  # RecursionError: "[" a hundred thousand times
        if isinstance(error, ValueError) and _breaks_off(text):
            raise UnreadableDocument(BROKE_OFF, hint=BROKE_OFF_HINT) from error
        what = "it is neither XML nor readable JSON"
        raise UnreadableDocument(what) from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        what = "JSON came, but no JSON Feed"
        raise UnreadableDocument(what, hint="give the address of the feed itself")
    feed_people = _authors(feed)
    entries: list[Entry] = []
    problems: list[str] = []
    for number, item in enumerate(items, start=1):
        entry = _read_item(item, base_url, feed_people) if isinstance(item, dict) else None
        if entry is None:
            problems.append(f"Entry {number} could not be read: there is nothing in it")
        else:
            entries.append(entry)
    return Document(one_line(_string(feed, "title")), tuple(entries), tuple(problems))


def _breaks_off(text: str) -> bool:
    """Whether JSON ends within a string, or with more brackets open than closed."""
    rest = _STRINGS.sub("", text)
    return '"' in rest or sum(map(rest.count, "{[")) > sum(map(rest.count, "}]"))


def _read_item(
    item: dict[str, object], base_url: str, feed_people: tuple[Author, ...]
) -> Entry | None:
    url = _address(item, "url", base_url)
    external = _address(item, "external_url", base_url)
    # Plain text by the specification, but "&amp;" is never what a person reads in a title.
    title, summary = one_line(html.unescape(_string(item, "title"))), _summary(item)
    guid = _id(item) or url or external or title or one_line(summary)[:200]
    if not guid:
        return None
    return Entry(
        guid=guid,
        title=title,
        url=url or external,
        authors=_authors(item) or feed_people,
        summary=summary,
        published_at=read_date(_string(item, "date_published")),
        updated_at=read_date(_string(item, "date_modified")),
        links=(external,) if external and url and external != url else (),
        mentions=find_mentions(_string(item, name) for name in _TEXTS),
    )


def _id(item: dict[str, object]) -> str:
    """Read the id; version 1.0 had feeds with numbers there, and 1.1 says to take them as text."""
    value = item.get("id")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value) if abs(value) < 10**15 else ""
    return one_line(value) if isinstance(value, str) else ""


def _summary(item: dict[str, object]) -> str:
    texts = (
        html_to_text(_string(item, "content_html"), enough=SUMMARY_LIMIT + 1),
        plain_text(_string(item, "content_text")),
        plain_text(_string(item, "summary")),
    )
    return cut_text(max(texts, key=len))


def _authors(owner: dict[str, object]) -> tuple[Author, ...]:
    """Read ``authors`` (1.1), else ``author`` (1.0)."""
    listed = owner.get("authors")
    people = listed if isinstance(listed, list) and listed else [owner.get("author")]
    return feed_authors(_string(person, "name") for person in people if isinstance(person, dict))


def _address(item: dict[str, object], name: str, base_url: str) -> str | None:
    text = _string(item, name).strip()
    try:
        return http_url(urljoin(base_url, text)) if text else None
    except ValueError:  # urljoin's "Invalid IPv6 URL"
        return None


def _string(owner: dict[str, object], name: str) -> str:
    value = owner.get(name)
    return value if isinstance(value, str) else ""
