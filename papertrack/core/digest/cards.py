"""Make the card of an item, its facts and the author's notes, as Markdown.

Notes may hold placeholders. ``@cite`` becomes ``[Sevilla and Erdil (2023)](…)`` and ``[@cite]``
becomes ``([Tarchoun et al., 2023](…))``, as in pandoc; ``@title`` becomes the linked title, and
``@parts`` on a line of its own the list of parts. A backslash before ``@`` keeps it as typed.

The note `PARTS` has one part a line, ``NAME | BY | ADDRESS | comment``; each column may be empty,
and only the comment may contain further bars.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core.dates import deadline_words, is_last_call, read_deadline
from papertrack.core.digest import cite
from papertrack.core.digest.issue import Card, Citation, Field
from papertrack.core.judging import notes
from papertrack.core.judging.board import is_opportunity
from papertrack.core.records import Item
from papertrack.core.text import markdown, spans
from papertrack.core.text.borrowed_titles import printed_or_borrowed
from papertrack.core.text.clean import http_url
from papertrack.core.text.ratings import rating_glyphs
from papertrack.core.text.title import Math

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from papertrack.core.digest.issue import SectionStyle
    from papertrack.core.records import Rating

_PLACEHOLDER = re.compile(r"(?<![\w\\@./\]])(?:\[@(?P<bracketed>cite)\]|@(?P<bare>cite|title)\b)")
_PARTS = re.compile(r"^[ \t]*@parts[ \t]*$", re.MULTILINE)
# "Look!@cite": a link after an exclamation mark would be an image.
_EXCLAMATION = re.compile(r"(?<!\\)((?:\\\\)*)!\Z")
_LAST_STOP = re.compile(r"([.!?]?)[ \t]*\Z")


def fill_placeholders(text: str, words: Mapping[str, str]) -> str:
    """Replace the placeholders of a text.

    Args:
        text: Markdown.
        words: Replacements for ``cite``, ``[cite]`` and ``title``; also ``parts``, the whole list,
            which is appended where the text has no ``@parts``.
    """
    filled: list[str] = []
    at = 0
    parted = _PARTS.search(text) if words.get("parts") else None
    for found in _PLACEHOLDER.finditer(text):
        name = f"[{found['bracketed']}]" if found["bracketed"] else found["bare"]
        before = text[at : found.start()]
        if words[name].startswith("["):
            before = _EXCLAMATION.sub(r"\1\\!", before)
        filled += [*_with_parts(before, words), words[name]]
        at = found.end()
    filled += _with_parts(text[at:], words)
    if words.get("parts") and parted is None:
        filled += ["\n\n", words["parts"]] if text else [words["parts"]]
    return spans.join(filled)


def links_work(text: str, url: str | None) -> bool:
    """Return whether a text links its work, by a placeholder or by its address."""
    return bool(_PLACEHOLDER.search(text)) or bool(url and f"({url}" in text)


def insert_before_full_stop(text: str, more: str) -> str:
    """Add words to a sentence, before its full stop."""
    sentence, stop = split_full_stop(text)
    return f"{sentence} {more}{stop}"


def split_full_stop(text: str) -> tuple[str, str]:
    """Split a sentence into its words and its full stop, which may be empty."""
    stop = _LAST_STOP.search(text)
    at = stop.start() if stop else len(text)
    return text[:at].rstrip(), text[at:].rstrip()


def _with_parts(text: str, words: Mapping[str, str]) -> list[str]:
    if not words.get("parts"):
        return [text]
    pieces = _PARTS.split(text)
    listed: list[str] = []
    for piece in pieces[:-1]:
        listed += [piece, words["parts"]]
    return [*listed, pieces[-1]]


_PLACES = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a work, such as a chapter; every text may be empty.

    Attributes:
        name, by: Its name and its makers; plain text.
        url: An http(s) address.
        line: The comment, Markdown.
    """

    name: str = ""
    by: str = ""
    url: str = ""
    line: str = ""


def read_parts(text: str) -> tuple[Part, ...]:
    """Parse the note `PARTS`; a line without bars is a comment on an unnamed part."""
    parts: list[Part] = []
    for line in text.splitlines():
        words = line.strip().removeprefix("- ").strip()
        if not words:
            continue
        places = [place.strip() for place in words.split("|", _PLACES - 1)]
        if len(places) < _PLACES:
            parts.append(_read_short_line(places))
            continue
        name, by, address, comment = places
        url = http_url(address)
        comment = comment if url or not address else f"{address} {comment}"
        parts.append(Part(name, by, url or "", comment))
    return tuple(parts)


