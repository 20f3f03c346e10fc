"""The author's notes and tags on an item: their fields, and parsing of typed text."""

from __future__ import annotations

import re
from datetime import date

from papertrack.core.text.written_dates import read_date
from papertrack.errors import UsageError

# Fields and the labels before them in the digest and on the card.
LABELS = {
    "what": "What is it",
    "new": "What's new",
    "meaning": "What does it mean",
    "good_for": "What is it good for",
    "body": "Body",
}
# Fields that control how an item is printed; plain text unless marked as Markdown.
TITLE = "title"
HIDE_TITLE = "hide_title"
HOME = "home"  # the area (slug) that prints an item with several ratings
FORMAT = "format"  # BRIEF (one line, needs no rating) or LINK (the link alone); absent: whole
SECTION = "section"  # the heading of a narrative section that is neither title nor area
LINE = "line"  # Markdown: the one sentence of a brief item
TEASER = "teaser"  # Markdown: its topic in the first sentence of the issue
CITE = "cite"  # how the digest cites it, instead of by its authors' names
DEADLINE = "deadline"  # a day, 2026-11-25
PLACE = "place"
PRIZE = "prize"
CREDIT = "credit"  # Markdown: who told the author about an opportunity
BACKGROUND = "background"  # Markdown: paragraphs before the body
PARTS = "parts"  # one a line: NAME | BY | ADDRESS | comment (see core.digest.cards)
POSITION = "position"  # a number: the place in its section; items without one come last

BRIEF, LINK = "brief", "link"
WHOLE = "whole"  # what the author types to remove a FORMAT

_MARKDOWN = frozenset({*LABELS, LINE, TEASER, BACKGROUND, PARTS})


def read_note(field: str, text: str) -> str:
    """Read a note as the author typed it.

    Args:
        field: Which note; any but Markdown is one line.
        text: As typed; empty removes the note.

    Raises:
        UsageError: It is not the format, date or number that the field requires.
    """
    if field in _MARKDOWN:
        return text
    line = " ".join(text.split())
    if field == FORMAT:
        return _read_format(line)
    if field == POSITION:
        return _read_position(line)
    return _read_day(line) if field == DEADLINE else line


def _read_position(line: str) -> str:
    if line and not re.fullmatch(r"\d{1,6}(?:\.\d{1,6})?", line):
        message = f'"{line}" is not a position'
        raise UsageError(message, hint="give a number; the lowest comes first")
    return line


def _read_format(line: str) -> str:
    word = line.casefold()
    if word in {"", WHOLE}:
        return ""
    if word not in {BRIEF, LINK}:
        message = f'"{line}" is not an item format'
        raise UsageError(message, hint=f"write {WHOLE}, {BRIEF} or {LINK}")
    return word


def _read_day(line: str) -> str:
    """Parse a date with the month as a number or a name."""
    if not line:
        return ""
    try:
        return date.fromisoformat(line).isoformat()
    except ValueError:
        named = read_date(line) if line[0].isalpha() and ":" not in line else None
    if named is None:
        message = f'"{line}" is not a date'
        raise UsageError(message, hint="write it like 2026-11-25")
    return named.date().isoformat()


def read_tags(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Parse a line of tags: ``interp +toy -old`` adds two and removes one.

    Args:
        text: Words between spaces or commas, with or without ``#``; the last word on a tag counts.

    Returns:
        The tags to add and the tags to remove.
    """
    adds: dict[str, bool] = {}
    for word in text.replace(",", " ").split():
        if tag := word.lstrip("+-#"):
            adds.pop(tag, None)
            adds[tag] = not word.startswith("-")
    return tuple(tag for tag in adds if adds[tag]), tuple(tag for tag in adds if not adds[tag])


def read_tag(text: str) -> str:
    """Parse one tag, with or without a sign before it.

    Raises:
        UsageError: It is not a single word.
    """
    tag = text.strip().lstrip("+-#")
    if not tag or not tag.isprintable() or "," in tag or tag.split() != [tag]:
        message = f'"{text}" is not a tag'
        raise UsageError(message, hint="a tag is one word, without spaces or commas")
    return tag
