"""An invented issue in which everything occurs that a template may meet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.core.digest.cards import Entry
from papertrack.core.digest.issue import SectionStyle
from papertrack.core.digest.layout import Rules, lay_out
from papertrack.core.digest.make import make_digest
from papertrack.core.kinds import Kind, State
from papertrack.core.records import ArxivFacts, ArxivId, Author, Item, Judgement, Rating

if TYPE_CHECKING:
    from papertrack.config.schema import DigestConfig
    from papertrack.core.digest.issue import Digest

_DAY = date(2026, 11, 20)
_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
_ISSUE = "2026-W47"
_INSIDE, _TRICKS, _ELSE = "inside", "tricks", "else"
_AREAS = (
    SectionStyle(_INSIDE, "Looking Inside Models", "🔍", "Rating", in_contents=True),
    SectionStyle(_TRICKS, "Tricks & Defences", "🛡️", "Rating", in_contents=True),
    SectionStyle(_ELSE, "Something Else", "📖", "Overall Rating", in_contents=False),
)
_PARTS = "Mirror | Roe | https://example.org/mirror | reads from the right.\n| Doe | | reads up."
_TEXTS = {
    "number": "12",
    "lead": "Two groups asked the *same* question.\n\nNobody answered.",
    "intro": "Welcome to this week's notes.",
    "watch": "https://example.org/watch",
    "listen": "https://example.org/listen",
    "outro": "Until next week.",
    "event": "a walk",
    "event_date": "2026-12-05",
}


def sample_digest(style: DigestConfig) -> Digest:
    """Make an issue of invented items."""
    items = (
        _item(
            1, "Circuits [that] wake * at night", Kind.PAPER, _INSIDE, 7, remark="half a lens",
            what="A list of silent circuits", new="They wake up", meaning="Silence is no proof",
            good_for="Better questions", teaser="silent circuits wake up",
        ),
        _item(
            2, "Old circuits", Kind.PAPER, _INSIDE, 8, section="Who counts the counters?",
            background="Counting is old.", teaser="old ones come back",
            body='@cite ask who counts.\n\n![A count](images/count.png "Drawn by us")',
        ),
        _item(3, "A letter", Kind.POST, _TRICKS, 4, hide_title="yes", body="Two:", parts=_PARTS),
        _item(4, "A bedtime story", Kind.NEWS, _ELSE, 10, what="Fiction"),
        _item(5, "A clock", Kind.POST, format="brief", line="winds itself."),
        _item(6, "A list", Kind.POST, format="link"),
        _item(7, "summer school", Kind.OPPORTUNITY, deadline="2026-11-25", place="Oslo",
              prize="$100", credit="[a friend](https://example.org/friend)"),
        _item(8, "A board", Kind.OPPORTUNITY, line="Look at the @title."),
    )  # fmt: skip
    entries = [
        Entry(item, f"local:{item.id}", key=f"example{item.id}", year=2026) for item in items
    ]
    layout = lay_out(entries, _AREAS, Rules(today=_DAY))
    return make_digest(layout, style, issue=_ISSUE, day=_DAY, texts=_TEXTS)


def empty_digest(style: DigestConfig) -> Digest:
    """Make an issue of a week in which nothing was rated and nothing written."""
    return make_digest(lay_out((), (), Rules(today=_DAY)), style, issue=_ISSUE, day=_DAY, texts={})


def _item(
    number: int,
    title: str,
    kind: Kind,
    area: str = "",
    halves: int = 0,
    remark: str | None = None,
    **notes: str,
) -> Item:
    at = _AT + timedelta(minutes=number)
    is_paper = kind is Kind.PAPER
    base = f"2611.{99940 + number}"
    return Item(
        id=number,
        kind=kind,
        title=title,
        url=f"https://arxiv.org/abs/{base}" if is_paper else f"https://example.org/{number}",
        authors=(Author("Ada Example"), Author("Ben Sample"), Author("Cy Tester"))[:number],
        summary="",
        published_at=_AT,
        updated_at=None,
        first_seen_at=_AT,
        state=State.KEPT,
        arxiv=ArxivFacts(ArxivId(base)) if is_paper else None,
        judgement=Judgement(
            judged_at=at,
            ratings=(Rating(area, halves, remark=remark, rated_at=at),) if area else (),
            notes=notes,
        ),
    )
