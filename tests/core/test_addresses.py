"""The table of address forms: one work under many addresses, and works that only look alike."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, strategies as st

from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.identifier import Identifier
from papertrack.core.works.identity import (
    canonical_url,
    doi_names,
    guess_kind,
    identify_url,
    names_of,
    read_reference,
)

HERE = Path(__file__).parent


def _works() -> dict[str, list[str]]:
    works: dict[str, list[str]] = {}
    name = ""
    for line in (HERE / "addresses_of_one_work.txt").read_text("utf-8").splitlines():
        if line.startswith("= "):
            name = line.removeprefix("= ")
        elif line and not line.startswith("#"):
            works.setdefault(name, []).append(line)
    return works


ONE = _works()
APART = [
    line.split()
    for line in (HERE / "addresses_of_two_works.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
URLS = [url for urls in ONE.values() for url in urls]


@pytest.mark.parametrize("work", ONE)
def test_every_form_of_an_address_names_the_work(work: str) -> None:
    first, *others = ONE[work]

    strangers = [url for url in others if not set(names_of(url)) & set(names_of(first))]

    assert strangers == []


def test_addresses_that_look_alike_stay_apart() -> None:
    shared = {(one, other): set(names_of(one)) & set(names_of(other)) for one, other in APART}

    assert {pair: names for pair, names in shared.items() if names} == {}
    assert len(shared) > 200


def test_no_two_works_share_a_name() -> None:
    names = {work: {name for url in urls for name in names_of(url)} for work, urls in ONE.items()}
    shared = {(one, other): names[one] & names[other] for one, other in combinations(names, 2)}

    assert {pair: found for pair, found in shared.items() if found} == {}


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://arxiv.org/abs/2611.99901.", "https://arxiv.org/abs/2611.99901"),
        ("arxiv.org/abs/2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("//arxiv.org/abs/2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("10.48550/arXiv.2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("doi:10.48550/arXiv.2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("arXiv:2611.99901v1 [cs.LG] 12 Nov 2026", "https://arxiv.org/abs/2611.99901"),
        ("arXiv: 2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("arXiv 2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("ARXIV:2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("[arXiv:2611.99901]", "https://arxiv.org/abs/2611.99901"),
        ("(arXiv:2611.99901v2 [cs.CL])", "https://arxiv.org/abs/2611.99901"),
        ("<URL:https://arxiv.org/abs/2611.99901>", "https://arxiv.org/abs/2611.99901"),
        ("URL: https://arxiv.org/abs/2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("\u2018https://arxiv.org/abs/2611.99901\u2019", "https://arxiv.org/abs/2611.99901"),
        ("\u201chttps://arxiv.org/abs/2611.99901\u201d,", "https://arxiv.org/abs/2611.99901"),
        ("\u00abhttps://arxiv.org/abs/2611.99901\u00bb", "https://arxiv.org/abs/2611.99901"),
        ("\uff08https://arxiv.org/abs/2611.99901\uff09", "https://arxiv.org/abs/2611.99901"),
        ("https://arxiv.org/abs/2611.99901\u3002", "https://arxiv.org/abs/2611.99901"),
        ("https://arxiv.org/abs/2611.99901\uff0c", "https://arxiv.org/abs/2611.99901"),
        ("\u200bhttps://arxiv.org/abs/2611.99901\u200b", "https://arxiv.org/abs/2611.99901"),
        ("\ufeffhttps://arxiv.org/abs/2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("\xa0https://arxiv.org/abs/2611.99901\xa0", "https://arxiv.org/abs/2611.99901"),
        ("(https://arxiv.org/abs/2611.99901).", "https://arxiv.org/abs/2611.99901"),
        ("https://arxiv.org/abs/2611.99901]", "https://arxiv.org/abs/2611.99901"),
        ("https://arxiv.org/abs/2611.99901;", "https://arxiv.org/abs/2611.99901"),
        ("https://arxiv.org/abs/2611.99901!", "https://arxiv.org/abs/2611.99901"),
        ("https://arxiv.org/abs/2611.99901?", "https://arxiv.org/abs/2611.99901"),
        ("https://arxiv.org/abs/2611.99901\u2026", "https://arxiv.org/abs/2611.99901"),
        ("**https://arxiv.org/abs/2611.99901**", "https://arxiv.org/abs/2611.99901"),
        ("* https://arxiv.org/abs/2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("- https://arxiv.org/abs/2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("[A Name](https://arxiv.org/abs/2611.99901).", "https://arxiv.org/abs/2611.99901"),
        ("[1]: https://arxiv.org/abs/2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("<https://arxiv.org/\nabs/2611.99901>", "https://arxiv.org/abs/2611.99901"),
        ("HTTPS://ARXIV.ORG/abs/2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("Https://arxiv.org/abs/2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("oai:arXiv.org:2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("info:arxiv/2611.99901", "https://arxiv.org/abs/2611.99901"),
        ("hep-th/9901001", "https://arxiv.org/abs/hep-th/9901001"),
        ("arXiv:hep-th/9901001v1", "https://arxiv.org/abs/hep-th/9901001"),
        ("doi: 10.1145/9999999.9999001", "https://doi.org/10.1145/9999999.9999001"),
        ("DOI:10.1145/9999999.9999001.", "https://doi.org/10.1145/9999999.9999001"),
        ("DOI 10.1145/9999999.9999001", "https://doi.org/10.1145/9999999.9999001"),
        ("(https://doi.org/10.1145/9999999.9999001)", "https://doi.org/10.1145/9999999.9999001"),
        ("doi.org/10.1145/9999999.9999001", "https://doi.org/10.1145/9999999.9999001"),
        ("<doi:10.1145/9999999.9999001>", "https://doi.org/10.1145/9999999.9999001"),
        ("info:doi/10.1145/9999999.9999001", "https://doi.org/10.1145/9999999.9999001"),
        ("http://dx.doi.org/10.1145/9999999.9999001.", "https://doi.org/10.1145/9999999.9999001"),
        (
            "biorxiv.org/content/10.64898/2026.11.20.999001v3",
            "https://doi.org/10.64898/2026.11.20.999001",
        ),
        (
            "www.nature.com/articles/s41586-026-99901-0",
            "https://doi.org/10.1038/s41586-026-99901-0",
        ),
        ("zenodo.org/records/99999901", "https://doi.org/10.5281/zenodo.99999901"),
        (
            "https://openreview.net/forum?id=ZzAbC99901.",
            "https://openreview.net/forum?id=ZzAbC99901",
        ),
        ("proceedings.mlr.press/v999/doe26a", "https://proceedings.mlr.press/v999/doe26a.html"),
        ("pmid:99999901", "https://pubmed.ncbi.nlm.nih.gov/99999901/"),
        ("PMID: 99999901", "https://pubmed.ncbi.nlm.nih.gov/99999901/"),
        ("PMC99999901", "https://pmc.ncbi.nlm.nih.gov/articles/PMC99999901/"),
        ("PMCID: PMC99999901", "https://pmc.ncbi.nlm.nih.gov/articles/PMC99999901/"),
        (
            "lesswrong.com/posts/aBcDeFgHiJkLmN2Pq/a-title?utm_campaign=post_share&utm_source=link",
            "https://www.lesswrong.com/posts/aBcDeFgHiJkLmN2Pq/a-title",
        ),
        (
            "https://www.alignmentforum.org/posts/aBcDeFgHiJkLmN2Pq/b.",
            "https://www.lesswrong.com/posts/aBcDeFgHiJkLmN2Pq/a-title",
        ),
        ("youtu.be/ZZabc_ef-01", "https://www.youtube.com/watch?v=ZZabc_ef-01"),
        (
            "https://x.com/madeup_lab/status/9990000000000000001.",
            "https://x.com/madeup_lab/status/9990000000000000001",
        ),
        ("github.com/madeup-lab/frob", "https://github.com/madeup-lab/frob"),
        ("git@github.com:madeup-lab/frob.git", "https://github.com/madeup-lab/frob"),
        ("git://github.com/madeup-lab/frob.git", "https://github.com/madeup-lab/frob"),
        ("git+https://github.com/madeup-lab/frob.git", "https://github.com/madeup-lab/frob"),
        ("ssh://git@github.com/madeup-lab/frob.git", "https://github.com/madeup-lab/frob"),
        ("news.ycombinator.com/item?id=99999901", "https://news.ycombinator.com/item?id=99999901"),
        ("example.org/a-page", "https://example.org/a-page"),
        ("<http://example.org/a-page>", "https://example.org/a-page"),
        ("https://example.org/a-page.", "https://example.org/a-page"),
        ("https://example.org/a-page?", "https://example.org/a-page"),
        (
            "(https://en.wikipedia.org/wiki/Frob_(thing))",
            "https://en.wikipedia.org/wiki/Frob_(thing)",
        ),
        (
            "https://en.wikipedia.org/wiki/Frob_(thing).",
            "https://en.wikipedia.org/wiki/Frob_(thing)",
        ),
        (
            "[Frob](https://en.wikipedia.org/wiki/Frob_(thing))",
            "https://en.wikipedia.org/wiki/Frob_(thing)",
        ),
        (
            "<https://en.wikipedia.org/wiki/Frob_(thing)>",
            "https://en.wikipedia.org/wiki/Frob_(thing)",
        ),
    ],
)
def test_what_people_paste_names_the_work(written: str, url: str) -> None:
    assert set(names_of(written)) & set(names_of(url))


@pytest.mark.parametrize(
    "text", ["", "see below", "2611", "example", "a/b", "10.5/x", "<>", "()", "https://", "PMC"]
)
def test_what_is_no_reference_names_nothing(text: str) -> None:
    assert names_of(text) == ()


_ROUND = [("<", ">"), ("(", ")"), ("[", "]"), ("{", "}"), ('"', '"'), ("'", "'"), ("`", "`")]
_ROUND += [("\u201c", "\u201d"), ("\u00ab", "\u00bb"), ("\uff08", "\uff09"), ("**", "**"), ("", "")]
_around = st.lists(st.sampled_from(_ROUND), max_size=3)


@given(
    st.sampled_from(URLS),
    _around,
    st.text(".,;:!?\u2026\u3002\uff0c", max_size=2),
    st.sampled_from(["", " ", "\n", "\u200b", "\u00a0"]),
)
def test_what_stands_around_an_address_never_changes_what_it_names(
    url: str, around: list[tuple[str, str]], behind: str, blank: str
) -> None:
    pasted = url
    for opening, closing in around:
        pasted = f"{opening}{pasted}{closing}"

    assert names_of(f"{blank}{pasted}{behind}{blank}") == names_of(url)


@given(st.sampled_from(URLS), st.sampled_from(["[x]({})", "[x](<{}>)", '[x]({} "Y")', "- {}"]))
def test_markdown_around_an_address_never_changes_what_it_names(url: str, form: str) -> None:
    assert names_of(form.format(url)) == names_of(url)


@given(st.sampled_from(URLS))
def test_an_address_without_its_scheme_names_the_same(url: str) -> None:
    bare = url.removeprefix("https://").removeprefix("http://")

    assert names_of(bare) == names_of(url)


_FORMS_OF_HOSTS = ("http://{}", "https://www.{}", "https://{}/", "HTTPS://{}", "https://u:p@{}")


@given(st.sampled_from(URLS), st.sampled_from(_FORMS_OF_HOSTS))
def test_scheme_user_and_final_slash_never_change_what_an_address_names(
    url: str, form: str
) -> None:
    rest = url.partition("://")[2].removeprefix("www.")
    if "?" in rest or "#" in rest:
        form = form.removesuffix("/")

    assert set(identify_url(form.format(rest))) & set(identify_url(url))


@given(st.sampled_from(URLS), st.sampled_from(["utm_source=x", "fbclid=x", "utm_medium=a&gclid=b"]))
def test_tracking_never_changes_what_an_address_names(url: str, tracking: str) -> None:
    page, mark, fragment = url.partition("#")
    followed = f"{page}{'&' if '?' in page else '?'}{tracking}{mark}{fragment}"

    assert set(identify_url(followed)) & set(identify_url(url))


@given(st.text(max_size=40))
def test_taking_a_reference_out_is_final(text: str) -> None:
    once = read_reference(text)

    assert read_reference(once) == once


_loose = st.lists(
    st.sampled_from(["<", ">", "(", ")", "[", "]", "*", "- ", "1. ", "URL:", ".", " [cs.LG]", " "]),
    max_size=8,
).map("".join)


@given(_loose, st.sampled_from(["2611.99901", "example.org/a", "10.5555/x", "git@a.org:b"]), _loose)
def test_taking_a_reference_out_of_anything_is_final(before: str, text: str, behind: str) -> None:
    once = read_reference(before + text + behind)

    assert read_reference(once) == once


@given(st.sampled_from(URLS))
def test_the_names_of_an_address_are_their_own_names(url: str) -> None:
    """What a stored name says must find the item again when the address is read anew."""
    for name in identify_url(url):
        if name.scheme == "url":
            assert name in identify_url(f"https://{name.value}")
        if name.scheme == "doi":
            assert name in doi_names(name.value)


@given(st.sampled_from(URLS))
def test_a_page_keeps_the_name_that_it_always_had(url: str) -> None:
    """The journal may know it by that; papers, posts, resolvers and comments never had one."""
    names, page = identify_url(url), Identifier("url", str(canonical_url(url)))

    assert page in names or names[0].scheme in {"arxiv", "doi", "forum"} or "#" in url


_HOST = st.sampled_from(
    [url.partition("://")[2].partition("/")[0] for url in URLS] + ["example.org", "nitter.org"]
)
_STEP = st.sampled_from(
    [
        *(
            "abs",
            "pdf",
            "doi",
            "full",
            "posts",
            "p",
            "r",
            "a",
            "comments",
            "status",
            "watch",
            "pub",
        ),
        *("10.5555/x", "10.1101/2026.11.20.999001v1", "2611.99901", "aBcDeFgHiJkLmN2Pq", "12345"),
        *("abstract=1", "papers", "articles", "content", "%2F", "%25", "%3F", "%FF", "", "x.git"),
        *(
            "questions",
            "t",
            "0123456789ab",
            "issues",
            "PMC123",
            "\u00e4",
            "@u",
            "index.html",
            "{x}",
        ),
    ]
)
_anything = st.builds(
    lambda host, steps, query, fragment: f"https://{host}/{'/'.join(steps)}{query}{fragment}",
    _HOST,
    st.lists(_STEP, max_size=6),
    st.sampled_from(["", "?", "?id=a", "?v=ZZabc_ef-01", "?url=https://example.org/a", "?q={x}&x"]),
    st.sampled_from(["", "#", "#a", "#!/a/status/12", "#comment-12", "#/a/", "#aBcDeFgHiJkLmN2Pq"]),
)


@given(_anything)
def test_any_address_has_names_that_are_their_own(url: str) -> None:
    names = identify_url(url)

    assert names
    assert len(set(names)) == len(names)
    for name in names:
        if name.scheme == "url":
            assert name in identify_url(f"https://{name.value}")


_number = st.integers(10_000_000, 99_999_999)
_id = st.text("ABCdef123_-", min_size=11, max_size=11).filter(lambda text: text[-1] not in "_-")
_post = st.text("ABCdef123", min_size=17, max_size=17)
_slug = st.text("abc", min_size=1, max_size=5)
# A work's own part, and the forms that hold it: any two forms of one part are one work, any two
# parts are two.
_KINDS: dict[str, tuple[st.SearchStrategy[object], tuple[str, ...]]] = {
    "acm": (_number, ("https://dl.acm.org/doi/10.1145/1.{}", "https://doi.org/10.1145/1.{}")),
    "rxiv": (
        _number,
        (
            "https://www.biorxiv.org/content/10.64898/2026.11.20.{}v1.full",
            "https://doi.org/10.64898/2026.11.20.{}",
        ),
    ),
    "nature": (_number, ("https://nature.com/articles/s1-{}-1", "doi:10.1038/S1-{}-1")),
    "ssrn": (_number, ("https://ssrn.com/abstract={}", "https://doi.org/10.2139/ssrn.{}")),
    "zenodo": (_number, ("https://zenodo.org/records/{}", "10.5281/zenodo.{}")),
    "pubmed": (_number, ("https://pubmed.ncbi.nlm.nih.gov/{}/", "PMID: {}")),
    "pmc": (_number, ("https://pmc.ncbi.nlm.nih.gov/articles/PMC{}/", "PMC{}")),
    "openreview": (
        _post,
        ("https://openreview.net/forum?id={}", "https://openreview.net/pdf?id={}"),
    ),
    "lw": (_post, ("https://lesswrong.com/posts/{}/a", "https://alignmentforum.org/posts/{}/b")),
    "ea": (
        _post,
        ("https://forum.effectivealtruism.org/posts/{}/a", "ea.greaterwrong.com/posts/{}"),
    ),
    "comment": (
        _post.map("1{:.16}".format),
        ("https://lesswrong.com/posts/11111111111111111/a?commentId={}",),
    ),
    "video": (_id, ("https://youtu.be/{}", "https://www.youtube.com/watch?list=x&v={}")),
    "x": (_number, ("https://x.com/a/status/{}", "https://nitter.net/b/status/{}#m")),
    "reddit": (_number, ("https://reddit.com/r/a/comments/z{}/b/", "https://redd.it/z{}")),
    "reply": (_number, ("https://old.reddit.com/r/a/comments/zz/b/z{}/",)),
    "substack": (
        _slug,
        ("https://a.substack.com/p/{}", "https://open.substack.com/pub/a/p/{}?r=1"),
    ),
    "github": (_slug, ("https://github.com/A/{}", "git@github.com:a/{}.git")),
    "issue": (
        _number,
        ("https://github.com/a/b/issues/{}", "https://github.com/A/b/pull/{}/files"),
    ),
    "page": (_slug, ("https://example.org/{}", "http://www.example.org/{}/?utm_source=x")),
}
_work = st.sampled_from(sorted(_KINDS)).flatmap(
    lambda kind: st.tuples(
        st.just(kind), _KINDS[kind][0].map(str), st.sampled_from(_KINDS[kind][1])
    )
)


@given(_work, _work)
def test_two_addresses_share_a_name_just_when_they_are_one_work(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    names, others = (set(names_of(form.format(part))) for _, part, form in (one, other))

    assert bool(names & others) == (one[:2] == other[:2])


@given(_work, st.data())
def test_two_forms_of_one_work_share_a_name(
    work: tuple[str, str, str], data: st.DataObject
) -> None:
    kind, part, form = work
    other = data.draw(st.sampled_from(_KINDS[kind][1]))

    assert set(names_of(form.format(part))) & set(names_of(other.format(part)))


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://openreview.net/pdf?id=ZzAbC99901", "paper"),
        ("https://www.biorxiv.org/content/10.64898/2026.11.20.999001v1", "paper"),
        ("https://ieeexplore.ieee.org/document/99999901", "paper"),
        ("https://youtu.be/ZZabc_ef-01", "post"),
        ("https://example.org/a-page", "post"),
    ],
)
def test_a_paper_is_told_from_a_post_by_its_names(url: str, kind: str) -> None:
    assert guess_kind(identify_url(url)) == kind


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("https://example.org/#!/a", "https://example.org/#!/b", False),
        ("https://example.org/#/a", "https://example.org/#/a/", True),
        ("https://example.org/#/", "https://example.org/", True),
        ("https://example.org/a#comment-12", "https://example.org/a#comment-13", False),
        ("https://example.org/a#comment-12", "https://example.org/a", False),
        ("https://example.org/a#comments", "https://example.org/a", True),
        ("https://example.org/a#section-2", "https://example.org/a#section-3", True),
    ],
)
def test_a_fragment_counts_where_it_names_a_comment_or_a_page(
    one: str, other: str, *, is_one: bool
) -> None:
    assert (canonical_url(one) == canonical_url(other)) == is_one


_hosts = st.sampled_from(["example.org", "www.example.org", "m.example.org", "www2.a.co", "x.y"])
_paths = st.lists(
    st.sampled_from(["a", "amp", "A-b_c~", "index.html", "index.php", "a.b", "@u", "(x)", "a,b;c"]),
    max_size=4,
)


@given(_hosts, _paths, st.sampled_from(["", "/", "#a", "/#a", "#"]))
def test_plain_addresses_are_read_as_all_others_are(host: str, steps: list[str], end: str) -> None:
    """A port, which every address may name, keeps one from being read the short way."""
    path = "".join(f"/{step}" for step in steps)

    assert canonical_url(f"https://{host}{path}{end}") == canonical_url(
        f"https://{host}:443{path}{end}"
    )


@given(st.sampled_from([url for url in URLS if "arxiv" in url]))
def test_an_address_of_a_paper_may_be_encoded_anywhere(url: str) -> None:
    scheme, mark, rest = url.partition("://")
    host, _, path = rest.partition("/")
    if "?" in path or "#" in path:
        return

    paper = read_arxiv_id(url)

    assert read_arxiv_id(f"{scheme}{mark}{host}/{quote(unquote(path), safe='')}") == paper
