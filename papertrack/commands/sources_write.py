"""Change the sources in the author's config, with what can go wrong said in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.commands.config_write import rewrite, translated
from papertrack.config.edit import NewSource, add_sources, check_writable, move_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["NewSource", "change_addresses", "refuse_read_only", "write_sources"]


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
