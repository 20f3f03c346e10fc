"""The question before one judgement of many items, asked in the list or on a card."""

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
    """What a key meant to a question."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class BulkAct:
    """What would be done to each item.

    Attributes:
        verb: As the question begins, such as ``reject``.
        how: What follows the items, such as ``3 in interp``; may be empty.
        do: Does it as one act, and returns the acknowledgement.
    """

    verb: str
    how: str
    do: Callable[[Choice], str]


class BulkQuestion:
    """One question, until it is answered; nothing is done before the answer is yes.

    Args:
        service: The program behind the list.
        number: The item that the others are compared with.
        act: What would be done; rejecting by default.
        marked: The items that the author marked; None asks for the rest of the item's source.
        caveat: What else the author should know of the marked ones; may be empty.
    """

    def __init__(
        self,
        service: BulkService,
        number: int,
        *,
        act: BulkAct | None = None,
        marked: Choice | None = None,
        caveat: str = "",
    ) -> None:
        self._service = service
        self._number = number
        self._acts = {
            "x": BulkAct("reject", "", service.reject),
            "z": BulkAct("put off", "", service.later),
            "space": BulkAct("put off", "", service.later),
        }
        self._act = act or self._acts["x"]
        self._may_change = act is None
        self._scope = None if marked else Scope.SOURCE
        self._caveat = caveat
        self.choice = marked or service.left(Scope.SOURCE, number)

    @property
    def text(self) -> str:
        """The question as one line."""
        if self.choice is None:
            return "no area is suggested for this item; s or o choose by something else"
        if not self.choice.items:
            return f"nothing is left {self.choice.of}"
        asked = " ".join(filter(None, (self._act.verb, self.choice.asked, self._act.how)))
        return f"{asked}{self._caveat if self._scope is None else ''}?"

    @property
    def hints(self) -> tuple[str, ...]:
        """The keys that answer it."""
        answers = _YES_OR_NO if self.choice is not None and self.choice.items else _YES_OR_NO[1:]
        if not self._may_change:
            return answers
        return (*answers, *_SCOPE_HINTS, "x reject", "z later")

    def press(self, key: str) -> BulkAnswer:
        """Take a key: the answer, or another choice of items or act; any other key means no."""
        key = "space" if key == " " else key
        if key == "y" and self.choice is not None and self.choice.items:
            return BulkAnswer.YES
        if self._may_change and key in _SCOPES:
            self._scope = _SCOPES[key]
            self.choice = self._service.left(self._scope, self._number)
            return BulkAnswer.OPEN
        if self._may_change and key in self._acts:
            self._act = self._acts[key]
            return BulkAnswer.OPEN
        return BulkAnswer.NO

    def do(self) -> str:
        """Do it, and return the acknowledgement."""
        return self._act.do(self.choice or Choice(()))


class CardBulk:
    """Ask on the card of a session, and do what was asked once the answer is yes.

    Args:
        session: Where the author is.
    """

    def __init__(self, session: ReviewSession) -> None:
        self._session = session
        self._question: BulkQuestion | None = None

    def ask(self) -> None:
        """Ask whether what is left of the card's source is to be rejected."""
        session = self._session
        if session.card() is None or session.item_id is None:
            return
        self._question = BulkQuestion(session.service.listing, session.item_id)
        self._show(self._question)

    def press(self, key: str) -> None:
        """Take a key as the answer, or as another choice of items or act."""
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
        said = question.do()
        session.count_many(before, session.service.listing.items(numbers))
        session.go_on()
        session.say(said)
