"""``papertrack sources add``: subscribe to a source by any address of it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli.session import Session, session_of
from papertrack.commands import sources_describe as describing
from papertrack.core.feeds.discover import Lead, read_address, whole_address
from papertrack.core.text.clean import one_line, typed
from papertrack.core.watch.credentials import without_credentials
from papertrack.errors import SourceError, UsageError

if TYPE_CHECKING:
    from papertrack.commands.subscribe import FoundFeed

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_OTHERS = 5


class SourceKind(StrEnum):
    """What sort of source an address is."""

    FEED = "feed"
    ARXIV = "arxiv"


@app.command("add")
def add_source(
    context: typer.Context,
    address: Annotated[
        str,
        typer.Argument(help="A page, a feed, or a category of arXiv.", metavar="URL"),
    ],
    slug: Annotated[str | None, typer.Option(help="Its short name for commands.")] = None,
    name: Annotated[str | None, typer.Option(help="What messages call it.")] = None,
    area: Annotated[
        str | None, typer.Option("--area", "-a", help="The area its items are suggested for.")
    ] = None,
    kind: Annotated[
        SourceKind | None, typer.Option(help="Take the address as this, without looking around.")
    ] = None,
    karma: Annotated[
        int | None, typer.Option(help="Least karma of a forum's posts: 2, 30, 45, 75, 125, 200.")
    ] = None,
    user_agent: Annotated[
        str | None, typer.Option(help="What to call ourselves to this server.")
    ] = None,
    allow_private_network: Annotated[
        bool, typer.Option("--allow-private-network", help="It may lie in a private network.")
    ] = False,
    no_check: Annotated[
        bool, typer.Option("--no-check", help="Write it down without asking anybody.")
    ] = False,
) -> None:
    """Add a source to the config, whose comments stay.

    A page is asked for its feed. Channels and playlists of YouTube, Substack, Medium, Reddit,
    Bluesky, repositories on GitHub, LessWrong, the Alignment Forum, the EA Forum and lists of
    arXiv are known by their addresses.

    \b
    Examples:
      papertrack sources add https://example.org/blog --area mech-interp
      papertrack sources add https://www.lesswrong.com --karma 75
      papertrack sources add https://github.com/example/tool
      papertrack sources add https://arxiv.org/list/cs.LG/recent
    """
    from papertrack.commands.sources_write import (  # noqa: PLC0415  # 60 ms that a wrong call need not pay
        refuse_read_only,
        warn_of_readers,
        write_sources,
    )

    session = session_of(context)
    wishes = describing.Wishes(
        slug=slug,
        name=one_line(typed(name or "")) or None,
        area=area,
        user_agent=user_agent,
        allow_private_network=allow_private_network,
    )
    lead = _read(address, kind, karma)
    describing.refuse_wishes(session.config, wishes)
    if _is_there(session, lead):
        return
    refuse_read_only(session.config_path)
    found = None if no_check or lead.categories else _find(session, lead, wishes)
    if found and _is_there(session, lead, found.url):
        return
    url = found.url if found else (*lead.feeds, lead.url)[0]
    title = found.document.title if found else ""
    source = describing.describe_source(session.config, lead, wishes, url=url, title=title)
    write_sources(session.config_path, [source])
    place = "+".join(lead.categories) or without_credentials(url)
    session.say(f"added {source.keys['slug']}: {place}")
    if warning := warn_of_readers(session.config_path, [source]):
        session.warn(warning)
    if found:
        _describe(session, found)
    session.say(f"next: papertrack fetch {source.keys['slug']}")


def _read(address: str, kind: SourceKind | None, karma: int | None) -> Lead:
    if kind is SourceKind.FEED:
        if karma is not None:
            message = "--karma and --kind feed exclude each other"
            raise UsageError(message, hint="leave one of them out")
        return Lead(whole_address(address), looks_around=False)
    lead = read_address(address, karma=karma)
    if kind is SourceKind.ARXIV and not lead.categories:
        message = f'"{address}" names no category of arXiv'
        raise UsageError(message, hint="give one like cs.LG")
    return lead


def _is_there(session: Session, lead: Lead, url: str | None = None) -> bool:
    slug = describing.find_subscribed(session.config, lead, url)
    if slug is not None:
        session.say(f"had {slug}: nothing was added, for the config has this source already")
    return slug is not None


def _find(session: Session, lead: Lead, wishes: describing.Wishes) -> FoundFeed:
    import asyncio  # noqa: PLC0415  # 40 ms, only to look

    from papertrack.cli.network import network  # noqa: PLC0415  # 150 ms, only to look
    from papertrack.commands.subscribe import Scout, find_feed  # noqa: PLC0415  # as above

    async def find() -> FoundFeed:
        async with network(session.config.contact, jobs=1) as (client, workers):
            return await find_feed(lead, Scout(client, workers, wishes))

    try:
        return asyncio.run(find())
    except SourceError as error:
        message = f"cannot add {without_credentials(lead.url)}: {error.what}"
        raise SourceError(message, hint=_hint(error)) from error


def _hint(error: SourceError) -> str:
    """Say what to do while there is no source yet that could be changed."""
    hint = (error.hint or "").replace("URL of the source", "address")
    if "allow_private_network" in hint:
        return "if it is yours, say so with --allow-private-network"
    return hint if hint and "the source" not in hint else "check the address"


def _describe(session: Session, found: FoundFeed) -> None:
    entries = found.document.entries
    dates = [entry.published_at or entry.updated_at for entry in entries]
    newest = max((date for date in dates if date), default=None)
    parts = [f'"{found.document.title}"'] if found.document.title else []
    parts.append(f"{len(entries)} {'entry' if len(entries) == 1 else 'entries'}")
    parts += [f"the newest of {newest.astimezone(session.zone):%Y-%m-%d}"] if newest else []
    session.say(f"  {', '.join(parts)}")
    for other in found.others[:_OTHERS]:
        title = f" ({other.title})" if other.title else ""
        session.say(f"  the page also names {without_credentials(other.url)}{title}")
    if len(found.others) > _OTHERS:
        session.say(f"  and {len(found.others) - _OTHERS} more")
