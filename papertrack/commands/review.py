"""The service behind the rating screen: the queue, the cards, and judgements stored at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from papertrack.commands.judge import JudgementInput, judgement_statements
from papertrack.commands.predictions import predict
from papertrack.config.schema import Config
from papertrack.core.dates import current_window, week_name
from papertrack.core.judging.board import FIELD_LABELS, Board, BoardArea, count_board, missing_text
from papertrack.core.judging.item_details import Proposal
from papertrack.core.judging.journal import set_note, set_state
from papertrack.core.judging.notes import BRIEF, FORMAT, HOME, LINK
from papertrack.core.kinds import State
from papertrack.core.query.filters import match_slugs
from papertrack.core.rank.prediction import ORDERS, Prediction, Rank, Reason, order_items
from papertrack.core.records import Item
from papertrack.core.text.borrowed_titles import in_quotes, shown_title
from papertrack.core.text.ratings import rating_value
from papertrack.core.text.title import plain_title
from papertrack.errors import UsageError
from papertrack.storage import items, journal, journal_read, review_state
from papertrack.storage.database import transaction, translated
from papertrack.storage.issues import issues_of, last_window_end
from papertrack.storage.items import Filter, list_sightings, list_submissions
from papertrack.storage.pairs import open_pairs
from papertrack.storage.rank import read_chances
from papertrack.storage.sources import source_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.commands.bulk import BulkService
    from papertrack.commands.undo import Undone


@dataclass(frozen=True, slots=True)
class AreaChoice:
    """An area, as the rating screen needs it."""

    slug: str
    name: str
    emoji: str
    rating_label: str = "Rating"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The content of the card of one item.

    Attributes:
        proposal: Another item that may be the same work.
        reason: Why it may be, and what the author did to it; empty without a proposal.
        also: Its other addresses, shortened.
        issues: The issues in which it was published.
        versions: Its versions and their days, ``v1 Mon 16``, oldest first; empty for one version.
        missing: The texts it lacks for the digest, by their labels.
    """

    item: Item
    prediction: Prediction
    proposal: Proposal | None = None
    reason: str = ""
    also: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


_MAX_VERSIONS = 3
_MAX_ADDRESS = 40


def read_sheet(db: sqlite3.Connection, item: Item, prediction: Prediction, zone: tzinfo) -> Sheet:
    """Read a card.

    Args:
        db: The database.
        item: The item.
        prediction: Its prediction, with reasons.
        zone: The author's time zone, for days.
    """
    proposal = next(iter(open_pairs(db, item.id)), None)
    return Sheet(
        item=item,
        prediction=prediction,
        proposal=proposal,
        reason=proposal.explain(zone) if proposal else "",
        also=_other_addresses(db, item),
        issues=tuple(issues_of(db, item.id)),
        versions=_versions(db, item, zone),
        missing=missing_text(item),
    )


def read_board(db: sqlite3.Connection, config: Config, *, now: datetime, zone: tzinfo) -> Board:
    """Count what the current issue has and lacks."""
    # One second more, to include judgements of this moment.
    window = current_window(now + timedelta(seconds=1), zone, last_window_end(db))
    kept = items.read_items(db, items.judged_numbers(db, window))
    areas = [BoardArea(area.slug, area.short or area.slug, area.target) for area in config.areas]
    return count_board(kept, areas, minimum_halves=round(config.digest.min_rating * 2))


def _other_addresses(db: sqlite3.Connection, item: Item) -> tuple[str, ...]:
    """List the distinct other addresses at which sources show an item."""
    addresses = dict.fromkeys(
        _short_address(sighting.url)
        for sighting in list_sightings(db, item.id)
        if sighting.url and sighting.url != item.url
    )
    own = _short_address(item.url) if item.url else ""
    return tuple(address for address in addresses if address != own)


def _short_address(url: str) -> str:
    """Write an address without its scheme, cut if it is long."""
    parts = urlsplit(url)
    short = f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"
    return short if len(short) <= _MAX_ADDRESS else f"{short[: _MAX_ADDRESS - 3]}..."


