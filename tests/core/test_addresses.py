"""The table of address forms: one work under many addresses, and works that only look alike."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, strategies as st

from papertrack.core.works.identity import identify_url, names_of, read_reference

POST = "aBcDeFgHiJkLmNoPq"
VIDEO = "ZZabc_ef-01"
HASH = "0123456789abcdef" * 2
LONG_HASH = "0123456789abcdef" * 2 + "01234567"

ONE: dict[str, tuple[str, ...]] = {
    "arxiv": (
        "https://arxiv.org/abs/2611.99901",
        "http://arxiv.org/abs/2611.99901v2",
        "https://arxiv.org/pdf/2611.99901v1.pdf",
        "https://arxiv.org/html/2611.99901v1#S3",
        "https://arxiv.org/abs/2611.99901?context=cs",
        "https://export.arxiv.org/abs/2611.99901",
        "https://browse.arxiv.org/html/2611.99901v1",
        "https://ar5iv.labs.arxiv.org/html/2611.99901",
        "https://ar5iv.org/abs/2611.99901",
        "https://www.alphaxiv.org/abs/2611.99901",
        "https://alphaxiv.org/overview/2611.99901v1",
        "https://huggingface.co/papers/2611.99901",
        "https://hf.co/papers/2611.99901",
        "https://www.semanticscholar.org/arxiv/2611.99901",
        "https://api.semanticscholar.org/arXiv:2611.99901",
        "https://papers.cool/arxiv/2611.99901",
        "https://scirate.com/arxiv/2611.99901",
        "https://www.emergentmind.com/papers/2611.99901",
        "https://www.catalyzex.com/paper/arxiv:2611.99901",
        "https://doi.org/10.48550/arXiv.2611.99901",
        "https://arxiv.org/ftp/arxiv/papers/2611/2611.99901.pdf",
        "https://ui.adsabs.harvard.edu/abs/2026arXiv261199901X/abstract",
        "https://ui.adsabs.harvard.edu/abs/arXiv:2611.99901/abstract",
        "https://dblp.org/rec/journals/corr/abs-2611-99901.html",
        "https://arxiv-sanity-lite.com/?rank=pid&pid=2611.99901",
    ),
    "acm": (
        "https://doi.org/10.1145/9999999.9999001",
        "https://dl.acm.org/doi/10.1145/9999999.9999001",
        "https://dl.acm.org/doi/abs/10.1145/9999999.9999001",
        "https://dl.acm.org/doi/pdf/10.1145/9999999.9999001",
        "https://dl.acm.org/doi/full/10.1145/9999999.9999001",
        "https://dl.acm.org/doi/10.1145/9999999.9999001#abstract",
    ),
    "wiley": (
        "https://doi.org/10.1002/zzz.99901",
        "https://onlinelibrary.wiley.com/doi/10.1002/zzz.99901",
        "https://onlinelibrary.wiley.com/doi/full/10.1002/zzz.99901",
        "https://onlinelibrary.wiley.com/doi/pdfdirect/10.1002/zzz.99901?download=true",
        "https://journal.onlinelibrary.wiley.com/doi/epdf/10.1002/zzz.99901",
    ),
    "springer": (
        "https://doi.org/10.1007/s99999-026-99901-0",
        "https://link.springer.com/article/10.1007/s99999-026-99901-0",
        "https://link.springer.com/content/pdf/10.1007/s99999-026-99901-0.pdf",
        "https://link.springer.com/article/10.1007/s99999-026-99901-0#Sec3",
    ),
    "chapter": (
        "https://link.springer.com/chapter/10.1007/978-3-999-99901-0_1",
        "https://link.springer.com/content/pdf/10.1007/978-3-999-99901-0_1.pdf",
    ),
    "biorxiv": (
        "https://doi.org/10.64898/2026.11.20.999001",
        "https://doi.org/10.64898/2026.11.20.999001v2",
        "https://www.biorxiv.org/content/10.64898/2026.11.20.999001v1",
        "https://www.biorxiv.org/content/10.64898/2026.11.20.999001v2.full",
        "https://www.biorxiv.org/content/10.64898/2026.11.20.999001v2.full.pdf",
        "https://www.biorxiv.org/content/10.64898/2026.11.20.999001v1.full-text",
        "https://www.biorxiv.org/content/10.64898/2026.11.20.999001v1.abstract",
        "https://www.biorxiv.org/content/10.64898/2026.11.20.999001",
    ),
    "medrxiv": (
        "https://www.medrxiv.org/content/10.1101/2026.11.20.99999001v1.full",
        "https://doi.org/10.1101/2026.11.20.99999001",
    ),
    "nature": (
        "https://doi.org/10.1038/s41586-026-99901-0",
        "https://www.nature.com/articles/s41586-026-99901-0",
        "https://www.nature.com/articles/s41586-026-99901-0.pdf",
        "https://www.nature.com/articles/s41586-026-99901-0#Abs1",
    ),
    "science": (
        "https://doi.org/10.1126/science.zzz9901",
        "https://www.science.org/doi/abs/10.1126/science.zzz9901",
        "https://www.science.org/doi/full/10.1126/science.zzz9901",
    ),
    "plos": (
        "https://doi.org/10.1371/journal.zzzz.9999901",
        "https://journals.plos.org/plosone/article?id=10.1371/journal.zzzz.9999901",
        "https://journals.plos.org/plosone/article/file?id=10.1371/journal.zzzz.9999901&type=printable",
    ),
    "iop": (
        "https://doi.org/10.1088/9999-9999/ab9901",
        "https://iopscience.iop.org/article/10.1088/9999-9999/ab9901/meta",
        "https://iopscience.iop.org/article/10.1088/9999-9999/ab9901/pdf",
    ),
    "frontiers": (
        "https://doi.org/10.3389/fzzzz.2026.9999901",
        "https://www.frontiersin.org/articles/10.3389/fzzzz.2026.9999901/full",
        "https://www.frontiersin.org/journals/zzzz/articles/10.3389/fzzzz.2026.9999901/pdf",
    ),
    "ssrn": (
        "https://doi.org/10.2139/ssrn.9999901",
        "https://ssrn.com/abstract=9999901",
        "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=9999901",
        "https://papers.ssrn.com/abstract=9999901",
    ),
    "zenodo": (
        "https://doi.org/10.5281/zenodo.99999901",
        "https://zenodo.org/records/99999901",
        "https://zenodo.org/record/99999901",
        "https://zenodo.org/doi/10.5281/zenodo.99999901",
    ),
    "acl": (
        "https://aclanthology.org/2026.acl-long.9901/",
        "https://aclanthology.org/2026.acl-long.9901.pdf",
        "https://aclanthology.org/2026.acl-long.9901v2.pdf",
        "https://aclanthology.org/2026.acl-long.9901.bib",
        "https://www.aclweb.org/anthology/2026.acl-long.9901",
        "https://doi.org/10.18653/v1/2026.acl-long.9901",
    ),
    "old acl": (
        "https://aclanthology.org/P99-9901/",
        "https://www.aclweb.org/anthology/P99-9901.pdf",
        "https://doi.org/10.18653/v1/P99-9901",
    ),
    "openreview": (
        "https://openreview.net/forum?id=ZzAbC99901",
        "https://openreview.net/pdf?id=ZzAbC99901",
        "https://openreview.net/forum?id=ZzAbC99901&noteId=xyz",
        "https://openreview.net/attachment?id=ZzAbC99901&name=pdf",
    ),
    "pmlr": (
        "https://proceedings.mlr.press/v999/doe26a.html",
        "https://proceedings.mlr.press/v999/doe26a/doe26a.pdf",
    ),
    "neurips": (
        f"https://papers.nips.cc/paper_files/paper/2026/hash/{HASH}-Abstract-Conference.html",
        f"https://proceedings.neurips.cc/paper_files/paper/2026/file/{HASH}-Paper-Conference.pdf",
    ),
    "cvf": (
        "https://openaccess.thecvf.com/content/CVPR2026/html/Doe_A_Name_CVPR_2026_paper.html",
        "https://openaccess.thecvf.com/content/CVPR2026/papers/Doe_A_Name_CVPR_2026_paper.pdf",
    ),
    "jmlr": (
        "https://www.jmlr.org/papers/v99/26-9901.html",
        "https://jmlr.org/papers/volume99/26-9901/26-9901.pdf",
    ),
    "pubmed": (
        "https://pubmed.ncbi.nlm.nih.gov/99999901/",
        "https://www.ncbi.nlm.nih.gov/pubmed/99999901",
        "https://europepmc.org/article/MED/99999901",
    ),
    "pmc": (
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC99999901/",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC99999901/",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC99999901/pdf/main.pdf",
        "https://europepmc.org/articles/PMC99999901",
    ),
    "semantic scholar": (
        f"https://www.semanticscholar.org/paper/A-Name-Doe/{LONG_HASH}",
        f"https://www.semanticscholar.org/paper/{LONG_HASH}",
    ),
    "lesswrong": (
        f"https://www.lesswrong.com/posts/{POST}/a-title",
        f"https://www.lesswrong.com/posts/{POST}",
        f"https://www.lesswrong.com/s/ZZZZ/p/{POST}",
        f"https://www.alignmentforum.org/posts/{POST}/another-title",
        f"https://www.greaterwrong.com/posts/{POST}/a-title",
        f"https://www.lesswrong.com/p/{POST}",
    ),
    "ea": (
        f"https://forum.effectivealtruism.org/posts/{POST}/a-title",
        f"https://ea.greaterwrong.com/posts/{POST}/a-title",
        f"https://forum.effectivealtruism.org/s/ZZZZ/p/{POST}",
    ),
    "youtube": (
        f"https://www.youtube.com/watch?v={VIDEO}",
        f"https://m.youtube.com/watch?v={VIDEO}&t=90s",
        f"https://www.youtube.com/watch?list=PLzz&v={VIDEO}",
        f"https://youtu.be/{VIDEO}?si=abc",
        f"https://www.youtube.com/shorts/{VIDEO}",
        f"https://www.youtube.com/live/{VIDEO}?feature=share",
        f"https://www.youtube.com/embed/{VIDEO}",
        f"https://www.youtube-nocookie.com/embed/{VIDEO}?start=3",
    ),
    "x": (
        "https://x.com/madeup_lab/status/9990000000000000001",
        "https://twitter.com/madeup_lab/status/9990000000000000001?s=20",
        "https://mobile.twitter.com/madeup_lab/status/9990000000000000001",
        "https://twitter.com/i/web/status/9990000000000000001",
        "https://x.com/renamed_lab/status/9990000000000000001/photo/1",
        "https://nitter.net/madeup_lab/status/9990000000000000001#m",
        "https://nitter.example.org/madeup_lab/status/9990000000000000001",
        "https://fxtwitter.com/madeup_lab/status/9990000000000000001",
        "https://xcancel.com/madeup_lab/status/9990000000000000001",
    ),
    "substack": (
        "https://madeup.substack.com/p/an-essay-on-nothing",
        "https://open.substack.com/pub/madeup/p/an-essay-on-nothing?r=abc&utm_medium=ios",
        "https://madeup.substack.com/p/an-essay-on-nothing?utm_source=post-email-title",
    ),
    "reddit": (
        "https://www.reddit.com/r/madeup/comments/zz9901/a_title/",
        "https://old.reddit.com/r/madeup/comments/zz9901/a_title/",
        "https://np.reddit.com/r/madeup/comments/zz9901",
        "https://reddit.com/comments/zz9901",
        "https://redd.it/zz9901",
    ),
    "github": (
        "https://github.com/madeup-lab/frob",
        "https://github.com/Madeup-Lab/Frob/",
        "https://github.com/madeup-lab/frob.git",
        "https://github.com/madeup-lab/frob/tree/main",
        "https://github.com/madeup-lab/frob#readme",
    ),
}

APART: tuple[tuple[str, str], ...] = (
    ("https://arxiv.org/abs/2611.99901", "https://papers.cool/arxiv/2611.99902"),
    ("https://arxiv.org/abs/2611.99901", "https://arxiv.org/list/cs.LG/recent"),
    ("https://huggingface.co/papers/2611.99901", "https://huggingface.co/madeup/model"),
    ("https://dl.acm.org/doi/10.1145/9.9001", "https://dl.acm.org/doi/10.1145/9.9002"),
    ("https://dl.acm.org/doi/10.1145/9999.9001", "https://dl.acm.org/doi/suppl/10.1145/9999.9001"),
    ("https://dl.acm.org/doi/10.1145/9999.9001", "https://dl.acm.org/profile/99999999"),
    (
        "https://www.nature.com/articles/s41586-026-99901-0",
        "https://www.nature.com/articles/s41586-026-99902-0",
    ),
    (
        "https://www.nature.com/articles/s41586-026-99901-0",
        "https://www.nature.com/articles/s41586-026-99901-0/figures/1",
    ),
    ("https://www.nature.com/nature", "https://www.nature.com/articles"),
    (
        "https://link.springer.com/chapter/10.1007/978-3-999-99901-0_1",
        "https://link.springer.com/book/10.1007/978-3-999-99901-0",
    ),
    (
        "https://www.biorxiv.org/content/10.64898/2026.11.20.999001v1",
        "https://www.biorxiv.org/content/10.64898/2026.11.20.999001v1.supplementary-material",
    ),
    (
        "https://www.biorxiv.org/content/10.64898/2026.11.20.999001v1",
        "https://www.biorxiv.org/content/early/recent",
    ),
    ("https://ssrn.com/abstract=9999901", "https://ssrn.com/author=9999901"),
    (
        "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=9999903",
        "https://papers.ssrn.com/sol3/cf_dev/AbsByAuth.cfm?per_id=9999903",
    ),
    ("https://zenodo.org/records/99999901", "https://zenodo.org/records/99999902"),
    ("https://zenodo.org/records/99999901", "https://zenodo.org/communities/madeup"),
    ("https://openreview.net/forum?id=ZzAbC99903", "https://openreview.net/forum?id=ZzaBC99903"),
    ("https://openreview.net/forum?id=ZzAbC99903", "https://openreview.net/group?id=ZzAbC99903"),
    (
        "https://openreview.net/attachment?id=ZzAbC99903&name=pdf",
        "https://openreview.net/attachment?id=ZzAbC99903&name=supplementary_material",
    ),
    (
        "https://aclanthology.org/2026.acl-long.9903/",
        "https://aclanthology.org/2026.acl-short.9903/",
    ),
    (
        "https://aclanthology.org/2026.acl-long.9/",
        "https://aclanthology.org/volumes/2026.acl-long/",
    ),
    (
        "https://proceedings.mlr.press/v999/doe26a.html",
        "https://proceedings.mlr.press/v998/doe26a.html",
    ),
    (
        "https://proceedings.mlr.press/v999/doe26a.html",
        "https://proceedings.mlr.press/v999/doe26a/doe26a-supp.pdf",
    ),
    (
        "https://pubmed.ncbi.nlm.nih.gov/99999903/",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC99999903/",
    ),
    ("https://pubmed.ncbi.nlm.nih.gov/99999903/", "https://pubmed.ncbi.nlm.nih.gov/?term=99999903"),
    (
        f"https://www.lesswrong.com/posts/{POST}",
        f"https://forum.effectivealtruism.org/posts/{POST}",
    ),
    (f"https://www.lesswrong.com/posts/{POST}", f"https://www.lesswrong.com/posts/{POST[::-1]}"),
    (f"https://www.lesswrong.com/posts/{POST}", f"https://www.lesswrong.com/users/{POST}"),
    (f"https://youtu.be/{VIDEO}", f"https://youtu.be/{VIDEO[:-1]}2"),
    (
        f"https://www.youtube.com/watch?v={VIDEO}&list=PLzz",
        "https://www.youtube.com/playlist?list=PLzz",
    ),
    (
        "https://www.youtube.com/embed/videoseries?list=PLa",
        "https://www.youtube.com/embed/videoseries?list=PLb",
    ),
    (
        "https://www.youtube.com/embed/live_stream?channel=a",
        "https://www.youtube.com/embed/live_stream?channel=b",
    ),
    ("https://www.youtube.com/@madeup", "https://www.youtube.com/@madeup/videos"),
    ("https://x.com/a/status/9990000000000000001", "https://x.com/a/status/9990000000000000002"),
    ("https://x.com/a/status/9990000000000000001", "https://x.com/a"),
    ("https://madeup.substack.com/p/open-thread", "https://otherone.substack.com/p/open-thread"),
    (
        "https://madeup.substack.com/p/open-thread",
        "https://open.substack.com/pub/otherone/p/open-thread",
    ),
    (
        "https://madeup.substack.com/p/open-thread",
        "https://madeup.substack.com/p/open-thread/comments",
    ),
    (
        "https://www.reddit.com/r/madeup/comments/zz9901/a_title/",
        "https://www.reddit.com/r/madeup/comments/zz9901/a_title/cc1234/",
    ),
    (
        "https://www.reddit.com/r/madeup/comments/zz9901/",
        "https://www.reddit.com/r/madeup/comments/zz9902/",
    ),
    ("https://www.reddit.com/r/madeup/", "https://www.reddit.com/r/other/"),
    ("https://redd.it/zz9901", "https://i.redd.it/zz9901"),
    ("https://github.com/madeup-lab/frob", "https://github.com/madeup-lab/frob/issues/1"),
    ("https://github.com/madeup-lab/frob", "https://github.com/madeup-lab/frob2"),
    ("https://github.com/madeup-lab/frob", "https://github.com/other-lab/frob"),
    (
        "https://github.com/madeup-lab/frob/tree/main",
        "https://github.com/madeup-lab/frob/tree/main/docs",
    ),
    ("https://github.com/madeup-lab", "https://github.com/madeup-lab/frob"),
    (
        "https://www.semanticscholar.org/author/A/123",
        "https://www.semanticscholar.org/author/B/123",
    ),
)

_FORMS = [(kind, url) for kind, urls in ONE.items() for url in urls]
_URLS = [url for _, url in _FORMS]


@pytest.mark.parametrize(("kind", "url"), _FORMS, ids=[url for _, url in _FORMS])
def test_every_form_of_an_address_names_the_work(kind: str, url: str) -> None:
    assert set(names_of(url)) & set(names_of(ONE[kind][0]))


@pytest.mark.parametrize(("one", "other"), APART)
def test_addresses_that_look_alike_stay_apart(one: str, other: str) -> None:
    assert not set(names_of(one)) & set(names_of(other))


def test_no_two_works_of_the_table_share_a_name() -> None:
    names = {kind: {name for url in urls for name in names_of(url)} for kind, urls in ONE.items()}
    shared = {(one, other): names[one] & names[other] for one, other in combinations(names, 2)}

    assert {pair: found for pair, found in shared.items() if found} == {}


_around = st.sampled_from(
    [
        ("<", ">"),
        ("(", ")"),
        ("[", "]"),
        ('"', '"'),
        ("'", "'"),
        ("`", "`"),
        ("[x](", ")"),
        ("", ""),
    ]
)
_behind = st.text(".,;:!", max_size=2)


@given(st.sampled_from(_URLS), _around, _behind, st.sampled_from(["", " ", "\n", "  "]))
def test_what_stands_around_an_address_never_changes_what_it_names(
    url: str, around: tuple[str, str], behind: str, blank: str
) -> None:
    pasted = f"{blank}{around[0]}{url}{around[1]}{'' if around[0] == '[x](' else behind}{blank}"

    assert names_of(pasted) == names_of(url)


@given(st.sampled_from(_URLS))
def test_an_address_without_its_scheme_names_the_same(url: str) -> None:
    bare = url.removeprefix("https://").removeprefix("http://")

    assert names_of(bare) == names_of(url)


@given(st.text(max_size=40))
def test_taking_a_reference_out_is_final(text: str) -> None:
    once = read_reference(text)

    assert read_reference(once) == once


@given(st.sampled_from(_URLS))
def test_the_names_of_an_address_are_their_own_names(url: str) -> None:
    """What a stored name says must find the item again when the address is read anew."""
    for name in identify_url(url):
        if name.scheme == "url":
            assert name in identify_url(f"https://{name.value}")
