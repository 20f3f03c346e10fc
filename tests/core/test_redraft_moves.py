"""A card that one side has moved and the other has changed is moved and changed."""

from __future__ import annotations

import pytest

from papertrack.core.drafts.merge import merge_cards
from papertrack.core.text.spans import CARD
from tests.core.test_absorb import FIRST, SECOND, THIRD, Sample, drafted


def _moved(text: str, *order: int) -> str:
    spans = [span for span in drafted(FIRST, SECOND, THIRD)[1] if span.field == CARD]
    cards = [drafted(FIRST, SECOND, THIRD)[0][span.start : span.end] for span in spans]
    for at, card in enumerate(cards):
        assert text.count(card) == 1
        text = text.replace(card, f"@{at}@")
    for at, number in enumerate(order):
        text = text.replace(f"@{at}@", cards[number])
    return text


@pytest.mark.parametrize("order", [(1, 0, 2), (2, 1, 0), (1, 2, 0)])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_rating_reaches_a_card_that_was_moved_by_hand(
    order: tuple[int, int, int], ending: str
) -> None:
    base = drafted(FIRST, SECOND, THIRD)
    again = Sample(FIRST.subject, FIRST.title, FIRST.url, "one", FIRST.notes, "", "💡💡💡💡💡")
    new = drafted(again, SECOND, THIRD)
    mine = _moved(base[0], *order).replace("Another", "My words").replace("\n", ending)

    merged = merge_cards(base, mine, new)

    assert merged.conflicts == 0
    old, changed = "It is new\n\n**Rating:** 💡💡\n", "It is new\n\n**Rating:** 💡💡💡💡💡\n"
    assert merged.text == mine.replace(old.replace("\n", ending), changed.replace("\n", ending))


def test_an_edit_stays_in_a_card_that_was_moved_by_a_new_order() -> None:
    base, new = drafted(FIRST, SECOND, THIRD), drafted(SECOND, FIRST, THIRD)
    mine = "\ufeff" + base[0].replace("A thing", "My thing").replace("so so", "my remark")

    merged = merge_cards(base, mine + "\nBye.\n", new)

    assert merged.conflicts == 0
    assert merged.text == (
        "\ufeff" + new[0].replace("A thing", "My thing").replace("so so", "my remark") + "\nBye.\n"
    )


def test_what_both_have_moved_is_merged_by_lines() -> None:
    base, new = drafted(FIRST, SECOND, THIRD), drafted(SECOND, FIRST, THIRD)
    mine = _moved(base[0], 2, 1, 0).replace("A thing", "My thing")

    merged = merge_cards(base, mine, new)

    assert "My thing" in merged.text
