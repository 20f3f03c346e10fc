"""An issue as the journal has it: the last word holds, and the first time counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given, strategies as st

from papertrack.core.digest.ledger import (
    PrintedItem,
    PublishedIssue,
    as_first_printed,
    fold_issue,
    set_published,
    set_unpublished,
)
from papertrack.core.judging.journal import Event

if TYPE_CHECKING:
    import random

FRIDAY = datetime(2026, 11, 6, 12, tzinfo=UTC)


def _issue(hours: int, *items: PrintedItem) -> PublishedIssue:
    at = FRIDAY + timedelta(hours=hours)
    until = at - timedelta(minutes=30)
    return PublishedIssue("2026-W45", "A", date(2026, 11, 6), at, until, f"Text {hours}", items)


def _events(words: list[tuple[str, int]]) -> list[Event]:
    """Say words one after the other: publish, unpublish, or undo and redo of an act before."""
    events: list[Event] = []
    for number, (word, which) in enumerate(words):
        acts = [event.act for event in events if event.verb in {"publish", "unpublish"}]
        if word in {"undo", "redo"}:
            verb, subject, payload = word, f"act:{acts[which % len(acts)] if acts else 'x'}", {}
        else:
            said = (
                set_published(_issue(number)) if word == "publish" else set_unpublished("2026-W45")
            )
            verb, subject, payload = said.verb, said.subject, said.payload
        device, at = "ab"[which % 2], FRIDAY + timedelta(hours=number)
        events.append(
            Event(f"{number:03}", device, at, f"{number:03}", verb, subject, payload, number)
        )
    return events


words = st.lists(
    st.tuples(st.sampled_from(["publish", "unpublish", "undo", "redo"]), st.integers(0, 9)),
    max_size=9,
)


@given(words=words, shuffled=st.randoms(use_true_random=False))
def test_an_issue_is_the_same_in_whatever_order_journals_are_joined(
    words: list[tuple[str, int]], shuffled: random.Random
) -> None:
    events = _events(words)
    joined = list(events)
    shuffled.shuffle(joined)

    last = {e.subject.removeprefix("act:"): e.verb for e in events if e.verb in {"undo", "redo"}}
    undone = frozenset(act for act, verb in last.items() if verb == "undo")

    issue = fold_issue(joined, undone)

    assert issue == fold_issue(events, undone)
    holding = [e for e in events if e.act not in undone and e.verb in {"publish", "unpublish"}]
    if issue is None:
        assert not holding or holding[-1].verb == "unpublish"
    else:
        first = next(event for event in holding if event.verb == "publish")
        assert issue.published_at == first.at
        assert issue.window_until == first.at - timedelta(minutes=30)
        assert issue.text == holding[-1].payload["text"]


def test_an_issue_of_before_ends_when_it_was_published() -> None:
    said = set_published(_issue(0))
    payload = {name: value for name, value in said.payload.items() if name != "until"}
    event = Event("1", "a", FRIDAY, "1", said.verb, said.subject, payload, 1)

    issue = fold_issue([event], frozenset())

    assert issue is not None
    assert issue.window_until == FRIDAY


def test_what_was_known_of_a_work_when_it_first_went_out_stays() -> None:
    before = _issue(0, PrintedItem("arxiv:2611.99901", "a", version=1))
    now = (
        PrintedItem(
            "arxiv:2611.99901", "a", halves=7, version=2, journal_ref="J", was_withdrawn=True
        ),
        PrintedItem("arxiv:2611.99902", "a", version=3),
    )

    assert as_first_printed(now, before) == (
        PrintedItem("arxiv:2611.99901", "a", halves=7, version=1),
        now[1],
    )
    assert as_first_printed(now, None) == now
