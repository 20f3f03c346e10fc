"""What digests link to, added as it is typed: every service and page under its own address."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.pdfs import pdf
from tests.web import Web, make_certificate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.author import Author

HOSTS = [
    *("export.arxiv.org", "oaipmh.arxiv.org", "api.datacite.org", "api.crossref.org", "doi.org"),
    *("api.biorxiv.org", "www.youtube.com", "youtu.be", "publish.x.com", "publish.twitter.com"),
    *(
        "arxiv.org",
        "www.reddit.com",
        "embed.bsky.app",
        "bsky.app",
        "vimeo.com",
        "t.co",
        "github.com",
    ),
    *("www.lesswrong.com", "www.alignmentforum.org", "www.nature.com", "aclanthology.org"),
    *("openreview.net", "ada.substack.com", "open.substack.com", "lab.example.org"),
    *("www.example.com", "journal.example.com", "gone.example.org", "social.example.org"),
]
CONFIG = """\
database = "papertrack.db"

[[areas]]
slug = "interp"
name = "Mechanistic Interpretability"

[arxiv]
pause_s = 0

[fetch]
"""
PAPER = """\
<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
  <opensearch:totalResults>1</opensearch:totalResults>
  <entry>
    <id>http://arxiv.org/abs/2611.99901v2</id>
    <updated>2026-11-18T09:00:00Z</updated>
    <published>2026-11-16T08:30:00Z</published>
    <title>Where small models stop</title>
    <summary>We study it.</summary>
    <author><name>Ada Example</name></author>
    <author><name>Ben Sample</name></author>
    <category term="cs.LG"/>
  </entry>
</feed>
"""
SCHOLAR = """\
<html><head><title>{title} | {site}</title>
<meta name="citation_title" content="{title}">
<meta name="citation_author" content="Example, Ada">
<meta name="citation_author" content="Sample, Ben">
<meta name="citation_publication_date" content="2026/11/18">
</head><body></body></html>
"""
POSTING = """\
<html><head><title>{title} - {site}</title>
<meta property="og:title" content="{title}"><meta property="og:site_name" content="{site}">
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "{kind}",
  "headline": "{title}", "datePublished": "2026-11-18T06:00:00-08:00",
  "author": [{{"@type": "Person", "name": "Ada Example"}}]}}</script>
