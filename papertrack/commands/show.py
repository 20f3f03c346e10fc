"""Gather everything known about an item, and find the addresses of items."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from papertrack.commands import references
from papertrack.commands.predictions import predict
from papertrack.core.judging.event_text import describe_with_value, is_echo, is_implied
from papertrack.core.judging.item_details import (
    HistoryLine,
    Merge,
    Proposal,
    Publication,
    SourceSighting,
    Version,
)
from papertrack.core.kinds import State
from papertrack.core.rank.prediction import Prediction
from papertrack.core.records import Item, Submission
from papertrack.core.text.borrowed_titles import shown_title
from papertrack.core.text.clean import http_url
from papertrack.core.text.word_diff import DiffPiece, compare
from papertrack.errors import UsageError
from papertrack.storage import items, journal_read
from papertrack.storage.duplicates import list_merges
from papertrack.storage.issues import published_in
from papertrack.storage.items import list_sightings, list_submissions
from papertrack.storage.pairs import open_pairs
from papertrack.storage.versions import list_versions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from papertrack.config.schema import Config
    from papertrack.core.judging.journal import Event


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """What changed from one version to another, word by word."""

    old: Version
    new: Version
    title: tuple[DiffPiece, ...]
    summary: tuple[DiffPiece, ...]


@dataclass(frozen=True, slots=True)
class ItemPage:
    """An item, the versions seen, and its history, oldest first.

    Attributes:
        submissions: When each version of a paper was submitted, as far as arXiv's archive says.
        same_story: Possible duplicates, for the author to decide.
        published_in: The issues in which it was published, oldest first.
        diff: What changed between the last two versions; None if there is only one.
        prediction: The prediction; None once it was judged.
    """

    item: Item
    versions: tuple[Version, ...]
    history: tuple[HistoryLine, ...]
    submissions: tuple[Submission, ...] = ()
    sightings: tuple[SourceSighting, ...] = ()
    merges: tuple[Merge, ...] = ()
    same_story: tuple[Proposal, ...] = ()
    published_in: tuple[Publication, ...] = ()
    diff: VersionDiff | None = None
    prediction: Prediction | None = None


_UNJUDGED = frozenset({State.NEW, State.LATER})


def show(
    db: sqlite3.Connection,
    config: Config,
    name: str,
    between: Sequence[str] = (),
    *,
    now: datetime,
) -> ItemPage:
    """Gather everything known about one item.

    Args:
        db: The database.
        config: The config, for the prediction of an unjudged item.
        name: The item as the author names it.
        between: The versions to compare, by number or as arXiv counts them (``v2``): two, or one
            to compare with the last; empty for the last two.
        now: The current time, for the reasons of the prediction.

    Raises:
        NoSuchItem: The database has no such item.
        UsageError: It has no such version.
    """
    number = references.find(db, name)
    item = items.read_item(db, number)
    versions = list_versions(db, number)
    return ItemPage(
        item=item,
        versions=tuple(versions),
        history=_history(db, number, item.identifiers),
        submissions=list_submissions(db, number),
        sightings=tuple(list_sightings(db, number)),
        merges=tuple(list_merges(db, number)),
        same_story=tuple(open_pairs(db, number)),
        published_in=published_in(db, number),
        diff=_compare(_chosen(versions, between) if between else _last_two(versions)),
        prediction=_predict(db, config, item, now) if item.state in _UNJUDGED else None,
    )


def _predict(db: sqlite3.Connection, config: Config, item: Item, now: datetime) -> Prediction:
    """Predict an item, with the reasons that nobody has asked for yet."""
    prediction = predict(db, config, item)
    if not prediction.lacks_reasons:
        return prediction
    from papertrack.commands.rank import Explainer  # noqa: PLC0415  # on use

    return replace(prediction, reasons=Explainer(db, config, now).reasons(item.id))


def _history(
    db: sqlite3.Connection, number: int, identifiers: Sequence[str]
) -> tuple[HistoryLine, ...]:
    """Tell what was said of an item, but not what only follows from it."""
    undone = journal_read.undone(db)
    events = journal_read.item_events(db, number)
    acts: dict[str, list[Event]] = {}
    for event in events:
        acts.setdefault(event.act, []).append(event)
    return tuple(
        HistoryLine(event.at, describe_with_value(event), event.act not in undone, event.device)
        for event in events
        if "follows" not in event.payload
        and not (is_echo(event) and event.payload["other"] in identifiers)
        and not is_implied(event, acts[event.act])
    )


def _last_two(versions: Sequence[Version]) -> tuple[Version, ...]:
    """Find the newest version with an earlier one of the same work; empty if there is none.

    A merged item had other texts all along: that is not a change.
    """
    for at in reversed(range(len(versions))):
        before = [one for one in versions[:at] if one.of == versions[at].of]
        if before:
            return before[-1], versions[at]
    return ()


def _chosen(versions: Sequence[Version], between: Sequence[str]) -> tuple[Version, ...]:
    asked = [_named(versions, name) for name in between]
    if len(asked) > 1:
        return tuple(asked)
    return asked[0], next(one for one in reversed(versions) if one.of == asked[0].of)


def _named(versions: Sequence[Version], name: str) -> Version:
    """Find a version by name; the last of several with the same arXiv version."""
    wanted = name.strip().lower()
    for version in reversed(versions):
        if wanted in {str(version.number), f"v{version.arxiv_version}"}:
            return version
    known = ", ".join(dict.fromkeys(version.name for version in versions))
    message = f"there is no version {name.strip()}"
    raise UsageError(message, hint=f"the versions seen are {known}")


def _compare(pair: tuple[Version, ...]) -> VersionDiff | None:
    if not pair:
        return None
    old, new = pair
    return VersionDiff(old, new, compare(old.title, new.title), compare(old.summary, new.summary))


_PDF = ".pdf"


@dataclass(frozen=True, slots=True)
class Address:
    """An http(s) address to read an item at."""

    item: int
    title: str
    url: str


def find_addresses(
    db: sqlite3.Connection, named: Sequence[str], *, is_pdf: bool = False
) -> list[Address]:
    """Find the addresses of some items, each once.

    Args:
        db: The database.
        named: The items as the author names them.
        is_pdf: Whether to find the PDFs.

    Raises:
        NoSuchItem: An item is unknown.
        UsageError: An item has no such address.
    """
    numbers = dict.fromkeys(references.find(db, name) for name in named)
    return [_find(db, items.read_item(db, number), is_pdf=is_pdf) for number in numbers]


def _find(db: sqlite3.Connection, item: Item, *, is_pdf: bool) -> Address:
    places = _pdfs(db, item) if is_pdf else _pages(db, item)
    for place in places:
        if url := http_url(place):
            return Address(item.id, shown_title(item), url)
    what = "no PDF is known for" if is_pdf else "no address is known for"
    message = f'{what} item {item.id} "{shown_title(item)}"'
    hint = "leave out --pdf" if is_pdf and any(map(http_url, _pages(db, item))) else None
    raise UsageError(message, hint=hint or f"see papertrack show {item.id}")


def _pages(db: sqlite3.Connection, item: Item) -> Iterator[str | None]:
    yield item.url
    if item.arxiv:
        yield item.arxiv.id.url
    if item.doi:
        yield f"https://doi.org/{item.doi}"
    yield from (sighting.url for sighting in list_sightings(db, item.id))


def _pdfs(db: sqlite3.Connection, item: Item) -> Iterator[str]:
    if item.arxiv:
        yield f"https://arxiv.org/pdf/{item.arxiv.id.base}"
    for page in _pages(db, item):
        if page and page.partition("?")[0].lower().endswith(_PDF):
            yield page
