"""What only the owner of an address should know is never shown."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from papertrack.core.watch.credentials import has_credentials, without_credentials


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
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


@given(st.text(alphabet="abcAB:/?@&=#[]%. \n\x1b", max_size=60), st.sampled_from(("", "https://")))
def test_any_text_is_shown_on_one_line(text: str, scheme: str) -> None:
    shown = without_credentials(scheme + text)

    assert shown.isprintable()


def test_an_address_with_secrets_is_told_from_one_without() -> None:
    assert has_credentials("https://me:x@example.org/")
    assert has_credentials("https://example.org/?key=x")
    assert not has_credentials("https://example.org/?channel_id=x#top")
    assert not has_credentials("https://example.org/?key=")