def _versions(db: sqlite3.Connection, item: Item, zone: tzinfo) -> tuple[str, ...]:
    """Write the versions of a paper and their days; empty if there is only one."""
    submissions = list_submissions(db, item.id)
    if len(submissions) <= 1:
        return ()
    shown = [f"v{one.version} {one.at.astimezone(zone):%d %b %Y}" for one in submissions]
    return tuple([shown[0], "...", *shown[-1:]] if len(shown) > _MAX_VERSIONS else shown)


@dataclass(frozen=True, slots=True)
class ReviewService:
    """Reads and stores everything for the rating screen.

    Each judgement is committed before the method returns its acknowledgement, one line. Every
    method may raise `PapertrackError`, which the screen shows.

    Attributes:
        path: The file of the database, for messages.
        queue: The items to judge, fixed when the session begins.
        start: The place in the queue where it begins.
        started_at: When it began; later items are announced, but not added to the queue.
        name: The selection of the queue as a text, for the bookmark.
    """

    path: Path
    db: sqlite3.Connection
    config: Config
    zone: tzinfo
    clock: Callable[[], datetime]
    queue: tuple[int, ...]
    areas: tuple[AreaChoice, ...]
    week: str
    started_at: datetime
    start: int = 0
    name: str = ""
    _opened_cards: dict[int, str] = field(default_factory=dict)
    _boards: dict[tuple[int, int], Board] = field(default_factory=dict)
    # One, once there is a card.
    _find_reasons: list[Callable[[int], tuple[Reason, ...]]] = field(default_factory=list)
    _reasons: dict[int, tuple[Reason, ...]] = field(default_factory=dict)

    def minutes(self) -> float:
        """Return how long the session has taken."""
        return max(0.0, (self.clock() - self.started_at).total_seconds() / 60)

    @property
    def listing(self) -> BulkService:
        """The same queue as a list."""
        from papertrack.commands.bulk import BulkService  # noqa: PLC0415  # on use

        return BulkService(
            path=self.path,
            db=self.db,
            config=self.config,
            zone=self.zone,
            clock=self.clock,
            queue=self.queue,
            started_at=self.started_at,
        )

    def item(self, item_id: int) -> Item:
        """Read the current item; a merged one leads to the one that it was merged into."""
        with translated(self.path):
            return items.read_item(self.db, items.find_number(self.db, item_id) or item_id)

    def sheet(self, item_id: int) -> Sheet:
        """Read the content of the card of an item."""
        with translated(self.path):
            item = self.item(item_id)
            return read_sheet(self.db, item, self._predict(item), self.zone)

    def _predict(self, item: Item) -> Prediction:
        """Predict an item with reasons, which are found when its card is opened first."""
        prediction = predict(self.db, self.config, item)
        if not prediction.lacks_reasons:
            return prediction
        if item.id not in self._reasons:
            if not self._find_reasons:
                from papertrack.commands.rank import Explainer  # noqa: PLC0415  # on use

                explainer = Explainer(self.db, self.config, self.clock())
                self._find_reasons.append(explainer.reasons)
            self._reasons[item.id] = self._find_reasons[0](item.id)
        return replace(prediction, reasons=self._reasons[item.id])

    def board(self) -> Board:
        """Count the progress of the current issue, again after each change of the database."""
        with translated(self.path):
            state = review_state.data_version(self.db)
            if state not in self._boards:
                self._boards.clear()
                self._boards[state] = read_board(
                    self.db, self.config, now=self.clock(), zone=self.zone
                )
            return self._boards[state]

    def reject(self, item_id: int) -> str:
        """Reject an item."""
        return f"rejected {in_quotes(self._judge(item_id, JudgementInput(state=State.REJECTED)))}"

    def later(self, item_id: int) -> str:
        """Keep an item for later."""
        return f"later {in_quotes(self._judge(item_id, JudgementInput(state=State.LATER)))}"

    def rate(self, item_id: int, area: str, halves: int) -> str:
        """Rate an item in an area."""
        title = self._judge(item_id, JudgementInput(area=area, halves=halves))
        return f"{rating_value(halves)} in {area}: {in_quotes(title)}"

    def set_rating_text(self, item_id: int, area: str, field: str, text: str) -> str:
        """Set the remark, emoji or label of a rating."""
        given = {"remark": JudgementInput(area=area, remark=text)}
        given |= {
            "emoji": JudgementInput(area=area, emoji=text),
            "label": JudgementInput(area=area, label=text),
        }
        title = self._judge(item_id, given[field])
        if not text.strip():
            return f"no {field}"
        return f"{field} {' '.join(text.split())}: {in_quotes(title)}"

    def set_format(self, item_id: int, form: str) -> str:
        """Keep an item as brief or as a link, or print it in full again."""
        with translated(self.path), transaction(self.db):
            item = self.item(item_id)
            subject = journal_read.subject_of(self.db, item.id)
            statements = [set_note(subject, FORMAT, form)]
            is_rated = any(rating.halves is not None for rating in item.judgement.ratings)
            if form:
                statements.append(set_state(subject, State.KEPT))
            elif item.state is State.KEPT and not is_rated:
                statements.append(set_state(subject, State.NEW))
            journal.append(self.db, statements, self.clock())
        what = {BRIEF: "brief", LINK: "link only"}.get(form, "printed whole")
        return f"{what}: {in_quotes(shown_title(self.item(item_id)))}"

    def note(self, item_id: int, field: str, text: str) -> str:
        """Write a note."""
        title = self._judge(item_id, JudgementInput(notes={field: text}))
        if field == HOME:
            return f"home {text}: {in_quotes(title)}"
        label = FIELD_LABELS.get(field, field)
        return f"{label} {'noted' if text.strip() else 'taken back'}: {in_quotes(title)}"

    def known_tags(self) -> list[str]:
        """List the existing tags, most used first."""
        with translated(self.path):
            return review_state.list_tags(self.db)

    def retag(self, item_id: int, added: Sequence[str], removed: Sequence[str]) -> str:
        """Add tags to an item and remove others."""
        judgement = JudgementInput(tags_added=tuple(added), tags_removed=tuple(removed))
        title = self._judge(item_id, judgement)
        return " ".join([*(f"+{tag}" for tag in added), *(f"-{tag}" for tag in removed), title])

    def card_text(self, item_id: int) -> str:
        """Write the card of an item for the editor."""
        from papertrack.core.judging.card import write_card  # noqa: PLC0415  # on use

        text = write_card(self.item(item_id))
        self._opened_cards[item_id] = text
        return text

    def write_card(self, item_id: int, text: str) -> str:
        """Store what the author changed in an edited card.

        Raises:
            UsageError: The card cannot be read; nothing was stored.
        """
        from papertrack.commands.edit import store_card  # noqa: PLC0415  # on use

        opened = self._opened_cards.get(item_id) or self.card_text(item_id)
        with translated(self.path):
            number = self.item(item_id).id
            edited = store_card(self.db, number, opened=opened, edited=text, now=self.clock())
        if not edited.changed:
            return "nothing changed"
        return f"noted {', '.join(edited.changed)}: {in_quotes(shown_title(edited.item))}"

    def merge(self, item_id: int, other: int) -> str:
        """Merge another item into this one."""
        from papertrack.commands.merge import merge  # noqa: PLC0415  # on use

        with translated(self.path):
            merged = merge(self.db, [str(item_id), str(other)], self.clock())
        return f"merged {other} into {merged.keep}: {in_quotes(plain_title(merged.title))}"

    def keep_apart(self, item_id: int, other: int) -> str:
        """Record that two items are different works."""
        from papertrack.commands.merge import split  # noqa: PLC0415  # on use

        with translated(self.path):
            parted = split(self.db, str(item_id), str(other), self.clock())
        return f"not the same story: {parted.item} {in_quotes(plain_title(parted.title))}"

    def undo(self) -> tuple[int | None, str]:
        """Undo the newest act, of this session or an earlier one."""
        from papertrack.commands.undo import undo  # noqa: PLC0415  # on use

        with translated(self.path):
            undone = undo(self.db, self.clock())
        return _undo_result(undone, "undone") if undone else (None, "there is nothing to undo")

    def redo(self) -> tuple[int | None, str]:
        """Redo what was undone last."""
        from papertrack.commands.undo import redo  # noqa: PLC0415  # on use

        with translated(self.path):
            redone = redo(self.db, self.clock())
        return _undo_result(redone, "redone") if redone else (None, "there is nothing to redo")

    def citation(self, item_id: int) -> str:
        """Write the author-year citation of an item."""
        from papertrack.core.digest.cite import cite_item  # noqa: PLC0415  # on use

        return cite_item(self.item(item_id)).narrative

    def unsaved(self) -> dict[int, str]:
        """Read the card texts that could not be stored, in this session or an earlier one."""
        with translated(self.path):
            return review_state.read_unsaved(self.db)

    def keep_unsaved(self, item_id: int, text: str | None) -> None:
        """Keep a card text that cannot be stored as a card; None deletes it."""
        with translated(self.path):
            review_state.write_unsaved(self.db, item_id, text)

    def bookmark(self, item_id: int | None) -> None:
        """Store where the session stopped; None if it reached the end of the queue."""
        place = self.queue.index(item_id) if item_id in self.queue else 0
        with translated(self.path):
            review_state.write_passed(self.db, self.name, self.queue[:place])

    def arrivals(self) -> int:
        """Count the new items since the session began."""
        with translated(self.path):
            return items.count_new_since(self.db, self.started_at)

    def local_day(self, moment: datetime) -> str:
        """Format a moment as a local day, ``Fri 20``."""
        local = moment.astimezone(self.zone)
        return f"{local:%a} {local.day}"

    def _judge(self, item_id: int, judgement: JudgementInput) -> str:
        with translated(self.path), transaction(self.db):
            item = self.item(item_id)
            subject = journal_read.subject_of(self.db, item.id)
            statements, _ = judgement_statements(
                subject, str(item_id), judgement, item, judgement.area
            )
            journal.append(self.db, statements, self.clock())
        return shown_title(self.item(item_id))