def part_line(part: Part) -> str:
    """Write a part as one line of Markdown.

    Returns:
        ``In [NAME](URL), BY LINE`` when it has both a name and makers; else the bold name or the
        makers, linked, and the comment.
    """
    name, by = (markdown.escape(text) for text in (part.name, part.by))
    comment = markdown.paragraph(part.line)
    if name and by:
        head = f"In {markdown.link_to(name, part.url)}, {by}"
    elif name:
        head = f"**{markdown.link_to(name, part.url)}**"
    else:
        head = markdown.link_to(by or markdown.escape(part.url), part.url)
    return spans.join(filter(None, (head, comment)), " ")


def _read_short_line(places: list[str]) -> Part:
    """Read a line with too few columns: the last one that is not an address is the comment."""
    url = next((found for place in places if (found := http_url(place))), "")
    words = [place for place in places if place and http_url(place) is None]
    if len(places) == 1:
        return Part(line=words[0]) if words else Part(url=url)
    name, *rest = words or [""]
    return Part(name, "", url, " ".join(rest))


@dataclass(frozen=True, slots=True)
class IssueItem:
    """An item of the issue.

    Attributes:
        item: The item.
        subject: Its name in the journal.
        key: Its key in a bibliography.
        year: Of its first version; None when unknown.
        is_carried: Whether it was judged before the window.
    """

    item: Item
    subject: str
    key: str = ""
    year: int | None = None
    is_carried: bool = False


def make_card(
    entry: IssueItem,
    *,
    rating: Rating | None,
    area: SectionStyle | None,
    today: date,
    math: Math = Math.ESCAPE,
) -> Card:
    """Make the card of an item.

    Args:
        entry: The item.
        rating: The printed rating; None without one.
        area: The area it is printed under; None outside all areas.
        today: The day of the issue.
        math: How to print formulas in titles.
    """
    item = entry.item
    texts_by_field = item.judgement.notes
    raw_title = printed_or_borrowed(item).strip()
    name = spans.mark(markdown.escape_title(raw_title, math), entry.subject, notes.TITLE)
    is_hidden = notes.HIDE_TITLE in texts_by_field or not raw_title
    citation = _citation(entry)
    deadline = read_deadline(texts_by_field.get(notes.DEADLINE))
    body = _body(entry, name, citation)
    texts = "\n".join(text for field, text in texts_by_field.items() if field not in _STEERING)
    links_itself = links_work(texts, item.url)
    return Card(
        number=item.id,
        title=None if is_hidden else markdown.link_to(name, item.url),
        link=spans.mark(markdown.bare_link(item.url), entry.subject, "url")
        if is_hidden and item.url
        else None,
        fields=tuple(
            Field(label, _filled_note(entry, field, name, citation))
            for field, label in notes.LABELS.items()
            if field in texts_by_field and field != "body"
        ),
        body=body,
        rating_label=_label(entry, rating, area),
        rating=_rating_line(rating, area, entry.subject),
        line=_line(entry, name, citation),
        name=name,
        raw_title=raw_title,
        heading=_heading(entry, name, is_linked=not links_itself),
        teaser=spans.mark(
            _fill(entry, _note(entry, notes.TEASER).rstrip(" ."), name, citation),
            entry.subject,
            notes.TEASER,
        ),
        kind=item.kind.value,
        format=texts_by_field.get(notes.FORMAT, ""),
        area=area.slug if area else "",
        url=markdown.destination(item.url) if item.url else "",
        authors=tuple(markdown.escape(author.name) for author in item.authors),
        citation=citation,
        key=entry.key,
        year=entry.year,
        published=item.published_at.date().isoformat() if item.published_at else "",
        value=rating.halves / 2 if rating and rating.halves is not None else None,
        emoji=markdown.escape((rating and rating.emoji) or (area.emoji if area else "")),
        tags=tuple(map(markdown.escape, item.judgement.tags)),
        deadline=deadline_words(deadline, today) if deadline else "",
        deadline_day=deadline.isoformat() if deadline else "",
        days_left=(deadline - today).days if deadline else None,
        is_last_call=deadline is not None and is_last_call(deadline, today),
        place=markdown.escape(texts_by_field.get(notes.PLACE, "")),
        prize=markdown.escape(texts_by_field.get(notes.PRIZE, "")),
        credit=spans.mark(_note(entry, notes.CREDIT), entry.subject, notes.CREDIT),
        is_carried=entry.is_carried,
        links_itself=links_itself,
    )


_STEERING = frozenset({notes.TITLE, notes.SECTION, notes.TEASER, notes.CREDIT, notes.CITE})


def _filled_note(
    entry: IssueItem, field: str, name: str, citation: Citation, parts: str = ""
) -> str:
    """Write a note with its placeholders filled in."""
    text = _fill(entry, _note(entry, field), name, citation, parts)
    return spans.mark(text, entry.subject, field)


