"""Take works in one after the other, each as soon as it was looked up.

Imported only where something is looked up: the network costs 150 ms to load.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from papertrack.commands.add import Added, Work, add, describe, needs_look_up
from papertrack.commands.look_up import LookedUp, Outside, look_up
from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.records import Author, Entry
from papertrack.core.watch.credentials import without_user
from papertrack.core.works.identity import read_doi
from papertrack.errors import SourceError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

    from papertrack.commands.judge import Verdict


_DESCRIBE = "describe it yourself with --title, or try again later"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one work.

    Attributes:
        added: None when it was not taken in.
        trouble: What went wrong on the way, for the author to know; None when nothing did.
        is_failure: It was not taken in, or without what was to be looked up.
    """

    added: Added | None
    trouble: SourceError | None = None
    is_failure: bool = False


async def add_works(
    db: sqlite3.Connection,
    works: Sequence[Work],
    verdict: Verdict,
    outside: Outside,
    clock: Callable[[], datetime],
) -> AsyncIterator[Outcome]:
    """Look works up, take them in and say something about each, an undo step each.

    A paper of which nobody could be asked is taken in as the author names it: what it is called
    comes when a source shows it. A page that cannot be read is not.

    Args:
        db: The database.
        works: As the author named them, each with an address, arXiv id or DOI.
        verdict: What to say about each; may be empty.
        outside: Who can be asked.
        clock: Tells the present.

    Raises:
        UsageError: The verdict names an area that is not known.
    """
    unknown = {id(work) for work in works if needs_look_up(db, work)}
    references = [work.reference or "" for work in works if id(work) in unknown]
    answers = look_up(references, outside)
    for work in works:
        looked_up = await anext(answers) if id(work) in unknown else None
        entry, trouble = _entry_of(work, looked_up)
        added = add(db, work, entry, verdict, clock()) if entry else None
        is_failure = looked_up is not None and looked_up.entry is None
        yield Outcome(added, trouble, is_failure=is_failure)


def _entry_of(work: Work, looked_up: LookedUp | None) -> tuple[Entry | None, SourceError | None]:
    """Decide what to take in, and what to tell the author."""
    if looked_up is None:
        return describe(work), None
    name, reasons = without_user(looked_up.reference), "; ".join(looked_up.troubles)
    if entry := looked_up.entry:
        authors = tuple(map(Author, work.authors)) or entry.authors
        said = f"{reasons}; {looked_up.told_by} was asked instead"
        return replace(entry, authors=authors), SourceError(f"{name}: {said}") if reasons else None
    if looked_up.is_unknown:
        who = "arXiv knows no paper" if read_arxiv_id(name) else "nobody knows"
        hint = "check the number, or describe the work with --title"
        return None, SourceError(f"cannot look up {name}: {who} {name}", hint=hint)
    if read_arxiv_id(name) or read_doi(name):
        hint = f"its title comes when a source shows it, or when you add {name} again"
        return describe(work), SourceError(f"cannot look up {name} ({reasons})", hint=hint)
    is_fit = "--title" in (looked_up.hint or "")  # others speak of sources
    return None, SourceError(
        f"cannot look up {name}: {reasons}", hint=looked_up.hint if is_fit else _DESCRIBE
    )