def _undo_result(step: Undone, word: str) -> tuple[int | None, str]:
    item = step.items[0] if len(step.items) == 1 else None
    return item, f"{word}: {'; '.join(step.lines)}"


def open_review(
    db: sqlite3.Connection,
    config: Config,
    selection: Selection,
    *,
    zone: tzinfo,
    clock: Callable[[], datetime],
) -> ReviewService:
    """Begin a session where the last one with the same selection stopped.

    Args:
        db: The database.
        config: The config, for areas, keywords and the areas of sources.
        selection: Which items to judge, and in which order.
        zone: The author's time zone.
        clock: Returns the current time, for the journal.

    Raises:
        UsageError: The selection is invalid.
    """
    now = clock()
    queue = choose_queue(db, config, selection, now=now, zone=zone)
    # Items with unsaved card text come first, whatever their state.
    unfinished = [
        item for item in review_state.read_unsaved(db) if items.find_number(db, item) == item
    ]
    queue = (*unfinished, *(item for item in queue if item not in unfinished))
    # Newer items may be sorted before the place where the last session stopped.
    passed = review_state.read_passed(db, selection.name)
    fresh = (place for place, item in enumerate(queue) if item not in passed)
    return ReviewService(
        path=Path(db.execute("PRAGMA database_list").fetchone()["file"]),
        db=db,
        config=config,
        zone=zone,
        clock=clock,
        queue=queue,
        areas=tuple(
            AreaChoice(area.slug, area.name, area.emoji, area.rating_label) for area in config.areas
        ),
        week=week_name(now.astimezone(zone).date()),
        started_at=now,
        start=0 if unfinished else next(fresh, 0),
        name=selection.name,
    )


