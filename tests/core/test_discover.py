"""From an address, or a page, to the feeds behind it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from papertrack.core.feeds.discover import (
    FeedLink,
    find_feeds,
    make_slug,
    read_address,
    well_known,
    whole_address,
)
from papertrack.errors import UsageError

BASE = "https://example.org/blog/"
CHANNEL = "UC" + "x" * 22
VIDEOS = "https://www.youtube.com/feeds/videos.xml"
FORUM = "feed.xml?view=frontpage-rss&karmaThreshold="


@pytest.mark.parametrize(
    ("address", "feed"),
    [
        (f"https://www.youtube.com/channel/{CHANNEL}", f"{VIDEOS}?channel_id={CHANNEL}"),
        (f"https://m.youtube.com/channel/{CHANNEL}/videos", f"{VIDEOS}?channel_id={CHANNEL}"),
        ("youtube.com/user/example", f"{VIDEOS}?user=example"),
        ("https://www.youtube.com/playlist?list=PLabc-1", f"{VIDEOS}?playlist_id=PLabc-1"),
        ("https://letters.substack.com/p/a-post?utm_source=x", "https://letters.substack.com/feed"),
        ("https://open.substack.com/pub/letters/p/a-post", "https://letters.substack.com/feed"),
        ("https://github.com/example/tool", "https://github.com/example/tool/releases.atom"),
        ("https://github.com/example/tool.git", "https://github.com/example/tool/releases.atom"),
        (
            "https://github.com/example/tool.js/releases/tag/v1",
            "https://github.com/example/tool.js/releases.atom",
        ),
        ("https://github.com/example/tool/tags", "https://github.com/example/tool/tags.atom"),
        (
            "https://github.com/example/tool/commits/main",
            "https://github.com/example/tool/commits/main.atom",
        ),
        (
            "https://old.reddit.com/r/Example/top/?t=week",
            "https://www.reddit.com/r/Example/.rss",
        ),
        ("https://medium.com/@some.one/a-post-1a2b", "https://medium.com/feed/@some.one"),
        ("https://letters.medium.com/a-post", "https://letters.medium.com/feed"),
        ("https://bsky.app/profile/a.example.org", "https://bsky.app/profile/a.example.org/rss"),
        ("https://www.lesswrong.com", f"https://www.lesswrong.com/{FORUM}30"),
        ("lesswrong.com/posts/aaaaaaaaaaaaaaaaa/x", f"https://www.lesswrong.com/{FORUM}30"),
        ("https://www.alignmentforum.org/", f"https://www.alignmentforum.org/{FORUM}2"),
        (
            "https://forum.effectivealtruism.org/community",
            "https://forum.effectivealtruism.org/feed.xml?view=community-rss&karmaThreshold=30",
        ),
        (
            "https://www.lesswrong.com/feed.xml?userId=abc",
            "https://www.lesswrong.com/feed.xml?userId=abc",
        ),
    ],
)
def test_an_address_of_a_known_site_tells_its_feed(address: str, feed: str) -> None:
    assert read_address(address).feeds[0] == feed


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/example",
        "https://github.com/example/tool/releases.atom",
        "https://github.com/topics/example",
        "https://www.youtube.com/@example",
        "https://www.youtube.com/playlist?list=../x",
        "https://substack.com/@example",
        "https://notlesswrong.com/",
    ],
)
def test_any_other_address_is_asked_itself(address: str) -> None:
    lead = read_address(address)

    assert (lead.feeds, lead.url, lead.looks_around) == ((), address, True)


def test_a_threshold_of_karma_is_written_into_the_feed() -> None:
    lead = read_address("https://www.lesswrong.com", karma=125)
    again = read_address(lead.feeds[0], karma=2)

    assert lead.feeds == (f"https://www.lesswrong.com/{FORUM}125",)
    assert again.feeds == (f"https://www.lesswrong.com/{FORUM}2",)


@pytest.mark.parametrize(
    ("address", "categories"),
    [
        ("https://arxiv.org/list/cs.LG/recent", ("cs.LG",)),
        ("arxiv.org/list/cs.LG/new?skip=0&show=50", ("cs.LG",)),
        ("https://rss.arxiv.org/atom/cs.LG+cs.AI", ("cs.LG", "cs.AI")),
        ("http://export.arxiv.org/rss/stat.ML", ("stat.ML",)),
        ("https://arxiv.org/archive/astro-ph", ("astro-ph",)),
        ("cs.LG", ("cs.LG",)),
        ("cs.LG+cond-mat.dis-nn", ("cs.LG", "cond-mat.dis-nn")),
    ],
)
def test_a_list_of_arxiv_tells_its_categories(address: str, categories: tuple[str, ...]) -> None:
    lead = read_address(address)

    assert (lead.categories, lead.feeds, lead.looks_around) == (categories, (), False)


@pytest.mark.parametrize("host", ["cs.ai", "math.org", "example.org", "stat.example.org"])
def test_a_host_is_no_category(host: str) -> None:
    assert read_address(host).url == f"https://{host}"


@pytest.mark.parametrize(
    ("address", "karma", "what", "hint"),
    [
        ("", None, '"" is not an address', "give one like https://example.org/blog"),
        ("junk", None, '"junk" is not an address', "give one like"),
        ("file:///etc/passwd", None, "is not an address", "give one like"),
        ("javascript:alert(1)", None, "is not an address", "give one like"),
        ("https://", None, "is not an address", "give one like"),
        ("https://lesswrong.com", 10, "no feed for a karma of 10", "2, 30, 45, 75, 125, 200"),
        ("https://alignmentforum.org", 75, "no feed for a karma of 75", "one of 2, 30, 45"),
        ("https://example.org", 30, "--karma is for LessWrong", "leave it out"),
        ("cs.LG", 30, "--karma is for LessWrong", "leave it out"),
        ("https://www.lesswrong.com/users/a", None, "the user's id", "?userId=…"),
        ("https://arxiv.org/abs/2611.99901", None, "is a paper", "papertrack add"),
        ("https://arxiv.org/search/?query=x", None, "not a category list", '"arxiv-query"'),
        ("https://arxiv.org", None, "not a category list", "/list/cs.LG/recent"),
    ],
)
def test_an_address_without_a_feed_is_refused_with_what_to_do(
    address: str, karma: int | None, what: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read_address(address, karma=karma)

    assert what in caught.value.what
    assert hint in str(caught.value.hint)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        (" example.org/blog ", "https://example.org/blog"),
        ("feed://example.org/x", "https://example.org/x"),
        ("feed:http://example.org/x", "http://example.org/x"),
        ("localhost:8000/x", "https://localhost:8000/x"),
        ("https://me:secret@example.org/x", "https://me:secret@example.org/x"),
    ],
)
def test_an_address_is_read_as_people_write_it(written: str, url: str) -> None:
    assert whole_address(written) == url


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        lead = read_address(text)
    except UsageError:
        return
    assert lead.categories or lead.url.startswith(("https://", "http://"))


PAGE = b"""<!doctype html><html><head>
<link rel="alternate" type="application/rss+xml" title="Example &raquo; Comments Feed"
      href="/comments/feed/">
