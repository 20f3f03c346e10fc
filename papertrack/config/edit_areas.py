"""Change the areas in the author's config; every other byte of it stays as it was."""

from __future__ import annotations

import copy
import tomllib
from typing import TYPE_CHECKING, Any

import tomlkit

from papertrack.config.toml_text import (
    Value,
    append_inline,
    block_of,
    checked,
    end_of_last,
    insert,
    line_end,
    lines_of,
    set_value,
    stand_in_tables,
    write_table,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_AREAS = "areas"


def slugs_in(text: str) -> list[str]:
    """List the areas that a config holds, retired ones too, in its order."""
    return [area["slug"] for area in tomllib.loads(text).get(_AREAS, [])]


def is_retired(text: str, slug: str) -> bool:
    """Tell whether an area of a config is put away."""
    areas = tomllib.loads(text).get(_AREAS, [])
    return any(area["slug"] == slug and area.get("retired", False) for area in areas)


def add_area(text: str, keys: Mapping[str, Value], *, after: str | None = None) -> str:
    """Write a new area.

    Args:
        text: The config, as `read_config` accepts it.
        keys: What its table holds, in this order; `slug` is among them.
        after: The area behind which it comes; None for the last.

    Raises:
        CannotEdit: The file is written in a way that this cannot add to.
        ValueError: There is no such area.
    """
    wanted = copy.deepcopy(tomllib.loads(text))
    wanted[_AREAS] = [*wanted.get(_AREAS, []), dict(keys)]
    if stand_in_tables(text, _AREAS):
        block = write_table(_AREAS, keys).replace("\n", line_end(text))
        new = insert(text, end_of_last(text, _AREAS), block)
    else:
        new = append_inline(text, _AREAS, [keys])
    new = checked(new, wanted, _AREAS)
    return new if after is None else move_area(new, str(keys["slug"]), after=after)


def set_area(text: str, slug: str, key: str, value: Value | None) -> str:
    """Write one value of an area; None takes the key out.

    Raises:
        CannotEdit: The file is written in a way that this cannot change.
        ValueError: There is no such area.
    """
    return set_value(text, _AREAS, slugs_in(text).index(slug), key, value)


def move_area(text: str, slug: str, *, after: str | None) -> str:
    """Put an area in another place, with the comments that stand right at it.

    Args:
        text: The config, as `read_config` accepts it.
        slug: The area.
        after: The area behind which it comes; None for the first place.

    Raises:
        CannotEdit: The file is written in a way that this cannot change.
        ValueError: There is no such area.
    """
    slugs = slugs_in(text)
    here = slugs.index(slug)
    others = [one for one in slugs if one != slug]
    there = 0 if after is None else others.index(after) + 1
    if there == here:
        return text
    wanted = copy.deepcopy(tomllib.loads(text))
    wanted[_AREAS].insert(there, wanted[_AREAS].pop(here))
    if not stand_in_tables(text, _AREAS):
        document: Any = tomlkit.parse(text)
        moved = document[_AREAS].pop(here)
        document[_AREAS].insert(there, moved)
        return checked(tomlkit.dumps(document), wanted, _AREAS)
    lines = lines_of(text)
    start, end = block_of(text, _AREAS, here)
    block = "".join(lines[start:end])
    if not block.endswith("\n"):
        block += line_end(text)
    # One of the two blank lines around it goes with it.
    behind = lines[end + 1 :] if lines[end : end + 1] in (["\n"], ["\r\n"]) else lines[end:]
    rest = "".join([*lines[:start], *behind])
    place = block_of(rest, _AREAS, 0)[0] if after is None else block_of(rest, _AREAS, there - 1)[1]
    return checked(insert(rest, place, block), wanted, _AREAS)