def order_queue(
    db: sqlite3.Connection,
    config: Config,
    numbers: Sequence[int],
    order: str,
    *,
    share: float = 0.1,
    now: datetime,
) -> list[int]:
    """Sort the items of a queue.

    Args:
        db: The database.
        config: The config, for the order of the areas.
        numbers: The items, newest first.
        order: ``best``, ``new``, ``unsure``, ``area`` or ``random``.
        share: For ``best``: the share of items, 0 to 1, that are placed at random.
        now: The current time; random places stay the same for a day.

    Returns:
        The same numbers.

    Raises:
        UsageError: There is no such order.
    """
    if order not in ORDERS:
        message = f'there is no order "{order}"'
        raise UsageError(message, hint=f"the orders are {', '.join(ORDERS)}")
    places = {area.slug: place for place, area in enumerate(config.areas)}
    known = read_chances(db, numbers) if order != "new" else {}
    ranks = []
    for number in numbers:
        score, chance, area = known.get(number, (None, None, None))
        ranks.append(Rank(number, score, chance, places.get(area) if area else None))
    return order_items(ranks, order, share, now.date())


@dataclass(frozen=True, slots=True)
class Selection:
    """Which items a session is about.

    Attributes:
        chosen: A filter by state, tag, source and date.
        area: Only items rated in this area, or likely to belong there.
        where: A query of the filter language that they must match, too; empty for none.
        incomplete: Instead, the kept items of the current issue that lack text.
        order: As in `order_queue`.
        limit: The maximum number of items; None for all.
    """

    chosen: Filter = Filter(states=(State.NEW,))  # noqa: RUF009  # frozen
    area: str | None = None
    where: str = ""
    incomplete: bool = False
    order: str = "new"
    limit: int | None = None

    @property
    def narrows_by_option(self) -> bool:
        """Whether an option other than the states and the query excludes items."""
        return any((self.area, self.chosen.tag, self.chosen.source, self.chosen.since))

    @property
    def narrows(self) -> bool:
        """Whether anything but the states excludes items."""
        return self.narrows_by_option or bool(self.where)

    @property
    def name(self) -> str:
        """The selection as a text, the key of its bookmark."""
        states = "+".join(state.value for state in self.chosen.states)
        parts = (states, self.area, self.chosen.tag, self.chosen.source, self.where)
        return "|".join([*(part or "" for part in parts), "incomplete" * self.incomplete])


