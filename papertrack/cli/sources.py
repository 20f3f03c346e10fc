"""``papertrack sources``: list, add and test sources; import and export OPML."""

from __future__ import annotations

import contextlib
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import options
from papertrack.cli.session import Session, moment_json, network, plain, print_json, session_of
from papertrack.errors import SourceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.commands import sources as describing
    from papertrack.commands.sources import Correction, ListedSource
    from papertrack.commands.subscribe import FoundFeed, TrialReport
    from papertrack.core.feeds.discover import Lead

app = typer.Typer(rich_markup_mode=None, add_completion=False, invoke_without_command=True)


@app.callback()
def sources(
    context: typer.Context,
    fix: Annotated[
        bool, typer.Option("--fix", help="Update moved addresses in the config.")
    ] = False,
    as_json: options.JsonOption = False,
) -> None:
    """List sources; add, test, import and export them.

    Each line shows slug, number of items first seen there, last fetch and its outcome, area, and
    name. In a pipe the fields are tab-separated and never cut: slug, kind, name, area, items, last
    fetch, outcome, address or categories.

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
        # The list comes from the config; before the first fetch there is no database.
        has_facts = session.database_path.exists()
        db = held.enter_context(session.database(mirrored=False)) if has_facts else None
        listed = listing.list_sources(session.config, db)
    if fix:
        _fix(session, listing.propose_corrections(listed), as_json=as_json)
        return
    if as_json:
        from papertrack.cli.session import print_json  # noqa: PLC0415  # on use

        print_json([_source_json(one) for one in listed])
        return
    _print_sources(session, listed)
    for line in _warnings(session, listed):
        session.warn(line)


def _fix(session: Session, proposed: Sequence[Correction], *, as_json: bool) -> None:
    from papertrack.commands.config_write import change_addresses  # noqa: PLC0415  # 60 ms
    from papertrack.core.watch.credentials import without_credentials  # noqa: PLC0415  # on use

    written = [one for one in proposed if one.is_written]
    if written:
        change_addresses(session.config_path, {one.slug: one.new for one in written})
    shown = [
        (one.slug, without_credentials(one.old), without_credentials(one.new)) for one in written
    ]
    if as_json:
        from papertrack.cli.session import print_json  # noqa: PLC0415  # on use

        print_json([{"source": slug, "from": old, "to": new} for slug, old, new in shown])
    else:
        for slug, old, new in shown:
            session.say(f"{slug}: {old} -> {new}")
        if not proposed:
            session.say("there is nothing to fix")
    for one in proposed:
        if one.twin is not None:
            session.warn(
                f"{one.slug}: has moved to the address of {one.twin}; remove one of them from "
                f"{session.config_path}"
            )
        elif one.has_other_key:
            session.warn(
                f"{one.slug}: has moved to {one.new} with a new key, which is not stored; look up "
                f"the new address and write it into {session.config_path}"
            )
        elif one.loses_credentials:
            session.warn(
                f"{one.slug}: left out its user name and password because it has moved to "
                "another host; add them to the address if they belong there"
            )


def _print_sources(session: Session, listed: Sequence[ListedSource]) -> None:
    from papertrack.ui.config_tables import SourceRow, source_lines  # noqa: PLC0415  # on use

    if not listed:
        session.warn("the config names no sources; add one with: papertrack sources add URL")
    rows = [
        SourceRow(
            slug=one.config.slug,
            kind=one.kind,
            name=_shown_name(one),
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
                f"{one.config.slug}: gone since {day} (HTTP 410); change its url in "
                f"{session.config_path}, or remove it"
            )
        if one.moved_to is not None:
            lines.append(
                f"{one.config.slug}: has moved to {without_credentials(one.moved_to)}; to update "
                "the config, run: papertrack sources --fix"
            )
    return lines


def _shown_name(one: ListedSource) -> str:
    from papertrack.core.text.clean import one_line  # noqa: PLC0415  # on use

    return one_line(one.config.name or "") or one.config.slug


def _place(one: ListedSource) -> str:
    from papertrack.core.watch.credentials import without_credentials  # noqa: PLC0415  # on use

    if one.url is not None:
        return without_credentials(one.url)
    return "+".join(getattr(one.config, "categories", ()))


def _source_json(one: ListedSource) -> dict[str, object]:
    from papertrack.cli.session import moment_json  # noqa: PLC0415  # on use
    from papertrack.core.watch.credentials import without_credentials  # noqa: PLC0415  # on use

    return {
        "source": one.config.slug,
        "kind": one.kind,
        "name": _shown_name(one),
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


_OTHERS = 5


class SourceKind(StrEnum):
    """How to treat an address."""

    FEED = "feed"
    ARXIV = "arxiv"


@app.command("add")
def add_source(
    context: typer.Context,
    address: Annotated[
        str,
        typer.Argument(help="A web page, a feed or an arXiv list.", metavar="URL"),
    ],
    slug: Annotated[str | None, typer.Option(help="Short name for commands.")] = None,
    name: Annotated[str | None, typer.Option(help="Name shown in messages.")] = None,
    area: Annotated[
        str | None, typer.Option("--area", "-a", help="Area to suggest for its items.")
    ] = None,
    kind: Annotated[
        SourceKind | None,
        typer.Option(help="Treat the address as this kind; do not look for a feed."),
    ] = None,
    karma: Annotated[
        int | None, typer.Option(help="Minimum karma of forum posts: 2, 30, 45, 75, 125, 200.")
    ] = None,
    user_agent: Annotated[
        str | None, typer.Option(help="User-Agent to send to this server.")
    ] = None,
    allow_private_network: Annotated[
        bool, typer.Option("--allow-private-network", help="Allow an address in a private network.")
    ] = False,
    no_check: Annotated[
        bool, typer.Option("--no-check", help="Add it without contacting the server.")
    ] = False,
) -> None:
    """Add a source to the config.

    Comments in the config are kept. Given a web page, papertrack looks for its feed. It recognizes
    addresses of YouTube channels and playlists, Substack, Medium, Reddit, Bluesky, GitHub
    repositories, LessWrong, the Alignment Forum, the EA Forum and arXiv lists.

    \b
    Examples:
      papertrack sources add https://example.org/blog --area mech-interp
      papertrack sources add https://www.lesswrong.com --karma 75
      papertrack sources add https://github.com/example/tool
      papertrack sources add https://arxiv.org/list/cs.LG/recent
    """
    from papertrack.commands import sources as describing  # noqa: PLC0415  # on use
    from papertrack.commands.config_write import (  # noqa: PLC0415  # 60 ms that a wrong call need not pay
        refuse_read_only,
        shared_config_warning,
        write_sources,
    )
    from papertrack.core.text.clean import one_line, typed  # noqa: PLC0415  # on use
    from papertrack.core.watch.credentials import without_credentials  # noqa: PLC0415  # on use

    session = session_of(context)
    wanted = describing.SourceOptions(
        slug=slug,
        name=one_line(typed(name or "")) or None,
        area=area,
        user_agent=user_agent,
        allow_private_network=allow_private_network,
    )
    lead = _read(address, kind, karma)
    describing.refuse_options(session.config, wanted)
    if _is_there(session, lead):
        return
    refuse_read_only(session.config_path)
    found = None if no_check or lead.categories else _find(session, lead, wanted)
    if found and _is_there(session, lead, found.url):
        return
    url = found.url if found else (*lead.feeds, lead.url)[0]
    title = found.document.title if found else ""
    source = describing.describe_source(session.config, lead, wanted, url=url, title=title)
    write_sources(session.config_path, [source])
    place = "+".join(lead.categories) or without_credentials(url)
    session.say(f"added {source.keys['slug']}: {place}")
    if warning := shared_config_warning(session.config_path, [source]):
        session.warn(warning)
    if found:
        _describe(session, found)
    session.say(f"next: papertrack fetch {source.keys['slug']}")


def _read(address: str, kind: SourceKind | None, karma: int | None) -> Lead:
    from papertrack.core.feeds.discover import (  # noqa: PLC0415  # on use
        Lead,
        read_address,
        whole_address,
    )

    if kind is SourceKind.FEED:
        if karma is not None:
            message = "--karma and --kind feed exclude each other"
            raise UsageError(message, hint="leave one of them out")
        return Lead(whole_address(address), looks_around=False)
    lead = read_address(address, karma=karma)
    if kind is SourceKind.ARXIV and not lead.categories:
        message = f'"{address}" does not name an arXiv category'
        raise UsageError(message, hint="give one like cs.LG")
    return lead


def _is_there(session: Session, lead: Lead, url: str | None = None) -> bool:
    from papertrack.commands import sources as describing  # noqa: PLC0415  # on use

    slug = describing.find_subscribed(session.config, lead, url)
    if slug is not None:
        session.say(f"{slug} is already there")
    return slug is not None


def _find(session: Session, lead: Lead, wanted: describing.SourceOptions) -> FoundFeed:
    import asyncio  # noqa: PLC0415  # 40 ms, only to look

    from papertrack.commands.subscribe import Scout, find_feed  # noqa: PLC0415  # 150 ms, only to look
    from papertrack.core.watch.credentials import without_credentials  # noqa: PLC0415  # on use

    async def find() -> FoundFeed:
        async with network(session, jobs=1) as (client, workers):
            return await find_feed(lead, Scout(client, workers, wanted))

    try:
        return asyncio.run(find())
    except SourceError as error:
        message = f"cannot add {without_credentials(lead.url)}: {error.what}"
        raise SourceError(message, hint=_hint(error)) from error


def _hint(error: SourceError) -> str:
    """Adapt the hint of an error to an address that is not yet a source."""
    hint = (error.hint or "").replace("URL of the source", "address")
    if "allow_private_network" in hint:
        return "if the server is yours, add --allow-private-network"
    return hint if hint and "the source" not in hint else "check the address"


def _describe(session: Session, found: FoundFeed) -> None:
    from papertrack.core.watch.credentials import without_credentials  # noqa: PLC0415  # on use

    entries = found.document.entries
    dates = [entry.published_at or entry.updated_at for entry in entries]
    newest = max((date for date in dates if date), default=None)
    parts = [f'"{found.document.title}"'] if found.document.title else []
    parts.append(f"{len(entries)} {'entry' if len(entries) == 1 else 'entries'}")
    parts += [f"newest from {newest.astimezone(session.zone):%Y-%m-%d}"] if newest else []
    session.say(f"  {', '.join(parts)}")
    for other in found.others[:_OTHERS]:
        title = f" ({other.title})" if other.title else ""
        session.say(f"  the page also names {without_credentials(other.url)}{title}")
    if len(found.others) > _OTHERS:
        session.say(f"  and {len(found.others) - _OTHERS} more")


_PROBLEMS = 5


@app.command("test")
def check_template(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Slugs or addresses; default: all.", metavar="SOURCE|URL"),
    ] = None,
    allow_private_network: Annotated[
        bool, typer.Option("--allow-private-network", help="Allow private addresses.")
    ] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Download sources and show what they hold; store nothing.

    The exit code is 1 if one fails. arXiv is skipped: it asks to be fetched only once a day.

    \b
    Examples:
      papertrack sources test
      papertrack sources test example-blog https://example.org/other.xml
    """
    import asyncio  # noqa: PLC0415  # on use

    from papertrack.commands.subscribe import choose_trials, try_sources  # noqa: PLC0415  # on use

    session = session_of(context)
    trials, skipped = choose_trials(
        session.config, words or [], allow_private_network=allow_private_network
    )

    async def run() -> list[TrialReport]:
        async with network(session, jobs=16) as (client, workers):
            return await try_sources(trials, client, workers)

    reports = asyncio.run(run()) if trials else []
    if as_json:
        print_json([_trial_json(report) for report in reports])
    for report in reports:
        if report.error is not None:
            hint = f"; {report.hint}" if report.hint else ""
            session.warn(f"{_trial_name(report)}: failed: {report.error}{hint}")
        elif not as_json:
            _print_trial(session, report)
    for slug in skipped:
        session.warn(f"{slug}: not tested: arXiv asks for one request a day; see papertrack fetch")
    if any(report.error is not None for report in reports):
        raise typer.Exit(1)


