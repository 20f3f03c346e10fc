"""Items as JSON, in the stable format that docs/commands.md documents."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from papertrack.core.times import utc_text

if TYPE_CHECKING:
    from datetime import datetime

    from papertrack.core.records import ArxivFacts, Item, Rating

Json = dict[str, object]


def print_json(value: object) -> None:
    """Print a value as JSON, readable and in UTF-8."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def item_json(item: Item) -> Json:
    """Convert an item to JSON; times are UTC, ratings in points, missing facts null."""
    judgement = item.judgement
    return {
        "item": item.id,
        "kind": item.kind.value,
        "title": item.title,
        "url": item.url,
        "authors": [author.name for author in item.authors],
        "summary": item.summary,
        "announced_at": moment_json(item.announced_at),
        "published_at": moment_json(item.published_at),
        "updated_at": moment_json(item.updated_at),
        "first_seen_at": moment_json(item.first_seen_at),
        "state": item.state.value,
        "judged_at": moment_json(judgement.judged_at),
        "sources": list(item.sources),
        "identifiers": list(item.identifiers),
        "arxiv": _arxiv_json(item.arxiv) if item.arxiv else None,
        "doi": item.doi,
        "ratings": [_rating_json(rating) for rating in judgement.ratings],
        "tags": list(judgement.tags),
        "notes": dict(judgement.notes),
    }


def moment_json(moment: datetime | None) -> str | None:
    """Convert a moment to UTC text; None stays None."""
    return utc_text(moment) if moment else None


def _arxiv_json(facts: ArxivFacts) -> Json:
    return {
        "id": facts.id.base,
        "version": facts.id.version,
        "primary_category": facts.primary,
        "categories": list(facts.categories),
        "comment": facts.comment,
        "journal_ref": facts.journal_ref,
        "licence": facts.licence,
        "withdrawn": facts.withdrawn,
    }


def _rating_json(rating: Rating) -> Json:
    return {
        "area": rating.area,
        "value": rating.halves / 2 if rating.halves is not None else None,
        "emoji": rating.emoji,
        "label": rating.label,
        "remark": rating.remark,
        "rated_at": moment_json(rating.rated_at),
    }
