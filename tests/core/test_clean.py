from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from papertrack.core.text.bylines import arxiv_authors, feed_authors
from papertrack.core.text.clean import http_url, one_line, plain_text
from papertrack.core.text.written_dates import read_date

# Lone surrogates too: JSON brings them.
ANY_TEXT = st.text(
    st.one_of(
        st.characters(codec=None, exclude_categories=()),
        st.sampled_from("\x1b\x9b[]0;mA\x07\\\u202e\u200b\ufeff\r\n\t \x85\u2028\U000e0041\ufdd0"),
    )
)


def is_forbidden(character: str) -> bool:
    return character != "\n" and (
        unicodedata.category(character) in ("Cc", "Cs")
        or character in "\u061c\u200b\u200e\u200f\ufeff\xad\u2028\u2029\ufff9\ufffa\ufffb"
        or "\u202a" <= character <= "\u202e"
        or "\u2066" <= character <= "\u2069"
        or "\U000e0000" <= character <= "\U000e007f"
        or ord(character) & 0xFFFE == 0xFFFE
        or "\ufdd0" <= character <= "\ufdef"
    )


@given(ANY_TEXT)
def test_plain_text_holds_nothing_that_a_terminal_obeys_or_nobody_sees(text: str) -> None:
    cleaned = plain_text(text)

    assert [character for character in cleaned if is_forbidden(character)] == []
    assert "\n\n\n" not in cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode("utf-8")


@given(ANY_TEXT)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert plain_text(plain_text(text)) == plain_text(text)
    assert one_line(one_line(text)) == one_line(text)


@given(ANY_TEXT)
def test_one_line_is_one_line_with_single_spaces(text: str) -> None:
    assert one_line(text) == " ".join(one_line(text).split())


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\x1b[31mred\x1b[0m rose", "red rose"),
        ("a\x1b]0;new window title\x07b", "ab"),
        ("a\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\b", "alinkb"),
        ("a\x9b31mb", "ab"),
        ("a\x1bPq#0;2;0;0;0\x1b\\b", "ab"),
        ("a\x1b(0b", "ab"),
        ("\x1b\x1b[31m[32mx", "[32mx"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("hid\U000e0041\U000e0042den", "hidden"),
        ("zero\u200bwidth\ufeff soft\xadhyphen", "zerowidth softhyphen"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("tab\there  \nnext", "tab here\nnext"),
        ("a\n\n\n\n\nb\n\n", "a\n\nb"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("e\u0301", "\xe9"),
    ],
)
def test_plain_text_keeps_the_words_only(text: str, cleaned: str) -> None:
    assert plain_text(text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f469\u200d\U0001f52c \u2764\ufe0f",  # joiner and variation selector
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian needs its non-joiner
        "$a<b$ <think> [bold]x[/bold]",
        "5 < 6 & 7 > 3",
    ],
)
def test_what_people_write_with_stays(text: str) -> None:
    assert plain_text(text) == text


def test_words_between_curly_quotes_read_in_the_wrong_encoding_survive() -> None:
    garbled = "say \u201chello there\u201d and \u201cbye\u201d".encode().decode("latin-1")

    assert "hello there" in plain_text(garbled)
    assert "bye" in plain_text(garbled)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        (" HTTPS://example.org/a b ", "https://example.org/a%20b"),
        ('https://example.org/<b>"`{|}^\\', "https://example.org/%3Cb%3E%22%60%7B%7C%7D%5E%5C"),
        ("https://example.org/\u00fcber", "https://example.org/\u00fcber"),
        ("https://example.org/a\u3000b", "https://example.org/a%E3%80%80b"),
        ("https://ada:secret@example.org/a", "https://example.org/a"),
        ("https://example.org/a\x1b[31mb\u202e\nc", "https://example.org/abc"),
        ("https://[2001:db8::1]:8080/a", "https://[2001:db8::1]:8080/a"),
        ("https://example.org/100%", "https://example.org/100%"),
    ],
)
def test_an_address_is_made_safe_to_show(text: str, url: str) -> None:
    assert http_url(text) == url
    assert http_url(url) == url


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "example.org",
        "//example.org/a",
        "/a",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org",
        "mailto:ada@example.org",
        "http://",
        "https:///a",
        "http://[::1",
        "http://[not-an-address]/",
        "http://example.org:99999/",
        "http://exa mple.org/",
        "http://a<b>.example.org/",
        "https://example.org/" + "a" * 2_000,
    ],
)
def test_what_cannot_be_opened_in_a_browser_is_no_address(text: str | None) -> None:
    assert http_url(text) is None


def test_an_address_never_hides_its_host_behind_a_backslash() -> None:
    assert http_url("https://evil.example\\@example.org/") == "https://example.org/"


@given(
    st.one_of(
        ANY_TEXT, ANY_TEXT.map("https://example.org/{}".format), ANY_TEXT.map("http://{}".format)
    )
)
def test_an_address_is_safe_or_none(text: str) -> None:
    url = http_url(text)

    if url is not None:
        assert url.startswith(("http://", "https://"))
        assert len(url) <= 2_000
        assert not set(url) & set('<>"`\\{}|^ \t\r\n\x1b')
        assert http_url(url) == url


