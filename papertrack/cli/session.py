"""What every command needs: config, database, clock and output."""

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
    from collections.abc import Callable, Iterator
    from datetime import datetime, tzinfo

    import typer

    from papertrack.commands.basics import SearchSettings
    from papertrack.config.schema import Config

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
        with opened(path, create=create) as db:
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

    def _finish_upgrade(self, db: sqlite3.Connection) -> None:
        from papertrack.storage.database import names_are_due  # noqa: PLC0415  # on use

        if names_are_due(db):
            from papertrack.storage.ingest import add_names  # noqa: PLC0415  # once in its life

            add_names(db, self.clock())

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
