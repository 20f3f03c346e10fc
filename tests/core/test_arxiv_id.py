"""arXiv identifiers: one value for every written form, and nothing taken for one that is none."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.records import ArxivId

FORMS = (
    "{}",
    "  {} ",
    "arXiv:{}",
    "arxiv: {}",
    "oai:arXiv.org:{}",
    "10.48550/arXiv.{}",
    "doi:10.48550/arXiv.{}",
    "https://doi.org/10.48550/arXiv.{}",
    "http://dx.doi.org/10.48550/ARXIV.{}",
    "arxiv.org/abs/{}",
    "http://arxiv.org/abs/{}",
    "https://www.arxiv.org/abs/{}/",
    "https://export.arxiv.org/abs/{}",
    "https://arxiv.org/pdf/{}",
    "https://arxiv.org/pdf/{}.pdf",
    "https://arxiv.org/pdf/{}.pdf#page=3",
    "https://arxiv.org/html/{}",
    "https://arxiv.org/src/{}",
    "https://arxiv.org/e-print/{}",
    "https://arxiv.org/abs/{}?context=cs.LG",
    "https://arxiv.org/abs/{}#references",
    "https://huggingface.co/papers/{}",
    "https://www.alphaxiv.org/abs/{}",
    "https://ar5iv.org/abs/{}",
    "https://ar5iv.labs.arxiv.org/html/{}",
    "https://scirate.com/arxiv/{}",
)

_months = st.integers(1, 12).map("{:02d}".format)
_new_style = st.builds(
    "{:02d}{}.{:05d}".format, st.integers(15, 90), _months, st.integers(1, 99999)
)
_early = st.builds("{:02d}{}.{:04d}".format, st.integers(8, 14), _months, st.integers(1, 9999))
_old_style = st.builds(
    "{}/{:02d}{}{:03d}".format,
    st.sampled_from(["hep-th", "math", "math-ph", "cs", "cond-mat", "q-bio", "astro-ph"]),
    st.one_of(st.integers(91, 99), st.integers(0, 7)),
    _months,
    st.integers(0, 999),
)
bases = st.one_of(_new_style, _early, _old_style)
versions = st.one_of(st.none(), st.integers(1, 99))


@given(base=bases, version=versions, form=st.sampled_from(FORMS))
def test_every_written_form_of_a_paper_reads_as_the_same_paper(
    base: str, version: int | None, form: str
) -> None:
    written = form.format(base if version is None else f"{base}v{version}")

    assert read_arxiv_id(written) == ArxivId(base, version)


@given(base=bases)
def test_address_of_a_paper_reads_as_the_paper(base: str) -> None:
    assert read_arxiv_id(ArxivId(base, 3).url) == ArxivId(base)


@pytest.mark.parametrize(
    ("written", "base"),
    [
        ("math.CA/0611800v2", "math/0611800"),
        ("cond-mat.str-el/0512345", "cond-mat/0512345"),
        ("HEP-TH/9901001", "hep-th/9901001"),
        ("https://arxiv.org/abs/math.CA/0611800", "math/0611800"),
        ("math-ph/0506001", "math-ph/0506001"),
    ],
)
def test_old_identifiers_lose_their_subject_class(written: str, base: str) -> None:
    found = read_arxiv_id(written)

    assert found is not None
    assert found.base == base


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fixtures/1234567",
        "math/0613800",  # no month 13
        "math/5001001",  # no year 1950 or 2050
        "2413.12345",  # no month 13
        "2600.12345",
        "2611.999011",  # six digits
        "2611.9990",  # four digits ended with 2014
        "0905.12345",  # five began in 2015
        "0703.1234",  # before the scheme
        "12611.99901",
        "2611.99901v0",
        "2611.99901v1234",
        "2611.99901 and more",
        "+49 2611 99901",
        "555.12345",
        "https://arxiv.org/list/cs.LG/new",
        "https://arxiv.org/a/example_a_1",
        "https://arxiv.org/abs/",
        "https://huggingface.co/papers",
        "https://huggingface.co/example/2611.99901",
        "https://huggingface.co/papers/trending",
        "https://scirate.com/example",
        "https://www.alphaxiv.org/explore",
        "https://example.org/abs/2611.99901",
        "https://notarxiv.org.example.org/abs/2611.99901",
        "https://fakearxiv.org/abs/2611.99901",
        "10.5555/2611.99901",
        "\u0662\u0666\u0661\u0661.99901",  # digits, but not those
    ],
)
def test_what_only_looks_like_an_identifier_is_none(text: str) -> None:
    assert read_arxiv_id(text) is None


@given(st.text())
def test_any_text_is_read_without_raising(text: str) -> None:
    found = read_arxiv_id(text)

    assert found is None or read_arxiv_id(found.base) == ArxivId(found.base)
