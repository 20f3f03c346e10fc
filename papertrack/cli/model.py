"""``papertrack model``: throw away or look into what was learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import typer

from papertrack.cli.lazy import LazyGroup

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Commands(LazyGroup):
    modules: ClassVar[Mapping[str, str]] = {
        "reset": "papertrack.cli.model_reset",
        "export": "papertrack.cli.model_export",
    }


app = typer.Typer(cls=_Commands, rich_markup_mode=None, add_completion=False)


@app.callback()
def model() -> None:
    """Look into what was learned from your judgements, or learn it anew.

    Your judgements themselves are in the journal and are not touched.

    \b
    Examples:
      papertrack model export > model.json
      papertrack model reset
    """
