"""The metadata of a PDF read as one work."""

from __future__ import annotations

import contextlib
import time
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings, strategies as st

from papertrack.core.pages.pdf import parse_pdf
from papertrack.core.records import Author, Document, Entry
from papertrack.errors import UnreadableDocument
from tests.pdfs import XMP, pdf

URL = "https://example.org/papers/small_models-v3.pdf"
INFO = {
    "Title": "Where small models (mostly) stop",
    "Author": "Ada Example and Ben Sample",
    "CreationDate": "D:20261118093000+01'00'",
}


def read(body: bytes, url: str = URL) -> Entry:
    (entry,) = parse_pdf(body, base_url=url).entries
    return entry


def title(text: str) -> str:
    return read(pdf({"Title": text})).title


@pytest.mark.parametrize("packed", [True, False])
def test_the_info_dictionary_gives_title_authors_and_date(*, packed: bool) -> None:
    assert parse_pdf(pdf(INFO, packed=packed), base_url=URL) == Document(
        "Where small models (mostly) stop",
        (
            Entry(
                guid=URL,
                url=URL,
                title="Where small models (mostly) stop",
                authors=(Author("Ada Example"), Author("Ben Sample")),
                published_at=datetime(2026, 11, 18, 8, 30, tzinfo=UTC),
            ),
        ),
    )


@pytest.mark.parametrize("packed", [True, False])
def test_xmp_counts_more_than_the_info_dictionary(*, packed: bool) -> None:
    properties = (
        '<dc:title><rdf:Alt><rdf:li xml:lang="de">Eine Karte</rdf:li>'
        '<rdf:li xml:lang="x-default">A map &amp; more</rdf:li></rdf:Alt></dc:title>'
        "<dc:creator><rdf:Seq><rdf:li>Ada Example</rdf:li><rdf:li>Ben Sample</rdf:li></rdf:Seq>"
        "</dc:creator><prism:doi>10.1234/ABC</prism:doi>"
        "<prism:publicationDate>2026-11-17</prism:publicationDate>"
    )
    xmp = XMP.format(attributes=' xmp:CreateDate="2026-11-01T10:00:00Z"', properties=properties)

    entry = read(pdf({"Title": "mine.dvi"}, xmp=xmp, packed=packed))

    assert entry == Entry(
        guid=URL,
        url=URL,
        title="A map & more",
        authors=(Author("Ada Example"), Author("Ben Sample")),
        published_at=datetime(2026, 11, 17, tzinfo=UTC),
        doi="10.1234/abc",
    )


@pytest.mark.parametrize(
    "junk",
    [
        *("", "untitled", "Untitled-1", "Untitled document", "Microsoft Word - Paper final.docx"),
        *("paper.dvi", "main.tex", "final version.pdf", "smallmodels", "small_models_v3"),
        *("small models_v3", "Document1", "10.1234/abc", "doi:10.1234/abc", "PII: S0-1234(26)1"),
        *(
            "arXiv:2611.99901v1  [cs.LG]  18 Nov 2026",
            "C:\\Users\\ada\\a b",
            "https://example.org/x",
        ),
        *("- 12 -", "Slide 1", "PowerPoint Presentation", "No Title"),
    ],
)
def test_what_programs_write_into_the_title_is_none(junk: str) -> None:
    document = parse_pdf(pdf({"Title": junk}), base_url=URL)

    assert (document.entries[0].title, document.problems) == ("", ("the PDF gives no title",))


@pytest.mark.parametrize(
    "good",
    ["Small models", "Attention is not a document", "Was ist hier los?", "电路地图", "GPT-4 now",
     "Main results on circuits", "Grüße 💡 an alle"],
)  # fmt: skip
def test_a_title_of_several_words_is_one(good: str) -> None:
    assert title(good) == good


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (b"<</Title(A \\(nested \\(map\\)\\) of\\\n it\\054 x)>>", "A (nested (map)) of it, x"),
        (b"<</Title(A (balanced (map)) )/X 1>>", "A (balanced (map))"),
        (b"<</Title<FEFF 0041 0020 00E9>>>", "A é"),
        (b"<</Title<41 20 4D 61 7>>>", "A Map"),
        (b"<</Title(\xef\xbb\xbfA gr\xc3\xbc\xc3\x9fe)>>", "A grüße"),
        (b"<</Title(A gr\xc3\xbc\xc3\x9fe)>>", "A grüße"),
        (b"<</Title(A \x93map\x94 \x84 \xe9)>>", "A \ufb01map\ufb02 \u2014 é"),
        (b"<</Title(A \\033[31mmap\\n of\\000 \xe2\x80\xae models)>>", "A map of models"),
        (b"<</X[1 2[3<</Y/Z>>]]/Title(A map)>>", "A map"),
        (b"<</Creator(x)/Title(A map)/Author(never closed", "A map"),
        (b"<</Title 6 0 R>>\nendobj\n6 0 obj\n(A map elsewhere)", "A map elsewhere"),
        (b"<</Title 5 0 R>>", ""),
        (b"<</Title/Name>>", ""),
        (b"(no dictionary)", ""),
    ],
)  # fmt: skip
def test_strings_are_read_as_they_may_be_written(written: bytes, name: str) -> None:
    assert read(pdf(raw_info=written)).title == name


