"""``papertrack areas``: the sections of the digest; its own commands change them."""

from __future__ import annotations

import contextlib
import shutil
import sys
from typing import TYPE_CHECKING, ClassVar

import typer

from papertrack.cli import options
from papertrack.cli.lazy import LazyGroup
from papertrack.cli.session import Session, session_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from papertrack.commands.areas import ListedArea
    from papertrack.config.schema import Config


class _Commands(LazyGroup):
    modules: ClassVar[Mapping[str, str]] = {
        "add": "papertrack.cli.areas_add",
        "rename": "papertrack.cli.areas_rename",
        "move": "papertrack.cli.areas_move",
        "retire": "papertrack.cli.areas_retire",
        "restore": "papertrack.cli.areas_restore",
    }


app = typer.Typer(
    cls=_Commands, rich_markup_mode=None, add_completion=False, invoke_without_command=True
)


@app.callback()
def areas(context: typer.Context, as_json: options.JsonOption = False) -> None:
    """List the areas in the order of the digest; add, rename, move, retire and restore them.

    Each line: slug, emoji, how many items are rated there and how many of these are kept, name.
    Retired areas come last. A pipe gets, with tabs between them: slug, emoji, name, rated, kept,
    "retired" or nothing.

    \b
    Examples:
      papertrack areas
      papertrack areas add "Human Augmentation" --emoji 🦾 --after adversarial
      papertrack areas rename adversarial "Attacks and Defences"
      papertrack areas move off-topic 1
      papertrack areas retire adversarial
    """
    if context.invoked_subcommand is not None:
        return
    from papertrack.commands.areas import list_areas  # noqa: PLC0415  # for the list alone

    session = session_of(context)
    with session.database() as db:
        listed = list_areas(db)
    if as_json:
        from papertrack.cli.json_ import print_json  # noqa: PLC0415  # on use

        print_json([_json(one) for one in listed])
    else:
        _print(listed)
    if not listed:
        session.warn("the config names no areas; add one with: papertrack areas add NAME")


def mirror(session: Session, config: Config) -> None:
    """Bring the database in line with a config that was just written, if there is one."""
    from papertrack.commands.mirror import mirror_config  # noqa: PLC0415  # on use

    if session.database_path.exists():
        with session.database(mirrored=False) as db:
            mirror_config(db, config, session.clock())


def known_areas(session: Session) -> list[ListedArea]:
    """List the areas that the database knows; none when there is no database yet."""
    from papertrack.commands.areas import list_areas  # noqa: PLC0415  # on use

    with contextlib.ExitStack() as held:
        if not session.database_path.exists():
            return []
        return list_areas(held.enter_context(session.database()))


def _print(listed: Sequence[ListedArea]) -> None:
    from papertrack.ui.area_lines import AreaRow, area_lines  # noqa: PLC0415  # on use

    rows = [
        AreaRow(
            slug=one.area.slug,
            emoji=one.area.emoji,
            name=one.area.name,
            rated=one.count.rated,
            kept=one.count.kept,
            is_retired=one.area.is_retired,
        )
        for one in listed
    ]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    sys.stdout.write("".join(f"{line}\n" for line in area_lines(rows, width)))


def _json(one: ListedArea) -> dict[str, object]:
    return {
        "area": one.area.slug,
        "name": one.area.name,
        "emoji": one.area.emoji,
        "rating_label": one.area.rating_label,
        "in_contents": one.area.in_contents,
        "retired": one.area.is_retired,
        "rated": one.count.rated,
        "kept": one.count.kept,
    }
