"""arXiv's archive: records in two formats, pages that go on, and what the archive says instead."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, strategies as st

from papertrack.core.arxiv.archive import parse_archive
from papertrack.core.records import ArchivePage, ArxivId, Author, Submission
from papertrack.errors import UnreadableDocument
from tests.arxiv_documents import Preprint, archive_answer, archive_error, archive_record
from tests.shared import SHARED, needs_shared

AT = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
FIRST = datetime(2026, 10, 30, 12, 15, 9, tzinfo=UTC)
SECOND = datetime(2026, 11, 19, 8, tzinfo=UTC)
PAPER = Preprint(
    "2611.99901",
    title="Bounds on $a<b$\n  with <think> tokens",
    versions=(FIRST, SECOND),
    abstract="We show $a<b$\nand p < 0.05.",
    authors=(("Ada B.", "Example"), ("", "Bourbaki")),
    categories=("cs.LG", "stat.ML", "math.OC"),
    comment="12 pages,\n  3 figures",
    journal_ref="J. Examples 1 (2026)",
    doi="10.5555/example.1",
)


def page_of(*papers: Preprint, prefix: str, after: str = "") -> bytes:
    records = "".join(archive_record(paper, prefix) for paper in papers)
    inside = f"<ListRecords>\n{records}{after}</ListRecords>\n"
    return archive_answer("ListRecords", inside, at=AT).encode()


SPLIT = page_of(PAPER, prefix="arXiv")
RAW = page_of(PAPER, prefix="arXivRaw")


def test_a_record_with_authors_in_parts_becomes_an_entry() -> None:
    document = parse_archive(SPLIT)
    (entry,) = document.entries

    assert document.problems == ()
    assert document.page == ArchivePage(None, AT)
    assert entry.guid == "oai:arXiv.org:2611.99901"
    assert entry.url == "https://arxiv.org/abs/2611.99901"
    assert entry.title == "Bounds on $a<b$ with <think> tokens"
    assert entry.summary == "We show $a<b$ and p < 0.05."
    assert entry.authors == (Author("Ada B. Example", "Ada B.", "Example"), Author("Bourbaki"))
    assert entry.published_at == datetime(2026, 10, 30, tzinfo=UTC)
    assert entry.updated_at == datetime(2026, 11, 19, tzinfo=UTC)
    assert entry.doi == "10.5555/example.1"
    assert entry.arxiv is not None
    assert entry.arxiv.id == ArxivId("2611.99901"), "this format does not tell the version"
    assert entry.arxiv.primary == "cs.LG"
    assert entry.arxiv.categories == ("cs.LG", "stat.ML", "math.OC")
    assert entry.arxiv.comment == "12 pages, 3 figures"
    assert entry.arxiv.journal_ref == "J. Examples 1 (2026)"
    assert entry.arxiv.licence == "http://creativecommons.org/licenses/by/4.0/"
    assert entry.arxiv.submissions == ()
    assert not entry.arxiv.withdrawn


def test_a_raw_record_tells_every_version_under_a_guid_of_its_own() -> None:
    (entry,) = parse_archive(RAW).entries

    assert entry.guid == "arXivRaw:2611.99901"
    assert entry.authors == (Author("Ada B. Example"), Author("Bourbaki"))
    assert (entry.published_at, entry.updated_at) == (FIRST, SECOND)
    assert entry.arxiv is not None
    assert entry.arxiv.id == ArxivId("2611.99901", 2)
    assert entry.arxiv.submissions == (Submission(1, FIRST), Submission(2, SECOND))
    assert not entry.arxiv.withdrawn


def test_versions_are_put_in_order_by_their_number() -> None:
    body = RAW.replace(b'"v1"', b'"v3"')

    (entry,) = parse_archive(body).entries

    assert entry.arxiv is not None
    assert [one.version for one in entry.arxiv.submissions] == [2, 3]
    assert entry.arxiv.id.version == 3


def test_a_paper_of_one_version_was_never_updated() -> None:
    (entry,) = parse_archive(page_of(Preprint("2611.99902"), prefix="arXiv")).entries

    assert entry.updated_at is None


def test_suffixes_stay_with_the_name_and_affiliations_do_not() -> None:
    body = SPLIT.replace(
        b"<forenames>Ada B.</forenames>",
        b"<forenames>Ada B.</forenames><suffix>Jr</suffix><affiliation>Example U</affiliation>",
    )

    (entry,) = parse_archive(body).entries

    assert entry.authors[0] == Author("Ada B. Example Jr", "Ada B.", "Example")


def test_a_collaboration_is_no_family() -> None:
    people = (("Example-Kamioka", "Collaboration"), ("", ":"), ("Ben", "Sample"))

    (entry,) = parse_archive(
        page_of(Preprint("2611.99902", authors=people), prefix="arXiv")
    ).entries

    assert entry.authors == (
        Author("Example-Kamioka Collaboration"),
        Author("Ben Sample", "Ben", "Sample"),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"526kb</size><source_type>D</source_type></version><a", b"0kb</size></version><a"),
        (b"D</source_type></version><authors", b"IS</source_type></version><authors"),
        (b"12 pages,", b"This paper has been withdrawn by the authors;"),
    ],
    ids=["no size", "source to be ignored", "comment"],
)
def test_a_withdrawal_is_seen_in_the_last_version(old: bytes, new: bytes) -> None:
    assert old in RAW

    (entry,) = parse_archive(RAW.replace(old, new)).entries

    assert entry.arxiv is not None
    assert entry.arxiv.withdrawn


def test_what_befell_an_earlier_version_is_no_withdrawal() -> None:
    (entry,) = parse_archive(RAW.replace(b"526kb", b"0kb", 1)).entries

    assert entry.arxiv is not None
    assert not entry.arxiv.withdrawn


def test_the_token_says_where_the_list_goes_on() -> None:
    going_on = page_of(
        PAPER, prefix="arXiv", after="<resumptionToken>6511765|1001</resumptionToken>"
    )
    last = page_of(PAPER, prefix="arXiv", after="<resumptionToken/>")

    assert parse_archive(going_on).page == ArchivePage("6511765|1001", AT)
    assert parse_archive(last).page == ArchivePage(None, AT)


def test_a_token_that_expired_and_an_empty_list_are_no_errors() -> None:
    expired = archive_answer("ListRecords", archive_error("badResumptionToken", "x"), at=AT)
    nothing = archive_answer("ListRecords", archive_error("noRecordsMatch", "x"), at=AT)

    assert parse_archive(expired.encode()).page == ArchivePage(None, AT, is_expired=True)
    assert parse_archive(nothing.encode()).page == ArchivePage(None, AT)
    assert parse_archive(nothing.encode()).entries == ()


def test_a_deleted_record_is_passed_over() -> None:
    body = SPLIT.replace(b"<header>", b'<header status="deleted">')

    assert (parse_archive(body).entries, parse_archive(body).problems) == ((), ())


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (
            archive_answer("x", archive_error("badArgument", "from is \x1b[31mno date."), at=AT),
            "arXiv's archive says: from is no date",
        ),
        (
            archive_answer("x", archive_error("badVerb", ""), at=AT),
            "arXiv's archive says: badVerb",
        ),
        ("Retry after 20 seconds.", "arXiv says: Retry after 20 seconds"),
        (
            "<!DOCTYPE html><html><body>Down<br></body>",
            "arXiv sent a web page, not a page of its archive",
        ),
        ("<feed/>", "arXiv sent something else, not a page of its archive"),
        ("", "the document is empty"),
    ],
)
def test_what_is_no_page_of_the_archive_is_refused(body: str, what: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        parse_archive(body.encode())

    assert refused.value.what == what


def test_a_web_page_is_met_with_patience_not_with_doubts_about_the_address() -> None:
    with pytest.raises(UnreadableDocument) as refused:
        parse_archive(b"<html><head><title>503</title></head></html>")

    assert refused.value.hint is not None
    assert refused.value.hint.startswith("try again later")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_names_survive_every_encoding(encoding: str) -> None:
    paper = Preprint("2611.99903", authors=(("Zo\xeb", "M\xfcller"),))
    text = page_of(paper, prefix="arXiv").decode()
    body = text.replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)

    (entry,) = parse_archive(body).entries

    assert [author.name for author in entry.authors] == ["Zo\xeb M\xfcller"]


def test_a_page_that_broke_off_keeps_the_whole_records_and_does_not_look_like_the_last() -> None:
    other = Preprint("2611.99904", title="The second", abstract="A whole abstract.")
    body = page_of(PAPER, other, prefix="arXiv", after="<resumptionToken>t</resumptionToken>")

    document = parse_archive(body[: body.index(b"whole abstract") + 5])

    assert [entry.guid for entry in document.entries] == ["oai:arXiv.org:2611.99901"]
    assert document.page is None
    assert len(document.problems) == 1
    assert document.problems[0].startswith("The document is broken: ")


def test_a_broken_page_that_came_to_its_end_says_where_the_list_goes_on() -> None:
    body = page_of(PAPER, prefix="arXiv", after="</x><resumptionToken>t</resumptionToken>")

    document = parse_archive(body)

    assert document.page == ArchivePage("t", AT)
    assert len(document.problems) == 1


def test_a_token_that_cannot_be_sent_back_does_not_look_like_the_end() -> None:
    body = page_of(PAPER, prefix="arXiv", after="<resumptionToken>a\u202eb</resumptionToken>")

    document = parse_archive(body)

    assert document.page is None
    assert document.problems == ("The resumption token cannot be read",)


def test_a_record_in_another_form_costs_one_record_and_one_sentence() -> None:
    body = page_of(PAPER, Preprint("2611.99905"), prefix="arXiv").replace(
        b"arXiv xmlns", b"dc xmlns", 1
    )

    document = parse_archive(body.replace(b"</arXiv>", b"</dc>", 1))

    assert [entry.guid for entry in document.entries] == ["oai:arXiv.org:2611.99905"]
    assert document.problems == ("Record 1 (oai:arXiv.org:2611.99901) is in an unknown format",)
    assert document.page is not None


@needs_shared
def test_real_records_are_read_or_named() -> None:
    read = {}
    for path in sorted((SHARED / "corpus" / "arxiv_oai").glob("*.xml")):
        document = parse_archive(path.read_bytes())
        read[path.name] = (len(document.entries), len(document.problems))
        for entry in document.entries:
            assert entry.title
            assert entry.authors
            assert entry.summary
            assert entry.published_at is not None
            assert entry.arxiv is not None
            assert entry.arxiv.primary is not None

    assert len(read) == 14
    assert sum(entries for entries, _ in read.values()) == 22
    # Five are in Dublin Core, which is not asked for.
    assert sum(problems for _, problems in read.values()) == 5


@given(st.binary())
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(UnreadableDocument):
        parse_archive(body)


@example(SPLIT, 40, 53, "")  # the root loses its name
@given(st.sampled_from([SPLIT, RAW]), st.integers(0, 2_500), st.integers(0, 60), st.text())
def test_a_damaged_page_is_read_or_refused(
    sample: bytes, at: int, removed: int, inserted: str
) -> None:
    text = sample.decode()
    damaged = text[:at] + inserted + text[at + removed :]

    with contextlib.suppress(UnreadableDocument):
        parse_archive(damaged.encode("utf-8", "surrogatepass"))
