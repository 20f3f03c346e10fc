"""Look works up and add them: what is stored of each, and what the author is told.

Imported only on use: loading the network libraries takes 150 ms.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from papertrack.commands.add import AddOutcome, NamedWork, add, describe, needs_look_up
from papertrack.commands.look_up import LookedUp, LookUpServices, look_up
from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.records import Author, Entry
from papertrack.core.watch.credentials import without_user
from papertrack.errors import SourceError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

    from papertrack.commands.judge import JudgementInput


async def add_works(
    db: sqlite3.Connection,
    works: Sequence[NamedWork],
    judgement: JudgementInput,
    services: LookUpServices,
    clock: Callable[[], datetime],
) -> AsyncIterator[AddOutcome]:
    """Look works up, add them and judge them, one undo step each.

    A work that nobody describes is added without a title, which a source or a later look-up may
    supply: what the author says of it is kept.

    Args:
        db: The database.
        works: As the author named them, each with an address, arXiv id or DOI.
        judgement: What to store about each; may be empty.
        services: The services to use.
        clock: Returns the current time.

    Raises:
        UsageError: The judgement names an unknown area.
    """
    unknown = {id(work) for work in works if needs_look_up(db, work)}
    references = [work.reference or "" for work in works if id(work) in unknown]
    answers = look_up(references, services)
    for work in works:
        looked_up = await anext(answers) if id(work) in unknown else None
        entry, trouble = _entry_of(work, looked_up)
        added = add(db, work, entry, judgement, clock())
        is_incomplete = looked_up is not None and looked_up.entry is None
        yield AddOutcome(work.reference, added, trouble, is_incomplete=is_incomplete)


def _entry_of(work: NamedWork, looked_up: LookedUp | None) -> tuple[Entry, SourceError | None]:
    """Decide what to store, and what to tell the author."""
    if looked_up is None:
        return describe(work), None
    name, reasons = without_user(looked_up.reference), "; ".join(looked_up.troubles)
    authors = tuple(map(Author, work.authors))
    if entry := looked_up.entry:
        said = f"{reasons}; {looked_up.answered_by} was asked instead"
        entry = replace(entry, authors=authors or entry.authors)
        return entry, SourceError(f"{name}: {said}") if reasons else None
    if looked_up.is_unknown:
        who = "arXiv knows no paper" if read_arxiv_id(name) else "nobody knows"
        hint = f"{_KEPT}; check the number, or describe the work with --title"
        return describe(work), SourceError(f"cannot look up {name}: {who} {name}", hint=hint)
    if looked_up.has_number:
        hint = f"its title comes when a source shows it, or when you add {name} again"
        return describe(work), SourceError(f"cannot look up {name} ({reasons})", hint=hint)
    partial = looked_up.partial or describe(work)
    entry = replace(partial, authors=authors or partial.authors)
    hint = f"{_KEPT}; {_what_to_do(looked_up.hint or '')}"
    return entry, SourceError(f"cannot look up {name}: {reasons}", hint=hint)


_KEPT = "it is kept without a title"


def _what_to_do(hint: str) -> str:
    """Choose what to tell an author who added a work: other hints are about sources."""
    if "allow_private_network" in hint:
        return "give --allow-private-network if it is yours"
    if hint.startswith(("add ", "try again later")) or "connection" in hint or "proxy" in hint:
        return hint.replace("try again later", "add it again later")
    return "add it again with --title, or later"
