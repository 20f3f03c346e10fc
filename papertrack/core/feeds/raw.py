"""What both readers of feeds hand over: the words of a feed, sorted but not yet understood.

The readers know XML and nothing else; what the words mean is decided once, in `feed_entry`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

# A blog that sends its whole archive has fewer; the rest is counted and left out.
ENTRY_LIMIT = 10_000

_LONG = 2_000  # characters; a title has fewer
_HTML = frozenset({"html", "xhtml", "text/html", "application/xhtml+xml"})
_PLAIN = frozenset({"", "text", "plain", "text/plain"})


class Markup(Enum):
    """What a text says it is made of."""

    HTML = auto()
    PLAIN = auto()
    UNSAID = auto()  # RSS has no word for it
    OTHER = auto()  # a picture or a file, in base64


@dataclass(frozen=True, slots=True)
class RawText:
    """A title or a body as it stands, after the XML was undone."""

    value: str
    markup: Markup


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One entry; every text is as it stands, empty when it is missing.

    Attributes:
        guid: The ``guid`` or ``id``, else RSS 1.0's ``rdf:about``.
        is_permalink: The guid stands for a link that was not given before it (RSS only).
        link: The address of the page; the last one wins.
        links: Every link that has a relation, with it: ``(rel, href)``.
        origin: The address before FeedBurner's.
        bodies: Its texts, those that should be the whole post first.
        people: The names of its authors, or what stands for them.
        published: Dates in any form, best first.
        dois: What may be a DOI.
    """

    guid: str
    is_permalink: bool
    link: str
    links: tuple[tuple[str, str], ...]
    origin: str
    title: RawText
    bodies: tuple[RawText, ...]
    people: tuple[str, ...]
    published: tuple[str, ...]
    updated: str
    dois: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RawFeed:
    """A feed without its entries.

    Attributes:
        is_atom: Its texts say what they are made of, and ``updated`` is no date of publication.
        count: How many entries it holds, also those beyond the limit.
        begun: The same with those that break off, and those within others.
        is_whole: Its root element is closed. What comes after that does not count.
        breaks_off: The document ends within an entry, which was left out.
        ttl: RSS's ``ttl``, in minutes.
        period, frequency: ``sy:updatePeriod`` and ``sy:updateFrequency``.
    """

    is_atom: bool
    title: RawText
    people: tuple[str, ...]
    count: int = 0
    begun: int = 0
    is_whole: bool = True
    breaks_off: bool = False
    ttl: str = ""
    period: str = ""
    frequency: str = ""


def markup_of(kind: str, *, is_atom: bool) -> Markup:
    """Read the ``type`` of a text: RFC 4287, section 3.1.1; RSS has none worth believing."""
    if not is_atom:
        return Markup.UNSAID
    kind = kind.strip().lower()
    if kind in _HTML:
        return Markup.HTML
    return Markup.PLAIN if kind in _PLAIN else Markup.OTHER


# A character that XML allows and nobody means: Windows-1252 that was taken for Latin-1.
_C1 = {code: bytes([code]).decode("windows-1252", "ignore") or None for code in range(0x80, 0xA0)}


def repaired(text: str) -> str:
    """Undo what happens to words on their way into a feed, without white space at either end.

    UTF-8 that was taken for Latin-1 and encoded again, text by text (as databases do), and
    Windows-1252 under Latin-1's name.
    """
    text = text.strip()
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        # Longer ones are bodies, and cleaned later on: to ask each would cost as much as to parse.
        return text if text.isprintable() or len(text) > _LONG else text.translate(_C1)
