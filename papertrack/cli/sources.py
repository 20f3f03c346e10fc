"""``papertrack sources``: where items come from; its own commands add, test and exchange them."""

from __future__ import annotations

import contextlib
import shutil
import sys
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from papertrack.cli import options
from papertrack.cli.lazy import LazyGroup
from papertrack.cli.session import Session, session_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from papertrack.commands.sources import Correction, ListedSource


class _Commands(LazyGroup):
    modules: ClassVar[Mapping[str, str]] = {
        "add": "papertrack.cli.sources_add",
        "test": "papertrack.cli.sources_test",
        "import": "papertrack.cli.sources_import",
        "export": "papertrack.cli.sources_export",
    }


app = typer.Typer(
    cls=_Commands, rich_markup_mode=None, add_completion=False, invoke_without_command=True
)


@app.callback()
def sources(
    context: typer.Context,
    fix: Annotated[
        bool, typer.Option("--fix", help="Write addresses that have moved into the config.")
    ] = False,
    as_json: options.JsonOption = False,
) -> None:
    """List the sources; add, test, import and export them.

    Each line: slug, items that it showed first, last fetch and how it went, area, name. A pipe
    gets every field whole, with tabs between them: slug, kind, name, area, items, last fetch,
    outcome, address or categories.

    \b
    Examples:
      papertrack sources
      papertrack sources --fix
      papertrack sources add https://example.org/blog
      papertrack sources test example-blog
      papertrack sources import feeds.opml
    """
    if context.invoked_subcommand is not None:
        return
    from papertrack.commands import sources as listing  # noqa: PLC0415  # for the list alone

    session = session_of(context)
    with contextlib.ExitStack() as held:
        # The config is the list; before the first fetch there is no database to ask.
        has_facts = session.database_path.exists()
        db = held.enter_context(session.database(mirrored=False)) if has_facts else None
        listed = listing.list_sources(session.config, db)
    if fix:
        _fix(session, listing.propose_corrections(listed), as_json=as_json)
        return
    if as_json:
        from papertrack.cli.json_ import print_json  # noqa: PLC0415  # on use

        print_json([_json(one) for one in listed])
        return
    _print(session, listed)
    for line in _warnings(session, listed):
        session.warn(line)


def _fix(session: Session, proposed: Sequence[Correction], *, as_json: bool) -> None:
    from papertrack.commands.sources_write import change_addresses  # noqa: PLC0415  # 60 ms
    from papertrack.core.watch.credentials import without_credentials  # noqa: PLC0415  # on use

    written = [one for one in proposed if one.is_written]
    if written:
        change_addresses(session.config_path, {one.slug: one.new for one in written})
    shown = [
        (one.slug, without_credentials(one.old), without_credentials(one.new)) for one in written
    ]
    if as_json:
        from papertrack.cli.json_ import print_json  # noqa: PLC0415  # on use

        print_json([{"source": slug, "from": old, "to": new} for slug, old, new in shown])
    else:
        for slug, old, new in shown:
            session.say(f"{slug}: {old} -> {new}")
        if not proposed:
            session.say("there is nothing to fix")
    for one in proposed:
        if one.twin is not None:
            session.warn(
                f"{one.slug}: has moved to the address of {one.twin}; take one of them out of "
                f"{session.config_path}"
            )
        elif one.has_other_key:
            session.warn(
                f"{one.slug}: has moved to {one.new} with another key, which is not kept; look the "
                f"new address up and write it into {session.config_path}"
            )
        elif one.loses_credentials:
            session.warn(
                f"{one.slug}: its user name and password were left out, for it has moved to "
                "another host; write them into the address if they belong there"
            )


def _print(session: Session, listed: Sequence[ListedSource]) -> None:
    from papertrack.ui.source_lines import SourceRow, source_lines  # noqa: PLC0415  # on use

    if not listed:
        session.warn("the config names no sources; add one with: papertrack sources add URL")
    rows = [
        SourceRow(
            slug=one.config.slug,
            kind=one.kind,
            name=_name(one),
            area=one.config.area,
            items=one.facts.items,
            fetched_at=one.facts.fetched_at,
            outcome=one.facts.outcome,
            place=_place(one),
        )
        for one in listed
    ]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    sys.stdout.write("".join(f"{line}\n" for line in source_lines(rows, session.zone, width)))


def _warnings(session: Session, listed: Sequence[ListedSource]) -> list[str]:
    from papertrack.core.watch.credentials import without_credentials  # noqa: PLC0415  # on use

    lines: list[str] = []
    for one in listed:
        if one.gone_at is not None:
            day = f"{one.gone_at.astimezone(session.zone):%Y-%m-%d}"
            lines.append(
                f"{one.config.slug}: gone for good since {day} (HTTP 410); give it another url in "
                f"{session.config_path}, or take it out"
            )
        if one.moved_to is not None:
            lines.append(
                f"{one.config.slug}: has moved to {without_credentials(one.moved_to)}; write that "
                "into the config with: papertrack sources --fix"
            )
    return lines


def _name(one: ListedSource) -> str:
    from papertrack.core.text.clean import one_line  # noqa: PLC0415  # on use

    return one_line(one.config.name or "") or one.config.slug


def _place(one: ListedSource) -> str:
    from papertrack.core.watch.credentials import without_credentials  # noqa: PLC0415  # on use

    if one.url is not None:
        return without_credentials(one.url)
    return "+".join(getattr(one.config, "categories", ()))


def _json(one: ListedSource) -> dict[str, object]:
    from papertrack.cli.json_ import moment_json  # noqa: PLC0415  # on use
    from papertrack.core.watch.credentials import without_credentials  # noqa: PLC0415  # on use

    return {
        "source": one.config.slug,
        "kind": one.kind,
        "name": _name(one),
        "area": one.config.area,
        "url": without_credentials(one.url) if one.url is not None else None,
        "categories": list(getattr(one.config, "categories", ())),
        "items": one.facts.items,
        "fetched_at": moment_json(one.facts.fetched_at),
        "outcome": one.facts.outcome,
        "error": one.facts.error,
        "moved_to": without_credentials(one.moved_to) if one.moved_to is not None else None,
        "gone_at": moment_json(one.gone_at),
    }
