"""Read a digest in plain text, such as a copied mail or page with one paragraph per line."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from papertrack.core.imports.markdown import (
    ImportedDigest,
    ImportedItem,
    Unread,
    bare_links,
    first_sentence,
    is_farewell,
    is_list_section,
    read_date,
    read_label,
    read_rating_line,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_HEADING_LIMIT = 80
_TITLE_LIMIT = 120
_NO_HEADING = (".", "!", ":", ",", ";", "…")

_BULLET = re.compile(r"(?:[*+\u2022\u2013-]|\d+\s?[.)])\s+")

Line = tuple[int, str]  # number from 1, text


def read_plain(text: str, known: Collection[str] = ()) -> ImportedDigest:
    """Read a digest whose headings have no markup.

    Args:
        text: The digest.
        known: The names and glyphs of the author's areas.
    """
    lines = [(n, " ".join(line.split())) for n, line in enumerate(text.splitlines(), 1)]
    return _PlainReading([line for line in lines if line[1]], known).digest()


class _PlainReading:
    """One pass over the lines of a digest."""

    def __init__(self, lines: Sequence[Line], known: Collection[str]) -> None:
        self._lines = lines
        self._known = known
        names = {name.casefold() for name in known}
        repeated = Counter(line for _, line in lines)
        # Lines of the table of contents come again as headings.
        self._contents = {
            line
            for _, line in lines
            if len(line) <= _HEADING_LIMIT and (repeated[line] > 1 or line.casefold() in names)
        }
        self._has_cards = any(self._is_card_line(line) for _, line in lines)
        self._section: str | None = None
        self._sections: list[str] = []
        self._items: list[ImportedItem] = []
        self._unread: list[Unread] = []

    def digest(self) -> ImportedDigest:
        """Read all lines and return the digest."""
        title = ""
        body = list(self._lines)
        if body and len(body[0][1]) <= _TITLE_LIMIT:
            title = body.pop(0)[1]
        if self._has_cards:
            self._read_cards(body)
        else:
            self._read_story(body)
        return ImportedDigest(
            title, read_date(title), tuple(self._sections), tuple(self._items), tuple(self._unread)
        )

    def _is_card_line(self, line: str) -> bool:
        return read_label(line) is not None or read_rating_line(line, self._known) is not None

    def _open_section(self, heading: str) -> None:
        self._section = heading
        if heading not in self._sections:
            self._sections.append(heading)

    # A digest of cards

    def _read_cards(self, lines: Sequence[Line]) -> None:
        """Split the lines into cards and the lines before each: a heading, a title, or both."""
        at = 0
        while at < len(lines):
            end = at
            while end < len(lines) and not self._is_card_line(lines[end][1]):
                end += 1
            before = lines[at:end]
            at = end
            while at < len(lines) and self._is_card_line(lines[at][1]):
                at += 1
                if read_rating_line(lines[at - 1][1], self._known):
                    break  # a rating ends its card
            if end < at:
                self._read_card(before, lines[end:at])
            else:
                self._unread += [Unread(*line) for line in before]

    def _read_card(self, before: Sequence[Line], card: Sequence[Line]) -> None:
        title: str | None = None
        line = card[0][0]
        heads = list(before)
        url = _address(heads[-1][1]) if heads else None
        if url is not None and len(heads[-1][1].split()) == 1:
            line, _ = heads.pop()
        if heads and heads[-1][1] not in self._contents:
            line, title = heads.pop()
        if heads and self._may_be_heading(heads[-1][1], title):
            self._open_section(heads.pop()[1])
        self._unread += [Unread(*head) for head in heads]
        item = ImportedItem(line, self._section, title, url, (url,) if url else ())
        notes: dict[str, str] = {}
        for _, text in card:
            if labelled := read_label(text):
                notes.setdefault(*labelled)
            elif rated := read_rating_line(text, self._known):
                item = replace(item, label=rated[0], rating=rated[1])
        self._items.append(replace(item, notes=notes))

    def _may_be_heading(self, line: str, title: str | None) -> bool:
        if line in self._contents:
            return True
        is_short = len(line) <= _HEADING_LIMIT and not line.endswith(_NO_HEADING)
        # The lead comes before the first section, and its last line is not a heading.
        return is_short and title is not None and self._section is not None

    # A digest of paragraphs

    def _read_story(self, lines: Sequence[Line]) -> None:
        current: ImportedItem | None = None
        is_first = False
        for (number, line), (_, following) in zip(lines, (*lines[1:], (0, "")), strict=False):
            if self._is_story_heading(line, following):
                self._close(current)
                current = None
                self._open_section(line)
                is_first = True
                continue
            if self._section is None or is_farewell(line):
                self._close(current)
                current = None
                self._unread.append(Unread(number, line))
            elif (item := self._list_item(number, line)) is not None:
                self._close(current)
                current = item
            elif is_list_section(self._section):
                if is_first and line.endswith((":", "!")):  # the introduction of the list
                    self._unread.append(Unread(number, line))
                else:
                    notes = {"body": line}
                    title = first_sentence(line)
                    self._items.append(ImportedItem(number, self._section, title, notes=notes))
            elif current is None:
                current = ImportedItem(number, self._section, self._section, notes={"body": line})
            else:
                current = replace(current, notes={"body": f"{current.notes['body']}\n\n{line}"})
            is_first = False
        self._close(current)

    def _list_item(self, number: int, line: str) -> ImportedItem | None:
        """Read a list item with an address as a work; None for other lines."""
        bullet = _BULLET.match(line)
        url = _address(line)
        if bullet is None or url is None:
            return None
        text = line[bullet.end() :]
        title = text.partition(next(bare_links(text))[0])[0].strip(" ([:,-\u2013\u2014")
        return ImportedItem(
            number, self._section, title or first_sentence(text), url, (url,), {"body": text}
        )

    def _close(self, current: ImportedItem | None) -> None:
        if current is not None:
            self._items.append(current)

    def _is_story_heading(self, line: str, following: str) -> bool:
        is_short = len(line) <= _HEADING_LIMIT and not line.endswith(_NO_HEADING)
        return is_short and len(following) > len(line) and not is_farewell(line)


def _address(line: str) -> str | None:
    """Return the first address in a line; None without one."""
    return next((url for _, url in bare_links(line)), None)
