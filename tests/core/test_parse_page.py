"""A web page read as one work."""

from __future__ import annotations

import contextlib
import time
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
        (
            '<meta name="citation_title" content="Maps of &lt;i&gt;E. coli&lt;/i&gt;">',
            "Maps of E. coli",
        ),
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


def test_linked_data_is_read_however_it_is_nested_wrapped_and_escaped() -> None:
    entry = read("""<title>T</title><script type="application/ld+json">
      //<![CDATA[
      {"@context": "https://schema.org", "@graph": [
        {"@type": "Person", "@id": "#ada", "name": "Ada Example"},
        {"@type": "WebPage", "mainEntity": {"@type": ["CreativeWork", "ScholarlyArticle"],
         "headline": ["Maps &amp; models, a
 story"],
         "author": [[{"@id": "#ada"}], {"givenName": "Ben", "familyName": "Sample"},
                    {"name": {"@value": "Cy Other"}}, "https://example.org/people/4"],
         "datePublished": {"@type": "Date", "@value": "2026-11-18T23:30:00.000-0500"},
         "identifier": {"@type": "PropertyValue", "propertyID": "DOI", "value": "10.5555/Map.1"}}}
      ]}
      //]]></script>""")

    assert (entry.title, [author.name for author in entry.authors], entry.published_at) == (
        "Maps & models, a story",
        ["Ada Example", "Ben Sample", "Cy Other"],
        datetime(2026, 11, 19, 4, 30, tzinfo=UTC),
    )
    assert entry.doi == "10.5555/map.1"


def test_an_object_without_a_title_is_not_what_the_page_is_about() -> None:
    entry = read("""<title>T</title>
      <script type="application/ld+json">{"@type": "Event"}</script>
      <script type="application/ld+json">{"@type": "BlogPosting", "name": "A map"}</script>""")

    assert entry.title == "A map"


def metas(*told: str) -> str:
    """Write a page whose head says each ``NAME: CONTENT``."""
    pairs = (one.split(": ", 1) for one in told)
    lines = (f'<meta name="{name}" content="{content}">' for name, content in pairs)
    return "<title>T</title>" + "".join(lines)


@pytest.mark.parametrize(
    ("told", "names"),
    [
        (["citation_author: Example, A. B.; Sample, Ben"], ["A. B. Example", "Ben Sample"]),
        (["citation_authors: Example, Ada;Sample, Ben;"], ["Ada Example", "Ben Sample"]),
        (["DC.Creator: Example, Ada", "DC.Creator: Ben Sample"], ["Ada Example", "Ben Sample"]),
        (["DC.creator: Ada Example, Ben Sample"], ["Ada Example", "Ben Sample"]),
        (["eprints.creators_name: Example, Ada"], ["Ada Example"]),
        (["bepress_citation_author: Example, Ada"], ["Ada Example"]),
        (["author: Pat O&amp;#39;Hara"], ["Pat O'Hara"]),
        (["article:author: https://social.example/ada", "author: Ada Example"], ["Ada Example"]),
    ],
)
def test_authors_are_read_in_the_forms_of_repositories(told: list[str], names: list[str]) -> None:
    assert [author.name for author in read(metas(*told)).authors] == names


@pytest.mark.parametrize(
    ("told", "date"),
    [
        (["citation_publication_date: 2026", "citation_online_date: 2026/11/18"], (18, 0)),
        (["article:published_time: 2026-11-18T23:30:00+09:00"], (18, 14)),
        (["datePublished: 2026-11-18"], (18, 0)),
        (["DCTERMS.issued: 2026-11"], (1, 0)),
    ],
)
def test_the_first_whole_date_counts(told: list[str], date: tuple[int, int]) -> None:
    published_at = read(metas(*told).replace("name", "itemprop")).published_at

    assert published_at is not None
    assert (published_at.day, published_at.hour) == date


def test_a_date_that_is_none_is_passed_over() -> None:
    assert read(metas("date: some day")).published_at is None


@pytest.mark.parametrize(
    ("meta", "doi"),
    [
        ('<meta name="citation_arxiv_id" content="2611.99901">', "10.48550/arxiv.2611.99901"),
        ('<meta name="dc.identifier" content="doi:10.5555/Map.1">', "10.5555/map.1"),
        ('<meta name="dc.identifier" content="x-12">', None),
    ],
)
def test_a_page_names_the_doi_of_its_work(meta: str, doi: str | None) -> None:
    assert read(f"<title>T</title>{meta}").doi == doi


def test_the_name_of_the_site_before_a_title_is_left_out_too() -> None:
    page = '<meta property="og:site_name" content="Code"><meta property="og:title" content="{}">'

    assert (
        read(page.format("Code - ada/maps: Maps &amp;amp; more")).title == "ada/maps: Maps & more"
    )
    assert read(page.format("Code-named maps")).title == "Code-named maps"


OEMBED = '<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">'


@pytest.mark.parametrize(
    ("head", "link"),
    [
        ("<title>T</title>", "https://example.org/oembed?url=x"),
        ("", "https://example.org/oembed?url=x"),
        ('<meta property="og:title" content="A map">', None),
    ],
)
def test_a_page_that_does_not_name_itself_says_where_it_is_described(
    head: str, link: str | None
) -> None:
    assert parse_page((head + OEMBED).encode(), base_url=URL).oembed_url == link


@pytest.mark.parametrize("href", ["", "javascript:alert(1)", "http://[::1", "file:///etc/passwd"])
def test_a_description_is_never_asked_for_at_what_is_no_address(href: str) -> None:
    page = f"<title>T</title>{OEMBED.replace('/oembed?url=x', href)}"

    assert parse_page(page.encode(), base_url=URL).oembed_url in {None, URL}


@pytest.mark.parametrize("title", ["Redirecting\u2026", "https://example.org/new/", "", "Moved!"])
def test_a_page_that_only_leads_on_says_where_to(title: str) -> None:
    refresh = '<meta http-equiv="refresh" content="0; url=https://example.org/new/">'

    with pytest.raises(UnreadableDocument, match="only leads on") as caught:
        read(f"<title>{title}</title>{refresh}")
    assert caught.value.hint == "add https://example.org/new/ instead"
    assert read(f"<title>A map</title>{refresh}").title == "A map"


@pytest.mark.parametrize("filling", [" ", "//", "]]>", "<!--", "// "])
def test_what_stands_around_a_script_costs_nothing_in_any_length(filling: str) -> None:
    script = filling * (400_000 // len(filling))
    started = time.process_time()

    read(f'<title>T</title><script type="application/ld+json">{script}</script>')

    assert time.process_time() - started < 5  # 0.1 s on an idle machine


def test_a_headline_in_any_depth_costs_nothing() -> None:
    headline = "[" * 900 + '"A"' + "]" * 900
    script = f'{{"@type": "Article", "headline": {headline}, "author": {headline}}}'

    assert (
        read(f'<title>T</title><script type="application/ld+json">{script}</script>').title == "T"
    )


@pytest.mark.parametrize(
    "title", ["Ada Example (@ada@social.example)", "Ada Example (@ada.example) on Threads"]
)
def test_the_page_of_a_post_is_called_by_its_author_and_has_no_title(title: str) -> None:
    entry = read(
        f'<meta property="og:title" content="{title}">'
        '<meta property="og:description" content="Maps end. A thread.">'
    )

    assert (entry.title, entry.summary, entry.authors) == (
        "",
        "Maps end. A thread.",
        (Author("Ada Example"),),
    )
    assert read(f'<meta property="og:title" content="{title}">').title == title