def _fill(entry: IssueItem, text: str, name: str, citation: Citation, parts: str = "") -> str:
    words = {
        "cite": citation.linked,
        "[cite]": citation.bracketed,
        "title": markdown.link_to(name, entry.item.url) if name else citation.linked,
        "parts": parts,
    }
    return fill_placeholders(markdown.paragraph(text), words)


def _body(entry: IssueItem, name: str, citation: Citation) -> str:
    listed = [f"- {part_line(part)}" for part in read_parts(_note(entry, notes.PARTS))]
    parts = spans.mark("\n".join(listed), entry.subject, notes.PARTS)
    paragraphs = (
        _filled_note(entry, notes.BACKGROUND, name, citation),
        _filled_note(entry, "body", name, citation, parts),
    )
    return spans.join(filter(None, paragraphs), "\n\n")


def _note(entry: IssueItem, field: str) -> str:
    return entry.item.judgement.notes.get(field, "")


def _citation(entry: IssueItem) -> Citation:
    cited = cite.cite_item(entry.item, year=entry.year)
    narrative, parenthetical, names = (
        spans.mark(markdown.escape(text), entry.subject, notes.CITE)
        for text in (cited.narrative, cited.parenthetical, cited.names)
    )
    return Citation(
        narrative,
        parenthetical,
        names,
        linked=markdown.link_to(narrative, entry.item.url),
        bracketed=spans.join(["(", markdown.link_to(parenthetical, entry.item.url), ")"]),
    )


def _heading(entry: IssueItem, name: str, *, is_linked: bool) -> str:
    own = _note(entry, notes.SECTION)
    heading = spans.mark(markdown.escape(own), entry.subject, notes.SECTION) if own else name
    if not heading and entry.item.url:
        return spans.mark(markdown.bare_link(entry.item.url), entry.subject, "url")
    if not heading:
        return f"No. {entry.item.id}"
    return markdown.link_to(heading, entry.item.url) if is_linked else heading


def _line(entry: IssueItem, name: str, citation: Citation) -> str:
    """Write an item as one line that links it.

    A line that does not link the work gets a citation: as its subject when the line begins with a
    lower-case letter (``[Jane Placeholder](…) asks …``), else in brackets at its end. The linked
    title comes first for an opportunity, and when the line is empty.
    """
    typed = _with_link(entry, _note(entry, notes.LINE).strip())
    details = _details(entry, typed)
    begun, stop = split_full_stop(typed) if details else (typed, "")
    whole = spans.join([_fill(entry, begun, name, citation), details, stop])
    line = spans.mark(whole, entry.subject, notes.LINE)
    if not _note(entry, notes.LINE) and _note(entry, notes.FORMAT) != notes.LINK:
        field = "what" if _note(entry, "what") else "body"
        what = markdown.paragraph(_note(entry, field)).partition("\n\n")[0]
        text = spans.mark(_fill(entry, what, name, citation), entry.subject, field)
        line = spans.join([line, ": ", text]) if text else line
    is_sentence = line.rstrip('*_")').endswith((".", "!", "?", ":"))
    return spans.join([line, "."]) if is_opportunity(entry.item) and not is_sentence else line


def _with_link(entry: IssueItem, line: str) -> str:
    is_open = is_opportunity(entry.item)
    if not line:
        return "@title"
    if links_work(line, entry.item.url) or (is_open and "](" in line):
        return line
    if is_open or _note(entry, notes.FORMAT) == notes.LINK:
        return f"@title: {line}"
    if line[0].islower():
        return f"@cite {line}"
    return insert_before_full_stop(line, "[@cite]")


def _details(entry: IssueItem, line: str) -> str:
    """Write the place and prize of an opportunity unless its line or title names them.

    They are plain text, so placeholders in them are not replaced.
    """
    title = printed_or_borrowed(entry.item)
    printed = line.replace("@title", title).casefold()
    details = [
        markdown.escape(text)
        for field in (notes.PLACE, notes.PRIZE)
        if (text := _note(entry, field).strip()) and text.casefold() not in printed
    ]
    return f" ({', '.join(details)})" if details else ""


def _label(entry: IssueItem, rating: Rating | None, area: SectionStyle | None) -> str:
    label = (rating and rating.label) or (area.rating_label if area else "Rating")
    return spans.mark(markdown.escape(label), entry.subject, "label", area.slug if area else "")


def _rating_line(rating: Rating | None, area: SectionStyle | None, subject: str) -> str:
    if rating is None or rating.halves is None:
        return ""
    glyph = markdown.escape(rating.emoji or (area.emoji if area else ""))
    marked = spans.mark(rating_glyphs(rating.halves, glyph), subject, "rating", rating.area)
    remark = " ".join((rating.remark or "").split())
    if not remark:
        return marked
    return spans.join([marked, " (", spans.mark(remark, subject, "remark", rating.area), ")"])
