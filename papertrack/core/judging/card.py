"""The card: all judgements and notes on one item, as Markdown to edit in one place.

It begins with the title and a line for each short field, then a section for each text::

    # Where small transformers stop generalising

    Tags: interp, toy
    Rating in mech-interp: 3.5
    Section:

    ## What is it

    A map of failures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from papertrack.core.judging.journal import RATING_FIELDS
from papertrack.core.judging.notes import (
    BACKGROUND,
    CITE,
    CREDIT,
    DEADLINE,
    FORMAT,
    HIDE_TITLE,
    HOME,
    LABELS,
    LINE,
    PARTS,
    PLACE,
    POSITION,
    PRIZE,
    SECTION,
    TEASER,
    TITLE,
    WHOLE,
    read_note,
    read_tags,
)
from papertrack.core.kinds import Kind
from papertrack.core.text.ratings import rating_value, read_halves
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from papertrack.core.records import Item, Rating

# Texts with a heading of their own, and fields of one line, in the order of the card.
_SECTIONS = {
    **LABELS,
    LINE: "Line",
    TEASER: "Teaser",
    BACKGROUND: "Background",
    PARTS: "Parts",
}
_LINES = {
    HIDE_TITLE: "Show title",
    FORMAT: "Format",
    HOME: "Home",
    SECTION: "Section",
    CITE: "Cite",
    DEADLINE: "Deadline",
    PLACE: "Place",
    PRIZE: "Prize",
    CREDIT: "Credit",
    POSITION: "Position",
}
_OF_OPPORTUNITIES = frozenset({DEADLINE, PLACE, PRIZE, CREDIT})
_RARE = frozenset({POSITION, BACKGROUND, PARTS})  # printed only once they are set
_TAGS = "tags"
_RATINGS = dict(zip(RATING_FIELDS, ("Rating", "Emoji", "Label", "Remark"), strict=True))
_HINT = (
    "<!-- You may add lines: Rating in AREA: 3.5 - Remark in AREA: … - Emoji in AREA: … - "
    "Label in AREA: … - Deadline: 2026-11-25 - Place: … - Prize: … - Credit: … - Position: 1; "
    "and sections: ## Background - ## Parts. The format is whole, brief or link. -->"
)
_YES, _NO = "yes", "no"

_FIELD_OF_HEADING = {label.casefold(): name for name, label in _SECTIONS.items()}
_FIELD_OF_LINE = {label.casefold(): name for name, label in _LINES.items()}
_FIELD_OF_RATING = {label.casefold(): name for name, label in _RATINGS.items()}
_HEADING = re.compile(r"^##[ \t]+(.+?)[ \t]*#*[ \t]*$")
_TITLE_LINE = re.compile(r"^#(?:[ \t]+(.*?))?[ \t]*$")
_LINE = re.compile(r"^[ \t]*([^:]+?)[ \t]*:(.*)$")
_RATING = re.compile(r"^(\w+)[ \t]+in[ \t]+(\S+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CardContent:
    """The fields of a card; any that it does not mention are left unchanged.

    Attributes:
        notes: Text by field, the title under `TITLE`; an empty text removes a note.
        tags: All tags of the item; None if the card does not mention them.
        ratings: By area and field (see `RATING_FIELDS`); the value in points (``3.5``), and an
            empty text removes a field.
    """

    notes: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] | None = None
    ratings: Mapping[tuple[str, str], str] = field(default_factory=dict)


def write_card(item: Item) -> str:
    """Write the judgement of an item as a card to edit, with every field."""
    judgement = item.judgement
    lines = [
        f"# {_one_line(item.printed_title)}".rstrip(),
        "",
        f"Tags: {', '.join(judgement.tags)}",
    ]
    for rating in judgement.ratings:
        lines += [f"{label} in {rating.area}: {text}" for label, text in _rating_lines(rating)]
    is_opportunity = item.kind is Kind.OPPORTUNITY
    for name, label in _LINES.items():
        text = _one_line(judgement.notes.get(name, ""))
        if name == HIDE_TITLE:
            text = _NO if text else _YES
        elif name == FORMAT:
            text = text or WHOLE
        elif not text and (name in _RARE or (name in _OF_OPPORTUNITIES and not is_opportunity)):
            continue
        lines.append(f"{label}: {text}")
    parts = ["\n".join(line.rstrip() for line in lines) + f"\n\n{_HINT}\n"]
    for name, label in _SECTIONS.items():
        text = _escaped(judgement.notes.get(name, ""))
        if name in _RARE and not text:
            continue
        parts.append(f"## {label}\n\n{text}\n" if text else f"## {label}\n\n")
    return "\n".join(parts)


def read_card(text: str) -> CardContent:
    """Parse an edited card.

    Args:
        text: What `write_card` wrote, as the author left it.

    Returns:
        Every field whose heading or line is there; one that was emptied has an empty text.

    Raises:
        UsageError: A line belongs to no field, a field appears twice, or a value is not valid for
            its field; the message names the line.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    start = next((at for at, line in enumerate(lines) if _heading_of(line)), len(lines))
    reading = _CardReading()
    for number, line in enumerate(lines[:start], start=1):
        if line.strip() and not (line.startswith("<!--") and line.rstrip().endswith("-->")):
            _read_line(reading, number, line)
    for name, texts in _sections(lines, start):
        reading.notes[name] = "\n".join(texts).strip("\n").rstrip()
    return CardContent(reading.notes, reading.tags, reading.ratings)


