"""Change the sources in the author's config, with what can go wrong said in one line."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from papertrack.commands.config_write import rewrite, translated
from papertrack.config.edit import NewSource, add_sources, check_writable, move_source
from papertrack.core.watch.credentials import has_credentials
from papertrack.storage.private_files import is_shared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def refuse_read_only(path: Path) -> None:
    """Refuse a config that cannot be written, before anything is done for nothing.

    Raises:
        UsageError: It is missing or read-only.
    """
    translated(path, lambda: check_writable(path))


def write_sources(path: Path, added: Sequence[NewSource]) -> None:
    """Add sources to the config, all in one write.

    Raises:
        UsageError: The config cannot be changed; it is as it was.
        StorageFull: It cannot be written; it is as it was.
    """
    rewrite(path, lambda text: add_sources(text, added))


def warn_of_readers(path: Path, added: Sequence[NewSource]) -> str | None:
    """Say what to do when a password was written into a config that others can read."""
    urls = [str(one.keys["url"]) for one in added if "url" in one.keys]
    if not any(map(has_credentials, urls)) or not is_shared(path):
        return None
    return (
        f"{path} holds a password or key now, and others on this machine can read it; "
        f"run: chmod 600 {shlex.quote(str(path))}"
    )


def change_addresses(path: Path, urls: Mapping[str, str]) -> None:
    """Write new addresses into sources, by slug, all in one write.

    Raises:
        UsageError, StorageFull: As `write_sources` does.
    """

    def change(text: str) -> str:
        for slug, url in urls.items():
            text = move_source(text, slug, url)
        return text

    rewrite(path, change)
