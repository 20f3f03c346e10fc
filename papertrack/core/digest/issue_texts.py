"""The author's texts of an issue: which there are, how they are typed, and the card they stand in.

The card is Markdown: a line for each short text, then a section for each longer one::

    # Issue 2026-W47

    Title: Limits of guarantees
    Event date: 2026-11-28

    ## Lead

    Two groups asked the same question this week.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from papertrack.core.judging.notes import DEADLINE, read_note
from papertrack.core.text.clean import http_url
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Form(StrEnum):
    """What a text may be."""

    LINE = "line"
    MARKDOWN = "Markdown"
    ADDRESS = "address"
    DAY = "day"


# Field, its label in the card, and its form; the short ones first.
_FIELDS = (
    ("title", "Title", Form.LINE),
    ("number", "Number", Form.LINE),
    ("contents_intro", "Contents intro", Form.LINE),
    ("watch", "Watch", Form.ADDRESS),
    ("listen", "Listen", Form.ADDRESS),
    ("subscribe", "Subscribe", Form.ADDRESS),
    ("event", "Next event", Form.LINE),
    ("event_date", "Event date", Form.DAY),
    ("lead", "Lead", Form.MARKDOWN),
    ("intro", "Intro", Form.MARKDOWN),
    ("teasers", "Teasers", Form.MARKDOWN),
    ("opportunities_intro", "Opportunities intro", Form.MARKDOWN),
    ("outro", "Outro", Form.MARKDOWN),
)
FORMS = {name: form for name, _, form in _FIELDS}
LABELS = {name: label for name, label, _ in _FIELDS}
_BY_LABEL = {label.casefold(): name for name, label in LABELS.items()}
_HEADING = re.compile(r"^##[ \t]+(.+?)[ \t]*#*[ \t]*$")
_HINT = (
    "<!-- Leave a field empty for what the config or the items say. Teasers: one a line, in the "
    "place of those of the items. Dates like 2026-11-28. -->"
)


def read_text(field: str, text: str) -> str:
    """Read a text of an issue as the author typed it.

    Args:
        field: A key of `FORMS`.
        text: As typed; empty takes it back.

    Raises:
        UsageError: There is no such field, or it is no address or day.
    """
    form = FORMS.get(field.replace("-", "_"))
    if form is None:
        message = f'an issue has no text "{field}"'
        raise UsageError(message, hint=f"the texts are {', '.join(FORMS)}")
    if form is Form.MARKDOWN:
        return "\n".join(line.rstrip() for line in text.strip().splitlines())
    line = " ".join(text.split())
    if form is Form.DAY:
        return read_note(DEADLINE, line)
    if form is Form.ADDRESS and line:
        url = http_url(line)
        if url is None:
            message = f'"{line}" is no address'
            raise UsageError(message, hint="addresses begin with http:// or https://")
        return url
    return line


def write_issue_card(issue: str, texts: Mapping[str, str]) -> str:
    """Lay out the texts of an issue, every field in its place, to be edited."""
    lines = [f"# Issue {issue}", ""]
    parts: list[str] = []
    for field, label, form in _FIELDS:
        text = texts.get(field, "")
        if form is Form.MARKDOWN:
            parts.append(f"## {label}\n\n{_guarded(text)}\n" if text else f"## {label}\n\n")
        else:
            lines.append(f"{label}: {text}".rstrip())
    return "\n".join(["\n".join(lines) + f"\n\n{_HINT}\n", *parts])


def read_issue_card(text: str) -> dict[str, str]:
    """Read a card back.

    Args:
        text: What `write_issue_card` made, as the author left it.

    Returns:
        Every field that the card mentions; one that was emptied has an empty text.

    Raises:
        UsageError: A line belongs to no field, a field stands there twice, or a value is none of
            those that its field may have; the message names the line.
    """
    found: dict[str, list[str]] = {}
    starts: dict[str, int] = {}
    current: str | None = None
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        field = None if line.startswith("\\") else _field_of(line)
        said = line
        if field is None and current is None:
            if not line.strip() or line.startswith(("# ", "<!--")):
                continue
            label, colon, said = line.partition(":")
            field = _BY_LABEL.get(label.strip().casefold()) if colon else None
            if field is None or FORMS[field] is Form.MARKDOWN:
                raise _mistake(number, "this line belongs to no field")
            found.setdefault(field, [])
        elif field is not None:
            current, said = field, ""
        else:
            is_guarded = line.startswith("\\") and _field_of(line.lstrip("\\")) is not None
            found[current or ""].append(line[1:] if is_guarded else line)
            continue
        if field in starts:
            raise _mistake(number, f'"{LABELS[field]}" stands there twice')
        starts[field] = number
        found[field] = [said]
    return {field: _read(field, lines, starts[field]) for field, lines in found.items()}


def _read(field: str, lines: list[str], number: int) -> str:
    try:
        return read_text(field, "\n".join(lines))
    except UsageError as error:
        message = f"card line {number}: {error.what}"
        raise UsageError(message, hint=error.hint) from error


def _field_of(line: str) -> str | None:
    """Name the field whose heading a line is."""
    heading = _HEADING.match(line.lstrip("\\"))
    field = _BY_LABEL.get(heading[1].casefold()) if heading else None
    return field if field and FORMS[field] is Form.MARKDOWN else None


def _guarded(text: str) -> str:
    """Put a backslash before lines of a text that would be read as the heading of a field."""
    return "\n".join("\\" + line if _field_of(line) else line for line in text.split("\n"))


def _mistake(line: int, problem: str) -> UsageError:
    lines = ", ".join(f"{LABELS[name]}:" for name in FORMS if FORMS[name] is not Form.MARKDOWN)
    heads = ", ".join(f"## {LABELS[name]}" for name in FORMS if FORMS[name] is Form.MARKDOWN)
    return UsageError(f"card line {line}: {problem}", hint=f"the fields are {lines}, {heads}")
