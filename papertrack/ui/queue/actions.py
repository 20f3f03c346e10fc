"""Judge items from the list, and ask for an area, an order, tags, or a yes to a bulk act.

One item is judged at once, as on the card; several only after a question that counts them. Either
way it is one act, and one undo takes it back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from papertrack.core.judging.bulk import Choice, ListOrder, Scope
from papertrack.core.judging.notes import read_tags
from papertrack.core.kinds import State
from papertrack.core.text.ratings import BEST_HALVES
from papertrack.ui.queue.view import ORDERS, ListMode
from papertrack.ui.review.keys import AREA_KEYS, shown_key
from papertrack.ui.review.view import Mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.commands.bulk import BulkService
    from papertrack.commands.review import AreaChoice, ReviewService
    from papertrack.ui.queue.rows import ListRows
    from papertrack.ui.review.keys import KeyTable
    from papertrack.ui.review.session import ReviewSession


def type_key(line: str, key: str) -> str:
    """Apply a key at the end of a line: append a character, or delete.

    Args:
        line: The text so far.
        key: The character for keys that print one, else Textual's name of the key.
    """
    if key in {"backspace", "ctrl+h"}:
        return line[:-1]
    if key == "ctrl+u":
        return ""
    if key == "ctrl+w":
        return line.rstrip()[: line.rstrip().rfind(" ") + 1]
    key = " " if key == "space" else key
    return line + key if len(key) == 1 else line


class ListActions:
    """The actions of one list.

    Args:
        service: Reads and stores judgements.
        rows: The rows; actions keep them up to date.
        session: Counts what was judged.
        keys: The keys of the list, to name them in messages.
    """

    def __init__(
        self, service: ReviewService, rows: ListRows, session: ReviewSession, keys: KeyTable
    ) -> None:
        self.area: AreaChoice | None = None
        self.question: BulkQuestion | None = None
        self.message, self.failed = "", False
        self._session = session
        self._keys = keys
        self._service = service
        self._bulk_service = service.listing
        self._rows = rows
        self._clears_marks = False

    def say(self, message: str, *, failed: bool = False) -> None:
        """Show a message at the bottom of the screen."""
        self.message, self.failed = message, failed

    # Actions

    def reject(self) -> None:
        """Reject the item under the cursor and move on, or ask about the marked items."""
        if self._rows.marked:
            self._ask_marked(BulkAction("reject", "", self._bulk_service.reject), is_last=True)
        elif self._rows.current is not None:
            self._refresh_and_say(self._rows.current, self._service.reject(self._rows.current))
            self._rows.move(self._rows.cursor + 1)

    def later(self) -> None:
        """Put off the item under the cursor and move on, or ask about the marked items."""
        if self._rows.marked:
            self._ask_marked(BulkAction("put off", "", self._bulk_service.later), is_last=True)
        elif self._rows.current is not None:
            self._refresh_and_say(self._rows.current, self._service.later(self._rows.current))
            self._rows.move(self._rows.cursor + 1)

    def rate(self, value: int) -> None:
        """Rate in whole points; without a chosen area, one item in its rated or suggested one."""
        if self._rows.marked:
            if self.area is None:
                key = self._keys.first("area")
                self.say(f"choose an area for the marked items first: {key} then its number")
                return
            slug = self.area.slug
            action = BulkAction(
                "rate",
                f"{value} in {slug}",
                lambda choice: self._bulk_service.rate(choice, slug, value * 2),
            )
            self._ask_marked(action, is_last=True)
        else:
            self._rate_current(value * 2)

    def toggle_half(self) -> None:
        """Add half a point to the item under the cursor, or take it back."""
        if self._rows.marked:
            self.say("half points work on one item; clear the marks first")
            return
        area = self._area_of_current()
        halves = self._halves_in(area) if area is not None else None
        if halves is None:
            self.say(f"give a value first: 1-5, then {self._keys.first('half')} for the half")
        else:
            self._rate_current(halves - 1 if halves % 2 or halves == BEST_HALVES else halves + 1)

    def tag(self, text: str) -> None:
        """Add and remove tags; an empty line changes nothing."""
        added, removed = read_tags(text)
        number = self._rows.current
        if not (added or removed) or number is None:
            return
        if self._rows.marked:
            words = " ".join([*(f"+{tag}" for tag in added), *(f"-{tag}" for tag in removed)])
            action = BulkAction(
                "tag", words, lambda choice: self._bulk_service.retag(choice, added, removed)
            )
            self._ask_marked(action, is_last=False)
        else:
            self._refresh_and_say(number, self._service.retag(number, added, removed))

    def undo(self) -> None:
        """Undo the last act and go to its item, if there is just one."""
        self._change_history(self._service.undo)

    def redo(self) -> None:
        """Redo what was undone last."""
        self._change_history(self._service.redo)

    def _change_history(self, action: Callable[[], tuple[int | None, str]]) -> None:
        number, said = action()
        before = self._rows.queue
        self._rows.load(self._bulk_service.items(self._service.queue))
        self._session.update_tally(before, self._rows.queue)
        self._rows.find(number)
        self.say(said)

    # Questions

    def ask_bulk(self) -> None:
        """Ask about the marked items, or about what is left of the source under the cursor."""
        number = self._rows.current
        if number is None:
            self.say("no item here")
        elif self._rows.marked:
            self._ask_marked(None, is_last=True)
        else:
            self.question = BulkQuestion(self._bulk_service, number)

    def _ask_marked(self, action: BulkAction | None, *, is_last: bool) -> None:
        rows = self._rows
        rows.keep_cursor()
        marked = tuple(number for number in rows.queue if number in rows.marked)
        if action is not None and len(marked) == 1 and marked[0] in rows.shown:
            self._clears_marks = is_last
            self._apply_to_many(action, Choice(marked))
            return
        rated = sum(rows.queue[number].state is State.KEPT for number in marked)
        hidden = len(set(marked).difference(rows.shown))
        notes = [f"{rated} kept"] if rated else []
        notes += [f"{hidden} not shown"] if hidden else []
        self._clears_marks = is_last
        self.question = BulkQuestion(
            self._bulk_service,
            rows.current if rows.current is not None else marked[0],
            action=action,
            marked=Choice(marked),
            caveat=f" ({', '.join(notes)})" if notes else "",
        )

    def answer(self, key: str) -> None:
        """Take a key as the answer to the question."""
        question = self.question
        if question is None:
            return
        answer = question.press(key)
        if answer is BulkAnswer.OPEN:
            return
        self.question = None
        if answer is BulkAnswer.YES:
            self._apply_to_many(
                BulkAction("", "", lambda _: question.apply()), question.choice or Choice(())
            )
        else:
            self.say("nothing was changed")

    # Storing

    def _apply_to_many(self, action: BulkAction, choice: Choice) -> None:
        said = action.apply(choice)
        self._refresh(choice.items)
        if self._clears_marks:
            self._rows.clear_marks()
        self.say(said)

    def _rate_current(self, halves: int) -> None:
        number, area = self._rows.current, self._area_of_current()
        if number is None:
            return
        if area is None:
            self.say(f"choose an area first: {self._keys.first('area')} then its number")
            return
        self._refresh_and_say(number, self._service.rate(number, area, halves))

    def _area_of_current(self) -> str | None:
        """Find the area that a rating applies to: chosen, else rated last, else suggested."""
        number = self._rows.current
        if number is None or self.area is not None:
            return self.area.slug if self.area else None
        known = {area.slug for area in self._service.areas}
        ratings = self._rows.queue[number].judgement.ratings
        rated = [rating.area for rating in ratings if rating.area in known]
        if rated:
            return rated[-1]
        return next((a for a in self._service.sheet(number).prediction.areas if a in known), None)

    def _halves_in(self, area: str) -> int | None:
        number = self._rows.current
        ratings = self._rows.queue[number].judgement.ratings if number is not None else ()
        return next((rating.halves for rating in ratings if rating.area == area), None)

    def _refresh_and_say(self, number: int, said: str) -> None:
        self._refresh((number,))
        self.say(said)

    def _refresh(self, numbers: Sequence[int]) -> None:
        rows = self._rows
        # Items merged in this session are in the queue under two numbers.
        touched = {rows.queue[number].id for number in numbers if number in rows.queue}
        before = {number: item for number, item in rows.queue.items() if item.id in touched}
        after = self._bulk_service.items(list(before))
        rows.refresh(after)
        self._session.update_tally(before, after)


class ListPrompts:
    """The prompts for an area, an order and tags.

    Args:
        service: Knows the areas and the scores.
        rows: The rows to sort.
        actions: Receives the area and the tags.

    Attributes:
        text: The tags that are being typed.
    """

    def __init__(self, service: ReviewService, rows: ListRows, actions: ListActions) -> None:
        self.text = ""
        self._service = service
        self._rows = rows
        self._actions = actions

    def begin(self, mode: ListMode) -> ListMode:
        """Open a prompt; return the mode of the list, unchanged if the prompt makes no sense."""
        self.text = ""
        if mode is ListMode.AREA and not self._service.areas:
            self._actions.say("no areas; add [[areas]] to the config", failed=True)
            return ListMode.ROWS
        if mode is ListMode.TAGS and self._rows.current is None:
            return ListMode.ROWS
        return mode

    def press(self, mode: ListMode, key: str) -> ListMode:
        """Handle a key of the answer; return the next mode."""
        if mode is ListMode.AREA:
            return self._choose_area(key)
        if mode is ListMode.SORT:
            return self._choose_order(key)
        return self._type_tags(key)

    def _choose_area(self, key: str) -> ListMode:
        areas = dict(zip(AREA_KEYS, self._service.areas, strict=False))
        if key in areas:
            self._actions.area = areas[key]
            self._actions.say(f"{areas[key].name}: 1-5 rates")
        elif key == "escape":
            self._actions.say("")
        else:
            self._actions.say(f"no area has the key {shown_key(key)}; Escape cancels")
            return ListMode.AREA
        return ListMode.ROWS

    def _choose_order(self, key: str) -> ListMode:
        rows = self._rows
        if key == "r":
            rows.sort(rows.order)
        elif key in ORDERS:
            if ORDERS[key] is ListOrder.SCORE:
                rows.load_scores(list(rows.queue), self._service.listing.scores)
            rows.sort(ORDERS[key])
        elif key != "escape":
            self._actions.say(f"no order has the key {shown_key(key)}")
        return ListMode.ROWS

    def _type_tags(self, key: str) -> ListMode:
        if key in {"enter", "escape"}:
            self._actions.tag(self.text if key == "enter" else "")
            return ListMode.ROWS
        self.text = type_key(self.text, key)
        return ListMode.TAGS


_SCOPES = {"s": Scope.SOURCE, "o": Scope.OLDER, "a": Scope.AREA}
_SCOPE_HINTS = ("s source", "o older than 7 days", "a area")
_YES_OR_NO = ("y yes", "n no")


class BulkAnswer(Enum):
    """What a key answered; OPEN keeps the question open."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class BulkAction:
    """What would be done to each item.

    Attributes:
        verb: The first word of the question, such as ``reject``.
        how: The words after the items, such as ``3 in interp``; may be empty.
        apply: Does it as one act, and returns the acknowledgement.
    """

    verb: str
    how: str
    apply: Callable[[Choice], str]


