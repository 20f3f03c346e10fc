"""The author's text on an item: its fields, and the card they are edited in."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from papertrack.core.dates import read_date
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Field and the label that stands before it in the digest and in the card.
LABELS = {
    "what": "What is it",
    "new": "What's new",
    "meaning": "What does it mean",
    "good_for": "What is it good for",
    "body": "Body",
}
# Fields that steer how an item is printed; plain text, not Markdown.
TITLE = "title"
HIDE_TITLE = "hide_title"
HOME = "home"  # the area (slug) under which an item with several ratings stands
FORMAT = "format"  # BRIEF (one line, needs no rating) or LINK (the link alone); absent: whole
SECTION = "section"  # the heading of a narrative section that is neither title nor area
LINE = "line"  # Markdown: the one sentence of a brief item
TEASER = "teaser"  # Markdown: what the first sentence of the issue says of it
CITE = "cite"  # how the digest names its authors, in the place of what their names would give
DEADLINE = "deadline"  # a day, 2026-11-25
PLACE = "place"
PRIZE = "prize"

BRIEF, LINK = "brief", "link"
WHOLE = "whole"  # what the author says to take a FORMAT back

_MARKDOWN = frozenset({*LABELS, LINE, TEASER})
_FIELDS = {label.casefold(): field for field, label in LABELS.items()}
_HEADING = re.compile(r"^##[ \t]+(.+?)[ \t]*#*[ \t]*$")
_TITLE_LINE = re.compile(r"^#(?:[ \t]+(.*?))?[ \t]*$")


def read_note(field: str, text: str) -> str:
    """Read a note as the author typed it.

    Args:
        field: Which note; any but Markdown is one line.
        text: As typed; empty takes the note back.

    Raises:
        UsageError: It is no format, no day, or none of what the field may hold.
    """
    if field in _MARKDOWN:
        return text
    line = " ".join(text.split())
    if field == FORMAT:
        return _read_format(line)
    return _read_day(line) if field == DEADLINE else line


def _read_format(line: str) -> str:
    word = line.casefold()
    if word in {"", WHOLE}:
        return ""
    if word not in {BRIEF, LINK}:
        message = f'"{line}" is no format of an item'
        raise UsageError(message, hint=f"say {WHOLE}, {BRIEF} or {LINK}")
    return word


def _read_day(line: str) -> str:
    """Read a day as people write it, the month as a number or a name."""
    if not line:
        return ""
    try:
        return date.fromisoformat(line).isoformat()
    except ValueError:
        named = read_date(line) if line[0].isalpha() and ":" not in line else None
    if named is None:
        message = f'"{line}" is no day'
        raise UsageError(message, hint="write it like 2026-11-25")
    return named.date().isoformat()


def write_card(title: str, notes: Mapping[str, str]) -> str:
    """Lay out an item's notes as Markdown, every field with its heading, ready to be edited.

    Args:
        title: The item's title as the digest prints it.
        notes: Text by field; fields without text get an empty place.
    """
    parts = [f"# {title}\n"]
    for field, label in LABELS.items():
        text = _guarded(notes.get(field, ""))
        parts.append(f"## {label}\n\n{text}\n" if text else f"## {label}\n\n")
    return "\n".join(parts)


def read_card(text: str) -> dict[str, str]:
    """Read an edited card back.

    Args:
        text: What `write_card` made, as the author left it.

    Returns:
        Text by field for every field whose heading is there, and the title under `TITLE` when
        its line is there. A field that was emptied has an empty text.

    Raises:
        UsageError: Text stands where it belongs to no field, or a field stands there twice.
    """
    found: dict[str, list[str]] = {}
    current: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        field = None if line.startswith("\\") else _field_of(line)
        if field is not None:
            if field in found:
                raise _mistake(number, f'"{LABELS[field]}" stands there twice')
            found[field] = []
            current = field
        elif current is not None:
            is_guarded = line.startswith("\\") and _field_of(line[1:]) is not None
            found[current].append(line[1:] if is_guarded else line)
        elif (title := _TITLE_LINE.match(line)) and TITLE not in found:
            found[TITLE] = [title[1] or ""]
        elif line.strip():
            raise _mistake(number, "this text stands before the first field")
    return {field: "\n".join(lines).strip("\n").rstrip() for field, lines in found.items()}


def _field_of(line: str) -> str | None:
    """Name the field whose heading a line is; guards of `_guarded` do not make it another."""
    heading = _HEADING.match(line.lstrip("\\"))
    if heading is None:
        return None
    label = heading[1].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold()
    return _FIELDS.get(label)


def _guarded(text: str) -> str:
    """Put a backslash before lines of a note that would be read as the heading of a field."""
    return "\n".join(
        "\\" + line if _field_of(line) is not None else line for line in text.splitlines()
    )


def _mistake(line: int, problem: str) -> UsageError:
    labels = ", ".join(f"## {label}" for label in LABELS.values())
    return UsageError(f"card line {line}: {problem}", hint=f"the fields are {labels}")
