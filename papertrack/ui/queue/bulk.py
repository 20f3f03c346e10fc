"""The question before several items are judged at once, in the list or on a card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from papertrack.core.judging.bulk import Choice, Scope
from papertrack.ui.review.view import Mode

if TYPE_CHECKING:
    from papertrack.commands.bulk import BulkService
    from papertrack.ui.review.session import ReviewSession

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
