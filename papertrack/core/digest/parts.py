"""Parts of a work that a digest names one by one: the winners of a prize, projects of a hackathon.

They are a note with one part a line, ``NAME | BY | ADDRESS | what is said of it``; a place may be
empty, and what is said may hold further bars.
"""

from __future__ import annotations

from dataclasses import dataclass

from papertrack.core.text import markdown, spans
from papertrack.core.text.clean import http_url

_PLACES = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One part; each may be empty.

    Attributes:
        name, by: What it is called, and who made it; plain text.
        url: Its http(s) address.
        line: What is said of it, Markdown.
    """

    name: str = ""
    by: str = ""
    url: str = ""
    line: str = ""


def read_parts(text: str) -> tuple[Part, ...]:
    """Read the parts of a note; a line without bars is what is said of a part without name."""
    parts: list[Part] = []
    for line in text.splitlines():
        words = line.strip().removeprefix("- ").strip()
        if not words:
            continue
        places = [place.strip() for place in words.split("|", _PLACES - 1)]
        if len(places) < _PLACES:
            parts.append(_from_few(places))
            continue
        name, by, address, said = places
        url = http_url(address)
        parts.append(Part(name, by, url or "", said if url or not address else f"{address} {said}"))
    return tuple(parts)


def part_line(part: Part) -> str:
    """Write a part as one line of Markdown.

    Returns:
        ``In [NAME](URL), BY LINE`` of one with both; else the name in bold or the makers, linked,
        and what is said.
    """
    name, by = (markdown.escape(text) for text in (part.name, part.by))
    said = markdown.paragraph(part.line)
    if name and by:
        head = f"In {markdown.link_to(name, part.url)}, {by}"
    elif name:
        head = f"**{markdown.link_to(name, part.url)}**"
    else:
        head = markdown.link_to(by or markdown.escape(part.url), part.url)
    return spans.join(filter(None, (head, said)), " ")


def _from_few(places: list[str]) -> Part:
    """Read a line that lacks places: the last that is no address is what is said."""
    url = next((found for place in places if (found := http_url(place))), "")
    words = [place for place in places if place and http_url(place) is None]
    if len(places) == 1:
        return Part(line=words[0]) if words else Part(url=url)
    name, *rest = words or [""]
    return Part(name, "", url, " ".join(rest))
