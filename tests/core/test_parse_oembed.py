"""What sites say of a work in JSON, and which address they are asked about."""

from __future__ import annotations

import contextlib
import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from papertrack.config.schema import AddConfig
from papertrack.core.pages.oembed import PROVIDERS, find_provider, parse_oembed, question
from papertrack.core.records import Author, Entry
from papertrack.errors import UnreadableDocument

URL = "https://x.com/ada/status/1234567890"
TWEET = (
    '<blockquote class="twitter-tweet"><p lang="en" dir="ltr">{text}</p>&mdash; Ada &mdash; maps'
    ' (@ada) <a href="https://twitter.com/ada/status/1234567890?ref_src=twsrc%5Etfw">'
    "November 18, 2026</a></blockquote>\n"
    '<script async src="https://platform.example/widgets.js" charset="utf-8"></script>\n'
)


def read(said: object, url: str = URL) -> Entry:
    (entry,) = parse_oembed(json.dumps(said).encode(), base_url=url).entries
    return entry


@pytest.mark.parametrize(
    ("typed", "key", "asked"),
    [
        ("https://youtu.be/abcdefghijk?t=4", "youtube", "https://www.youtube.com/watch?v=abcdefghijk"),
        ("https://m.youtube.com/shorts/abcdefghijk", "youtube", "https://www.youtube.com/watch?v=abcdefghijk"),
        ("https://www.youtube.com/live/abcdefghijk?feature=share", "youtube", "https://www.youtube.com/watch?v=abcdefghijk"),
        ("https://www.youtube.com/playlist?list=PLabc-12&si=x", "youtube", "https://www.youtube.com/playlist?list=PLabc-12"),
        ("https://twitter.com/Ada/status/12?s=20", "x", "https://x.com/Ada/status/12"),
        ("https://x.com/ada/status/12/photo/1", "x", "https://x.com/ada/status/12"),
        ("https://x.com/i/web/status/12", "x", "https://x.com/i/status/12"),
        ("https://nitter.example.org/ada/status/12#m", "x", "https://x.com/ada/status/12"),
        ("https://bsky.app/profile/ada.example.org/post/3kabc", "bluesky", "https://bsky.app/profile/ada.example.org/post/3kabc"),
        ("https://old.reddit.com/r/maps/comments/abc12/a_map/", "reddit", "https://www.reddit.com/r/maps/comments/abc12/a_map"),
        ("https://np.reddit.com/r/maps/comments/abc12/a_map/x9y?context=3", "reddit", "https://www.reddit.com/r/maps/comments/abc12/a_map/x9y"),
        ("https://redd.it/abc12", "reddit", "https://www.reddit.com/comments/abc12"),
        ("https://player.vimeo.com/video/123456", "vimeo", "https://vimeo.com/123456"),
        ("https://vimeo.com/123456/abcdef?share=copy", "vimeo", "https://vimeo.com/123456/abcdef"),
        ("https://open.spotify.com/episode/7abc?si=1", "spotify", "https://open.spotify.com/episode/7abc"),
        ("https://soundcloud.com/ada/talk", "soundcloud", "https://soundcloud.com/ada/talk"),
        ("https://de.slideshare.net/ada/talk", "slideshare", "https://www.slideshare.net/ada/talk"),
        ("https://speakerdeck.com/ada/talk?slide=3", "speakerdeck", "https://speakerdeck.com/ada/talk"),
        ("https://www.ted.com/talks/ada_on_maps?language=de", "ted", "https://www.ted.com/talks/ada_on_maps"),
    ],
)  # fmt: skip
def test_every_address_of_a_work_asks_about_the_same_one(typed: str, key: str, asked: str) -> None:
    found = find_provider(typed)

    assert found is not None
    assert (found[0].key, found[1]) == (key, asked)


@pytest.mark.parametrize(
    "url",
    [
        *("https://x.com/ada", "https://www.youtube.com/@ada", "https://vimeo.com/ada"),
        *("https://www.reddit.com/r/maps/", "https://bsky.app/profile/ada.example.org"),
        *("https://example.org/watch?v=abcdefghijk", "https://notx.example/ada/status/12", ""),
        *("https://www.ted.com/playlists/3", "https://open.spotify.com/user/ada"),
    ],
)
def test_what_is_no_single_work_is_asked_nowhere(url: str) -> None:
    assert find_provider(url) is None


