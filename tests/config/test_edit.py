"""Changing the author's config: a few lines, all or nothing, every comment kept."""

from __future__ import annotations

import stat
import tomllib
from difflib import ndiff
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from papertrack.config.edit import (
    CannotEdit,
    NewSource,
    add_sources,
    change_config,
    check_writable,
    move_source,
)
from papertrack.config.read import read_config
from papertrack.config.schema import FeedSource

EXAMPLE = (Path(__file__).parents[2] / "config.example.toml").read_text("utf-8")
FEED = {"slug": "new", "kind": "feed", "url": "https://new.example.org/feed"}
NEW = NewSource(FEED)
INLINE = '{slug = "new", kind = "feed", url = "https://new.example.org/feed"}'
TABLE = '[[sources]]\nslug = "new"\nkind = "feed"\nurl = "https://new.example.org/feed"\n'
MOVED = "https://moved.example.org/feed"


def _changes(before: str, after: str) -> list[str]:
    rows = ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [row for row in rows if row[0] in "+-"]


def _is_alone(config: Path) -> bool:
    return [path.name for path in config.parent.iterdir()] == ["config.toml"]


def test_a_source_is_written_behind_the_last_one_and_nothing_else_changes() -> None:
    after = add_sources(EXAMPLE, [NEW])

    assert [row[0] for row in _changes(EXAMPLE, after)] == ["+"] * 5
    # Behind the comment that belongs to the last source, before the next section.
    comment = "# query = '(all:\"language model\") AND (cat:cs.AI OR cat:cs.CL)'\n"
    assert f"{comment}\n{TABLE}\n\n[fetch]" in after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", TABLE),
        ('timezone = "UTC"', f'timezone = "UTC"\n\n{TABLE}'),
        ('timezone = "UTC"\n\n', f'timezone = "UTC"\n\n{TABLE}'),
        ("[arxiv]\npause_s = 0\n", f"[arxiv]\npause_s = 0\n\n{TABLE}"),
        ('[[sources]]\nslug = "a"', f'[[sources]]\nslug = "a"\n\n{TABLE}'),
        (
            '[[sources]]\nslug = "a" # why\n# more\n[fetch]\n',
            f'[[sources]]\nslug = "a" # why\n# more\n\n{TABLE}\n[fetch]\n',
        ),
        (
            '[[sources]]\nslug = "a"\n\n# of fetch\n[fetch]\n',
            f'[[sources]]\nslug = "a"\n\n{TABLE}\n# of fetch\n[fetch]\n',
        ),
        (
            '[[sources]]\nurl = """\n[[sources]]\n"""\nall = [\n"a", # b\n]\n[fetch]\n',
            f'[[sources]]\nurl = """\n[[sources]]\n"""\nall = [\n"a", # b\n]\n\n{TABLE}\n[fetch]\n',
        ),
        (
            '[[sources]]\nslug = "a"\n[fetch]\n[[sources]]\nslug = "b"\n[digest]\n',
            f'[[sources]]\nslug = "a"\n[fetch]\n[[sources]]\nslug = "b"\n\n{TABLE}\n[digest]\n',
        ),
        (
            '[[sources]]\r\nslug = "a"\r\n\r\n[fetch]\r\n',
            '[[sources]]\r\nslug = "a"\r\n\r\n' + TABLE.replace("\n", "\r\n") + "\r\n[fetch]\r\n",
        ),
        (
            '# a\u2028b\n[[sources]]\nslug = "a\u2028b"\n',
            f'# a\u2028b\n[[sources]]\nslug = "a\u2028b"\n\n{TABLE}',
        ),
        (
            'sources = [\n  {slug = "a"}, # one\n]\n',
            f'sources = [\n  {{slug = "a"}}, # one\n  {INLINE},\n]\n',
        ),
    ],
)
def test_a_source_finds_its_place(before: str, after: str) -> None:
    assert add_sources(before, [NEW]) == after


def test_a_remark_stands_above_the_keys() -> None:
    after = add_sources("", [NewSource(FEED, remark='from the folder "A / B"')])

    assert after.startswith('[[sources]]\n# from the folder "A / B"\nslug = "new"\n')


def test_no_sources_change_nothing() -> None:
    assert add_sources(EXAMPLE, []) == EXAMPLE


