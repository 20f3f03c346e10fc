"""The sections of the digest: list, add, rename, move, retire and restore.

The journal refers to an area by its slug, so the slug never changes; its name may.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.commands.config_write import rewrite
from papertrack.config.edit import add_area, is_retired, move_area, set_area, slugs_in
from papertrack.config.schema import Config
from papertrack.core.feeds.discover import make_slug
from papertrack.core.text.clean import one_line, typed
from papertrack.errors import UsageError
from papertrack.storage.sources import Area, AreaCount, count_areas, list_areas as stored_areas

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from papertrack.config.edit import Value

_DEFAULTS = {"emoji": "⭐", "rating_label": "Rating", "in_contents": True}


@dataclass(frozen=True, slots=True)
class ListedArea:
    """An area, and how many items are rated in it."""

    area: Area
    count: AreaCount


@dataclass(frozen=True, slots=True)
class NewArea:
    """An area to be added.

    Attributes:
        name: The heading of its section.
        slug: Its short name for commands; None derives one from its name.
        emoji: One point of its ratings; None for the default.
        keywords: Words that suggest this area for an item.
    """

    name: str
    slug: str | None = None
    emoji: str | None = None
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenArea:
    """An area as the config has it now.

    Attributes:
        place: Its place among the areas that are not retired, from 1.
    """

    slug: str
    name: str
    place: int
    config: Config


def list_areas(db: sqlite3.Connection) -> list[ListedArea]:
    """List the areas in the order of the digest, then the retired ones.

    An area that is only known from ratings of another machine counts as retired.
    """
    counts = count_areas(db)
    areas = stored_areas(db)
    unknown = counts.keys() - {area.slug for area in areas}
    areas += [
        Area(slug, slug, "⭐", "Rating", in_contents=True, is_retired=True)
        for slug in sorted(unknown)
    ]
    return [ListedArea(area, counts.get(area.slug, AreaCount())) for area in areas]


def add(path: Path, new: NewArea, *, taken: Sequence[str], after: str | None = None) -> WrittenArea:
    """Write a new area into the config.

    Args:
        path: The config.
        new: The area.
        taken: Slugs in the database; a new area must not inherit their ratings.
        after: The area to place it after; None for the end.

    Raises:
        UsageError: A slug is taken, invalid or unknown, or the config cannot be changed.
        StorageFull: It cannot be written.
    """
    name, slug = _one_line(new.name), new.slug
    if slug is not None and make_slug(slug, (), fallback="") != slug:
        message = f'"{slug}" is not a slug'
        raise UsageError(message, hint="use lower-case letters, digits and single hyphens")

    def change(text: str) -> str:
        nonlocal slug
        known = {*slugs_in(text), *taken}
        if slug in known:
            message = f'area "{slug}" already exists'
            hint = f"choose another --slug, or restore it: papertrack areas restore {slug}"
            raise UsageError(message, hint=hint)
        _refuse_unknown(text, after)
        slug = slug or make_slug(name, known, fallback="area")
        keys: dict[str, Value] = {"slug": slug, "name": name}
        keys |= {"emoji": _one_line(new.emoji)} if new.emoji else {}
        if new.keywords:
            keys["keywords"] = [_one_line(word) for word in new.keywords]
        return add_area(text, keys, after=after)

    config = rewrite(path, change)
    return _written(config, str(slug))


def rename(path: Path, slug: str, name: str) -> WrittenArea:
    """Rename an area; its slug stays, because its ratings refer to it.

    Raises:
        UsageError, StorageFull: As `add` does.
    """

    def change(text: str) -> str:
        _refuse_unknown(text, slug)
        return set_area(text, slug, "name", _one_line(name))

    return _written(rewrite(path, change), slug)


def move(path: Path, config: Config, slug: str, place: int) -> WrittenArea:
    """Move an area to another place in the digest.

    Args:
        path: The config file.
        config: Its content.
        slug: The area.
        place: Among the areas that are not retired, from 1.

    Raises:
        UsageError, StorageFull: As `add` does.
    """
    others = [area.slug for area in config.areas if area.slug != slug]
    if not 1 <= place <= len(others) + 1:
        message = f"there is no place {place}"
        raise UsageError(message, hint=f"give 1 to {len(others) + 1}")

    def change(text: str) -> str:
        _refuse_unknown(text, slug)
        return move_area(text, slug, after=others[place - 2] if place > 1 else None)

    return _written(rewrite(path, change), slug)


def retire(path: Path, slug: str) -> WrittenArea:
    """Retire an area; its table in the config and its ratings stay.

    Raises:
        UsageError, StorageFull: As `add` does.
    """

    def change(text: str) -> str:
        _refuse_unknown(text, slug)
        if is_retired(text, slug):
            message = f'the area "{slug}" is already retired'
            raise UsageError(message, hint=f"restore it: papertrack areas restore {slug}")
        return set_area(text, slug, "retired", value=True)

    return _written(rewrite(path, change), slug)


def restore(path: Path, known: Sequence[Area], slug: str) -> WrittenArea:
    """Restore a retired area, even if its table was removed from the config by hand.

    Args:
        path: The config.
        known: The areas in the database.
        slug: The area.

    Raises:
        UsageError, StorageFull: As `add` does.
    """

    def change(text: str) -> str:
        if slug in slugs_in(text):
            if not is_retired(text, slug):
                message = f'the area "{slug}" is not retired'
                raise UsageError(message, hint="papertrack areas shows them all")
            return set_area(text, slug, "retired", value=False)
        area = next((area for area in known if area.slug == slug), None)
        if area is None:
            _refuse_unknown(text, slug)
            raise LookupError(slug)
        keys: dict[str, Value] = {"slug": slug, "name": area.name}
        more: dict[str, Value] = {
            "emoji": area.emoji,
            "rating_label": area.rating_label,
            "in_contents": area.in_contents,
        }
        keys |= {key: value for key, value in more.items() if value != _DEFAULTS[key]}
        return add_area(text, keys)

    return _written(rewrite(path, change), slug)


def _written(config: Config, slug: str) -> WrittenArea:
    for place, area in enumerate(config.areas, start=1):
        if area.slug == slug:
            return WrittenArea(slug, area.name, place, config)
    return WrittenArea(slug, "", 0, config)


def _refuse_unknown(text: str, slug: str | None) -> None:
    known = slugs_in(text)
    if slug is not None and slug not in known:
        message = f'there is no area "{slug}" in the config'
        hint = (
            f"the areas are {', '.join(known)}" if known else "add one: papertrack areas add NAME"
        )
        raise UsageError(message, hint=hint)


def _one_line(text: str) -> str:
    line = one_line(typed(text))
    if not line:
        message = "the text is empty"
        raise UsageError(message, hint="write at least one letter")
    return line
