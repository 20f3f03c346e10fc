"""A mistake in the config is one line with its place, and nothing has happened yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from papertrack.config.read import ConfigMistake, read_config
from papertrack.config.schema import FeedSource

if TYPE_CHECKING:
    from pathlib import Path

    from tests.author import Author

FEED = '[[sources]]\nslug = "blog"\nkind = "feed"\n'
AREA = '[[areas]]\nslug = "a"\nname = "A"\n'

MISTAKES = {
    "an unknown key at the top": (
        'databse = "x"',
        '1: databse: there is no such key; did you mean "database"?',
    ),
    "an unknown key in a table": (
        '[digest]\ntitel = "x"',
        '2: digest.titel: there is no such key; did you mean "title"?',
    ),
    "an unknown key that is like no other": (
        "[arxiv]\nzzz = 1",
        "2: arxiv.zzz: there is no such key; the keys here are feed_url, oai_url, api_url, pause_s",
    ),
    "an unknown key of the ranking": (
        "[rank]\ntrusted = 0.5",
        '2: rank.trusted: there is no such key; did you mean "trusted_precision"?',
    ),
    "a precision in percent": (
        "[rank]\nexplore = 0\ntrusted_precision = 30",
        "3: rank.trusted_precision: must be 0 to 1",
    ),
    "a share below none": ("[rank]\nexplore = -0.1", "2: rank.explore: must be 0 to 1"),
    "a precision that is no number": (
        "[rank]\ntrusted_precision = nan",
        "2: rank.trusted_precision: must be 0 to 1",
    ),
    "an unknown key in the second area": (
        AREA + '\n[[areas]]\nslug = "b"\nname = "B"\nemoij = "x"',
        '8: areas[2].emoij: there is no such key; did you mean "emoji"?',
    ),
    "an unknown key in a source": (
        FEED + 'urll = "http://x"',
        '4: sources[1].urll: there is no such key; did you mean "url"?',
    ),
    "a missing key": ('[[areas]]\nslug = "a"', "1: areas[1].name: this key is missing"),
    "a source without its kind": (
        '[[sources]]\nslug = "a"',
        "1: sources[1].kind: this key is missing",
    ),
    "an unknown kind of source": (
        '[[sources]]\nslug = "a"\nkind = "fed"',
        '3: sources[1].kind: "fed" is not one of arxiv, arxiv-query, feed; did you mean "feed"?',
    ),
    "a feed without its address": (FEED, "1: sources[1].url: this key is missing"),
    "an address that is not for the web": (
        FEED + 'url = "ftp://x"',
        '4: sources[1].url: "ftp://x" must be an address that starts with http:// or https://',
    ),
    "an address that cannot be read": (
        FEED + 'url = "http://[::1"',
        '4: sources[1].url: "http://[::1" is not an address',
    ),
    "an area that is not there": (
        AREA + FEED + 'url = "http://x.org"\narea = "b"',
        '8: sources[1].area: there is no area "b"; the areas are a',
    ),
    "an area before there is any": (
        FEED + 'url = "http://x.org"\narea = "b"',
        '5: sources[1].area: there is no area "b"; write its [[areas]] table first',
    ),
    "words that are not in a list": (
        FEED + 'url = "http://x.org"\ninclude = "word"',
        '5: sources[1].include: must be a list, for example ["a", "b"]',
    ),
    "a number among words": (
        FEED + 'url = "http://x.org"\ninclude = [\n  "word",\n  3,\n]',
        "5: sources[1].include[2]: must be text in quotes",
    ),
    "no category at all": (
        '[[sources]]\nslug = "a"\nkind = "arxiv"\ncategories = []',
        "4: sources[1].categories: name at least one category",
    ),
    "a category that arXiv cannot have": (
        '[[sources]]\nslug = "a"\nkind = "arxiv"\ncategories = ["cs LG"]',
        '4: sources[1].categories: "cs LG" is not an arXiv category; did you mean "cs.LG"?',
    ),
    "a query for nothing": (
        '[[sources]]\nslug = "a"\nkind = "arxiv-query"',
        "3: sources[1].kind: set at least one of `all`, `any`, `authors` and `query`",
    ),
    "a slug with blanks": (
        '[[areas]]\nslug = "A b"\nname = "x"',
        '2: areas[1].slug: "A b" must be lower-case letters, digits and single hyphens',
    ),
    "a slug twice": (AREA + AREA, '5: areas[2].slug: "a" is used twice'),
    "the slug of what is added by hand": (
        '[[sources]]\nkind = "feed"\nurl = "http://x.org"\nslug = "by-hand"',
        '4: sources[1].slug: "by-hand" is reserved for items that you add by hand',
    ),
    "an area's name of two lines": (
        '[[areas]]\nslug = "a"\nname = "a\\nb"',
        "3: areas[1].name: must be one line of text",
    ),
    "an emoji that a terminal obeys": (
        AREA + 'emoji = "\\u001b[31m"',
        "4: areas[1].emoji: must be one line of text",
    ),
    "a title of two lines": (
        '[digest]\ntitle = "a\\nb"',
        "2: digest.title: must be one line of text",
    ),
    "an empty folder": ('[digest]\nfolder = ""', "2: digest.folder: must be a path on one line"),
    "an empty database": ('database = ""', "1: database: must be a path on one line"),
    "a path that no system has": (
        'database = "a\\u0000b"',
        "1: database: must be a path on one line",
    ),
    "text for a number": (
        '[digest]\nmin_rating = "high"',
        "2: digest.min_rating: must be a number",
    ),
    "a rating between two halves": (
        "[digest]\nmin_rating = 0.7",
        "2: digest.min_rating: must be 0.5 to 5 in steps of 0.5",
    ),
    "text for yes or no": (
        AREA + 'in_contents = "yes"',
        "4: areas[1].in_contents: must be true or false",
    ),
    "a pause of no length": (
        "[arxiv]\npause_s = nan",
        "2: arxiv.pause_s: must be between 0 and 3600 seconds",
    ),
    "a mirror without an address": (
        '[arxiv]\napi_url = "x"',
        '2: arxiv.api_url: "x" must be an address that starts with http:// or https://',
    ),
    "an endpoint without an address": (
        '[add]\ncrossref_url = "https://api.example.org"\nx_url = "ftp://x"',
        '3: add.x_url: "ftp://x" must be an address that starts with http:// or https://',
    ),
    "an endpoint of nobody": (
        '[add]\nyoutub_url = "https://api.example.org"',
        '2: add.youtub_url: there is no such key; did you mean "youtube_url"?',
    ),
    "no such time zone": (
        'timezone = "Mars/Base"',
        '1: timezone: "Mars/Base" is not a time zone; write one like "Europe/Berlin"',
    ),
    "a time zone outside its folder": (
        'timezone = "../etc/passwd"',
        '1: timezone: "../etc/passwd" is not a time zone; write one like "Europe/Berlin"',
    ),
    "a contact that is no header": (
        '\n\ncontact = "é"',
        "3: contact: must be plain ASCII text, for example an e-mail address",
    ),
    "a value where a table belongs": ("digest = 3", "1: digest: must be a table"),
    "not TOML": ("\na = ", "2: not valid TOML: invalid value"),
    "a key twice": (
        'contact = "a"\ncontact = "b"',
        "2: not valid TOML: cannot overwrite a value",
    ),
    "a text that never ends": ('\ncontact = """\nx\n', "3: not valid TOML: unterminated string"),
    "brackets in thousands": ("a = " + "[" * 20_000, "1: not valid TOML: a value is too large"),
    "a number of 5,000 digits": ("a = " + "9" * 5_000, "1: not valid TOML: a value is too large"),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_line_and_key(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigMistake) as caught:
        read_config(path)

    assert str(caught.value) == f"{path}:{expected}"


