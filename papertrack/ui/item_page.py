"""Draw one item with everything known about it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from papertrack.core.judging.notes import LABELS
from papertrack.core.text.borrowed_titles import in_quotes
from papertrack.core.text.ratings import rating_value
from papertrack.core.text.title import plain_abstract
from papertrack.core.text.word_diff import DiffKind, Word, count_changed, is_changed, join_words
from papertrack.ui.tables import mark, printed_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, tzinfo

    from papertrack.commands.show import ItemPage
    from papertrack.core.judging.item_details import Version
    from papertrack.core.rank.prediction import Prediction
    from papertrack.core.records import Item, Rating
    from papertrack.core.text.word_diff import DiffPiece

# Not by colour alone: removed words are struck out, added ones underlined.
_COLOURS = {DiffKind.OLD: "\x1b[31;9m", DiffKind.NEW: "\x1b[32;4m"}
_PLAIN = "\x1b[0m"
_BRACKETS = {DiffKind.OLD: ("[-", "-]"), DiffKind.NEW: ("{+", "+}")}
_CONTEXT = 12  # words shown on either side of a change
_GAP = Word("…")


def diff_lines(
    pieces: Sequence[DiffPiece], width: int, *, in_colour: bool, is_whole: bool = False
) -> list[str]:
    """Draw a word diff.

    Args:
        pieces: The result of `papertrack.core.text.word_diff.compare`.
        width: Columns to fill; a longer word gets its own line.
        in_colour: Whether the terminal shows colours; without them brackets mark the changes.
        is_whole: Show all unchanged words; else twelve on either side of a change.
    """
    from rich.cells import cell_len  # noqa: PLC0415  # only where something is compared

    lines: list[list[_Shown]] = [[]]
    filled = 0
    for word in _shown(pieces, in_colour=in_colour, is_whole=is_whole):
        cells = cell_len(word.text)
        gap = 0 if word.is_glued or not lines[-1] else 1
        if lines[-1] and filled + gap + cells > width:
            lines.append([])
            filled = gap = 0
        lines[-1].append(word)
        filled += gap + cells
    return [_render_line(line, in_colour=in_colour) for line in lines if line]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A word to draw, and whether it is old, new or unchanged."""

    text: str
    is_glued: bool
    change: DiffKind


def _shown(pieces: Sequence[DiffPiece], *, in_colour: bool, is_whole: bool) -> Iterator[_Shown]:
    for at, piece in enumerate(pieces):
        words = list(piece.words)
        if piece.change is DiffKind.SAME and not is_whole:
            words = _only_near_changes(words, is_first=at == 0, is_last=at == len(pieces) - 1)
        before, behind = ("", "") if in_colour else _BRACKETS.get(piece.change, ("", ""))
        for place, word in enumerate(words):
            text = (before if place == 0 else "") + word.text
            text += behind if place == len(words) - 1 else ""
            yield _Shown(text, word.is_glued, piece.change)


def _only_near_changes(words: list[Word], *, is_first: bool, is_last: bool) -> list[Word]:
    """Replace words far from any change with a gap, if that is shorter."""
    head = 0 if is_first else _CONTEXT
    tail = 0 if is_last else _CONTEXT
    if len(words) <= head + tail + 1:
        return words
    return [*words[:head], _GAP, *words[len(words) - tail :]]


def _render_line(line: Sequence[_Shown], *, in_colour: bool) -> str:
    parts: list[str] = []
    for change, group in groupby(line, key=lambda word: word.change):
        words = [Word(word.text, word.is_glued) for word in group]
        text = join_words(words)
        if in_colour and change in _COLOURS:
            text = f"{_COLOURS[change]}{text}{_PLAIN}"
        parts.append(text if words[0].is_glued or not parts else f" {text}")
    return "".join(parts)


_INDENT = "  "
_DEVICE = 8  # characters of a device id


def item_page_lines(details: ItemPage, zone: tzinfo, width: int) -> list[str]:
    """Draw one item.

    Args:
        details: Everything known about it.
        zone: The author's time zone.
        width: Columns to fill, at least 20.
    """
    item = details.item
    lines = [f"{item.id}  {printed_title(item)}  [{mark(item)}]"]
    lines += _wrapped("; ".join(_facts(item, zone)), width)
    lines += [f"{_INDENT}{item.url}"] if item.url else []
    if item.authors:
        lines += _wrapped(", ".join(author.name for author in item.authors), width)
    for paragraph in filter(None, plain_abstract(item.summary).split("\n\n")):
        lines += ["", *(part for line in paragraph.splitlines() for part in _wrapped(line, width))]
    said = [part for line in _judgement_lines(item) for part in _wrapped(line, width)]
    lines += ["", *said] if said else []
    if expected := "; ".join(_expected(details.prediction) if details.prediction else ()):
        lines += ["", *_wrapped(f"expected: {expected}", width)]
    for heading, rows in _sections(details, zone, width):
        lines += ["", f"{_INDENT}{heading}", *(f"{_INDENT * 2}{row}" for row in rows)]
    return lines


def item_diff_lines(details: ItemPage, zone: tzinfo, width: int, *, in_colour: bool) -> list[str]:
    """Draw what changed between two versions of an item.

    Args:
        details: Everything known about it.
        zone: The author's time zone.
        width: Columns to fill, at least 20.
        in_colour: Whether the terminal shows colours.
    """
    item, diff = details.item, details.diff
    head = f"{item.id}  {printed_title(item)}"
    if diff is None:
        return [head, f"{_INDENT}only one version was seen"]
    lines = [head, f"{_INDENT}{_version(diff.old, zone)}  →  {_version(diff.new, zone)}"]
    for name, pieces, is_whole in (
        ("title", diff.title, True),
        (_text_name(item), diff.summary, False),
    ):
        if not is_changed(pieces):
            lines += ["", f"{_INDENT}{name}: the same"]
            continue
        drawn = diff_lines(
            pieces, max(width, 20) - len(_INDENT) * 2, in_colour=in_colour, is_whole=is_whole
        )
        lines += ["", f"{_INDENT}{name}", *(_INDENT * 2 + line for line in drawn)]
    return lines


