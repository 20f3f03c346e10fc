"""What commands share: config, database, clock, output and network."""

from __future__ import annotations

import contextlib
import os
import sys
import unicodedata
from datetime import UTC
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.errors import PapertrackError, UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Callable, Iterator
    from datetime import datetime, tzinfo

    import typer

    from papertrack.commands.basics import SearchSettings
    from papertrack.commands.judge import ItemChange, JudgingAct
    from papertrack.config.schema import Config
    from papertrack.core.records import ArxivFacts, Item, Rating
    from papertrack.net.client import Client
    from papertrack.net.http import Route
    from papertrack.net.parsing import ParseWorkers
    from papertrack.net.rate_limit import RateLimitedClient

_NOT_SHOWN = {"Cc", "Zl", "Zp"}  # control characters, line and paragraph separators


class Session:
    """One call of papertrack.

    Attributes:
        config_option, db_option: As given before the command, else None.
        verbosity: -1 quiet, 0 normal, 1 verbose.
        clock: Returns the current time; tests and the demo pass their own.
    """

    # Not a dataclass: importing dataclasses takes 2 ms at startup.
    def __init__(
        self,
        clock: Callable[[], datetime],
        config_option: Path | None = None,
        db_option: Path | None = None,
        verbosity: int = 0,
    ) -> None:
        self.clock = clock
        self.config_option = config_option
        self.db_option = db_option
        self.verbosity = verbosity

    @property
    def named_config(self) -> Path | None:
        """The config file named by option or environment, else None."""
        return self.config_option or _from_environment("PAPERTRACK_CONFIG")

    @property
    def config_path(self) -> Path:
        """The config file: option, environment, else the user's config folder."""
        if self.named_config is not None:
            return self.named_config
        import platformdirs  # noqa: PLC0415  # 4 ms that a call with --config need not pay

        return platformdirs.user_config_path("papertrack") / "config.toml"

    @cached_property
    def config(self) -> Config:
        """The config.

        Raises:
            UsageError: It is missing or has a mistake.
        """
        from papertrack.config.read import (  # noqa: PLC0415  # 15 ms that --version and --help need not pay
            ConfigMistake,
            read_config,
        )
        from papertrack.config.schema import (  # noqa: PLC0415  # 15 ms that --version and --help need not pay
            Config,
        )

        path = self.config_path
        try:
            return read_config(path)
        except ConfigMistake as error:
            raise ConfigRefused(str(error)) from error
        except FileNotFoundError as error:
            if self._named_database is not None and self.named_config is None:
                return Config()
            message = f"there is no config at {path}"
            raise UsageError(message, hint="run: papertrack init") from error
        except OSError as error:
            message = f"cannot read the config {path}: {error.strerror}"
            raise UsageError(message, hint="check its permissions") from error

    @cached_property
    def basics(self) -> SearchSettings:
        """The settings that locate the database and read queries, without the rest of the config.

        Raises:
            UsageError: The config is missing, or has a mistake in these settings.
        """
        from papertrack.commands.basics import SearchSettings, read_search_settings  # noqa: PLC0415  # as above

        if "config" not in vars(self) and (seen := read_search_settings(self.config_path)):
            return seen
        config = self.config
        shorts = {area.slug: area.short for area in config.areas if area.short}
        return SearchSettings(config.database, config.timezone, config.searches, shorts)

    @property
    def database_path(self) -> Path:
        """The database: from option, environment or config, else next to a named config.

        Without any of these it is in the user's data folder.
        """
        if self._named_database is not None:
            return self._named_database
        if self.basics.database is not None:
            return self.config_path.parent / Path(self.basics.database).expanduser()
        if self.named_config is not None:
            return self.named_config.with_name("papertrack.db")
        import platformdirs  # noqa: PLC0415  # as above

        return platformdirs.user_data_path("papertrack") / "papertrack.db"

    @property
    def zone(self) -> tzinfo:
        """The author's time zone."""
        if self.basics.timezone == "UTC":  # the default needs no time zone database
            return UTC
        from zoneinfo import ZoneInfo  # noqa: PLC0415  # 3 ms

        return ZoneInfo(self.basics.timezone)

    @contextlib.contextmanager
    def database(
        self, *, create: bool = False, mirrored: bool = True, checked: bool = False
    ) -> Iterator[sqlite3.Connection]:
        """Open the database until the context ends.

        Args:
            create: Create it if it does not exist.
            mirrored: Update its areas and sources from the config.
            checked: Check its integrity first, if a check is due.

        Raises:
            PapertrackError: The database cannot be used, or an operation on it fails.
        """
        from papertrack.storage.database import opened  # noqa: PLC0415  # on use

        path = self.database_path
        # Report a mistake in the config first: it may be why the database is missing.
        config = self.config if mirrored or not path.exists() else None
        with opened(path, create=create, on_step=self._say_step) as db:
            if checked:
                from papertrack.storage.database import check_when_due  # noqa: PLC0415  # on use

                check_when_due(db, path, self.clock())
            self._finish_upgrade(db)
            if (
                mirrored
                and config is not None
                and (self.config_path.exists() or self._named_database is None)
            ):
                from papertrack.storage.sources import sync_config  # noqa: PLC0415  # on use

                sync_config(db, config, self.clock())
            yield db

    @contextlib.contextmanager
    def rehearsal(self) -> Iterator[sqlite3.Connection]:
        """Open a temporary copy of the database, updated from the config.

        Raises:
            PapertrackError: As `database` does.
        """
        from papertrack.storage.database import rehearsed  # noqa: PLC0415  # on use
        from papertrack.storage.sources import sync_config  # noqa: PLC0415  # on use

        config = self.config
        with rehearsed(self.database_path) as db:
            self._finish_upgrade(db)
            sync_config(db, config, self.clock())
            yield db

    def _say_step(self, step: str) -> None:
        if self.verbosity >= 0:
            self.warn(f"{step} ...")

    def _finish_upgrade(self, db: sqlite3.Connection) -> None:
        from papertrack.storage.database import unfinished_upgrades  # noqa: PLC0415  # on use

        unfinished = unfinished_upgrades(db)
        if "names" in unfinished:
            from papertrack.storage.ingest import add_names  # noqa: PLC0415  # once in its life

            add_names(db, self.clock())
        if "stories" in unfinished:
            from papertrack.storage.pairs import write_all_story_keys  # noqa: PLC0415  # as above

            write_all_story_keys(db)

    def say(self, line: str) -> None:
        """Print a result, unless quiet."""
        if self.verbosity >= 0:
            sys.stdout.write(line + "\n")

    def warn(self, line: str) -> None:
        """Print a message to standard error, even if quiet."""
        sys.stdout.flush()
        sys.stderr.write(line + "\n")

    def explain(self, line: str) -> None:
        """Print a detail to standard error, if verbose."""
        if self.verbosity > 0:
            self.warn(line)

    @property
    def _named_database(self) -> Path | None:
        return self.db_option or _from_environment("PAPERTRACK_DB")


