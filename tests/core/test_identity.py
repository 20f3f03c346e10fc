"""When two names mean one work, and when they do not."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given, strategies as st

from papertrack.core.identifier import SCHEMES, Identifier, read_subject
from papertrack.core.records import ArxivFacts, ArxivId, Entry
from papertrack.core.works.identity import (
    canonical_url,
    identify_doi,
    identify_entry,
    identify_url,
    is_same_name,
    is_same_path,
    read_doi,
    without_tracking,
)

PAGE = "https://example.org/blog/post"
POST_ID = "aBcDeFgHiJkLmNoPq"


@pytest.mark.parametrize(
    "written",
    [
        "http://example.org/blog/post",
        "https://www.example.org/blog/post",
        "https://amp.example.org/blog/post",
        "https://m.example.org/blog/post",
        "https://EXAMPLE.org/blog/post",
        "https://example.org./blog/post",
        "https://example.org:443/blog/post",
        "http://example.org:80/blog/post",
        "https://example.org/blog/post/",
        "https://example.org/blog//post",
        "https://example.org/blog/post#comments",
        "https://example.org/blog/post/amp",
        "https://example.org/blog/post/amp/",
        "https://example.org/blog/post?amp",
        "https://example.org/blog/post?amp=1",
        "https://example.org/blog/post/index.html",
        "https://example.org/blog/p%6Fst",
        "https://reader:secret@example.org/blog/post",
        "https://example.org/blog/post?utm_source=rss&utm_medium=feed",
        "https://example.org/blog/post?UTM_Campaign=x&fbclid=1&mc_cid=2",
        "https://example.org/blog/post?source=rss----1a2b",
        "https://example.org/blog/post?ref=feed",
        " https://example.org/blog/post\n",
    ],
)
def test_one_page_has_one_canonical_address(written: str) -> None:
    assert canonical_url(written) == canonical_url(PAGE) == "example.org/blog/post"


def test_order_of_parameters_does_not_matter() -> None:
    assert canonical_url(f"{PAGE}?b=2&a=1") == canonical_url(f"{PAGE}?a=1&utm_id=9&b=2")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/?p=1", "https://example.org/?p=2"),
        ("https://example.org/a", "https://example.org/a?ref=branch"),
        ("https://example.org/a?ref=main", "https://example.org/a?ref=branch"),
        ("https://example.org/?post_id=1", "https://example.org/?post_id=2"),
        ("https://example.org/a?source=print", "https://example.org/a"),
        ("https://example.org/a?amp=5", "https://example.org/a"),
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a", "https://example.org/b"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/a%3Fb=1", "https://example.org/a?b=1"),
        ("https://example.org/a%FF", "https://example.org/a%FE"),
        ("https://example.org:8080/a", "https://example.org/a"),
        ("https://one.example.org/a", "https://two.example.org/a"),
        ("https://example.org/camp", "https://example.org/c"),
        ("https://amp.dev/a", "https://dev/a"),
    ],
)
def test_different_pages_stay_different(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org/a",
        "ftp://example.org/a",
        "mailto:a@example.org",
        "http://",
        "http://[",
        "https://example.org:port/",
        "javascript:alert(1)",
        "https://./a",
    ],
)
def test_what_is_no_web_address_has_no_canonical_form(text: str) -> None:
    assert canonical_url(text) is None
    assert identify_url(text) == ()


_PIECES = (
    *("www.", "m.", "amp.", "example", ".org", "/", "//", "amp", "index.html", "?", "&", "="),
    *("utm_a=1", "a", "+", ";", "@", "%2F", "%25", "%", "%ff", "#", ":80", ":", "[::1]", "ä"),
    *(" ", "\ud800", "\udcff"),
)
_pieces = st.sampled_from(_PIECES)
addresses = st.builds(
    str.__add__,
    st.sampled_from(["https://", "http://", "https://example.org/", ""]),
    st.one_of(st.lists(_pieces, max_size=12).map("".join), st.text(max_size=30)),
)


@given(addresses)
def test_canonical_form_of_any_text_is_final(address: str) -> None:
    once = canonical_url(address)

    assert once is None or canonical_url(f"https://{once}") == once


@given(st.lists(st.tuples(st.text("abc", min_size=1, max_size=3), st.text(max_size=5)), max_size=4))
def test_tracking_parameters_never_change_what_a_page_is(pairs: list[tuple[str, str]]) -> None:

    query = urlencode(pairs, errors="surrogatepass", encoding="utf-8")

    assert canonical_url(f"{PAGE}?{query}&utm_source=x") == canonical_url(f"{PAGE}?{query}")


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.lesswrong.com/posts/{POST_ID}/a-title",
        f"https://www.lesswrong.com/posts/{POST_ID}",
        f"https://lesswrong.com/posts/{POST_ID}/another-title?commentId=1",
        f"https://www.lesswrong.com/s/sequence/p/{POST_ID}",
        f"https://www.alignmentforum.org/posts/{POST_ID}/a-title",
        f"https://www.greaterwrong.com/posts/{POST_ID}/a-title",
    ],
)
def test_forum_post_is_one_on_every_site_that_shows_it(url: str) -> None:
    assert identify_url(url) == (Identifier("forum", f"lw/{POST_ID}"),)


def test_post_of_the_other_forum_is_another_post() -> None:
    for host in ("forum.effectivealtruism.org", "ea.greaterwrong.com"):
        found = identify_url(f"https://{host}/posts/{POST_ID}/a-title")
        assert found == (Identifier("forum", f"ea/{POST_ID}"),)


def test_other_pages_of_a_forum_are_pages() -> None:
    assert identify_url("https://www.lesswrong.com/tag/example")[0].scheme == "url"
    assert identify_url(f"https://example.org/posts/{POST_ID}")[0].scheme == "url"


@pytest.mark.parametrize(
    "written",
    [
        "10.5555/Example.1",
        "doi:10.5555/example.1",
        "DOI: 10.5555/example.1",
        "https://doi.org/10.5555/EXAMPLE.1",
        "http://dx.doi.org/10.5555/example.1",
        "10.5555/example.1.",
        "10.5555/example.1)",
        "10.5555/example.1 ",
    ],
)
def test_doi_is_read_in_every_written_form(written: str) -> None:
    assert read_doi(written) == "10.5555/example.1"


def test_brackets_that_belong_to_a_doi_stay() -> None:
    assert read_doi("10.5555/0022(81)90031-6") == "10.5555/0022(81)90031-6"
    assert read_doi("10.5555/s0010(05)") == "10.5555/s0010(05)"
    assert read_doi("10.5555/s0010(05)).") == "10.5555/s0010(05)"


@pytest.mark.parametrize("text", ["", "10.5/x", "11.5555/x", "see 10.5555/x", "10.5555/"])
def test_what_is_no_doi_is_none(text: str) -> None:
    assert read_doi(text) is None


def test_address_at_doi_org_names_the_work_and_not_the_page() -> None:
    doi = Identifier("doi", "10.5555/example.1")

    assert identify_url("https://doi.org/10.5555/Example.1?x=1") == (doi,)
    assert identify_url("https://doi.org/10.5555%2Fexample.1") == (doi,)
    assert identify_url("https://doi.org/about")[0].scheme == "url"


def test_arxiv_doi_is_the_arxiv_paper() -> None:
    assert identify_doi("10.48550/arXiv.2611.99901") == Identifier("arxiv", "2611.99901")
    assert identify_doi("10.5555/X") == Identifier("doi", "10.5555/x")


def test_entry_is_named_by_everything_it_has_with_the_most_trusted_name_first() -> None:
    entry = Entry(
        guid="1",
        title="A paper",
        url=PAGE,
        arxiv=ArxivFacts(ArxivId("2611.99901", 2), doi="10.5555/x"),
        doi="10.48550/arXiv.2611.99901",
    )

    assert [str(name) for name in identify_entry(entry, "blog")] == [
        "arxiv:2611.99901",
        "doi:10.5555/x",
        "url:example.org/blog/post",
    ]


@pytest.mark.parametrize(
    ("guid", "names"),
    [
        ("oai:arXiv.org:2611.99901v1", ["arxiv:2611.99901"]),
        ("https://arxiv.org/abs/2611.99901", ["arxiv:2611.99901"]),
        ("2611.99901", ["guid:blog 2611.99901"]),  # a number that says nothing of arXiv
        ("tag:example.org,2026:1", ["guid:blog tag:example.org,2026:1"]),
    ],
)
def test_guid_names_a_paper_only_where_it_says_so(guid: str, names: list[str]) -> None:
    assert [str(name) for name in identify_entry(Entry(guid, "T"), "blog")] == names


def test_entry_that_names_two_papers_stands_for_the_first() -> None:
    entry = Entry("g", "T", url="https://arxiv.org/abs/2611.99902", doi="10.48550/arXiv.2611.99901")

    assert identify_entry(entry, "blog") == (Identifier("arxiv", "2611.99901"),)


def test_what_is_no_doi_in_a_doi_field_names_nothing() -> None:
    assert identify_entry(Entry("g", "T", doi="pending"), "blog") == (Identifier("guid", "blog g"),)


@given(st.sampled_from(SCHEMES), st.text())
def test_written_identifier_is_read_back(scheme: str, value: str) -> None:
    name = Identifier(scheme, value)

    assert read_subject(str(name)) == name


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/a?utm_source=rss&utm_medium=feed", "https://example.org/a"),
        ("https://example.org/a?p=1&utm_source=rss#c", "https://example.org/a?p=1#c"),
        ("https://example.org/a?b=%20c&fbclid=x&d", "https://example.org/a?b=%20c&d"),
        ("https://example.org/a", "https://example.org/a"),
    ],
)
def test_an_address_is_printed_without_tracking_and_otherwise_as_it_was(
    url: str, kept: str
) -> None:
    assert without_tracking(url) == kept


BLOG = "https://blog.example.org"


@pytest.mark.parametrize(
    ("url", "other", "is_same"),
    [
        (f"{BLOG}/p/soap-films?a=1", "https://new.example.com/p/soap-films/?a=1", True),
        (f"{BLOG}/p/soap-films", "https://new.example.com/q/soap-films", False),
        (f"{BLOG}/p/soap-films?a=1", "https://new.example.com/p/soap-films?a=2", False),
        (BLOG, "https://new.example.com/", False),
        ("nonsense", "nonsense", False),
    ],
)
def test_one_path_at_two_hosts_is_one_page(url: str, other: str, *, is_same: bool) -> None:
    assert is_same_path(url, other) == is_same_path(other, url) == is_same


@pytest.mark.parametrize(
    ("url", "other", "is_same"),
    [
        (f"{BLOG}/news/minimal-surfaces", f"{BLOG}/research/minimal-surfaces/", True),
        (f"{BLOG}/minimal-surfaces", "https://new.example.com/x/minimal-surfaces", True),
        (f"{BLOG}/minimal-surfaces", f"{BLOG}/on-minimal-surfaces", True),
        (f"{BLOG}/news/intro", f"{BLOG}/research/intro", False),
        (f"{BLOG}/2026/10/open-thread-as-usual", f"{BLOG}/2026/11/open-thread-as-usual", False),
        (f"{BLOG}/minimal-surfaces", f"{BLOG}/2-minimal-surfaces", False),
        (f"{BLOG}/minimal-surfaces", f"{BLOG}/maximal-surfaces", False),
        ("https://minimal-surfaces.example.org", f"{BLOG}/minimal-surfaces", False),
        ("nonsense", f"{BLOG}/minimal-surfaces", False),
    ],
)
def test_long_name_of_a_page_stays_its_name_in_another_section(
    url: str, other: str, *, is_same: bool
) -> None:
    assert is_same_name(url, other) == is_same_name(other, url) == is_same