@pytest.mark.parametrize(
    "text",
    [
        "Sat, 21 Nov 2026 10:00:00 +0100",
        "Sat, 21 Nov 2026 09:00:00 GMT",
        "Sat, 21 Nov 2026 09:00 UT",
        "Sat, 21 Nov 2026 04:00:00 EST",
        "Saturday, 21 November 2026 09:00:00 GMT",
        "2026-11-21T09:00:00Z",
        "2026-11-21T10:00:00.123456+01:00",
        "2026-11-21 10:00:00 +0100",
        "2026-11-21T09:00",
        "20261121T090000Z",
        "2026/11/21 09:00:00",
        "Sat Nov 21 09:00:00 2026",
        "November 21st, 2026 9:00 AM",
        "Nov 21, 2026 09:00",
        "1795251600",
        "1795251600000",
    ],
)
def test_a_date_is_read_in_the_forms_feeds_use(text: str) -> None:
    assert read_date(text) == datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-11-21", "20261121", "21 Nov 2026", "Nov 21, 2026"])
def test_a_day_without_time_is_midnight(text: str) -> None:
    assert read_date(text) == datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "yesterday",
        "0001-01-01T00:00:00Z",
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "1970-01-01T00:00:00Z",
        "2026-02-31",
        "2026-13-01",
        "9999-12-31T23:59:59-12:00",
        "2026-11-21T10:00:00+99:99",
        "Sat, 99 Nov 2026 10:00:00 GMT",
        "1" * 5_000,
    ],
)
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert read_date(text) is None


@given(st.one_of(ANY_TEXT, st.from_regex(r"[0-9]{1,4}[-/ ][0-9]{1,2}[-/ ][0-9]{1,4}T?[0-9:+Z ]*")))
def test_a_date_is_in_utc_and_within_reason_or_none(text: str) -> None:
    moment = read_date(text)

    assert moment is None or (moment.tzinfo is UTC and 1990 <= moment.year <= 2100)


def test_arxiv_authors_lose_affiliations_and_keep_suffixes() -> None:
    text = "Ada B. Lovelace (X, Y), Alan Turing Jr, Grace Hopper, Jr., (Z (W, V)) Emmy Noether"

    assert [author.name for author in arxiv_authors(text)] == [
        "Ada B. Lovelace",
        "Alan Turing Jr",
        "Grace Hopper Jr.",
        "Emmy Noether",
    ]


def test_arxiv_authors_are_written_as_they_are_printed() -> None:
    text = r"Mikol\'a\v{s} Bernac, J\"org M\"oller, {\O}ystein Kra{\ss}, Jos\'{e} \L ukasz, \c{S}en"

    assert [author.name for author in arxiv_authors(text)] == [
        "Mikol\xe1\u0161 Bernac",
        "J\xf6rg M\xf6ller",
        "\xd8ystein Kra\xdf",
        "Jos\xe9 \u0141ukasz",
        "\u015een",
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ada Lovelace", ["Ada Lovelace"]),
        (
            "Ada Lovelace, Alan Turing and Grace Hopper",
            ["Ada Lovelace", "Alan Turing", "Grace Hopper"],
        ),
        ("Ada Lovelace & Alan Turing", ["Ada Lovelace", "Alan Turing"]),
        ("Ludwig van Beethoven, Clara Schumann", ["Ludwig van Beethoven", "Clara Schumann"]),
        ("Lovelace, Ada; Turing, A. M.", ["Ada Lovelace", "A. M. Turing"]),
        ("Lovelace, Ada", ["Lovelace, Ada"]),
        (
            "Lovelace, A., TURING, A. M., Dupont, J.-F.",
            ["A. Lovelace", "A. M. TURING", "J.-F. Dupont"],
        ),
        (r"J\"org M\"oller", ["J\xf6rg M\xf6ller"]),
        ("Johnson and Sons", ["Johnson and Sons"]),
        ("Dept. of Physics, Example Town", ["Dept. of Physics, Example Town"]),
        ("ada@example.org (Ada Lovelace)", ["Ada Lovelace"]),
        ("Ada Lovelace <ada@example.org>", ["Ada Lovelace"]),
        ("ada@example.org", []),
        ("noreply@example.org (Unknown)", []),
        ("", []),
    ],
)
def test_an_author_element_names_whom_it_names(text: str, names: list[str]) -> None:
    assert [author.name for author in feed_authors([text])] == names


@given(ANY_TEXT)
def test_every_author_has_a_name_on_one_line(text: str) -> None:
    for author in (*arxiv_authors(text), *feed_authors([text, text])):
        assert author.name == one_line(author.name) != ""


@given(st.lists(st.from_regex(r"[A-Z][a-z]{1,8} [A-Z][a-z]{1,8}", fullmatch=True), min_size=1))
def test_as_many_authors_come_out_as_were_joined(names: list[str]) -> None:
    with_affiliations = ", ".join(f"{name} (Univ. of X, Y)" for name in names)

    assert [author.name for author in arxiv_authors(with_affiliations)] == names