def _print_trial(session: Session, report: TrialReport) -> None:
    from papertrack.core.text.clean import one_line  # noqa: PLC0415  # on use
    from papertrack.core.watch.credentials import without_credentials  # noqa: PLC0415  # on use

    kind = one_line(report.content_type or "no type").partition(";")[0]
    parts = [f"HTTP {report.http_status}", kind, f"{report.entries} entries"]
    if report.newest_at:
        parts.append(f"newest from {report.newest_at.astimezone(session.zone):%Y-%m-%d}")
    session.say(f"{_trial_name(report)}: {', '.join(parts)}")
    for title in report.titles:
        session.say(f"  {title or '(no title)'}")
    for problem in report.problems[:_PROBLEMS]:
        session.say(f"  problem: {problem}")
    if len(report.problems) > _PROBLEMS:
        session.say(f"  and {len(report.problems) - _PROBLEMS} more problems")
    if report.moved_to:
        session.say(f"  has moved permanently to {without_credentials(report.moved_to)}")


def _trial_name(report: TrialReport) -> str:
    from papertrack.core.watch.credentials import without_credentials  # noqa: PLC0415  # on use

    return without_credentials(report.name) if ":" in report.name else report.name


def _trial_json(report: TrialReport) -> dict[str, object]:
    from papertrack.core.watch.credentials import without_credentials  # noqa: PLC0415  # on use

    return {
        "source": _trial_name(report),
        "url": without_credentials(report.url),
        "http_status": report.http_status,
        "content_type": report.content_type,
        "title": report.title,
        "entries": report.entries,
        "newest_at": moment_json(report.newest_at),
        "titles": list(report.titles),
        "problems": list(report.problems),
        "moved_to": without_credentials(report.moved_to) if report.moved_to else None,
        "error": report.error,
    }