@pytest.mark.parametrize(
    ("key", "text", "doi"),
    [
        ("arXivID", "https://arxiv.org/abs/2611.99901v2", "10.48550/arxiv.2611.99901"),
        ("Title", "arXiv:2611.99901v1 [cs.LG] 18 Nov 2026", "10.48550/arxiv.2611.99901"),
        ("Subject", "arXiv:math/0611800v2", "10.48550/arxiv.math/0611800"),
        ("DOI", "https://doi.org/10.1234/ABC.5", "10.1234/abc.5"),
        ("doi", "10.1234/abc", "10.1234/abc"),
        ("WPS-ARTICLEDOI", "10.1234/abc", "10.1234/abc"),
        ("Subject", "Journal of Maps, 3 (2026). doi:10.1234/abc", "10.1234/abc"),
        ("Keywords", "maps, https://doi.org/10.1234/abc", "10.1234/abc"),
        ("Subject", "About 2611.99901 and other numbers", None),
        ("Subject", "An indoi10.1234/abc", None),
    ],
)
def test_a_pdf_says_which_paper_it_is(key: str, text: str, doi: str | None) -> None:
    assert read(pdf({key: text})).doi == doi


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Ada Example; Ben Sample", ["Ada Example", "Ben Sample"]),
        ("Ada Example, Ben Sample", ["Ada Example", "Ben Sample"]),
        ("ExampleLab", ["ExampleLab"]),
        ("ada", []),
        ("EXAMPLE\\ada", []),
        ("Administrator", []),
        ("SE:W:CAR", []),
        ("user01", []),
    ],
)
def test_the_name_of_an_account_is_no_author(author: str, names: list[str]) -> None:
    assert [one.name for one in read(pdf({"Author": author})).authors] == names


def test_of_several_revisions_the_last_counts() -> None:
    first = pdf({"Title": "A first draft"})

    assert read(first + pdf({"Title": "A second draft"})).title == "A second draft"


def test_an_encrypted_pdf_says_so_unless_its_xmp_is_in_the_clear() -> None:
    xmp = XMP.format(attributes="", properties="<dc:title>A clear title</dc:title>")
    hidden = pdf({"Title": "\x01\x02 \x03"}, trailer=b"/Encrypt 9 0 R")
    shown = pdf({"Title": "\x01\x02 \x03"}, xmp=xmp, trailer=b"/Encrypt<</V 4>>")

    assert parse_pdf(hidden, base_url=URL).problems == ("the PDF is encrypted",)
    assert read(shown).title == "A clear title"


@pytest.mark.parametrize("body", [b"", b"<html>", b"%!PS", b"x" * 2_000 + b"%PDF-1.4"])
def test_what_is_no_pdf_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="called a PDF"):
        parse_pdf(body, base_url=URL)


def _stream(data: bytes, head: bytes) -> bytes:
    return b"<<" + head + b"/Filter/FlateDecode>>stream\n" + data + b"\nendstream\nendobj\n"


def _packed(data: bytes) -> bytes:
    return b"%PDF-1.7\n" + data + b"trailer<</Root 5 0 R/Info 5 0 R>>"


_OBJECT_STREAM = b"/Type/ObjStm/First 4"
HOSTILE = {
    "a bomb": _packed(
        b"7 0 obj" + _stream(zlib.compress(b"5 0 " + bytes(64 * 1024**2), 1), _OBJECT_STREAM)
    ),
    "many bombs": _packed(
        (b"7 0 obj" + _stream(zlib.compress(b"5 0 " + b" " * 4_000_000), _OBJECT_STREAM)) * 500
    ),
    "a circle": b"%PDF-1.7\n1 0 obj 1 0 R endobj\n5 0 obj<</Title 5 0 R>>endobj\n"
    b"trailer<</Root 1 0 R/Info 1 0 R>>",
    "depth": pdf(raw_info=b"<</X" + b"[" * 100_000 + b"/Title(x y)>>"),
    "depth of dictionaries": pdf(raw_info=b"<</X" * 100_000 + b">>" * 100_000),
    "parentheses": pdf(raw_info=b"<</Title" + b"(" * 5_000_000),
    "comments": pdf(raw_info=b"<<" + b"%" * 60_000),
    "broken comments": pdf(raw_info=b"<<" + b"%<" * 30_000),
    "trailers": pdf() + b"/Info 5 0 R " * 300_000,
    "objects": pdf() + b"5 0 obj " * 300_000,
    "object streams": pdf() + b"9 0 obj<</Type/ObjStm/First 4>> " * 100_000,
    "numbers": pdf(trailer=b"/Info " + b"9" * 100_000 + b" 0 R"),
    "entities": pdf(
        xmp='<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c SYSTEM "file:///etc/hostname">]>'
        + XMP.partition("?>")[2].format(attributes="", properties="<dc:title>&b;&c;</dc:title>")
    ),
    "deep XMP": pdf(
        xmp=XMP.format(
            attributes="", properties='<rdf:Description rdf:about="">' * 20_000
        )
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pdf_costs_a_moment_and_gives_no_title(name: str) -> None:
    started = time.process_time()

    document = parse_pdf(HOSTILE[name], base_url=URL)

    assert document.entries[0].title == ""
    assert time.process_time() - started < 8  # 0.3 s on an idle machine; a worker has 20


@settings(max_examples=200)
@given(st.binary(max_size=300), st.integers(0, 700), st.integers(0, 50), st.booleans())
def test_any_damage_gives_an_entry(junk: bytes, at: int, cut: int, packed: bool) -> None:  # noqa: FBT001
    whole = pdf(INFO, packed=packed, xmp=XMP.format(attributes="", properties="<dc:title/>"))
    damaged = whole[: at + 9] + junk + whole[at + 9 + cut :]

    with contextlib.suppress(UnreadableDocument):
        assert read(damaged).url == URL