class ConfigRefused(UsageError):
    """The config has a mistake; the message begins with file and line."""


def session_of(context: typer.Context) -> Session:
    """Return the session that `main` put into the context."""
    session = context.obj
    if not isinstance(session, Session):
        raise TypeError(session)
    return session


def one_line(error: PapertrackError) -> str:
    """Format an error as one printable line, even if it quotes input with control characters."""
    hint = f"; {error.hint}" if error.hint else ""
    name = "" if isinstance(error, ConfigRefused) else "papertrack: "
    return plain(f"{name}{error.what}{hint}")


def plain(text: str) -> str:
    """Replace characters that would move the cursor or break the line with spaces."""
    return "".join(" " if unicodedata.category(c) in _NOT_SHOWN else c for c in text)


def shown_path(path: Path) -> str:
    """Write a path relative to the working directory, if it is inside it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value).expanduser() if value else None


def _route(session: Session) -> Route:
    from papertrack.net.http import Route  # noqa: PLC0415  # 150 ms, on use

    wanted = session.config.fetch
    ca_file = session.config_path.parent / Path(wanted.ca_file).expanduser()
    return Route(
        proxy=wanted.proxy or None,
        ca_file=ca_file if wanted.ca_file else None,
        trust_env=wanted.trust_env,
    )


@contextlib.asynccontextmanager
async def network(session: Session, *, jobs: int) -> AsyncIterator[tuple[Client, ParseWorkers]]:
    """Open a client and the workers that parse its downloads.

    Args:
        session: Its config has the contact address, the proxy and the certificates.
        jobs: How many downloads may run at the same time.
    """
    from papertrack.net.client import Client, user_agent  # noqa: PLC0415  # as above
    from papertrack.net.parsing import ParseWorkers  # noqa: PLC0415  # as above

    route = _route(session)
    # Own certificates are read at once: a bad file fails the call, not each source.
    tls = route.certificates() if route.ca_file is not None else None
    agent = user_agent(session.config.contact)
    async with (
        Client(user_agent=agent, jobs=jobs, tls=tls, route=route) as client,
        ParseWorkers() as workers,
    ):
        yield client, workers


def rate_limited_client(
    session: Session, db: sqlite3.Connection, client: Client, *, is_shared: bool = True
) -> RateLimitedClient:
    """Make the client for arXiv; all processes on this database share its pause.

    Args:
        session: The call.
        db: The database.
        client: Sends the requests.
        is_shared: Whether other processes use the database; False for a temporary copy.
    """
    from papertrack.commands.writer import ArxivRequestSlots  # noqa: PLC0415  # on use
    from papertrack.net.rate_limit import RateLimitedClient  # noqa: PLC0415  # on use

    path = session.database_path
    return RateLimitedClient(
        client,
        slots=ArxivRequestSlots(db, session.clock, session.config.arxiv.pause_s),
        clock=session.clock,
        lock=path.with_name(f"{path.name}.arxiv") if is_shared else None,
    )


Json = dict[str, object]


def print_json(value: object) -> None:
    """Print a value as JSON, readable and in UTF-8."""
    import json  # noqa: PLC0415  # a call without --json need not pay for it

    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def item_json(item: Item) -> Json:
    """Convert an item to the JSON that docs/commands.md documents.

    Times are UTC, ratings in points, missing facts null.
    """
    judgement, printed_title = item.judgement, _unmarked_title(item)
    return {
        "item": item.id,
        "kind": item.kind.value,
        "title": item.title,
        "printed_title": printed_title,
        "title_is_borrowed": not item.printed_title and printed_title is not None,
        "url": item.url,
        "authors": [author.name for author in item.authors],
        "summary": item.summary,
        "announced_at": moment_json(item.announced_at),
        "published_at": moment_json(item.published_at),
        "updated_at": moment_json(item.updated_at),
        "first_seen_at": moment_json(item.first_seen_at),
        "state": item.state.value,
        "judged_at": moment_json(judgement.judged_at),
        "sources": list(item.sources),
        "identifiers": list(item.identifiers),
        "arxiv": _arxiv_json(item.arxiv) if item.arxiv else None,
        "doi": item.doi,
        "ratings": [_rating_json(rating) for rating in judgement.ratings],
        "tags": list(judgement.tags),
        "notes": dict(judgement.notes),
    }


def _unmarked_title(item: Item) -> str | None:
    from papertrack.core.text.borrowed_titles import borrowed_title  # noqa: PLC0415  # on use

    borrowed = item.printed_title or borrowed_title(item.summary, item.url, is_marked=False)
    return borrowed or None


def judging_json(act: JudgingAct | None) -> Json:
    """Convert a judgement to JSON; None is one of no items."""
    changes = act.changes if act else ()
    return {
        "act": act.number if act else None,
        "items_changed": sum(not change.is_empty for change in changes),
        "items": [_change_json(change) for change in changes],
    }


def _change_json(change: ItemChange) -> Json:
    item = item_json(change.item)
    kept = ("title", "state", "judged_at", "ratings", "tags", "notes")
    return {
        "item": item["item"],
        "named": change.name,
        **{key: item[key] for key in kept},
        "changed": {
            "state": change.state,
            "ratings": list(change.ratings),
            "tags": list(change.tags),
            "notes": list(change.notes),
        },
    }


def moment_json(moment: datetime | None) -> str | None:
    """Convert a moment to UTC text; None stays None."""
    from papertrack.core.times import utc_text  # noqa: PLC0415  # on use

    return utc_text(moment) if moment else None


def _arxiv_json(facts: ArxivFacts) -> Json:
    return {
        "id": facts.id.base,
        "version": facts.id.version,
        "primary_category": facts.primary,
        "categories": list(facts.categories),
        "comment": facts.comment,
        "journal_ref": facts.journal_ref,
        "licence": facts.licence,
        "withdrawn": facts.withdrawn,
    }


def _rating_json(rating: Rating) -> Json:
    return {
        "area": rating.area,
        "value": rating.halves / 2 if rating.halves is not None else None,
        "emoji": rating.emoji,
        "label": rating.label,
        "remark": rating.remark,
        "rated_at": moment_json(rating.rated_at),
    }
