"""One item with all that is known of it, as lines of text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from papertrack.core.glyphs import rating_value
from papertrack.core.notes import LABELS
from papertrack.ui.tables import mark, printed_title

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from papertrack.core.dossier import Dossier
    from papertrack.core.records import Item, Rating

_INDENT = "  "


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
    said = [_INDENT + line for line in _said(item)]
    lines += ["", *said] if said else []
    for heading, rows in _lists(dossier, zone):
        lines += ["", f"{_INDENT}{heading}", *(f"{_INDENT * 2}{row}" for row in rows)]
    return lines


def _lists(dossier: Dossier, zone: tzinfo) -> Iterator[tuple[str, list[str]]]:
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
        yield (
            "versions seen",
            [
                f"{_day(one.seen_at, zone)}  "
                + (f"v{one.arxiv_version}  " if one.arxiv_version else "")
                + one.title
                for one in dossier.versions
            ],
        )
    if dossier.history:
        yield (
            "history",
            [
                f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}  {one.what}"
                + ("" if one.holds else "  (undone)")
                for one in dossier.history
            ],
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
    for field, text in item.judgement.notes.items():
        yield f"{LABELS.get(field, field)}: {text}"


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