@given(st.dictionaries(st.sampled_from(("slug", "url", "name")), st.text(), min_size=1))
def test_whatever_is_written_reads_as_it_was_meant(keys: dict[str, str]) -> None:
    after = add_sources(EXAMPLE, [NewSource(keys), NewSource(keys)])

    assert tomllib.loads(after)["sources"][-2:] == [keys, keys]


def test_an_address_is_changed_and_nothing_else() -> None:
    after = move_source(EXAMPLE, "example-blog", MOVED)

    assert _changes(EXAMPLE, after) == [
        '- url = "https://example.org/feed.xml"\n',
        f'+ url = "{MOVED}"\n',
    ]


@pytest.mark.parametrize(
    "written",
    [
        '  [[ sources ]] # the blog\n\turl   =  "{url}"   # moved once\n\n  slug="blog"\n# end\n',
        "[[sources]]\nurl = '{url}' # why\nslug = 'blog'\n[fetch]\nfirst_days = 3 # days\n",
        '[[sources]]\r\nslug = "blog"\r\nurl = "{url}"\r\n# end\r\n',
        'sources = [\n  {{slug = "blog", url = "{url}"}}, # why\n  {{slug = "b"}},\n]\n',
        '[[sources]]\nslug = "a"\n[fetch]\n[[sources]]\n"url" = "{url}"\nslug = "blog"\n',
    ],
)
def test_an_address_is_found_in_every_layout(written: str) -> None:
    before, after = written.format(url="https://a.example"), written.format(url=MOVED)

    assert move_source(before, "blog", MOVED).replace("'", '"') == after.replace("'", '"')


def test_an_address_on_many_lines_is_changed_as_a_whole() -> None:
    before = '[[sources]]\nurl = """\\\n  https://a.exam\\\n  ple""" # b\nslug = "blog"\n'

    assert move_source(before, "blog", MOVED) == (
        f'[[sources]]\nurl = "{MOVED}" # b\nslug = "blog"\n'
    )


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(EXAMPLE, "utf-8")
    return path


def test_a_changed_config_takes_the_place_of_the_old_with_its_mode(config: Path) -> None:
    config.chmod(0o640)

    read = change_config(config, lambda text: add_sources(text, [NEW]))

    assert read == read_config(config)
    assert isinstance(read.sources[-1], FeedSource)
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    assert _is_alone(config)


def test_a_symbolic_link_stays_one(config: Path) -> None:
    (config.parent / "dotfiles").mkdir()
    real = config.rename(config.parent / "dotfiles" / "papertrack.toml")
    config.symlink_to(Path("dotfiles") / "papertrack.toml")

    change_config(config, lambda text: add_sources(text, [NEW]))

    assert config.is_symlink()
    assert read_config(real).sources[-1].slug == "new"


def test_a_byte_order_mark_stays(config: Path) -> None:
    config.write_text("\ufeff" + EXAMPLE, "utf-8")

    change_config(config, lambda text: add_sources(text, [NEW]))

    assert config.read_text("utf-8") == "\ufeff" + add_sources(EXAMPLE, [NEW])


def test_a_read_only_config_is_left_alone(config: Path) -> None:
    config.chmod(0o444)

    with pytest.raises(CannotEdit, match="is read-only"):
        change_config(config, lambda text: add_sources(text, [NEW]))

    assert config.read_text("utf-8") == EXAMPLE


def test_what_the_author_writes_meanwhile_is_not_overwritten(config: Path) -> None:
    def change(text: str) -> str:
        config.write_text(text + "\n# by hand\n", "utf-8")
        return add_sources(text, [NEW])

    with pytest.raises(CannotEdit, match="changed while this ran"):
        change_config(config, change)

    assert config.read_text("utf-8") == EXAMPLE + "\n# by hand\n"
    assert _is_alone(config)


def test_a_change_that_makes_a_mistake_is_not_written(config: Path) -> None:
    wrong = NewSource({**FEED, "area": "nowhere"})

    with pytest.raises(CannotEdit) as caught:
        change_config(config, lambda text: add_sources(text, [wrong]))

    assert 'sources[4].area: there is no area "nowhere"' in caught.value.what
    assert ".new" not in caught.value.what
    assert config.read_text("utf-8") == EXAMPLE
    assert _is_alone(config)


def test_an_interrupted_change_leaves_the_config_as_it_was(config: Path) -> None:
    def interrupted(text: str) -> str:
        del text
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        change_config(config, interrupted)

    assert config.read_text("utf-8") == EXAMPLE
    assert _is_alone(config)


def test_a_missing_config_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        check_writable(tmp_path / "config.toml")
