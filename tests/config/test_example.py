"""config.example.toml explains every key there is, with the default that it really has."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import msgspec
import pytest

from papertrack.config.read import line_of, read_config
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
    from collections.abc import Iterator

EXAMPLE = Path(str(files("papertrack") / "data" / "config.example.toml"))
_HEADER = re.compile(r"\[\[?(\w+)\]\]?")
_TABLES = {
    *("digest", "areas", "sources", "fetch", "rank", "follow", "arxiv", "add", "rate", "keys"),
    "searches",
}
_KEY = re.compile(r"(?:# )?([a-z_]+) = (.+)")


def _explained() -> dict[str, list[tuple[str, str, str]]]:
    """Gather by table: key, value as written, and the comment above."""
    found: dict[str, list[tuple[str, str, str]]] = {"": []}
    table, comment = "", ""
    for line in EXAMPLE.read_text("utf-8").splitlines():
        if header := _HEADER.fullmatch(line):
            table, comment = header[1], ""
            found.setdefault(table, [])
        elif key := _KEY.fullmatch(line):
            found[table].append((key[1], key[2], comment))
            comment = ""
        elif line.startswith("#"):
            comment += " " + line.removeprefix("#").strip()
        else:
            comment = ""
    return found


def _structs() -> Iterator[tuple[str, type[msgspec.Struct]]]:
    yield from (("", Config), ("digest", DigestConfig), ("areas", AreaConfig))
    yield from (("sources", kind) for kind in get_args(SourceConfig))
    yield from (("fetch", FetchConfig), ("arxiv", ArxivConfig), ("add", AddConfig))
    yield from (("rate", RateConfig), ("keys", KeysConfig))
    yield from (("rank", RankConfig), ("follow", FollowConfig))


def _fields() -> Iterator[tuple[str, str, object]]:
    for table, struct in _structs():
        for field in msgspec.structs.fields(struct):
            if field.encode_name not in _TABLES or table:
                default = {} if field.default_factory is dict else field.default
                yield table, field.encode_name, default


def test_the_example_loads() -> None:
    config = read_config(EXAMPLE)

    assert {type(source).__name__ for source in config.sources} == {
        "ArxivSource",
        "ArxivQuerySource",
        "FeedSource",
    }


def test_the_example_at_the_top_of_the_repository_is_the_one_that_is_installed() -> None:
    ours = Path(__file__).parents[2] / "config.example.toml"
    if not ours.exists():
        pytest.skip("the tests stand alone, without the repository")

    assert ours.read_bytes() == EXAMPLE.read_bytes()


@pytest.mark.parametrize(("table", "key"), sorted({(t, k) for t, k, _ in _fields()}))
def test_every_key_is_explained(table: str, key: str) -> None:
    comments = [comment for name, _, comment in _explained()[table] if name == key]

    assert any(len(comment.split()) > 3 for comment in comments)


@pytest.mark.parametrize("table", ["", "digest", "arxiv", "rate", "rank"])
def test_every_value_outside_the_lists_is_its_default(table: str) -> None:
    struct = dict(_structs())[table]
    defaults = {
        field.encode_name: field.default
        for field in msgspec.structs.fields(struct)
        if field.encode_name != "database"
    }

    written = {key: tomllib.loads(f"x = {value}")["x"] for key, value, _ in _explained()[table]}

    written.pop("database", None)
    assert written == {key: defaults[key] for key in written}
    assert written.keys() == defaults.keys() - _TABLES


def test_every_default_that_a_comment_tells_is_the_real_one() -> None:
    tellings = {
        ("areas", "emoji"): '"⭐" when left out',
        ("areas", "keywords"): "none by default",
        ("areas", "rating_label"): '"Rating" when left out',
        ("areas", "in_contents"): "true when left out",
        ("areas", "short"): "the slug when left out",
        ("areas", "target"): "none by default",
        ("sources", "name"): "the slug when left out",
        ("sources", "include"): "all items when left out",
        ("sources", "exclude"): "none by default",
        ("sources", "area"): "none by default",
        ("sources", "allow_private_network"): "false when left out",
    }
    defaults = {(table, key): default for table, key, default in _fields()}
    comments = {
        (table, key): comment
        for table, rows in reversed(_explained().items())
        for key, _, comment in reversed(rows)
    }

    assert [place for place, telling in tellings.items() if telling not in comments[place]] == []
    assert [defaults[place] for place in tellings] == [
        "⭐", (), "Rating", True, None, None, None, (), (), None, False,
    ]  # fmt: skip


def test_keys_without_a_default_say_so() -> None:
    comments = {(t, k): c for t, rows in _explained().items() for k, _, c in reversed(rows)}

    required = {(t, k) for t, k, default in _fields() if default is msgspec.NODEFAULT}

    assert {place for place in required if "No default." not in comments[place]} == set()


def test_the_line_of_every_key_of_the_example_is_found() -> None:
    text = EXAMPLE.read_text("utf-8")
    lines = text.split("\n")

    for place in [("digest", "min_rating"), ("areas", 1, "keywords"), ("arxiv", "pause_s")]:
        assert lines[line_of(text, place) - 1].startswith(f"{place[-1]} = ")


def test_every_key_of_the_rating_screen_is_the_one_that_it_has_by_default() -> None:
    table = tomllib.loads(EXAMPLE.read_text("utf-8"))["keys"]

    assert msgspec.convert(table, KeysConfig) == KeysConfig()