@dataclass(slots=True)
class _CardReading:
    """The part of a card that has been read, and the labels of its lines."""

    notes: dict[str, str] = field(default_factory=dict)
    ratings: dict[tuple[str, str], str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    tags: tuple[str, ...] | None = None


def _rating_lines(rating: Rating) -> Iterator[tuple[str, str]]:
    """List the fields of a rating; emoji and label only if they differ from the area's."""
    yield _RATINGS["halves"], rating_value(rating.halves) if rating.halves is not None else ""
    if rating.emoji:
        yield _RATINGS["emoji"], _one_line(rating.emoji)
    if rating.label:
        yield _RATINGS["label"], _one_line(rating.label)
    yield _RATINGS["remark"], _one_line(rating.remark or "")


def _read_line(reading: _CardReading, number: int, line: str) -> None:
    title = _TITLE_LINE.match(line)
    if title and TITLE not in reading.notes:
        reading.notes[TITLE] = _one_line(title[1] or "")
        return
    match = _LINE.match(line)
    label, text = (match[1].casefold(), match[2].strip()) if match else ("", "")
    rating = _RATING.match(label)
    is_rating = rating is not None and rating[1] in _FIELD_OF_RATING
    if label != _TAGS and label not in _FIELD_OF_LINE and not is_rating:
        raise _mistake(number, "this line belongs to no field", _hint())
    if label in reading.seen:
        raise _mistake(number, f'"{match[1] if match else label}" appears twice')
    reading.seen.add(label)
    try:
        if label == _TAGS:
            reading.tags = read_tags(text)[0]
        elif rating is not None and is_rating:
            name = _FIELD_OF_RATING[rating[1]]
            value = rating_value(read_halves(text)) if name == "halves" and text else text
            reading.ratings[(rating[2], name)] = value
        else:
            name = _FIELD_OF_LINE[label]
            reading.notes[name] = _read_note(name, text)
    except UsageError as error:
        raise _mistake(number, error.what, error.hint) from error


def _read_note(name: str, text: str) -> str:
    if name != HIDE_TITLE:
        return read_note(name, text)
    if text.casefold() not in {_YES, _NO, ""}:
        message = f'"{text}" is neither {_YES} nor {_NO}'
        raise UsageError(message, hint=f"write {_YES} or {_NO}")
    return _YES if text.casefold() == _NO else ""  # the note means "hide", the line "show"


def _sections(lines: list[str], start: int) -> Iterator[tuple[str, list[str]]]:
    """Split the lines after the head into the texts of the fields."""
    found: dict[str, list[str]] = {}
    current = ""
    for number, line in enumerate(lines[start:], start=start + 1):
        if name := _heading_of(line):
            if name in found:
                raise _mistake(number, f'"{_SECTIONS[name]}" appears twice')
            found[name] = []
            current = name
        else:
            is_escaped = line.startswith("\\") and _field_of(line) is not None
            found[current].append(line[1:] if is_escaped else line)
    yield from found.items()


def _heading_of(line: str) -> str | None:
    return None if line.startswith("\\") else _field_of(line)


def _field_of(line: str) -> str | None:
    """Return the field whose heading a line is, with or without the escape of `_escaped`."""
    heading = _HEADING.match(line.lstrip("\\"))
    if heading is None:
        return None
    label = heading[1].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold()
    return _FIELD_OF_HEADING.get(label)


def _escaped(text: str) -> str:
    """Escape lines of a note that would be read as the heading of a field."""
    return "\n".join(
        "\\" + line if _field_of(line) is not None else line for line in text.split("\n")
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _hint() -> str:
    headings = ", ".join(f"## {label}" for label in _SECTIONS.values())
    lines = ", ".join(f"{label}:" for label in ("Tags", "Rating in AREA", *_LINES.values()))
    return f"the fields are {headings}; above them {lines}"


def _mistake(line: int, problem: str, hint: str | None = None) -> UsageError:
    return UsageError(f"card line {line}: {problem}", hint=hint or "keep one of them")