<LINK REL='alternate home' TYPE='application/rss+xml; charset=UTF-8' TITLE='Example' HREF=/feed/>
<link rel="alternate" type="application/atom+xml" href="https://example.org/blog/atom.xml">
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">
<link rel="alternate" type="application/json+oembed" href="/oembed">
<link rel="alternate" hreflang="de" href="/de/">
<link rel="stylesheet" type="text/css" href="/x.css">
<!-- <link rel="alternate" type="application/rss+xml" href="/hidden.xml"> -->
<script>'<link rel="alternate" type="application/rss+xml" href="/script.xml">'</script>
</head><body><a href="rss.xml">RSS</a> <a href="/feed">again</a> <a href="/about">no</a></body>"""


def test_a_page_names_its_feeds_with_comments_last() -> None:
    assert find_feeds(PAGE, BASE) == [
        FeedLink("https://example.org/feed/", "Example"),
        FeedLink("https://example.org/blog/atom.xml"),
        FeedLink("https://example.org/blog/rss.xml"),
        FeedLink("https://example.org/comments/feed/", "Example » Comments Feed"),
    ]


def test_links_begin_at_the_base_of_the_page() -> None:
    page = b'<base href="https://other.example.org/x/"><a href="feed.xml">feed</a>'

    assert find_feeds(page, BASE) == [FeedLink("https://other.example.org/x/feed.xml")]


def test_no_feed_leads_out_of_the_web() -> None:
    page = b"".join(
        b'<link rel="alternate" type="application/rss+xml" href="%s">' % href
        for href in (b"file:///etc/passwd", b"javascript:1", b"//[x", b"", b"data:,x")
    )

    assert find_feeds(page, BASE) == []


def test_a_title_of_a_feed_is_one_plain_line() -> None:
    start = b"<link rel=alternate type=application/rss+xml href=/f title="
    page = start + b'"\x1b[31mA\n red\xe2\x80\xae">'

    assert find_feeds(page, BASE) == [FeedLink("https://example.org/f", "A red")]


def test_a_page_of_youtube_names_its_channel() -> None:
    page = f'<script>var x = {{"externalId":"{CHANNEL}"}};</script>'.encode()

    assert find_feeds(page, "https://www.youtube.com/@example") == [
        FeedLink(f"{VIDEOS}?channel_id={CHANNEL}")
    ]
    assert find_feeds(page, BASE) == []


@pytest.mark.parametrize(
    "page",
    [
        b"<link " * 150_000,
        b"<link rel='" * 90_000,
        b"<a " + b"a" * 990_000 + b">",
        b"<!--" * 250_000,
        b"<script>" * 125_000,
        b"<link " + b"a=b " * 240_000 + b">",
        b'<a href="/feed">' * 60_000,
        bytes(range(256)) * 4_000,
    ],
    ids=["open", "quotes", "name", "comments", "scripts", "attributes", "links", "noise"],
)
def test_a_hostile_page_costs_one_pass(page: bytes) -> None:
    assert len(find_feeds(page, BASE)) <= 1


def test_no_page_makes_more_than_fifty_candidates() -> None:
    page = b"".join(b'<a href="/%d/feed">x</a>' % number for number in range(200))

    assert len(find_feeds(page, BASE)) == 50


@given(st.binary(max_size=300))
def test_any_page_is_read(page: bytes) -> None:
    find_feeds(b'<link rel="alternate" ' + page + b'type="text/xml">', BASE)


def test_the_common_places_are_below_the_page_and_at_the_root() -> None:
    places = well_known("https://example.org/blog/?page=2")

    assert places[0] == "https://example.org/blog/feed"
    assert "https://example.org/atom.xml" in places
    assert well_known("https://example.org/index.php")[0] == "https://example.org/feed"
    assert len(places) == len(set(places)) == 20


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Example's Blog", "examples-blog"),
        ("Ünïcode & more", "unicode-more"),
        ("例え", "example-org"),
        ("A very long title that never seems to come to its end", "a-very-long-title-that-never"),
        ("x" * 50, "x" * 32),
    ],
)
def test_a_slug_is_made_of_the_name(name: str, slug: str) -> None:
    assert make_slug(name, (), fallback="www.example.org") == slug


def test_a_slug_is_taken_once() -> None:
    assert make_slug("Blog", {"blog", "blog-2"}, fallback="x") == "blog-3"


@given(st.text(), st.text())
def test_every_slug_is_valid(name: str, host: str) -> None:
    assert re.fullmatch("[a-z0-9]+(?:-[a-z0-9]+)*", make_slug(name, (), fallback=host))