</head><body></body></html>
"""
TWEET = (
    '<blockquote class="twitter-tweet"><p lang="en" dir="ltr">Small models stop where their maps'
    ' end. A thread. <a href="https://t.co/maps1">https://t.co/maps1</a></p>&mdash; Ada Example'
    ' (@ada_example) <a href="https://x.com/ada_example/status/1899999999999999999'
    '?ref_src=twsrc%5Etfw">November 18, 2026</a></blockquote>\n<script async></script>\n'
)
DATACITE = {
    "data": {
        "attributes": {
            "doi": "10.5281/zenodo.99999999",
            "titles": [{"title": "Maps of small models: the data"}],
            "creators": [{"name": "Example, Ada", "givenName": "Ada", "familyName": "Example"}],
            "dates": [{"date": "2026-11-18", "dateType": "Issued"}],
            "url": "https://zenodo.org/records/99999999",
        }
    }
}
PREPRINT = {
    "messages": [{"status": "ok"}],
    "collection": [
        {
            "doi": "10.64898/2026.11.02.699999",
            "title": "Maps of small circuits",
            "authors": "Example, A.; Sample, B. R.",
            "date": "2026-11-18",
            "version": "1",
            "abstract": "We map.",
            "published": "NA",
        }
    ],
}


def crossref(doi: str, title: str) -> str:
    return json.dumps(
        {
            "message": {
                "DOI": doi,
                "title": [title],
                "author": [{"given": "Ada", "family": "Example"}],
                "issued": {"date-parts": [[2026, 11, 18]]},
                "URL": f"https://doi.org/{doi}",
            }
        }
    )


def described(**said: str) -> str:
    return json.dumps({"version": "1.0", "provider_name": "A site", **said})


def put_the_web(web: Web) -> None:
    """Put there what the addresses of the tests lead to."""
    js = "application/json"
    web.put("https://export.arxiv.org/api/query", PAPER, Content_Type="application/atom+xml")
    video = "url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3Dmapsofmodel&format=json"
    web.put(
        f"https://www.youtube.com/oembed?{video}",
        described(title="A talk on maps &amp; models", author_name="The Map Channel"),
        Content_Type=js,
    )
    web.put(
        "https://www.youtube.com/oembed?url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3Dprivatefilm"
        "&format=json",
        status=403,
    )
    web.put("https://youtu.be/privatefilm", "<title>- YouTube</title>")
    web.put(
        "https://publish.x.com/oembed?url=https%3A%2F%2Fx.com%2Fada_example%2Fstatus%2F"
        "1899999999999999999&format=json",
        described(
            url="https://x.com/ada_example/status/1899999999999999999",
            author_name="Ada Example",
            html=TWEET,
        ),
        Content_Type=js,
    )
    web.put(
        "https://www.lesswrong.com/posts/abcdefghijklmnopq/maps",
        SCHOLAR.format(title="Maps are not models", site="LessWrong"),
    )
    web.put(
        "https://www.alignmentforum.org/posts/abcdefghijklmnopr/maps",
        status=429,
        X_Vercel_Mitigated="challenge",
    )
    web.put(
        "https://api.biorxiv.org/details/biorxiv/10.64898/2026.11.02.699999",
        json.dumps(PREPRINT),
        Content_Type=js,
    )
    for doi, title in (
        ("10.1038/s41586-026-99999-9", "Small models in the wild"),
        ("10.1126/science.zzz9999", "Maps of everything"),
    ):
        web.put(f"https://api.crossref.org/works/{doi}", crossref(doi, title), Content_Type=js)
    web.put(
        "https://api.datacite.org/dois/10.5281/zenodo.99999999",
        json.dumps(DATACITE),
        Content_Type=js,
    )
    web.put(
        "https://aclanthology.org/2026.acl-long.9999.pdf",
        pdf(
            {
                "Title": "Long maps of short texts",
                "Author": "Ada Example; Ben Sample",
                "CreationDate": "D:20261118",
            },
            packed=True,
        ),
        Content_Type="application/pdf",
    )
    web.put(
        "https://openreview.net/forum?id=AbC123xyZ9",
        SCHOLAR.format(title="Open maps", site="OpenReview"),
    )
    web.put(
        "https://github.com/example-lab/maps",
        '<meta property="og:title" content="GitHub - example-lab/maps: Maps &amp; more">'
        '<meta property="og:site_name" content="GitHub">',
    )
    web.put(
        "https://open.substack.com/pub/ada/p/maps",
        status=302,
        Location="https://ada.substack.com/p/maps?r=1",
    )
    web.put(
        "https://ada.substack.com/p/maps",
        POSTING.format(title="Maps I like", site="Ada writes", kind="NewsArticle"),
    )
    web.put(
        "https://www.reddit.com/oembed",
        described(title="A map of small models", author_name="ada_example", type="rich"),
        Content_Type=js,
    )
    web.put(
        "https://lab.example.org/system-card.pdf",
        pdf({"Title": "Microsoft Word - card.docx", "Author": "ExampleLab"}),
        Content_Type="application/octet-stream",
    )
    web.put(
        "https://www.example.com/news/small-models",
        POSTING.format(title="Announcing small models", site="Example", kind="BlogPosting"),
    )
    web.put(
        "https://journal.example.com/essay",
        "<title>Just a moment...</title>",
        status=403,
        CF_Mitigated="challenge",
    )


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401  # a path
    return make_certificate(tmp_path_factory.mktemp("tls"), HOSTS)


@pytest.fixture
def web(author: Author, certificate: Any) -> Iterator[Web]:  # noqa: ANN401
    """Give the author a config that changes no address of any service."""
    with Web(certificate) as web:
        put_the_web(web)
        author.write_config(CONFIG + web.config)
        yield web


ADA, BOTH = ["Ada Example"], ["Ada Example", "Ben Sample"]
PAPER_SAID = ("Where small models stop", BOTH, "2026-11-16")
POST_SAID = ("Small models stop where their maps end", ADA, "2026-11-18")
LINKS: list[tuple[str, tuple[str, list[str], str | None]]] = [
    ("2611.99901", PAPER_SAID),
    ("https://arxiv.org/pdf/2611.99901v2.pdf", PAPER_SAID),
    ("(arXiv:2611.99901v1 [cs.LG])", PAPER_SAID),
    (
        "https://www.youtube.com/watch?v=mapsofmodel&t=33s",
        ("A talk on maps & models", ["The Map Channel"], None),
    ),
    ("https://youtu.be/mapsofmodel?si=x", ("A talk on maps & models", ["The Map Channel"], None)),
    ("https://x.com/ada_example/status/1899999999999999999", POST_SAID),
    ("https://twitter.com/ada_example/status/1899999999999999999?s=20", POST_SAID),
    (
        "https://www.lesswrong.com/posts/abcdefghijklmnopq/maps",
        ("Maps are not models", BOTH, "2026-11-18"),
    ),
    (
        "https://www.biorxiv.org/content/10.64898/2026.11.02.699999v2.full.pdf+html",
        ("Maps of small circuits", ["A. Example", "B. R. Sample"], "2026-11-18"),
    ),
    (
        "https://www.nature.com/articles/s41586-026-99999-9",
        ("Small models in the wild", ADA, "2026-11-18"),
    ),
    (
        "https://www.science.org/doi/full/10.1126/science.zzz9999",
        ("Maps of everything", ADA, "2026-11-18"),
    ),
    (
        "https://aclanthology.org/2026.acl-long.9999.pdf",
        ("Long maps of short texts", BOTH, "2026-11-18"),
    ),
    ("https://openreview.net/forum?id=AbC123xyZ9", ("Open maps", BOTH, "2026-11-18")),
    ("https://github.com/example-lab/maps", ("example-lab/maps: Maps & more", [], None)),
    (
        "https://open.substack.com/pub/ada/p/maps?utm_campaign=post",
        ("Maps I like", ADA, "2026-11-18"),
    ),
    (
        "old.reddit.com/r/maps/comments/1abcde/a_map_of_small_models/",
        ("A map of small models", ["ada_example"], None),
    ),
    (
        "https://zenodo.org/records/99999999",
        ("Maps of small models: the data", ADA, "2026-11-18"),
    ),
    (
        "https://www.example.com/news/small-models",
        ("Announcing small models", ADA, "2026-11-18"),
    ),
]


@pytest.mark.parametrize(("typed", "said"), LINKS)
def test_what_a_digest_links_to_gives_title_authors_and_date(
    author: Author, web: Web, typed: str, said: tuple[str, list[str], str | None]
) -> None:
    printed = author.types("add", typed)

    (title, authors, date), number = said, "1"
    item = author.types("show", number, "--json").json
    quoted = f"“{title}”" if item["title_is_borrowed"] else f'"{title}"'
    assert (printed.code, printed.out, printed.err) == (0, f"added 1 {quoted}\n", "")
    assert (item["authors"], (item["published_at"] or "")[:10]) == (authors, date or "")
    asked = len(web.asked)
    assert author.types("add", typed).out == f"known as 1: {quoted}\n"
    assert len(web.asked) == asked


CARD = "https://lab.example.org/system-card.pdf"
PRIVATE = (
    "YouTube: it is private, or may not be embedded (HTTP 403); its page: the page is not public; "
    'it says "- YouTube"'
)
REFUSED = "X: refused address 127.0.0.1 (private network)"
AGAIN = "add it again with --title, or later"


def kept(typed: str, said: str, order: str = AGAIN) -> str:
    """Say what is printed of a work that nobody describes."""
    return f"papertrack: cannot look up {typed}: {said}; it is kept without a title; {order}\n"


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize(
    ("typed", "title", "said"),
    [
        (CARD, "system-card (PDF)", "the PDF gives no title"),
        (
            "https://www.alignmentforum.org/posts/abcdefghijklmnopr/maps",
            "https://www.alignmentforum.org/posts/abcdefghijklmnopr/maps",
            "a check for robots stands before it (HTTP 429)",
        ),
        (
            "https://journal.example.com/essay",
            "https://journal.example.com/essay",
            "a check for robots stands before it (HTTP 403)",
        ),
        (
            "https://gone.example.org/post",
            "https://gone.example.org/post",
            "there is nothing at this address (HTTP 404)",
        ),
        (
            "https://x.com/ada_example/status/1",
            "https://x.com/ada_example/status/1",
            "X: there is no such work, or no longer (HTTP 404)",
        ),
        (
            "https://youtu.be/privatefilm",
            "https://youtu.be/privatefilm",
            PRIVATE,
        ),
    ],
)
def test_what_says_nothing_is_kept_with_a_sentence(
    author: Author, typed: str, title: str, said: str
) -> None:
    printed = author.types("add", typed, "--area", "interp", "--value", "3")

    assert (printed.code, printed.out.splitlines()[0]) == (1, f'added 1 "{title}"')
    assert printed.err == kept(typed, said)
    assert author.types("list").out.count(title) == 1
    assert author.rows("SELECT halves FROM ratings") == [(6,)]


POST = "https://x.com/ada_example/status/7"
ASK_X = "https://publish.x.com/oembed"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": 404}, "X: there is no such work, or no longer (HTTP 404)"),
        ({"status": 403}, "X: it is private, or may not be embedded (HTTP 403)"),
        ({"status": 401}, "X: it is private, or may not be embedded (HTTP 401)"),
        ({"body": "<title>X</title>"}, "X: the answer is not JSON"),
        ({"body": "[]"}, "X: the answer is not a description"),
        ({"body": '{"errors": [{"code": 34}]}'}, "X: the answer gives neither a title nor a text"),
        ({"body": '{"title": "' + "x" * 2_000_000 + '"}'}, "X: the answer is far too long"),
        ({"body": b"x" * (21 * 1024**2)}, "X: more than 20 MiB"),
        ({"status": 302, "Location": "http://127.0.0.1:1/x"}, REFUSED),
        ({"status": 302, "Location": "file:///etc/passwd"}, "X: redirected to file:"),
    ],
)
def test_whatever_an_endpoint_answers_is_one_sentence(
    author: Author, web: Web, answer: dict[str, Any], said: str
) -> None:
    web.put(ASK_X, answer.pop("body", ""), **answer)

    printed = author.types("add", POST, "--later")

    assert (printed.code, printed.out) == (1, f'added 1 "{POST}"\nlater {POST}\n')
    order = "give --allow-private-network if it is yours" if said is REFUSED else AGAIN
    assert printed.err == kept(POST, said, order)


@pytest.mark.parametrize(
    ("answer", "said", "order"),
    [
        (
            {"status": 429, "Retry_After": "120"},
            "X: the server asks for fewer requests (HTTP 429)",
            "add it again later: it asks to wait 2 minutes",
        ),
        ({"status": 500}, "X: HTTP 500", "add it again later"),
    ],
)
def test_what_may_pass_is_worth_asking_again(
    author: Author, web: Web, answer: dict[str, Any], said: str, order: str
) -> None:
    web.put(ASK_X, **answer)
    printed = author.types("add", POST)
    web.put(ASK_X, described(title="A map", author_name="Ada Example"))
    again = author.types("add", POST)

    assert printed.err == kept(POST, said, order)
    assert (again.code, again.out) == (0, 'known as 1: "A map"\n')
    assert author.types("show", "1", "--json").json["authors"] == ADA


def test_a_redirect_to_another_host_is_followed(author: Author, web: Web) -> None:
    web.put(ASK_X, status=302, Location="https://publish.twitter.com/oembed?url=x")
    web.put("https://publish.twitter.com/oembed", described(title="A map"))

    assert author.types("add", POST).out == 'added 1 "A map"\n'


def test_without_a_network_everything_is_kept(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr("socket.getaddrinfo", fail)
    author.write_config(CONFIG)
    typed = [POST, "2611.99901", CARD, "https://youtu.be/mapsofmodel", "10.1234/abc"]

    printed = author.types("add", *typed, "--what", "A map")

    items = author.types("list", "--json").json
    assert (printed.code, len(printed.err.splitlines()), len(items)) == (1, 5, 5)
    assert {one["notes"]["what"] for one in items} == {"A map"}
    assert all("could not resolve host" in line for line in printed.err.splitlines())


def test_a_video_whose_embedding_is_off_is_read_at_its_page(author: Author, web: Web) -> None:
    web.put("https://www.youtube.com/oembed", "Unauthorized", status=401)
    web.put("https://youtu.be/mapsofmodel", '<meta property="og:title" content="A talk">')
    web.put(
        "https://www.youtube.com/oembed?url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3Dmapsofmodel"
        "&format=json",
        status=401,
    )

    printed = author.types("add", "https://youtu.be/mapsofmodel")

    assert (printed.code, printed.out) == (0, 'added 1 "A talk"\n')
    assert printed.err == (
        "papertrack: https://youtu.be/mapsofmodel: YouTube: it is private, or may not be embedded"
        " (HTTP 401); its page was asked instead\n"
    )


@pytest.mark.parametrize(
    ("target", "title"),
    [
        ("https://arxiv.org/abs/2611.99901v1", "Where small models stop"),
        ("https://www.nature.com/articles/s41586-026-99999-9", "Small models in the wild"),
        ("https://www.youtube.com/watch?v=mapsofmodel", "A talk on maps & models"),
    ],
)
def test_a_short_address_is_looked_up_where_it_leads(
    author: Author, web: Web, target: str, title: str
) -> None:
    web.put("https://t.co/maps", status=301, Location=target)
    web.put("https://www.nature.com/articles/s41586-026-99999-9", status=403)
    web.put("https://arxiv.org/abs/2611.99901v1", "<title>Where</title>")

    assert author.types("add", "https://t.co/maps").out == f'added 1 "{title}"\n'
    assert author.types("add", target).out == f'known as 1: "{title}"\n'


def test_a_pdf_is_looked_up_by_the_number_that_it_says(author: Author, web: Web) -> None:
    web.put(CARD, pdf({"Title": "Junk title here", "arXivID": "https://arxiv.org/abs/2611.99901"}))

    printed = author.types("add", CARD)

    item = author.types("show", "2611.99901", "--json").json
    assert (printed.code, printed.out, printed.err) == (
        0,
        'added 1 "Where small models stop"\n',
        "",
    )
    assert item["authors"] == BOTH


def test_a_pdf_tells_itself_what_no_registry_does(author: Author, web: Web) -> None:
    web.put(CARD, pdf({"Title": "A map of maps", "Author": "Ada Example", "doi": "10.1234/abc"}))

    printed = author.types("add", CARD, "--author", "Ben Sample")

    item = author.types("show", "10.1234/abc", "--json").json
    assert (printed.code, printed.out, printed.err) == (0, 'added 1 "A map of maps"\n', "")
    assert (item["authors"], item["url"]) == (["Ben Sample"], CARD)


@pytest.mark.usefixtures("web")
def test_what_a_pdf_without_a_title_says_is_kept_for_it(author: Author) -> None:
    author.types("add", CARD)

    item = author.types("show", "1", "--json").json
    assert (item["title"], item["authors"], item["url"]) == ("", ["ExampleLab"], CARD)
    assert "system-card (PDF)" in author.types("list").out
    again = author.types("add", CARD, "--title", "The system card")
    assert (again.code, again.out) == (0, 'known as 1: "The system card"\n')


def test_the_page_of_a_pdf_tells_what_it_does_not(author: Author, web: Web) -> None:
    web.put("https://openreview.net/pdf?id=AbC123xyZ9", pdf(), Content_Type="application/pdf")

    printed = author.types("add", "https://openreview.net/pdf?id=AbC123xyZ9")

    assert (printed.code, printed.out, printed.err) == (0, 'added 1 "Open maps"\n', "")


def test_where_a_page_leads_on_to_is_what_to_add(author: Author, web: Web) -> None:
    old, new = "https://www.example.com/old", "https://www.example.com/news/small-models"
    web.put(old, f'<title>Redirecting</title><meta http-equiv="refresh" content="0; url={new}">')

    printed = author.types("add", old)

    assert printed.err == kept(
        old, "the page only leads on to another address", f"add {new} instead"
    )


NOTE = "https://social.example.org/@ada/1"
LINK = '<link rel="alternate" type="application/json+oembed" href="{}">'


@pytest.mark.parametrize(
    ("head", "answer", "title", "authors"),
    [
        ("<title>@ada: A…</title>", described(title="A map", author_name=ADA[0]), "A map", ADA),
        ("", described(title="A map", author_name=ADA[0]), "A map", ADA),
        ("<title>A page</title>", "nonsense", "A page", []),
        ('<meta property="og:title" content="A page">', described(title="No"), "A page", []),
    ],
)
def test_a_page_that_does_not_name_itself_is_asked_where_it_is_described(
    author: Author, web: Web, head: str, answer: str, title: str, authors: list[str]
) -> None:
    web.put(NOTE, head + LINK.format("/oembed?id=1"))
    web.put("https://social.example.org/oembed", answer)

    printed = author.types("add", NOTE)

    assert (printed.code, printed.out) == (0, f'added 1 "{title}"\n')
    assert author.types("show", "1", "--json").json["authors"] == authors


def test_a_page_sends_nobody_into_a_private_network(author: Author, web: Web) -> None:
    web.put(NOTE, "<title>A page</title>" + LINK.format("http://127.0.0.1:1/oembed"))

    printed = author.types("add", NOTE, "--allow-private-network")

    assert (printed.code, printed.out) == (0, 'added 1 "A page"\n')
    assert [url for url in web.asked if "127.0.0.1" in url] == []


def test_a_preprint_that_biorxiv_does_not_have_is_asked_for_at_medrxiv_and_crossref(
    author: Author, web: Web
) -> None:
    empty = json.dumps({"messages": [{"status": "no posts found"}], "collection": []})
    base, doi = "https://api.biorxiv.org/details", "10.1101/2026.11.02.26999999"
    web.put(f"{base}/medrxiv/{doi}", empty)
    web.put(f"{base}/biorxiv/{doi}", empty)
    web.put(f"https://api.crossref.org/works/{doi}", crossref(doi, "Maps of fevers"))

    printed = author.types("add", f"https://www.medrxiv.org/content/{doi}v1")

    assert printed.out == 'added 1 "Maps of fevers"\n'
    assert web.asked == [
        f"{base}/medrxiv/{doi}",
        f"{base}/biorxiv/{doi}",
        f"https://api.crossref.org/works/{doi}",
    ]


@pytest.mark.usefixtures("web")
def test_json_says_what_became_of_every_work(author: Author) -> None:
    typed = [POST, "2611.99901", CARD, "https://twitter.com/ada_example/status/1899999999999999999"]

    printed = author.types("add", *typed, "--tag", "+maps", "--json")

    found = {one["reference"]: one for one in printed.json}
    post, paper, card, tweet = (found[name] for name in typed)
    assert printed.code == 1
    assert [one["item"] for one in printed.json] == [1, 2, 3, 4]
    assert (paper["printed_title"], paper["authors"], paper["arxiv"]["id"]) == (
        "Where small models stop",
        BOTH,
        "2611.99901",
    )
    assert (paper["is_new"], paper["is_incomplete"], paper["message"], paper["hint"]) == (
        True,
        False,
        None,
        None,
    )
    assert (post["title"], post["printed_title"], post["is_incomplete"]) == ("", None, True)
    assert post["message"] == (
        f"cannot look up {POST}: X: there is no such work, or no longer (HTTP 404)"
    )
    assert post["hint"] == f"it is kept without a title; {AGAIN}"
    assert (card["title"], card["printed_title"]) == ("", "system-card (PDF)")
    assert (tweet["title"], tweet["printed_title"], tweet["is_incomplete"]) == (
        "",
        POST_SAID[0],
        False,
    )
    assert tweet["summary"] == "Small models stop where their maps end. A thread."
    assert {tuple(one["tags"]) for one in printed.json} == {("maps",)}
    assert len(printed.err.splitlines()) == 2


def test_json_of_works_that_need_no_look_up(author: Author) -> None:
    author.types("add", "https://example.org/post", "--title", "A post")

    known = author.types("add", "https://example.org/post", "--json")
    noted = author.types("add", "--title", "A thought", "--json")

    assert (known.code, [one["is_new"] for one in known.json]) == (0, [False])
    assert [(one["reference"], one["title"], one["url"]) for one in noted.json] == [
        (None, "A thought", None)
    ]