def _sections(details: ItemPage, zone: tzinfo, width: int) -> Iterator[tuple[str, list[str]]]:
    """Write the heading and rows of each list that is not empty."""
    number = details.item.id
    if details.same_story:
        yield (
            "same story?",
            [
                f"{one.item}  {in_quotes(one.title)}  ({one.explain(zone)}): "
                f"papertrack merge {number} {one.item}, or split {number} --from {one.item}"
                for one in details.same_story
            ],
        )
    if details.merges:
        yield (
            "merged into it",
            [
                f"{one.item}  {_day(one.merged_at, zone)}  {in_quotes(one.title)}"
                + ("" if one.by_author else "  (they share a name)")
                for one in details.merges
            ],
        )
    if len(details.sightings) > 1:
        yield (
            "shown by",
            [
                f"{one.source}  {_day(one.seen_at, zone)}" + (f"  {one.url}" if one.url else "")
                for one in details.sightings
            ],
        )
    if details.submissions:
        yield (
            "submitted",
            [f"v{one.version}  {_day(one.at, zone)}" for one in details.submissions],
        )
    if len(details.versions) > 1:
        yield "versions seen", _versions(details, zone)
    if details.published_in:
        yield (
            "published in",
            [
                "  ".join(filter(None, (one.issue, one.area, one.section, one.rating)))
                for one in details.published_in
            ],
        )
    if details.history:
        yield "history", list(_history(details, zone, width))


def _versions(details: ItemPage, zone: tzinfo) -> list[str]:
    rows = [
        "  ".join(filter(None, (str(one.number), _day(one.seen_at, zone), _arxiv(one), one.title)))
        for one in details.versions
    ]
    if details.diff is None:
        return rows
    words = count_changed(details.diff.summary)
    changed = ["the title"] if is_changed(details.diff.title) else []
    changed += (
        [f"{words} word{'' if words == 1 else 's'} of the {_text_name(details.item)}"]
        if words
        else []
    )
    if changed:
        rows.append(f"{' and '.join(changed)} changed: papertrack show {details.item.id} --diff")
    return rows


def _text_name(item: Item) -> str:
    return "abstract" if item.arxiv else "text"


def _arxiv(version: Version) -> str:
    return f"v{version.arxiv_version}" if version.arxiv_version else ""


def _version(version: Version, zone: tzinfo) -> str:
    return f"{version.name}, {_day(version.seen_at, zone)}"


def _history(details: ItemPage, zone: tzinfo, width: int) -> Iterator[str]:
    """Write the judgements, with their devices if there were several."""
    has_several = len({one.device for one in details.history}) > 1
    for one in details.history:
        day = f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}  "
        line = (
            one.what
            + (f"  on {one.device[:_DEVICE]}" if has_several else "")
            + ("" if one.holds else "  (undone)")
        )
        room = max(width, 40) - len(day) - len(_INDENT) * 2
        for place, part in enumerate(textwrap.wrap(line, room) or [""]):
            yield (" " * len(day) if place else day) + part


def _expected(prediction: Prediction) -> Iterator[str]:
    """Write score, likely areas and reasons of an unjudged item."""
    if prediction.score is not None:
        yield f"{prediction.word} {prediction.score:.2f}".strip()
    if prediction.areas:
        yield f"perhaps {', '.join(prediction.areas)}"
    if prediction.reasons:
        yield "because of " + ", ".join(
            reason.words if reason.weight >= 0 else f"not {reason.words}"
            for reason in prediction.reasons
        )


def _facts(item: Item, zone: tzinfo) -> Iterator[str]:
    if item.arxiv:
        yield f"arXiv {item.arxiv.id.base}v{item.arxiv.id.version or 1}"
        if item.arxiv.categories:
            yield " ".join(item.arxiv.categories)
    yield item.kind.value
    if item.announced_at:
        yield f"announced {_day(item.announced_at, zone)}"
    if item.published_at:
        yield f"published {_day(item.published_at, zone)}"
    yield f"seen {_day(item.first_seen_at, zone)}"
    if item.sources:
        yield f"in {', '.join(item.sources)}"
    if item.doi:
        yield f"doi {item.doi}"
    if item.arxiv and item.arxiv.comment:
        yield item.arxiv.comment
    if item.arxiv and item.arxiv.withdrawn:
        yield "WITHDRAWN"


def _judgement_lines(item: Item) -> Iterator[str]:
    for rating in item.judgement.ratings:
        yield f"rated {rating.area} {_rating(rating)}"
    if item.judgement.tags:
        yield f"tags {', '.join(item.judgement.tags)}"
    notes = item.judgement.notes
    for field in [
        *(one for one in LABELS if one in notes),
        *(one for one in notes if one not in LABELS),
    ]:
        text = notes[field]
        first, *others = text.splitlines()
        yield f"{LABELS.get(field, field)}: {first}"
        yield from others


def _rating(rating: Rating) -> str:
    value = rating_value(rating.halves) if rating.halves is not None else "-"
    extras = [part for part in (rating.emoji, rating.label, rating.remark) if part]
    return f"{value} ({', '.join(extras)})" if extras else value


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        text, max(width, 20), initial_indent=_INDENT, subsequent_indent=_INDENT
    ) or [""]


def _day(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d}"
