"""How far a run of `fetch` is, on a terminal."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Finished(Protocol):
    """What the display needs to know of a source that is done."""

    @property
    def slug(self) -> str:
        """The source."""

    @property
    def new(self) -> int:
        """How many items it brought."""


@contextlib.contextmanager
def fetch_progress(total: int, *, shown: bool) -> Iterator[Callable[[Finished], None]]:
    """Show a bar on standard error while sources are fetched; it goes away at the end.

    Args:
        total: How many sources there are.
        shown: Whether to draw at all; False for pipes and quiet calls.
    """
    if not shown:
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415  # 60 ms that a pipe need not pay
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (
        TextColumn("fetching"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[new]} new  {task.fields[last]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total, new=0, last="")
        found = 0

        def advance(source: Finished) -> None:
            nonlocal found
            found += source.new
            progress.update(task, advance=1, new=found, last=source.slug)

        yield advance
