"""Import and export sources as OPML."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from papertrack.commands.sources import taken_slugs
from papertrack.config.edit import NewSource
from papertrack.config.schema import ArxivSource, FeedSource
from papertrack.core.feeds.discover import Lead, make_slug, read_address, whole_address
from papertrack.core.feeds.opml import SIZE_LIMIT, Subscription, read_opml, write_opml
from papertrack.core.text.clean import one_line
from papertrack.core.watch.credentials import has_credentials, without_credentials
from papertrack.core.works.identity import canonical_url
from papertrack.errors import StorageFull, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import BinaryIO

    from papertrack.config.schema import Config

_WEB = ("http://", "https://", "feed:")


@dataclass(frozen=True, slots=True)
class OpmlImport:
    """The result of importing a list.

    Attributes:
        added: The new sources.
        known: How many are already in the config, or repeated in the list.
        refused: A sentence for each entry that cannot be a source.
    """

    added: tuple[NewSource, ...]
    known: int
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpmlExport:
    """An exported list.

    Attributes:
        count: How many feeds it has.
        left_out: A sentence for each source or secret that was left out.
    """

    text: str
    count: int
    left_out: tuple[str, ...]


def read_list(name: str, standard_input: BinaryIO) -> list[Subscription]:
    """Read a list from a file; ``-`` is standard input.

    Raises:
        UsageError: It cannot be read, or is not an OPML list.
    """
    if name == "-":
        return read_opml(standard_input.read(SIZE_LIMIT + 1), "standard input")
    try:
        with Path(name).open("rb") as file:
            return read_opml(file.read(SIZE_LIMIT + 1), name)
    except OSError as error:
        message = f"cannot read {name}: {error.strerror}"
        raise UsageError(message, hint="name an OPML file") from error


def plan_import(config: Config, subscriptions: Sequence[Subscription]) -> OpmlImport:
    """Decide which entries of a list become sources.

    A folder with the name or slug of an area assigns its feeds to that area, the innermost such
    folder first; other folders are kept as a comment. arXiv feeds become sources of kind ``arxiv``,
    which share one rate-limited request.
    """
    areas = {one.name.casefold(): one.slug for one in reversed(config.areas)}
    areas |= {one.slug: one.slug for one in config.areas}
    have = {canonical_url(one.url) for one in config.sources if isinstance(one, FeedSource)}
    have |= {_categories(one.categories) for one in config.sources if isinstance(one, ArxivSource)}
    taken = taken_slugs(config)
    added: list[NewSource] = []
    refused: list[str] = []
    known = 0
    for one in subscriptions:
        try:
            lead = _lead(one)
        except UsageError as error:
            label = f"{one.title}: " if one.title else ""
            refused.append(f"line {one.line}: {label}{error.what}")
            continue
        identity = _categories(lead.categories) if lead.categories else canonical_url(lead.url)
        if identity in have:
            known += 1
            continue
        have.add(identity)
        source = _describe(one, lead, areas, taken)
        taken.add(str(source.keys["slug"]))
        added.append(source)
    return OpmlImport(tuple(added), known, tuple(refused))


def write_list(config: Config, now: datetime) -> OpmlExport:
    """Write the sources as a list of feeds, one folder per area.

    User names, passwords and keys are left out, because such lists are shared. An arXiv search is
    not a feed and is left out entirely.
    """
    left_out: list[str] = []
    feeds: list[Subscription] = []
    names: dict[str | None, str] = {one.slug: one.name for one in config.areas}
    order = [None, *names]
    for source in sorted(config.sources, key=lambda one: order.index(one.area)):
        folders = (names[source.area],) if source.area else ()
        if isinstance(source, FeedSource):
            url = source.url
            if has_credentials(url):
                url = without_credentials(url)
                left_out.append(
                    f"{source.slug}: left out the password or key in its address; add it to the "
                    "url where you import the list"
                )
        elif isinstance(source, ArxivSource):
            url = f"{config.arxiv.feed_url.rstrip('/')}/{'+'.join(source.categories)}"
        else:
            left_out.append(f"{source.slug}: left out: an arXiv search is not a feed")
            continue
        feeds.append(Subscription(url, source.name or source.slug, folders))
    created = format_datetime(now)
    return OpmlExport(
        write_opml(feeds, title="papertrack", created=created), len(feeds), (*left_out,)
    )


def save_list(path: Path, text: str) -> None:
    """Write a list to a file, atomically; replace only another OPML list.

    Raises:
        UsageError: The existing file is not an OPML list.
        StorageFull: It cannot be written.
    """
    path = path.resolve()  # a link is followed and stays a link
    try:
        if path.exists() and not _is_list(path):
            message = f"{path} is not an OPML file; left unchanged"
            raise UsageError(message, hint="name another file, or - for standard output")
        new = path.with_name(f".{path.name}.{os.getpid()}.new")
        try:
            with new.open("x", encoding="utf-8") as written:
                if path.exists():  # keep its permissions
                    os.fchmod(written.fileno(), stat.S_IMODE(path.stat().st_mode))
                written.write(text)
                written.flush()
                os.fsync(written.fileno())
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise StorageFull(message, hint="name another file") from error


def _is_list(path: Path) -> bool:
    if not path.is_file():  # reading a pipe could block, a device never end
        return False
    with path.open("rb") as file:
        return b"<opml" in file.read(4_096).lower()


def _lead(one: Subscription) -> Lead:
    """Read an address of a list; arXiv feeds become categories.

    Raises:
        UsageError: It is not a web address.
    """
    if not one.url.lower().startswith(_WEB):
        said = without_credentials(one.url) if "@" in one.url else one_line(one.url)
        message = f'"{said[:80]}" is not http(s)'
        raise UsageError(message)
    lead = read_address(one.url) if "arxiv.org/" in one.url else None
    if lead is not None and lead.categories:
        return lead
    return Lead(whole_address(one.url))


def _describe(
    one: Subscription, lead: Lead, areas: Mapping[str, str], taken: set[str]
) -> NewSource:
    name = lead.name or one.title
    slug = make_slug(name, taken, fallback=urlsplit(lead.url).hostname or "")
    keys: dict[str, str | bool | list[str]] = {"slug": slug}
    keys["kind"] = "arxiv" if lead.categories else "feed"
    keys |= {"name": name} if name and name != slug else {}
    keys |= {"categories": list(lead.categories)} if lead.categories else {"url": lead.url}
    hints = [areas[name.casefold()] for name in one.folders if name.casefold() in areas]
    keys |= {"area": hints[-1]} if hints else {}
    remark = f"from the folder {' / '.join(one.folders)}" if one.folders and not hints else None
    return NewSource(keys, remark)


def _categories(categories: Sequence[str]) -> str:
    return "arxiv " + "+".join(sorted(category.lower() for category in categories))
