"""One item with all that is known of it, as lines of text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from papertrack.core.judging.notes import LABELS
from papertrack.core.text.glyphs import rating_value
from papertrack.core.text.word_diff import count_changed, is_changed
from papertrack.ui.tables import mark, printed_title
from papertrack.ui.word_diff import diff_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from papertrack.core.judging.full_dossier import Dossier
    from papertrack.core.judging.item_details import Version
    from papertrack.core.rank.standing import Standing
    from papertrack.core.records import Item, Rating

_INDENT = "  "
_DEVICE = 8  # letters of a machine's name


def dossier_lines(dossier: Dossier, zone: tzinfo, width: int) -> list[str]:
    """Draw one item.

    Args:
        dossier: What is known of it.
        zone: The author's time zone.
        width: Columns to fill, at least 20.
    """
    item = dossier.item
    lines = [f"{item.id}  {printed_title(item)}  [{mark(item)}]"]
    lines += _wrapped("; ".join(_facts(item, zone)), width)
    lines += [f"{_INDENT}{item.url}"] if item.url else []
    if item.authors:
        lines += _wrapped(", ".join(author.name for author in item.authors), width)
    for paragraph in filter(None, item.summary.split("\n\n")):
        lines += ["", *(part for line in paragraph.splitlines() for part in _wrapped(line, width))]
    said = [part for line in _said(item) for part in _wrapped(line, width)]
    lines += ["", *said] if said else []
    if expected := "; ".join(_expected(dossier.standing) if dossier.standing else ()):
        lines += ["", *_wrapped(f"expected: {expected}", width)]
    for heading, rows in _lists(dossier, zone, width):
        lines += ["", f"{_INDENT}{heading}", *(f"{_INDENT * 2}{row}" for row in rows)]
    return lines


def diff_dossier_lines(dossier: Dossier, zone: tzinfo, width: int, *, in_colour: bool) -> list[str]:
    """Draw what changed between two versions of an item.

    Args:
        dossier: What is known of it.
        zone: The author's time zone.
        width: Columns to fill, at least 20.
        in_colour: Whether the terminal shows colours.
    """
    item, diff = dossier.item, dossier.diff
    head = f"{item.id}  {printed_title(item)}"
    if diff is None:
        return [head, f"{_INDENT}only one version of it was seen"]
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


def _lists(dossier: Dossier, zone: tzinfo, width: int) -> Iterator[tuple[str, list[str]]]:
    """Write each list that has something to tell under its heading."""
    number = dossier.item.id
    if dossier.same_story:
        yield (
            "same story?",
            [
                f'{one.item}  "{one.title}"  ({one.reason}): '
                f"papertrack merge {number} {one.item}, or split {number} --from {one.item}"
                for one in dossier.same_story
            ],
        )
    if dossier.merges:
        yield (
            "merged into it",
            [
                f'{one.item}  {_day(one.merged_at, zone)}  "{one.title}"'
                + ("" if one.by_author else "  (they share a name)")
                for one in dossier.merges
            ],
        )
    if len(dossier.sightings) > 1:
        yield (
            "shown by",
            [
                f"{one.source}  {_day(one.seen_at, zone)}" + (f"  {one.url}" if one.url else "")
                for one in dossier.sightings
            ],
        )
    if dossier.submissions:
        yield (
            "submitted",
            [f"v{one.version}  {_day(one.at, zone)}" for one in dossier.submissions],
        )
    if len(dossier.versions) > 1:
        yield "versions seen", _versions(dossier, zone)
    if dossier.printings:
        yield (
            "published in",
            [
                "  ".join(filter(None, (one.issue, one.area, one.section, one.rating)))
                for one in dossier.printings
            ],
        )
    if dossier.history:
        yield "history", list(_history(dossier, zone, width))


def _versions(dossier: Dossier, zone: tzinfo) -> list[str]:
    rows = [
        "  ".join(filter(None, (str(one.number), _day(one.seen_at, zone), _arxiv(one), one.title)))
        for one in dossier.versions
    ]
    if dossier.diff is None:
        return rows
    words = count_changed(dossier.diff.summary)
    changed = ["the title"] if is_changed(dossier.diff.title) else []
    changed += (
        [f"{words} word{'' if words == 1 else 's'} of the {_text_name(dossier.item)}"]
        if words
        else []
    )
    if changed:
        rows.append(f"{' and '.join(changed)} changed: papertrack show {dossier.item.id} --diff")
    return rows


def _text_name(item: Item) -> str:
    return "abstract" if item.arxiv else "text"


def _arxiv(version: Version) -> str:
    return f"v{version.arxiv_version}" if version.arxiv_version else ""


def _version(version: Version, zone: tzinfo) -> str:
    return f"{version.name}, {_day(version.seen_at, zone)}"


def _history(dossier: Dossier, zone: tzinfo, width: int) -> Iterator[str]:
    """Write what was said, and on which machine where it was more than one."""
    has_several = len({one.device for one in dossier.history}) > 1
    for one in dossier.history:
        day = f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}  "
        line = (
            one.what
            + (f"  on {one.device[:_DEVICE]}" if has_several else "")
            + ("" if one.holds else "  (undone)")
        )
        room = max(width, 40) - len(day) - len(_INDENT) * 2
        for place, part in enumerate(textwrap.wrap(line, room) or [""]):
            yield (" " * len(day) if place else day) + part


def _expected(standing: Standing) -> Iterator[str]:
    """Say what is expected of an item that was not judged yet."""
    if standing.score is not None:
        yield f"{standing.word} {standing.score:.2f}".strip()
    if standing.areas:
        yield f"perhaps {', '.join(standing.areas)}"
    if standing.reasons:
        yield "because of " + ", ".join(
            reason.words if reason.weight >= 0 else f"not {reason.words}"
            for reason in standing.reasons
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


def _said(item: Item) -> Iterator[str]:
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
