"""The journal as the author reads it: acts by number, each with what it said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from papertrack.core.judging.journal import Value


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing that an act said.

    Attributes:
        what: In words, with the value that it gave: ``remark in interp = "small n"``.
        subject: What it is about, as the journal names it.
        item: The number of the item that this is today; None for issues, acts, and items that are
            not here.
        title: What is printed for the item; the subject where there is none.
        follows: It goes without saying once the rest of the act is read.
    """

    verb: str
    what: str
    subject: str
    item: int | None
    title: str
    payload: Mapping[str, Value]
    follows: bool = False


@dataclass(frozen=True, slots=True)
class LoggedAct:
    """One act of the journal.

    Attributes:
        number: By which it is undone or brought back.
        at: When the clock of its machine said it was.
        device: Which machine wrote it.
        is_ours: Whether that is this one.
        is_undone: Whether it is taken back.
    """

    number: int
    at: datetime
    device: str
    is_ours: bool
    is_undone: bool
    sayings: tuple[Saying, ...]
