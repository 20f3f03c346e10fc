"""``papertrack areas``: list, add, rename, move, retire and restore the sections of the digest."""

from __future__ import annotations

import contextlib
import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import options
from papertrack.cli.session import Session, session_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.commands.areas import ListedArea
    from papertrack.config.schema import Config

app = typer.Typer(rich_markup_mode=None, add_completion=False, invoke_without_command=True)


@app.callback()
def areas(context: typer.Context, as_json: options.JsonOption = False) -> None:
    """List the areas in digest order; add, rename or retire them.

    Each line shows slug, emoji, number of rated items, number of kept ones, and name. Retired areas
    come last. In a pipe the fields are tab-separated: slug, emoji, name, rated, kept, and "retired"
    or nothing.

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
        from papertrack.cli.session import print_json  # noqa: PLC0415  # on use

        print_json([_json(one) for one in listed])
    else:
        _print(listed)
    if not listed:
        session.warn("the config names no areas; add one with: papertrack areas add NAME")


def sync_database(session: Session, config: Config) -> None:
    """Update the database, if it exists, from a config that was just written."""
    from papertrack.storage.sources import sync_config  # noqa: PLC0415  # on use

    if session.database_path.exists():
        with session.database(mirrored=False) as db:
            sync_config(db, config, session.clock())


def known_areas(session: Session) -> list[ListedArea]:
    """List the areas in the database; none if there is no database yet."""
    from papertrack.commands.areas import list_areas  # noqa: PLC0415  # on use

    with contextlib.ExitStack() as held:
        if not session.database_path.exists():
            return []
        return list_areas(held.enter_context(session.database()))


def _print(listed: Sequence[ListedArea]) -> None:
    from papertrack.ui.config_tables import AreaRow, area_lines  # noqa: PLC0415  # on use

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


@app.command("add")
def add_area(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The heading of the section.", metavar="NAME")],
    slug: Annotated[
        str | None, typer.Option(help="Permanent short name for commands; derived from NAME.")
    ] = None,
    emoji: Annotated[str | None, typer.Option(help="Emoji for one point of a rating.")] = None,
    keywords: Annotated[
        str | None, typer.Option(help="Comma-separated keywords; * matches any ending.")
    ] = None,
    after: Annotated[
        str | None, typer.Option(help="Place it after this area; last by default.")
    ] = None,
) -> None:
    """Add an area to the config.

    Comments in the config are kept.

    \b
    Examples:
      papertrack areas add "Human Augmentation" --emoji 🦾
      papertrack areas add "AI Art" --keywords "diffusion, style transfer" --after adversarial
    """
    from papertrack.commands.areas import NewArea, add  # noqa: PLC0415  # on use

    session = session_of(context)
    words = tuple(word for word in map(str.strip, (keywords or "").split(",")) if word)
    written = add(
        session.config_path,
        NewArea(name, slug, emoji, words),
        taken=[one.area.slug for one in known_areas(session)],
        after=after,
    )
    sync_database(session, written.config)
    session.say(f'added {written.slug}: "{written.name}", place {written.place}')


@app.command("rename")
def rename_area(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The area.", metavar="AREA")],
    name: Annotated[str, typer.Argument(help="The new name.", metavar="NAME")],
) -> None:
    """Rename an area and keep its ratings.

    The slug does not change: the journal on each of your machines files ratings under it.

    \b
    Examples:
      papertrack areas rename adversarial "Attacks and Defences"
    """
    from papertrack.commands.areas import rename  # noqa: PLC0415  # on use

    session = session_of(context)
    written = rename(session.config_path, slug, name)
    sync_database(session, written.config)
    session.say(f'renamed {slug}: "{written.name or name}"')


@app.command("move")
def move_area(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The area.", metavar="AREA")],
    place: Annotated[int, typer.Argument(help="New position; 1 is the first.", metavar="PLACE")],
) -> None:
    """Move an area to another place in the digest.

    Comments on its table in the config move along.

    \b
    Examples:
      papertrack areas move off-topic 1
    """
    from papertrack.commands.areas import move  # noqa: PLC0415  # on use

    session = session_of(context)
    written = move(session.config_path, session.config, slug, place)
    sync_database(session, written.config)
    order = ", ".join(area.slug for area in written.config.areas)
    session.say(f"moved {slug} to place {written.place}: {order}")


@app.command("retire")
def retire_area(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The area.", metavar="AREA")],
) -> None:
    """Stop offering and suggesting an area; keep its ratings.

    Items rated there are still listed, and still printed in drafts until they are published.

    \b
    Examples:
      papertrack areas retire adversarial
      papertrack areas restore adversarial
    """
    from papertrack.commands.areas import retire  # noqa: PLC0415  # on use

    session = session_of(context)
    rated = {one.area.slug: one.count.rated for one in known_areas(session)}.get(slug, 0)
    sync_database(session, retire(session.config_path, slug).config)
    kept = f"; {rated} rating{'s' * (rated != 1)} there stay{'s' * (rated == 1)}" if rated else ""
    session.say(f"retired {slug}{kept}")


@app.command("restore")
def restore_area(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The area.", metavar="AREA")],
) -> None:
    """Restore a retired area to its place, with its ratings.

    An area that you deleted from the config by hand comes last, without its keywords.

    \b
    Examples:
      papertrack areas restore adversarial
    """
    from papertrack.commands.areas import restore  # noqa: PLC0415  # on use

    session = session_of(context)
    known = [one.area for one in known_areas(session)]
    written = restore(session.config_path, known, slug)
    sync_database(session, written.config)
    session.say(f'restored {slug}: "{written.name}", place {written.place}')
