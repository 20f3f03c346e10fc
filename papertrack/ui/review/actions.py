"""The actions of the rating screen: judging a card, opening its links, copying its citation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.core.judging.notes import BRIEF, FORMAT, HOME, LINK
from papertrack.core.text.ratings import BEST_HALVES
from papertrack.ui.review.keys import AREA_KEYS
from papertrack.ui.review.view import Mode

if TYPE_CHECKING:
    from collections.abc import Callable

    from papertrack.core.records import Item
    from papertrack.ui.review.session import ReviewSession


class Judging:
    """Judge the card of a session."""

    def __init__(self, session: ReviewSession) -> None:
        self._session = session
        self._service = session.service

    def reject(self) -> None:
        """Reject the item and show the next one."""
        self._judge_and_advance(self._service.reject)

    def later(self) -> None:
        """Put the item off and show the next one."""
        self._judge_and_advance(self._service.later)

    def _judge_and_advance(self, action: Callable[[int], str]) -> None:
        item = self._session.card()
        if item is not None:
            self._session.say(action(item.id))
            self._session.count(item.id)
            self._session.advance()

    def start_choosing(self) -> None:
        """Wait for the number of an area."""
        if self._session.card() is None:
            return
        if self._service.areas:
            self._session.mode = Mode.AREA
            self._session.say("")
        else:
            self._session.say("no areas; add [[areas]] to the config", failed=True)

    def choose(self, key: str) -> None:
        """Choose the area with this key; Escape cancels."""
        session = self._session
        areas = dict(zip(AREA_KEYS, self._service.areas, strict=False))
        if key in areas and session.item_id is not None:
            session.chosen[self._service.item(session.item_id).id] = areas[key].slug
            session.mode = Mode.CARD
            session.say(f"{areas[key].name}: 1-5 rates")
        elif key == "escape":
            session.mode = Mode.CARD
            session.say("")
        else:
            session.say(f"no area has the key {key}; Escape cancels")

    def rate(self, value: int) -> None:
        """Rate the item in whole points; the next card follows after the grace period."""
        self._rate(lambda _: value * 2)

    def toggle_half(self) -> None:
        """Add half a point, or take it back; subtract it from 5, the highest value."""
        self._rate(_toggled_half)

    def _rate(self, halves_after: Callable[[int | None], int | None]) -> None:
        target = self._target()
        if target is None:
            return
        session, (item, area) = self._session, target
        before = {rating.area: rating.halves for rating in item.judgement.ratings}
        halves = halves_after(before.get(area))
        if halves is None:
            session.say(f"give a value first: 1-5, then {session.keys.first('half')} for the half")
            return
        said = self._service.rate(item.id, area, halves)
        session.chosen[item.id] = area
        session.count(item.id)
        session.say(said)
        session.will_advance = True

    def make_home(self) -> None:
        """Print the item under the current area, whatever its ratings in other areas."""
        target = self._target()
        if target is None:
            return
        item, area = target
        rated = {one.area for one in item.judgement.ratings if one.halves is not None}
        if area not in rated and FORMAT not in item.judgement.notes:
            self._session.say(f"rate it in {area} first, then make it the home")
            return
        self._session.say(self._service.note(item.id, HOME, area))

    def _target(self) -> tuple[Item, str] | None:
        """Find the item and the current area; show a message and return None if one is missing."""
        session = self._session
        if session.card() is None or session.item_id is None:
            return None
        sheet = self._service.sheet(session.item_id)
        area, _ = session.target(sheet)
        if area is None:
            session.say(f"choose an area first: {session.keys.first('area')} then its number")
            return None
        return sheet.item, area

    def toggle_brief(self) -> bool:
        """Keep the item as brief, or in full again; return whether its line is needed now."""
        return self._toggle_format(BRIEF) == BRIEF

    def toggle_link(self) -> None:
        """Keep the item as a link and show the next one, or print it in full again."""
        if self._toggle_format(LINK) == LINK:
            self._session.advance()

    def _toggle_format(self, form: str) -> str | None:
        item = self._session.card()
        if item is None:
            return None
        new = "" if item.judgement.notes.get(FORMAT) == form else form
        self._session.say(self._service.set_format(item.id, new))
        self._session.count(item.id)
        return new

    def undo(self) -> None:
        """Undo the last act and go to its item."""
        self._undo_or_redo(self._service.undo)

    def redo(self) -> None:
        """Redo what was undone last and go to its item."""
        self._undo_or_redo(self._service.redo)

    def _undo_or_redo(self, action: Callable[[], tuple[int | None, str]]) -> None:
        item_id, said = action()
        if item_id is None:  # several items, or none
            self._session.recount_all_after_undo()
        elif item_id in self._service.queue:
            self._session.recount_after_undo(item_id)
            self._session.go(self._service.queue.index(item_id))
        self._session.say(said)

    def merge(self) -> None:
        """Merge the proposed duplicate into this item, and stay on the card."""
        self._decide_proposal(self._service.merge)

    def keep_apart(self) -> None:
        """Record that the proposed duplicate is another work."""
        self._decide_proposal(self._service.keep_apart)

    def _decide_proposal(self, action: Callable[[int, int], str]) -> None:
        session = self._session
        if session.card() is None or session.item_id is None:
            return
        sheet = self._service.sheet(session.item_id)
        if sheet.proposal is None:
            session.say("no other item is proposed here; papertrack merge joins any two")
            return
        said = action(sheet.item.id, sheet.proposal.item)
        session.count(sheet.item.id)
        session.say(said)


def _toggled_half(halves: int | None) -> int | None:
    if halves is None:
        return None
    return halves - 1 if halves % 2 or halves == BEST_HALVES else halves + 1


_WEB = ("http://", "https://")


class Links:
    """Open the page or PDF of the card, and copy its citation.

    Args:
        session: Whose card is meant.
        open_url: Opens an http or https address in the author's browser.
        copy_text: Copies a text to the author's clipboard.
    """

    def __init__(
        self,
        session: ReviewSession,
        *,
        open_url: Callable[[str], None],
        copy_text: Callable[[str], None],
    ) -> None:
        self._session = session
        self._open_url = open_url
        self._copy_text = copy_text

    def open(self) -> None:
        """Open the item's address in the browser."""
        item = self._session.card()
        if item is None:
            return
        if item.url is None or not item.url.startswith(_WEB):
            self._session.say("no address that a browser can open")
            return
        self._open_url(item.url)
        self._session.say(f"opened {item.url}")

    def open_pdf(self) -> None:
        """Open the PDF of an arXiv paper, or of an item whose address is a PDF."""
        item = self._session.card()
        if item is None:
            return
        if item.arxiv is not None:
            url = f"https://arxiv.org/pdf/{item.arxiv.id.base}"
        elif item.url and item.url.startswith(_WEB) and item.url.lower().endswith(".pdf"):
            url = item.url
        else:
            self._session.say(f"no PDF is known; {self._session.keys.first('open')} opens the page")
            return
        self._open_url(url)
        self._session.say(f"opened {url}")

    def copy(self) -> None:
        """Copy the item's citation."""
        item = self._session.card()
        if item is None:
            return
        citation = self._session.service.citation(item.id)
        if citation:
            self._copy_text(citation)
            self._session.say(f"copied {citation}")
        else:
            self._session.say("no authors and no title to cite")
