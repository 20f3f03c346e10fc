"""Draw the rating screen: a pure function of a `View` and the size of the terminal.

Text from sources enters `rich.text.Text` as plain characters: it is never parsed as markup, and
characters that move the cursor or change the writing direction are removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from papertrack.ui.review.footer import footer_lines
from papertrack.ui.review.view import Mode, View, cut, plain, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.commands.review import Sheet
    from papertrack.core.records import Author, Item

_MAX_TITLE_ROWS = 2
_MIN_BODY_ROWS = 3
_ROWS_TO_TITLE = 3
_MAX_INDENT = 8
# Some feeds carry whole books, and wrapping 20,000 characters already takes a few milliseconds.
_MAX_SUMMARY = 20_000


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawn screen.

    Attributes:
        text: The lines; they fit the terminal in width and number.
        offset: The scroll position, clamped to the text.
        page: How many lines PageDown scrolls.
    """

    text: Text
    offset: int
    page: int


def draw(view: View, width: int, height: int) -> Frame:
    """Draw the whole screen; the key hints stay visible however small the window.

    Args:
        view: What to show.
        width: Columns of the terminal.
        height: Rows of the terminal.
    """
    footer = footer_lines(view, width, height)[-height:]
    head = _head(view, width)
    maximum = max(2, height - len(footer) - _MIN_BODY_ROWS - 1)
    if maximum < _ROWS_TO_TITLE and len(head) > maximum:
        del head[1]  # the title matters more than the rule above it
    head = head[:maximum]
    body = _body(view, width - 2)
    room = max(1, height - len(head) - len(footer) - 1)
    offset = max(0, min(view.offset, len(body) - room))
    shown = [cut(view, Text.assemble(" ", line), width) for line in body[offset : offset + room]]
    shown += [Text()] * (room - len(shown))
    top = [*head, _body_rule(view, width, offset, room, len(body)), *shown]
    lines = [*top[: height - len(footer)], *footer]
    return Frame(Text("\n", no_wrap=True).join(lines), offset, max(1, room - 1))


def _head(view: View, width: int) -> list[Text]:
    head = [_header(view, width)]
    item = view.item
    if item is None or view.mode in {Mode.HELP, Mode.PAUSE}:
        return head
    head.append(Text(view.rule * width, "dim"))
    title = Text(plain(item.printed_title).strip() or "(no title)", "bold")
    rows = wrap(title, width - 2)
    if len(rows) > _MAX_TITLE_ROWS and not view.is_expanded:
        rows = rows[:_MAX_TITLE_ROWS]
        rows[-1].append(view.ellipsis)
    head += [cut(view, Text.assemble(" ", row), width) for row in rows]
    if not view.is_expanded and view.sheet is not None:
        details = [_facts(item, view.day, width - 2), *_origin(view, view.sheet, width - 2)]
        head += [cut(view, Text(f" {line}"), width) for line in details]
    return head


def _header(view: View, width: int) -> Text:
    tally = view.tally
    parts = [
        f"{min(view.position + 1, view.total)}/{view.total}",
        f"later {tally.later}",
        f"rated {tally.rated}",
        f"week {plain(view.week)}",
    ]
    if view.arrivals:
        parts.insert(1, f"+{view.arrivals} new")
    place = f" {view.dot.join(parts)}"
    named = f" papertrack rate  {place}"
    undo, leave = view.keys.first("undo"), view.keys.first("leave")
    short = f"undo: {undo}"
    for left, keys in ((named, f"{short}  quit: {leave}"), (named, short), (place, short)):
        spare = width - cell_len(left) - len(keys)
        if spare > 1:
            return Text(f"{left}{' ' * spare}{keys}", "bold")
    return cut(view, Text(place, "bold"), width)


def _facts(item: Item, day: str, width: int) -> str:
    """Write authors, paper and day in one line; a narrow screen drops categories first."""
    paper, categories = "", ""
    if item.arxiv is not None:
        version = f"v{item.arxiv.id.version}" if item.arxiv.id.version else ""
        withdrawn = "  WITHDRAWN" if item.arxiv.withdrawn else ""
        paper = f"arXiv {item.arxiv.id.base}{version}{withdrawn}"
        categories = " ".join(item.arxiv.categories[:3])
    lines = [
        "  ".join(plain(part) for part in parts if part)
        for parts in (
            (_authors(item.authors, 2), paper, categories, day),
            (_authors(item.authors, 2), paper, day),
            (_authors(item.authors, 1), paper, day),
        )
    ]
    return next((line for line in lines if cell_len(line) <= width), lines[-1])


