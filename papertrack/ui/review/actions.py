"""The acts at the rating screen: a key each, stored before it is shown; links and citations."""

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
    """Judge the card of a session.

    Args:
        session: Where the author is.
    """

    def __init__(self, session: ReviewSession) -> None:
        self._session = session
        self._service = session.service

    def reject(self) -> None:
        """Reject the item and go on."""
        self._judge(self._service.reject)

    def later(self) -> None:
        """Put the item off and go on."""
        self._judge(self._service.later)

    def _judge(self, act: Callable[[int], str]) -> None:
        item = self._session.card()
        if item is not None:
            self._session.say(act(item.id))
            self._session.count(item.id)
            self._session.move_on()

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
        """Choose the area of a number; Escape cancels."""
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
        """Rate the item, in whole points; the card goes on in a moment."""
        self._rate(lambda _: value * 2)

    def toggle_half(self) -> None:
        """Give half a point more, or take it back; from 5 go down, as nothing is above."""
        self._rate(_toggled)

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
        session.moves_on = True

    def make_home(self) -> None:
        """Print the item under the present area, whatever it is rated elsewhere."""
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
        """Find the item and the present area; None, and said so, without either."""
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
        """Keep the item as brief, or whole again; tells whether it wants its line now."""
        return self._toggle_format(BRIEF) == BRIEF

    def toggle_link(self) -> None:
        """Keep the item as a link and go on, or print it whole again."""
        if self._toggle_format(LINK) == LINK:
            self._session.move_on()

    def _toggle_format(self, form: str) -> str | None:
        item = self._session.card()
        if item is None:
            return None
        new = "" if item.judgement.notes.get(FORMAT) == form else form
        self._session.say(self._service.set_format(item.id, new))
        self._session.count(item.id)
        return new

    def undo(self) -> None:
        """Take the last act back and go to the item it touched."""
        self._step_in_time(self._service.undo)

    def redo(self) -> None:
        """Bring back what was undone last and go to the item it touched."""
        self._step_in_time(self._service.redo)

    def _step_in_time(self, act: Callable[[], tuple[int | None, str]]) -> None:
        item_id, said = act()
        if item_id is None:  # many, or none
            self._session.recount_all()
        elif item_id in self._service.queue:
            self._session.recount(item_id)
            self._session.go(self._service.queue.index(item_id))
        self._session.say(said)

    def merge(self) -> None:
        """Merge the item that the card asks about into this one, and stay."""
        self._answer(self._service.merge)

    def keep_apart(self) -> None:
        """Say that the item that the card asks about is another work."""
        self._answer(self._service.keep_apart)

    def _answer(self, act: Callable[[int, int], str]) -> None:
        session = self._session
        if session.card() is None or session.item_id is None:
            return
        sheet = self._service.sheet(session.item_id)
        if sheet.proposal is None:
            session.say("no other item is proposed here; papertrack merge joins any two")
            return
        said = act(sheet.item.id, sheet.proposal.item)
        session.count(sheet.item.id)
        session.say(said)


def _toggled(halves: int | None) -> int | None:
    if halves is None:
        return None
    return halves - 1 if halves % 2 or halves == BEST_HALVES else halves + 1


_WEB = ("http://", "https://")


class Links:
    """Open and copy what the card of a session is about.

    Args:
        session: Where the author is.
        open_url: Opens an http or https address in the author's browser.
        copy_text: Puts a text on the author's clipboard.
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
        """Open the PDF of a paper on arXiv, in the version that was seen last."""
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
