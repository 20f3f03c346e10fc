"""An item as one line of a list: the little of it that is printed there."""

from __future__ import annotations

from typing import NamedTuple


class ItemLine(NamedTuple):
    """What a list prints of an item.

    Attributes:
        number: The short number.
        state: Where it stands.
        halves: The best rating in half points; None without any.
        first_seen_at: UTC, as `core.times.utc_text` writes it.
        source: The source that showed it first; empty for none.
        title: The author's title, else its own; may be empty.
        url: None when it has none.
    """

    number: int
    state: str
    halves: int | None
    first_seen_at: str
    source: str
    title: str
    url: str | None
