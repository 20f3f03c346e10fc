"""The list of the rating screen under Textual's Pilot, on a real database with nine items."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from textual.events import Key, Paste
from textual.pilot import Pilot
from textual.widgets import Static

from papertrack.commands.review import ReviewService, Selection, open_review
from papertrack.config.schema import AreaConfig, Config
from papertrack.core.kinds import State
from papertrack.storage import sources
from papertrack.storage.items import Filter
from papertrack.ui.app import HostActions, ReviewApp, ReviewOptions
from tests.storage.newsroom import MONDAY, SOURCES, Newsroom, newsroom, paper, post
from tests.ui.screen import rest, send_at_once

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


AREAS = (
    AreaConfig(slug="interp", name="Interpretability", emoji="💡", keywords=("circuit*",)),
    AreaConfig(slug="attacks", name="Attacks", emoji="🤺"),
)
PAPERS = ("Circuits in a toy model", "Robust probes [bold]", "大規模言語モデルの監査")
POSTS = ("Monday notes", "Notes on circuits", "Weekly links", "An attack explained")
STORIES = ("Old story", "Older story")


@dataclass
class ListScreen:
    """The running screen with its database."""

    room: Newsroom
    service: ReviewService
    app: ReviewApp
    pilot: Pilot[None]

    async def press(self, *keys: str) -> str:
        """Press keys, wait for the screen, read it."""
        # The pilot would wait after every key, 40 ms each.
        for key in keys:
            name = "space" if key == " " else key
            character = " " if name == "space" else name if len(name) == 1 else None
            self.app.post_message(Key(name, character))
        await self.pilot.pause()
        return self.text

    async def types_at_once(self, sent: str) -> str:
        """Send keys as a terminal does, in one piece, wait until all are done, read the screen."""
        send_at_once(self.app, sent)
        await rest(self.app, self.pilot)
        return self.text

    async def paste(self, text: str) -> None:
        """Paste a text, as terminals say that it was not typed."""
        self.app.post_message(Paste(text))
        await self.pilot.pause()

    @property
    def text(self) -> str:
        """What stands on the screen now."""
        card = self.app.query_one("#card", Static)
        return "\n".join(card.render_line(row).text for row in range(card.size.height))

    @property
    def lines(self) -> list[str]:
        """The lines of the screen."""
        return [line.rstrip() for line in self.text.splitlines()]

    @property
    def message(self) -> str:
        """The last line."""
        return self.lines[-1].strip()

    @property
    def titles(self) -> list[str]:
        """The titles in the list, from top to bottom."""
        return [title for line in self.lines for title in ALL if f" {title}" in line]

    @property
    def current(self) -> str:
        """The title under the cursor."""
        (line,) = (line for line in self.lines if line.startswith(("▸", ">")))
        return next(title for title in ALL if title in line)

    @property
    def marked(self) -> list[str]:
        """The titles that bear a mark."""
        rows = [line for line in self.lines if line[1:2] == "*"]
        return [title for line in rows for title in ALL if f" {title}" in line]

    def acts(self) -> list[int]:
        """Count what every act said, undone or not, in their order."""
        rows = self.room.db.execute("SELECT count(*) FROM events GROUP BY act ORDER BY min(turn)")
        return [row[0] for row in rows]

    def states(self) -> dict[str, str]:
        """Read where every item stands that is not new any more."""
        rows = self.room.db.execute("SELECT title, state FROM items WHERE state <> 'new'")
        return {row[0]: row[1] for row in rows}


# In the order of the queue: what came in last is served first.
ALL = (*PAPERS, *POSTS, *STORIES)


def _fill(room: Newsroom) -> None:
    areas: list[sources.Row] = [
        {
            "slug": area.slug,
            "name": area.name,
            "emoji": area.emoji,
            "rating_label": area.rating_label,
            "in_contents": True,
        }
        for area in AREAS
    ]
    rows: list[sources.Row] = [
        {"slug": slug, "kind": slug, "name": slug, "url": None, "area": None} for slug in SOURCES
    ]
    sources.sync(room.db, areas, rows, MONDAY)
    days = [MONDAY - timedelta(days=age) for age in (8, 20)]
    room.shows(
        "planet",
        *(
            replace(post(title, title), published_at=day)
            for title, day in zip(STORIES, days, strict=True)
        ),
    )
    room.shows("blog", *(post(title, title) for title in POSTS))
    room.shows("arxiv", *(paper(f"2611.9990{n}", title=title) for n, title in enumerate(PAPERS, 1)))


def _clock(room: Newsroom) -> datetime:
    room.now += timedelta(seconds=1)
    return room.now


@asynccontextmanager
async def list_screen(
    folder: Path, *keys: str, size: tuple[int, int] = (80, 24), options: ReviewOptions | None = None
) -> AsyncIterator[ListScreen]:
    """Open the rating screen on nine new items, and press some keys; without any, ``l``."""
    with newsroom(folder) as room:
        _fill(room)
        service = open_review(
            room.db,
            Config(areas=AREAS),
            Selection(Filter(states=(State.NEW,))),
            zone=UTC,
            clock=lambda: _clock(room),
        )
        host = HostActions(
            open_url=lambda _: None,
            edit_text=lambda _: None,
            copy_text=lambda _: None,
            keep_text=lambda _: None,
        )
        app = ReviewApp(service, host, options or ReviewOptions())
        async with app.run_test(size=size) as pilot:
            shown = ListScreen(room, service, app, pilot)
            await shown.press(*(keys or ("l",)))
            yield shown
