"""A web page read as one work."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from papertrack.core.pages.parse import parse_page
from papertrack.core.records import Author, Entry
from papertrack.errors import UnreadableDocument

URL = "https://example.org/post"


def read(body: str | bytes) -> Entry:
    raw = body if isinstance(body, bytes) else body.encode()
    (entry,) = parse_page(raw, base_url=URL).entries
    return entry


def test_scholarly_page_gives_all_it_says() -> None:
    entry = read("""<html><head>
      <title>Journal | A title</title>
      <meta name="citation_title" content="A  title">
      <meta name="citation_author" content="Example, Ada">
      <meta name="citation_author" content="Sample, Ben">
      <meta name="citation_author" content="https://example.org/people/3">
      <meta name="citation_publication_date" content="2026/11/20">
      <meta name="citation_doi" content="10.5555/example.1">
      <meta name="citation_abstract" content="An abstract.">
      <meta property="og:title" content="Share me">
      <link rel="canonical" href="https://example.org/canonical">
    </head><body><h1>Heading</h1></body></html>""")

    assert entry == Entry(
        guid="https://example.org/canonical",
        title="A title",
        url="https://example.org/canonical",
        authors=(Author("Ada Example", "Ada", "Example"), Author("Ben Sample", "Ben", "Sample")),
        summary="An abstract.",
        published_at=datetime(2026, 11, 20, tzinfo=UTC),
        doi="10.5555/example.1",
    )


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("<title>Plain</title>", "Plain"),
        ("<h1>Only a heading</h1>", "Only a heading"),
        ("<h1><a href='/'>A linked</a> heading</h1>", "A linked heading"),
        ('<meta property="og:title" content="Shared"><title>Plain | Site</title>', "Shared"),
        ("<title> Two\n lines </title>", "Two lines"),
        ("<title>Bold &lt;b&gt; &amp; more</title>", "Bold <b> & more"),
        ("<title>Colour \x1b[31mred\u202e</title>", "Colour red"),
        ("<title>Grüße 💡</title>", "Grüße 💡"),
        ("<title></title><h1>Heading</h1>", "Heading"),
        (f"<title>{'x' * 600}</title>", "x" * 500),
    ],
)
def test_title_is_found_where_pages_put_it(body: str, title: str) -> None:
    assert read(f"<html><body>{body}</body></html>").title == title


def test_page_says_in_which_encoding_it_is() -> None:
    body = '<meta charset="iso-8859-1"><title>Grüße</title>'.encode("latin-1")

    assert read(body).title == "Grüße"


@pytest.mark.parametrize("href", ["", "/relative", "javascript:alert(1)", "http://"])
def test_canonical_address_that_cannot_be_used_is_passed_over(href: str) -> None:
    entry = read(f"<title>T</title><link rel='canonical' href='{href}'>")

    assert (entry.url, entry.guid) == (URL, URL)


@pytest.mark.parametrize("body", [b"", b"   ", b"<html></html>", b"<title> </title>", b"\x00\x00"])
def test_page_without_a_title_is_refused_with_advice(body: bytes) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        parse_page(body, base_url=URL)
    assert "--title" in (caught.value.hint or "")


@given(
    st.one_of(st.binary(), st.text(st.sampled_from("<>/=\"' abmetatitle&#;x\0")).map(str.encode))
)
def test_any_bytes_are_a_page_or_refused(body: bytes) -> None:
    with contextlib.suppress(UnreadableDocument):
        (entry,) = parse_page(body, base_url=URL).entries
        assert entry.title
        assert entry.url == URL or entry.url is not None


LINKED = """<title>T</title><script type="application/ld+json">[{"@type": "WebSite", "name": "S"},
  {"@type": ["NewsArticle"], "headline": "A headline", "datePublished": "2026-11-18T10:00:00+01:00",
   "author": {"name": "Ada Example"}, "description": "What it says."}]</script>"""


def test_linked_data_tells_what_the_head_does_not() -> None:
    entry = read(LINKED)

    assert (entry.title, entry.authors, entry.summary, entry.published_at) == (
        "A headline",
        (Author("Ada Example"),),
        "What it says.",
        datetime(2026, 11, 18, 9, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "script", ["{", "[" * 100_000, "3", '{"@graph": {"@type": "Article"}}', '[[[[[[["x"]]]]]]]']
)
def test_linked_data_that_cannot_be_read_is_passed_over(script: str) -> None:
    page = f'<title>T</title><script type="application/ld+json">{script}</script>'

    assert read(page).title == "T"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("A map | The Blog", "A map"),
        ("A map \N{EM DASH} The Blog", "A map"),
        ("The Blog", "The Blog"),
        ("All about The Blog", "All about The Blog"),
        ("| The Blog", "| The Blog"),
    ],
)
def test_the_name_of_the_site_is_no_part_of_the_title(title: str, expected: str) -> None:
    page = f'<title>{title}</title><meta property="og:site_name" content="The Blog">'

    assert read(page).title == expected


@pytest.mark.parametrize(
    "title",
    ["Sign in", "Log in to continue", "Login | Example", "Just a moment...", "Access Denied",
     "Attention Required! | Cloudflare", "Are you a robot?", "404 Not Found", "403 Forbidden",
     "JavaScript is not available.", "Before you continue to YouTube", "Verification required",
     "- YouTube", "YouTube", "Vercel Security Checkpoint", "One moment, please...",
     "Making sure you&#39;re not a bot!", "Please wait...", "Enable JavaScript and cookies"],
)  # fmt: skip
def test_a_wall_is_not_taken_for_the_page_behind_it(title: str) -> None:
    with pytest.raises(UnreadableDocument, match="the page is not public"):
        read(f"<title>{title}</title>")


@pytest.mark.parametrize(
    "title",
    ["Signing in public", "Login flows considered harmful", "Just a moment of insight",
     "Denied access, models lie", "Logistic regression", "4040 found objects",
     "JavaScript is not required for this", "Verification of neural networks",
     "Please wait for the paper", "YouTube as a classroom", "Security checks of models"],
)  # fmt: skip
def test_a_title_that_begins_like_a_wall_is_a_title(title: str) -> None:
    assert read(f"<title>{title}</title>").title == title


@pytest.mark.parametrize(
    ("told", "url"),
    [("https://example.org/own", "https://example.org/own"), ("https://example.org/", URL),
     ("https://elsewhere.example/own", URL)],
)  # fmt: skip
def test_a_page_names_its_own_address_not_the_front_page_nor_another_site(
    told: str, url: str
) -> None:
    assert read(f'<title>T</title><meta property="og:url" content="{told}">').url == url


def test_the_only_date_that_is_shown_is_that_of_the_page() -> None:
    one = '<title>T</title><time datetime="2026-11-18">'

    assert read(one).published_at == datetime(2026, 11, 18, tzinfo=UTC)
    assert read(one + '<time datetime="2026-11-19">').published_at is None


def test_a_page_that_is_cut_within_a_character_is_still_utf_8() -> None:
    page = "<title>Grüße</title>".encode() + "ü".encode() * (512 * 1024)

    assert read(page).title == "Grüße"
    assert read(b" " + page).title == "Grüße"


@pytest.mark.parametrize(
    ("head", "is_refused"),
    [
        ("<title>example.org</title>", True),
        ('<title>A post</title><meta property="og:title" content="A post">', False),
    ],
)
def test_a_page_of_a_bot_wall_is_known_by_its_software(head: str, *, is_refused: bool) -> None:
    page = f"{head}<script src='https://ct.captcha-delivery.com/c.js'></script>"
    if is_refused:
        with pytest.raises(UnreadableDocument):
            read(page)
    else:
        assert read(page).title == "A post"
