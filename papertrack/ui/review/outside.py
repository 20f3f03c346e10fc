"""What the rating screen hands to the world outside: addresses and citations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from papertrack.ui.review.session import Sitting

_WEB = ("http://", "https://")


class Outside:
    """Open and copy what the card of a sitting is about.

    Args:
        sitting: Where the author is.
        open_url: Opens an http or https address in the author's browser.
        copy_text: Puts a text on the author's clipboard.
    """

    def __init__(
        self,
        sitting: Sitting,
        *,
        open_url: Callable[[str], None],
        copy_text: Callable[[str], None],
    ) -> None:
        self._sitting = sitting
        self._open_url = open_url
        self._copy_text = copy_text

    def open(self) -> None:
        """Open the item's address in the browser."""
        item = self._sitting.card()
        if item is None:
            return
        if item.url is None or not item.url.startswith(_WEB):
            self._sitting.say("no address that a browser can open")
            return
        self._open_url(item.url)
        self._sitting.say(f"opened {item.url}")

    def open_pdf(self) -> None:
        """Open the PDF of a paper on arXiv, in the version that was seen last."""
        item = self._sitting.card()
        if item is None:
            return
        if item.arxiv is not None:
            url = f"https://arxiv.org/pdf/{item.arxiv.id.base}"
        elif item.url and item.url.startswith(_WEB) and item.url.lower().endswith(".pdf"):
            url = item.url
        else:
            self._sitting.say(f"no PDF is known; {self._sitting.keys.first('open')} opens the page")
            return
        self._open_url(url)
        self._sitting.say(f"opened {url}")

    def copy(self) -> None:
        """Copy the item's citation."""
        item = self._sitting.card()
        if item is None:
            return
        citation = self._sitting.desk.citation(item.id)
        if citation:
            self._copy_text(citation)
            self._sitting.say(f"copied {citation}")
        else:
            self._sitting.say("no authors and no title to cite")
