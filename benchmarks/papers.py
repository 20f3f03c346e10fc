"""Make papers that do not exist, the same ones every time, and a database full of them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.config.schema import ArxivSource, Config
from papertrack.core.records import ArxivFacts, ArxivId, Author, Entry, Prepared
from papertrack.core.works import ingest
from papertrack.core.works.prepare import prepare
from papertrack.storage import sources
from papertrack.storage.database import open_database, transaction
from papertrack.storage.ingest import apply_changes, find_known
from papertrack.storage.sources import sync_config

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
CONFIG = Config(sources=(ArxivSource(slug="arxiv", categories=("cs.LG",)),))
_WORDS = (
    "attention",
    "circuit",
    "sparse",
    "feature",
    "reward",
    "policy",
    "latent",
    "probe",
    "robust",
    "scaling",
    "transformer",
    "adversarial",
    "alignment",
    "benchmark",
    "causal",
    "gradient",
    "induction",
    "prompt",
    "safety",
    "steering",
)


def make_papers(count: int, *, seed: int = 7) -> list[Entry]:
    """Make papers with titles of 8 and abstracts of 150 words."""
    dice = random.Random(seed)  # noqa: S311  # samples, not secrets
    return [_paper(number, dice) for number in range(count)]


def fill(path: Path, papers: Sequence[Entry], *, batch: int = 2000) -> sqlite3.Connection:
    """Make a database that has fetched some papers, a batch an hour."""
    db = open_database(path, create=True)
    sync_config(db, CONFIG, NOW)
    for start in range(0, len(papers), batch):
        store(db, papers[start : start + batch], NOW + timedelta(hours=start // batch))
    return db


def store(
    db: sqlite3.Connection,
    papers: Sequence[Entry],
    now: datetime,
    prepared: Mapping[str, Prepared] | None = None,
) -> int:
    """Take papers in the way `fetch` does; returns how many changes that was."""
    with transaction(db):
        source_id = sources.source_ids(db)["arxiv"]
        incoming = prepare(papers, "arxiv", prepared)
        known = find_known(db, source_id, incoming)
        decision = ingest.decide(known, incoming, source="arxiv", is_wanted=lambda _: True)
        apply_changes(db, decision.changes, source_id=source_id, now=now)
    return len(decision.changes)


def _paper(number: int, dice: random.Random) -> Entry:
    # Month 13 is no month: these numbers cannot exist, and arXiv ids made of records pass unread.
    base = f"9913.{number:06d}"
    return Entry(
        guid=f"oai:arXiv.org:{base}",
        title=" ".join(dice.choices(_WORDS, k=8)).capitalize(),
        url=f"https://arxiv.org/abs/{base}",
        authors=tuple(Author(f"Example {dice.choice('ABCDEFGH')}. Sample") for _ in range(4)),
        summary=" ".join(dice.choices(_WORDS, k=150)),
        published_at=NOW - timedelta(minutes=number),
        arxiv=ArxivFacts(ArxivId(base, 1), "cs.LG", ("cs.LG", "cs.AI"), "new"),
    )
