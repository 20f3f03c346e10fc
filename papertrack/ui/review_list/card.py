"""The question about many items, asked on a card: ``reject the 41 left from field-notes?``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.ui.queue.bulk import Answer, BulkQuestion
from papertrack.ui.review.view import Mode

if TYPE_CHECKING:
    from papertrack.ui.review.session import Sitting


class CardBulk:
    """Ask on the card of a sitting, and do what was asked once the answer is yes.

    Args:
        sitting: Where the author is.
    """

    def __init__(self, sitting: Sitting) -> None:
        self._sitting = sitting
        self._question: BulkQuestion | None = None

    def ask(self) -> None:
        """Ask whether what is left of the card's source is to be rejected."""
        sitting = self._sitting
        if sitting.card() is None or sitting.item_id is None:
            return
        self._question = BulkQuestion(sitting.desk.listing, sitting.item_id)
        self._show(self._question)

    def press(self, key: str) -> None:
        """Take a key as the answer, or as another choice of items or act."""
        question = self._question
        if question is None:
            return
        answer = question.press(key)
        if answer is Answer.OPEN:
            self._show(question)
            return
        self._question = None
        self._sitting.mode, self._sitting.hints = Mode.CARD, ()
        if answer is Answer.YES:
            self._do(question)
        else:
            self._sitting.say("nothing was changed")

    def _show(self, question: BulkQuestion) -> None:
        self._sitting.mode, self._sitting.hints = Mode.BULK, question.hints
        self._sitting.say(question.text)

    def _do(self, question: BulkQuestion) -> None:
        sitting = self._sitting
        numbers = question.choice.items if question.choice is not None else ()
        before = sitting.desk.listing.items(numbers)
        said = question.do()
        sitting.count_many(before, sitting.desk.listing.items(numbers))
        sitting.go_on()
        sitting.say(said)