PLACES = {
    "after a text of several lines": '[digest]\ntitle = """\\\n[x]\ntitel = 3\n"""\ntitel = 1\n',
    "after quotes inside a text": '[digest]\ntitle = \'it"""s\'\n\n\n\ntitel = 1\n',
    "after quotes inside a comment": '[digest] # """ [x]\n\n\n\n\ntitel = 1 # [[y]]\n',
    "after an escaped quote": '[digest]\ntitle = """a \\"""\\\n[arxiv]\n"""\n\ntitel = 1\n',
    "after a dotted key": '"digest"."title" = "x"\n\n\n\n\ndigest.titel = 1\n',
    "under a header in quotes": '\n\n\n\n[ "digest" ] # [x]\n"titel" = 1\n',
    "after a separator of lines inside a text": "[digest]\n#\u2028\n#\x85\n\n\ntitel = 1\n",
}


@pytest.mark.parametrize("text", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_the_line_of_a_mistake_is_found(tmp_path: Path, text: str, line_end: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(text.replace("\n", line_end).encode())

    with pytest.raises(ConfigMistake) as caught:
        read_config(path)

    assert str(caught.value).startswith(f"{path}:6: digest.titel: there is no such key")


def test_a_list_of_several_lines_holds_no_headers(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(AREA + 'keywords = [\n  "a",\n  "]",\n]\nnam = 1\n', encoding="utf-8")

    with pytest.raises(ConfigMistake) as caught:
        read_config(path)

    assert str(caught.value).startswith(f"{path}:8: areas[1].nam: there is no such key")


@pytest.mark.parametrize(
    "text",
    ["digest.titel = 1", "digest = {title = 'x', titel = 1}", "\ndigest.titel = 1"],
    ids=["dotted key", "inline table", "dotted key further down"],
)
def test_the_key_of_a_mistake_is_found_however_its_table_is_written(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigMistake) as caught:
        read_config(path)

    line = text.count("\n") + 1
    assert str(caught.value).startswith(f"{path}:{line}: digest.titel: ")


def test_a_line_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'contact = "a"\n# caf\xe9\n')

    with pytest.raises(ConfigMistake) as caught:
        read_config(path)

    assert str(caught.value) == f"{path}:2: this line is not UTF-8 text"


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'\xef\xbb\xbfcontact = "a"\r\n[digest]\r\ntitle = "b"\r\n')

    config = read_config(path)

    assert (config.contact, config.digest.title) == ("a", "b")


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"")

    config = read_config(path)

    assert (config.timezone, config.areas, config.sources) == ("UTC", (), ())


def test_an_emoji_of_many_code_points_is_one_line_of_text(tmp_path: Path) -> None:
    england = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    path = tmp_path / "config.toml"
    path.write_text(f'{AREA}emoji = "{england}"\nrating_label = "👩‍💻"\n', encoding="utf-8")

    config = read_config(path)

    assert (config.areas[0].emoji, config.areas[0].rating_label) == (england, "👩‍💻")


def test_the_kind_of_a_source_decides_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(FEED + 'url = "http://example.org/feed"\n', encoding="utf-8")

    config = read_config(path)

    assert config.sources == (FeedSource(slug="blog", url="http://example.org/feed"),)


@pytest.mark.parametrize("words", [("init",), ("list",), ("add", "2611.99901", "--title", "x")])
def test_a_wrong_config_ends_with_2_before_a_database_is_made(
    author: Author, words: tuple[str, ...]
) -> None:
    author.write_config("[digest]\ntitel = 1\n")

    printed = author.types(*words)

    assert printed.code == 2
    assert printed.err.splitlines() == [
        f'{author.config}:2: digest.titel: there is no such key; did you mean "title"?'
    ]
    assert list(author.files()) == ["config.toml"]
