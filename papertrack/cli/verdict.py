"""What the options of `rate` and `add` say about an item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.commands.judge import Verdict
from papertrack.core.judging.notes import HIDE_TITLE, TITLE, read_note
from papertrack.core.kinds import State
from papertrack.core.text.halves import read_halves
from papertrack.core.text.tags import read_tags
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_state(*, reject: bool, later: bool) -> State | None:
    """Read the two flags that set an item's state.

    Raises:
        UsageError: Both are set.
    """
    if reject and later:
        message = "an item cannot be rejected and kept for later at once"
        raise UsageError(message, hint="give --reject or --later")
    if reject:
        return State.REJECTED
    return State.LATER if later else None


def _read_tags(words: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for word in words:
        if not word.isprintable() or not word.strip("+-#, "):
            message = f'"{word}" is no tag'
            raise UsageError(message, hint="write +x or -x")
    return read_tags(" ".join(words))


def read_notes(
    texts: Mapping[str, str], *, title: str | None, shown: bool | None
) -> dict[str, str]:
    """Gather the notes that were given; an empty text takes a note back.

    Raises:
        UsageError: A note that steers how the item is printed cannot be read.
    """
    notes = {field: read_note(field, text) for field, text in texts.items()}
    if title is not None:
        notes[TITLE] = read_note(TITLE, title)
    if shown is not None:
        notes[HIDE_TITLE] = "" if shown else "yes"
    return notes


def read_verdict(
    *,
    state: State | None,
    rating: tuple[str | None, str | None, str | None, str | None, str | None],
    tags: list[str] | None,
    notes: dict[str, str],
) -> Verdict:
    """Put the options of `rate` and `add` together.

    Args:
        state: What `read_state` says.
        rating: Area, value, remark, emoji and label as typed.
        tags: As typed.
        notes: What `read_notes` says.

    Raises:
        UsageError: The value is no rating, or it contradicts the state.
    """
    area, value, remark, emoji, label = rating
    if state is not None and value is not None:
        message = f"an item cannot be {state.value} and rated at once"
        raise UsageError(message, hint="give --value, --reject or --later")
    unrates = value is not None and value.strip().lower() in {"", "none"}
    added, removed = _read_tags(tags or [])
    return Verdict(
        state=state,
        area=area,
        halves=None if value is None or unrates else read_halves(value),
        unrates=unrates,
        emoji=emoji,
        label=label,
        remark=remark,
        tags_added=added,
        tags_removed=removed,
        notes=notes,
    )