class BulkQuestion:
    """One question; nothing is done unless the answer is yes.

    Args:
        service: Chooses and judges the items.
        number: The item whose source, age or area the others share.
        action: What would be done; rejecting by default.
        marked: The items that the author marked; None asks about the rest of the item's source.
        caveat: A remark on the marked items, added to the question; may be empty.
    """

    def __init__(
        self,
        service: BulkService,
        number: int,
        *,
        action: BulkAction | None = None,
        marked: Choice | None = None,
        caveat: str = "",
    ) -> None:
        self._service = service
        self._number = number
        self._actions = {
            "x": BulkAction("reject", "", service.reject),
            "z": BulkAction("put off", "", service.later),
            "space": BulkAction("put off", "", service.later),
        }
        self._action = action or self._actions["x"]
        self._may_change = action is None
        self._scope = None if marked else Scope.SOURCE
        self._caveat = caveat
        self.choice = marked or service.left(Scope.SOURCE, number)

    @property
    def text(self) -> str:
        """The question as one line."""
        if self.choice is None:
            return "no area is suggested for this item; choose by source (s) or age (o)"
        if not self.choice.items:
            return f"nothing left {self.choice.of}"
        asked = " ".join(filter(None, (self._action.verb, self.choice.asked, self._action.how)))
        return f"{asked}{self._caveat if self._scope is None else ''}?"

    @property
    def hints(self) -> tuple[str, ...]:
        """The keys that answer the question."""
        answers = _YES_OR_NO if self.choice is not None and self.choice.items else _YES_OR_NO[1:]
        if not self._may_change:
            return answers
        return (*answers, *_SCOPE_HINTS, "x reject", "z later")

    def press(self, key: str) -> BulkAnswer:
        """Handle a key: an answer, or another choice of items or action; other keys mean no."""
        key = "space" if key == " " else key
        if key == "y" and self.choice is not None and self.choice.items:
            return BulkAnswer.YES
        if self._may_change and key in _SCOPES:
            self._scope = _SCOPES[key]
            self.choice = self._service.left(self._scope, self._number)
            return BulkAnswer.OPEN
        if self._may_change and key in self._actions:
            self._action = self._actions[key]
            return BulkAnswer.OPEN
        return BulkAnswer.NO

    def apply(self) -> str:
        """Judge the items and return the acknowledgement."""
        return self._action.apply(self.choice or Choice(()))


