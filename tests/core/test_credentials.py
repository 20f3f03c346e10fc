"""What only the owner of an address should know is never shown."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from papertrack.core.watch.credentials import (
    address_key,
    brief,
    carry_over,
    has_credentials,
    secrets_of,
    without_credentials,
    without_credentials_in,
    without_keys,
)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/feed?page=2#top", "https://example.org/feed?page=2"),
        ("https://me:hunter2@example.org:8080/feed", "https://example.org:8080/feed"),
        ("https://me%40home:a@b@example.org/feed", "https://example.org/feed"),
        ("https://example.org/f?token=abc&n=3", "https://example.org/f?token=…&n=3"),
        ("https://example.org/f?API_KEY=abc", "https://example.org/f?API_KEY=…"),
        ("https://example.org/f?access-token=a=b", "https://example.org/f?access-token=…"),
        ("https://example.org/f?keyword=a", "https://example.org/f?keyword=a"),
        ("https://example.org/\x1b[31m\nf", "https://example.org/[31mf"),
        ("http://[broken", "(an address that cannot be read)"),
        ("https://me:p/w@example.org/f", "(an address that cannot be read)"),
        ("https://ghp_abc@example.org/f", "https://example.org/f"),
        ("me:hunter2@example.org/f", "example.org/f"),
        ("feed:https://me:hunter2@example.org/f", "https://example.org/f"),
        ("https://example.org/f?%74oken=abc", "https://example.org/f?%74oken=…"),
        ("https://example.org/f?accessToken=abc;n=1", "https://example.org/f?accessToken=…;n=1"),
        ("https://example.org/rss?auth=abc", "https://example.org/rss?auth=…"),
        ("https://example.org/?X-Amz-Signature=a", "https://example.org/?X-Amz-Signature=…"),
        ("https://example.org/a;jsessionid=b/c?d=e", "https://example.org/a;jsessionid=…/c?d=e"),
        ("https://www.reddit.com/.rss?feed=k&user=a", "https://www.reddit.com/.rss?feed=…&user=…"),
        ("https://reddit.example.org/?feed=rss2", "https://reddit.example.org/?feed=rss2"),
        ("https://example.org/private/0a1b2c3d-4e5f-6071.rss", "https://example.org/private/…"),
        ("https://example.org/private/notes", "https://example.org/private/notes"),
        (
            "https://proxy.example.org/?url=https%3A%2F%2Fme%3Ax%40example.org%2F",
            "https://proxy.example.org/?url=…",
        ),
        (
            "https://proxy.example.org/?url=https%3A%2F%2Fexample.org%2Ffeed",
            "https://proxy.example.org/?url=https%3A%2F%2Fexample.org%2Ffeed",
        ),
        ("https://example.org/?u=" + "http://h/?u=" * 4_000, "https://example.org/?u=…"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


SECRET = st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEF0123456789-_.~", min_size=8, max_size=40)
PLACES = (
    "https://me:{}@example.org/feed",
    "https://{}@example.org/feed",
    "https://example.org/feed?page=2&token={}",
    "https://example.org/feed?api_key={}&page=2",
    "https://example.org/feed?access_token={}#top",
    "https://example.org/feed?signature={}",
    "https://www.reddit.com/.rss?feed={}&user=ann",
    "https://www.reddit.com/.rss?user={}&feed=k",
    "https://example.org/feed;sid={}/x",
    "https://example.org/podcast/private/{}0123456789abcdef.rss",
    "https://example.org/?url=https%3A%2F%2Fexample.org%2F%3Ftoken%3D{}",
)


@given(st.sampled_from(PLACES), SECRET)
def test_a_secret_is_shown_in_no_form_and_found_again(place: str, secret: str) -> None:
    url = place.format(secret)
    plain = place.format("")

    assert secret in plain or secret not in without_credentials(url)
    assert secret in plain or secret not in address_key(url, "blog")
    assert secret in plain or secret not in without_keys(url)
    assert has_credentials(url)
    assert without_credentials(without_credentials(url)) == without_credentials(url)
    assert any(secret in one for one in secrets_of(url))


@given(st.sampled_from(PLACES[2:]), SECRET)
def test_an_address_is_found_behind_its_key_by_who_has_its_secrets(place: str, secret: str) -> None:
    target = place.format(secret).partition("#")[0]

    assert carry_over(address_key(target), target) == target


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("https://new.example.org/f?token=theirs", "https://example.org/f?token=mine"),
        ("https://new.example.org/f?token=theirs", "https://example.org/f"),
        ("https://new.example.org/f?token=mine&key=theirs", "https://example.org/f?token=mine"),
    ],
)
def test_an_address_with_other_secrets_stays_unknown(target: str, url: str) -> None:
    assert carry_over(address_key(target), url) is None


def test_a_key_tells_addresses_apart_that_look_the_same() -> None:
    first, second = (f"https://example.org/f?token={one}" for one in ("first", "second"))

    assert without_credentials(first) == without_credentials(second)
    assert address_key(first) != address_key(second)
    assert address_key(first, "a") != address_key(first, "b")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/feed?page=2#top",
        "https://www.youtube.com/feeds/videos.xml?channel_id=UC0123456789",
        "https://example.org/?keyword=a&author=b&design=c",
        "https://example.org/?key=",
    ],
)
def test_an_address_without_secrets_is_its_own_key(url: str) -> None:
    assert address_key(url, "blog") == url
    assert without_keys(url) == url
    assert carry_over(url, "https://example.org/?token=x") == url.partition("#")[0]


def test_a_link_without_its_keys_still_leads_to_its_page() -> None:
    link = "https://example.org/p/1?token=a&page=2&auth=b#c3"

    assert without_keys(link) == "https://example.org/p/1?page=2#c3"


def test_addresses_in_a_sentence_lose_their_secrets_and_the_sentence_stays() -> None:
    said = (
        "cannot read 'https://me:hunter2@example.org/?key=hunter3': HTTP 404, see http://a.example/"
    )

    assert without_credentials_in(said) == (
        "cannot read 'https://example.org/?key=…': HTTP 404, see http://a.example/"
    )


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ann:secret@h.example/a?reader=secret&x#f", "https://h.example/a?reader=…&…"),
        ("http://h.example:8080/feed", "http://h.example:8080/feed"),
        ("http://h.example/?", "http://h.example/"),
        ("http://h.example/\u202ea\x1b[31m", "http://h.example/a[31m"),
        ("http://[", "(an address that cannot be read)"),
        ("http://h.example/" + "a" * 300, "http://h.example/" + "a" * 182 + "…"),
    ],
)
def test_a_log_gets_no_value_of_a_query(url: str, shown: str) -> None:
    assert brief(url) == shown


@given(st.text(max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    without_credentials(text)
    has_credentials(text)
    without_keys(text)
    secrets_of(text)
    carry_over(address_key(text, "blog"), text)


@given(st.text(alphabet="abcAB:/?@&=#[]%. \n\x1b", max_size=60), st.sampled_from(("", "https://")))
def test_any_text_is_shown_on_one_line(text: str, scheme: str) -> None:
    shown = without_credentials(scheme + text)

    assert shown.isprintable()


def test_an_address_with_secrets_is_told_from_one_without() -> None:
    assert has_credentials("https://me:x@example.org/")
    assert has_credentials("https://example.org/?key=x")
    assert not has_credentials("https://example.org/?channel_id=x#top")
    assert not has_credentials("https://example.org/?key=")
