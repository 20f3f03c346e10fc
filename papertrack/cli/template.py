"""``papertrack template``: the shapes of a digest, ours and the author's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import typer

from papertrack.cli.lazy import LazyGroup

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Commands(LazyGroup):
    modules: ClassVar[Mapping[str, str]] = {
        "list": "papertrack.cli.template_list",
        "show": "papertrack.cli.template_show",
        "new": "papertrack.cli.template_new",
        "test": "papertrack.cli.template_test",
    }


app = typer.Typer(cls=_Commands, rich_markup_mode=None, add_completion=False)


@app.callback()
def template() -> None:
    """List the shapes that a digest can have, and make one of your own.

    \b
    Examples:
      papertrack template list
      papertrack template new mine --from narrative
      papertrack template test mine.md.j2
    """