_NAMED = 20


@app.command("import")
def import_sources(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="An OPML file; - is standard input.", metavar="FILE")],
) -> None:
    """Add the feeds of an OPML list to the config.

    Comments in the config are kept. If a folder has the name of an area, its feeds are assigned to
    that area; other folders are kept as a comment. Feeds that are already in the config are
    skipped. No server is contacted.

    \b
    Examples:
      papertrack sources import feeds.opml
      newsboat -e | papertrack sources import -
    """
    from papertrack.commands.config_write import (  # noqa: PLC0415  # on use
        refuse_read_only,
        shared_config_warning,
        write_sources,
    )
    from papertrack.commands.opml import plan_import, read_list  # noqa: PLC0415  # on use

    session = session_of(context)
    config = session.config
    refuse_read_only(session.config_path)
    takeover = plan_import(config, read_list(file, sys.stdin.buffer))
    if takeover.added:
        write_sources(session.config_path, takeover.added)
    if warning := shared_config_warning(session.config_path, takeover.added):
        session.warn(warning)
    for sentence in takeover.refused[:_NAMED]:
        session.warn(plain(f"left out: {sentence}"))
    if len(takeover.refused) > _NAMED:
        session.warn(f"left out: {len(takeover.refused) - _NAMED} more")
    count = len(takeover.added)
    parts = [f"added {count} source{'' if count == 1 else 's'}"]
    parts += [f"{takeover.known} already there"] if takeover.known else []
    parts += [f"{len(takeover.refused)} left out"] if takeover.refused else []
    session.say(", ".join(parts))
    if count:
        session.say("next: papertrack sources test")
    if takeover.refused:
        raise typer.Exit(1)


@app.command("export")
def export_sources(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(help="Output file; - is standard output.", metavar="FILE")
    ] = "-",
) -> None:
    """Write the sources as an OPML list, in one folder per area.

    User names, passwords and keys are removed from addresses.

    \b
    Examples:
      papertrack sources export feeds.opml
      papertrack sources export > feeds.opml
    """
    from papertrack.commands.opml import save_list, write_list  # noqa: PLC0415  # on use

    session = session_of(context)
    export = write_list(session.config, session.clock())
    if file == "-":
        sys.stdout.write(export.text)
    else:
        path = Path(file).expanduser()
        save_list(path, export.text)
        count = export.count
        session.say(f"wrote {count} source{'' if count == 1 else 's'} to {path}")
    for sentence in export.left_out:
        session.warn(sentence)