class CardBulk:
    """Ask the question on a card, and judge the items when the answer is yes."""

    def __init__(self, session: ReviewSession) -> None:
        self._session = session
        self._question: BulkQuestion | None = None

    def ask(self) -> None:
        """Ask whether to reject what is left of the card's source."""
        session = self._session
        if session.card() is None or session.item_id is None:
            return
        self._question = BulkQuestion(session.service.listing, session.item_id)
        self._show(self._question)

    def press(self, key: str) -> None:
        """Handle a key: an answer, or another choice of items or action."""
        question = self._question
        if question is None:
            return
        answer = question.press(key)
        if answer is BulkAnswer.OPEN:
            self._show(question)
            return
        self._question = None
        self._session.mode, self._session.hints = Mode.CARD, ()
        if answer is BulkAnswer.YES:
            self._do(question)
        else:
            self._session.say("nothing was changed")

    def _show(self, question: BulkQuestion) -> None:
        self._session.mode, self._session.hints = Mode.BULK, question.hints
        self._session.say(question.text)

    def _do(self, question: BulkQuestion) -> None:
        session = self._session
        numbers = question.choice.items if question.choice is not None else ()
        before = session.service.listing.items(numbers)
        said = question.apply()
        session.update_tally(before, session.service.listing.items(numbers))
        session.go_to_unjudged()
        session.say(said)