def choose_queue(
    db: sqlite3.Connection, config: Config, selection: Selection, *, now: datetime, zone: tzinfo
) -> tuple[int, ...]:
    """List the items of a session in their order.

    Raises:
        UsageError: The query is invalid, or there is no such order or source.
    """
    source = selection.chosen.source
    if source is not None and source not in (known := source_ids(db)):
        message = f'there is no source "{source}"'
        raise UsageError(message, hint=f"the sources are {', '.join(known) or 'not written yet'}")
    numbers = _matching(db, config, selection, now=now, zone=zone)
    numbers = order_queue(db, config, numbers, selection.order, share=config.rank.explore, now=now)
    return tuple(numbers[: selection.limit])


def _matching(
    db: sqlite3.Connection, config: Config, selection: Selection, *, now: datetime, zone: tzinfo
) -> list[int]:
    """List the items newest first."""
    if selection.incomplete:
        window = current_window(now, zone, last_window_end(db))
        kept = items.read_items(db, items.judged_numbers(db, window))
        numbers = [item.id for item in kept if missing_text(item)]
    else:
        numbers = items.list_numbers(db, selection.chosen)
    if selection.area is not None:
        numbers = _in_area(db, config, selection.area, numbers)
    if not selection.where:
        return numbers
    from papertrack.commands.find import find_numbers  # noqa: PLC0415  # few sessions have a query

    states = None if selection.incomplete else selection.chosen.states
    found = find_numbers(db, config, selection.where, now=now, zone=zone, states=states)
    if selection.incomplete or selection.narrows_by_option:
        among = set(numbers)
        return [number for number in found if number in among]
    # A query that names states itself also finds items outside those of the queue.
    return found


def _in_area(
    db: sqlite3.Connection, config: Config, area: str, numbers: Sequence[int]
) -> list[int]:
    """Keep the items that are rated in an area, or most likely belong there.

    Raises:
        UsageError: The area is unknown.
    """
    known = {one.slug: one.name for one in config.areas}
    wanted = match_slugs(area, known, {one.slug: one.short for one in config.areas if one.short})
    if not wanted:
        message = f'there is no area "{area}"'
        raise UsageError(message, hint=f"the areas are {', '.join(known) or 'not written yet'}")
    return [
        item.id
        for item in items.read_items(db, numbers)
        if any(rating.area in wanted for rating in item.judgement.ratings)
        or (predict(db, config, item).areas or ("",))[0] in wanted
    ]