def test_every_site_has_its_endpoint_in_the_config() -> None:
    keys = [f"{provider.key}_url" for provider in PROVIDERS]

    assert keys == list(AddConfig.__struct_fields__[-len(keys) :])


def test_the_address_is_encoded_in_the_question() -> None:
    assert question("https://a.example/oembed", "https://x.com/a?b=c&d") == (
        "https://a.example/oembed?url=https%3A%2F%2Fx.com%2Fa%3Fb%3Dc%26d&format=json"
    )
    assert question("https://a.example/o?k=1", "u").startswith("https://a.example/o?k=1&url=u")


def test_a_video_has_title_author_date_and_description() -> None:
    said = {
        "type": "video",
        "title": "Maps &amp; models ",
        "author_name": "Ada Example",
        "upload_date": "2026-11-18 09:30:00",
        "description": "What it <b>says</b>.",
        "html": "<iframe src='https://player.example'></iframe>",
    }

    assert read(said, "https://vimeo.com/123456") == Entry(
        guid="https://vimeo.com/123456",
        url="https://vimeo.com/123456",
        title="Maps & models",
        authors=(Author("Ada Example"),),
        summary="What it says.",
        published_at=datetime(2026, 11, 18, 9, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("Maps.<br><br>A &lt;thread&gt; &amp; more &mdash; see", "Maps.\nA <thread> & more — see"),
        ('Look <a href="https://t.co/a1">https://t.co/a1</a> <a>pic.twitter.com/b2</a>', "Look"),
        ('<a href="https://t.co/a1">https://t.co/a1</a>', "https://t.co/a1"),
        ('A map.<br><br><a href="https://bsky.app/x">[image or embed]</a>', "A map."),
        ("Red \x1b[31m\u202eevil\x07", "Red evil"),
    ],
)  # fmt: skip
def test_a_post_has_no_title_but_a_text_and_a_date(text: str, summary: str) -> None:
    said = {"html": TWEET.format(text=text), "author_name": "Ada — maps", "url": URL}

    assert read(said) == Entry(
        guid=URL,
        url=URL,
        title="",
        authors=(Author("Ada — maps"),),
        summary=summary,
        published_at=datetime(2026, 11, 18, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("told", "url"),
    [
        ("https://twitter.com/ada/status/1234567890", "https://twitter.com/ada/status/1234567890"),
        ("https://twitter.com/eve/status/666", URL),
        ("javascript:alert(1)", URL),
        (7, URL),
    ],
)
def test_an_answer_may_name_the_address_of_its_own_work_only(told: object, url: str) -> None:
    assert read({"title": "A map", "url": told}).url == url


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON"),
        (b"<html>not found</html>", "not JSON"),
        (b"Forbidden", 'the answer is "Forbidden"'),
        (b"[" * 100_000, "not JSON"),
        (b"[1]", "not a description"),
        (b"null", "not a description"),
        (b"{}", "neither a title nor a text"),
        (b'{"title": ["x"], "html": {"a": 1}}', "neither a title nor a text"),
        (b'{"html": "<blockquote></blockquote>"}', "neither a title nor a text"),
        (b'{"title": "' + b"x" * 2_000_000 + b'"}', "far too long"),
    ],
)
def test_what_is_no_answer_is_one_sentence(body: bytes, said: str) -> None:
    with pytest.raises(UnreadableDocument, match=said):
        parse_oembed(body, base_url=URL)


@pytest.mark.parametrize(
    "text", ["<pre>" + " " * 500_000, "&mdash; " * 60_000, "</p>" * 100_000, "<a>" * 100_000]
)
def test_a_post_of_any_length_costs_a_moment(text: str) -> None:
    started = time.process_time()

    with contextlib.suppress(UnreadableDocument):
        read({"html": TWEET.format(text=f"A map {text}")})

    assert time.process_time() - started < 5  # 0.2 s on an idle machine


_values = st.recursive(
    st.none() | st.integers() | st.text(max_size=20) | st.just(TWEET),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from(["title", "html", "author_name", "url", "upload_date", "description"]),
        _values,
    )
)
def test_any_json_is_a_work_or_refused(said: object) -> None:
    with contextlib.suppress(UnreadableDocument):
        assert read(said).title or read(said).summary
