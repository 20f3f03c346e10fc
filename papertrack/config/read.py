"""Read the config file; report a mistake with its line and the most similar known name.

tomllib does not report the positions of keys, so this module finds their lines itself.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import msgspec

from papertrack.config.checks import find_mistake
from papertrack.config.schema import (
    AddConfig,
    AreaConfig,
    ArxivConfig,
    Config,
    DigestConfig,
    FetchConfig,
    FollowConfig,
    KeysConfig,
    RankConfig,
    RateConfig,
    SourceConfig,
)

if TYPE_CHECKING:
    from pathlib import Path

KeyPath = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_PART = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_KEY = re.compile(rf"^\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
# Multi-line quotes before single ones; a whole string of one line, a comment, a bracket.
_TOKEN = re.compile(
    r"""\"{3}|'{3}|"(?:\\.|[^"\\])*"|'[^']*'|\#.*|[\[\]{}]""",
)
_ENDS = {'"""': re.compile(r'\\.|(""")'), "'''": re.compile(r"(''')")}


@dataclass(frozen=True, slots=True)
class _OpenValue:
    """What is open at the end of a line: a multi-line string, or a number of brackets."""

    quote: str | None = None
    depth: int = 0

    @property
    def is_whole(self) -> bool:
        return self.quote is None and self.depth == 0


def line_of(text: str, path: KeyPath) -> int:
    """Find the line of a key.

    Args:
        text: A TOML document that tomllib accepts.
        path: The key from the root, with array indexes as numbers: ``("areas", 0, "slug")``.

    Returns:
        The line, from 1; that of the nearest enclosing table if the key itself is missing.
    """
    places = dict(reversed(_places(text)))  # the first of several tables with one name
    for end in range(len(path), 0, -1):
        if path[:end] in places:
            return places[path[:end]]
    return 1


def _places(text: str) -> list[tuple[KeyPath, int]]:
    found: list[tuple[KeyPath, int]] = []
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    value = _OpenValue()
    for number, line in enumerate(text.split("\n"), start=1):
        rest = line
        if value.is_whole and (header := _HEADER.match(line)):
            rest = ""
            table = _names(header[2])
            found.append((table, number))
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
                found.append((table, number))
        elif value.is_whole and (key := _KEY.match(line)):
            found.append(((*table, *_names(key[1])), number))
            rest = line[key.end() :]
        value = _track(rest, value)
    return found


def _names(dotted: str) -> KeyPath:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def _track(line: str, value: _OpenValue) -> _OpenValue:
    """Track a value across lines, so that text inside it is not taken for keys."""
    quote, depth, at = value.quote, value.depth, 0
    while True:
        if quote is not None:
            end = next((one for one in _ENDS[quote].finditer(line, at) if one[1]), None)
            if end is None:
                return _OpenValue(quote, depth)
            quote, at = None, end.end()
        token = _TOKEN.search(line, at)
        if token is None:
            return _OpenValue(None, depth)
        at = token.end()
        if token[0] in _ENDS:
            quote = token[0]
        elif token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1


_AT = re.compile(r"^(?P<problem>.*?)(?: - at `\$(?P<path>[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")
_TOML_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)$|\s*\(at end of document\)$")
_TYPES = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": 'a list, for example ["a", "b"]',
    "object": "a table",
    "str | null": "text in quotes",
    "int | null": "a whole number",
    "str | array": "a key in quotes, or a list of keys",
}

_TABLES: dict[str, type[msgspec.Struct]] = {
    "areas": AreaConfig,
    "arxiv": ArxivConfig,
    "add": AddConfig,
    "digest": DigestConfig,
    "fetch": FetchConfig,
    "follow": FollowConfig,
    "keys": KeysConfig,
    "rank": RankConfig,
    "rate": RateConfig,
}


class ConfigMistake(ValueError):
    """The config file cannot be used.

    Args:
        message: ``FILE:LINE: KEY: what is wrong``, ready to print.
    """