def _authors(authors: Sequence[Author], maximum: int) -> str:
    named = ", ".join(author.name for author in authors[:maximum])
    return f"{named}, +{len(authors) - maximum}" if len(authors) > maximum else named


def _origin(view: View, sheet: Sheet, width: int) -> list[str]:
    """Write sources, address, issues, versions and comment."""
    item = sheet.item
    seen_in = f"in {', '.join(item.sources)}" if item.sources else ""
    lines = [view.dot.join(plain(part) for part in (seen_in, item.url or "") if part)]
    facts = [f"also: {', '.join(sheet.also)}"] if sheet.also else []
    if sheet.issues:
        facts.append(f"in issue {', '.join(sheet.issues)}")
    if sheet.versions:
        facts.append(", ".join(sheet.versions))
    if item.arxiv is not None and item.arxiv.comment:
        facts.append(f"comment: {item.arxiv.comment}")
    for fact in map(plain, facts):
        joined = f"{lines[-1]}{view.dot}{fact}"
        # The address keeps its own line; later facts share a line where they fit.
        if len(lines) > 1 and cell_len(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(fact)
    return [line for line in lines if line]


def _body_rule(view: View, width: int, offset: int, room: int, total: int) -> Text:
    expand = view.keys.first("expand")
    if total <= room:
        note = f" less: {expand} " if view.is_expanded and view.mode is not Mode.HELP else ""
    else:
        keys = f"PageDown, {'less' if view.is_expanded else 'more'}: {expand}"
        keys = "PageDown" if view.mode is Mode.HELP or view.item is None else keys
        note = f" {offset + 1}-{min(total, offset + room)} of {total} lines, {keys} "
    left = view.rule * max(0, width - len(note) - 2)
    return cut(view, Text(f"{left}{note}{view.rule * 2}"[-width:], "dim"), width)


def _body(view: View, width: int) -> list[Text]:
    if view.mode is Mode.HELP:
        return _help(view, width)
    if view.mode is Mode.PAUSE:
        return wrap(Text(_pause(view)), width)
    if view.item is None:
        return wrap(Text(_end_of_queue(view)), width)
    summary = view.item.summary
    # Line breaks in a stored text are deliberate: list items, verses, rows of code.
    paragraphs = [
        "\n".join(filter(None, map(_normalize_spaces, paragraph.split("\n"))))
        for paragraph in summary[:_MAX_SUMMARY].split("\n\n")
    ]
    if len(summary) > _MAX_SUMMARY:
        opens = view.keys.first("open")
        paragraphs.append(f"{view.ellipsis} the rest is on the page: {opens} opens it")
    if not any(paragraphs):
        return [Text("(no text came with it)", "dim")]
    return wrap(Text("\n\n".join(filter(None, paragraphs))), width)


def _normalize_spaces(line: str) -> str:
    """Collapse spaces between words; keep the indent, which shows the level of a list."""
    words = plain(line).rstrip()
    indent = min(len(words) - len(words.lstrip()), _MAX_INDENT)
    return " " * indent + " ".join(words.split())


def _help(view: View, width: int) -> list[Text]:
    """List the keys; long descriptions continue on the next line, indented."""
    column = max(cell_len(key.shown) for key in view.keys.keys) + 2
    rows: list[Text] = []
    for key in view.keys.keys:
        wrapped = wrap(Text(key.does), max(20, width - column))
        for number, words in enumerate(wrapped):
            left = f"{'' if number else key.shown:{column}}"
            rows.append(Text(f"{left}{words.plain.rstrip()}"))
    return rows


def _pause(view: View) -> str:
    return f"{round(view.minutes)} minutes are up: {_session_summary(view)}; everything is saved"


def _session_summary(view: View) -> str:
    """Write how many items were judged, and how many a minute."""
    tally = view.tally
    judged = tally.rejected + tally.later + tally.rated
    said = f"{tally.rejected} rejected, {tally.later} later, {tally.rated} rated"
    if judged and view.minutes >= 1:
        said += f", {judged / view.minutes:.1f} a minute"
    return said


def _end_of_queue(view: View) -> str:
    leave, back = view.keys.first("leave"), view.keys.first("previous")
    if view.failed and view.position < view.total:
        return f"This card cannot be shown; {view.keys.first('next')} goes on, {leave} quits."
    if not view.total:
        return f"nothing new; {leave} quits"
    tally = view.tally
    left = view.total - tally.rejected - tally.later - tally.rated
    summary = _session_summary(view) + (f", {left} not judged" if left else "")
    return f"all {view.total} seen: {summary}; {leave} quits, {back} goes back"