def read_config(path: Path) -> Config:
    """Read a config file.

    Args:
        path: The file; messages name it as given here.

    Returns:
        The config without retired areas; missing keys have their defaults.

    Raises:
        ConfigMistake: A key is unknown, missing or has a wrong value, or the file is not TOML.
        OSError: The file cannot be read.
    """
    body = path.read_bytes()
    try:
        text = body.decode("utf-8-sig")
        tables = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        message = f"{path}:{line}: this line is not UTF-8 text"
        raise ConfigMistake(message) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigMistake(_toml_message(path, text, error)) from error
    except (RecursionError, ValueError) as error:  # brackets in thousands; a number of 5,000 digits
        message = f"{path}:1: not valid TOML: a value is too large"
        raise ConfigMistake(message) from error
    try:
        config = msgspec.convert(tables, Config)
    except msgspec.ValidationError as error:
        keys, problem = _explain(str(error), tables)
        raise ConfigMistake(_message(path, text, keys, problem)) from error
    if mistake := find_mistake(config):
        raise ConfigMistake(_message(path, text, *mistake))
    return _without_retired(config)


def _without_retired(config: Config) -> Config:
    """Remove retired areas, also from the sources that name them."""
    retired = {area.slug for area in config.areas if area.retired}
    if not retired:
        return config
    return msgspec.structs.replace(
        config,
        areas=tuple(area for area in config.areas if not area.retired),
        sources=tuple(
            msgspec.structs.replace(source, area=None) if source.area in retired else source
            for source in config.sources
        ),
    )


def _message(path: Path, text: str, keys: tuple[str | int, ...], problem: str) -> str:
    return f"{path}:{line_of(text, keys)}: {_dotted(keys)}: {problem}"


def _dotted(keys: tuple[str | int, ...]) -> str:
    written = "".join(f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in keys)
    return written.removeprefix(".")


def _toml_message(path: Path, text: str, error: tomllib.TOMLDecodeError) -> str:
    place = _TOML_LINE.search(str(error))
    line = int(place[1]) if place and place[1] else 1
    if place and not place[1]:
        line = text.rstrip("\n").count("\n") + 1
    problem = _TOML_LINE.sub("", str(error))
    return f"{path}:{line}: not valid TOML: {problem[:1].lower()}{problem[1:]}"


def _explain(message: str, tables: dict[str, object]) -> tuple[tuple[str | int, ...], str]:
    """Turn a message of msgspec into the path of the key and a sentence for the author."""
    match = _AT.match(message)
    problem = match["problem"] if match else message
    keys: tuple[str | int, ...] = tuple(
        name or int(index)
        for name, index in _STEP.findall((match and match["path"]) or "")
        if name or index
    )
    if unknown := re.fullmatch(r"Object contains unknown field `(.+)`", problem):
        known = _known_keys(keys, tables)
        return (*keys, unknown[1]), "there is no such key" + _nearest(unknown[1], known)
    if missing := re.fullmatch(r"Object missing required field `(.+)`", problem):
        return (*keys, missing[1]), "this key is missing"
    if wrong := re.fullmatch(r"Expected `(.+?)`, got `(.+?)`", problem):
        return keys, f"must be {_TYPES.get(wrong[1], wrong[1])}"
    if value := re.fullmatch(r"Invalid value '(.*)'", problem):
        kinds = [_tag(kind) for kind in get_args(SourceConfig)]
        return keys, f'"{value[1]}" is not one of {", ".join(kinds)}' + _nearest(value[1], kinds)
    return keys, problem


def _tag(struct: type[msgspec.Struct]) -> str:
    return str(struct.__struct_config__.tag)


def _known_keys(keys: tuple[str | int, ...], tables: dict[str, object]) -> list[str]:
    """List the keys that the table at `keys` may have."""
    if keys[:1] != ("sources",):
        struct = _TABLES.get(str(keys[0]), Config) if keys else Config
        return list(struct.__struct_fields__)
    source: object = tables
    for key in keys:
        source = source[key]  # type: ignore[index]  # msgspec has followed this path already
    kind = source.get("kind") if isinstance(source, dict) else None
    fields = next((s.__struct_fields__ for s in get_args(SourceConfig) if _tag(s) == kind), ())
    return ["kind", *fields]


def _nearest(name: str, known: list[str]) -> str:
    import difflib  # noqa: PLC0415  # only for a mistake

    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f'; did you mean "{close[0]}"?' if close else f"; the keys here are {', '.join(known)}"
