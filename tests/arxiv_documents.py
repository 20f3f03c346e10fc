"""Invented papers, written the way arXiv's three services write them.

The shapes are those of the real documents: the daily Atom feed, OAI-PMH with ``arXiv`` and
``arXivRaw`` records, and the API's Atom.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EASTERN = ZoneInfo("America/New_York")
LICENCE = "http://creativecommons.org/licenses/by/4.0/"

_GROUP_OF_PHYSICS = re.compile(
    r"astro-ph|cond-mat|gr-qc|hep-(?:ex|lat|ph|th)|math-ph|nlin|nucl-(?:ex|th)|physics|quant-ph"
)
_ATOM = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">\n'
)
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


@dataclass(frozen=True)
class Preprint:
    """A paper as arXiv knows it.

    Attributes:
        number: The identifier without version; take one that cannot exist (``2611.99901``).
        versions: When each version was submitted, oldest first, in UTC.
        authors: Forenames and keyname of each; forenames may be empty.
        categories: The primary one first.
        datestamp: The day of the archive's last change; None is the day after the last version.
    """

    number: str
    title: str = "A paper"
    versions: tuple[datetime, ...] = (datetime(2026, 11, 19, 14, 30, tzinfo=UTC),)
    abstract: str = "An abstract about circuits."
    authors: tuple[tuple[str, str], ...] = (("Ada", "Example"), ("Ben", "Sample"))
    categories: tuple[str, ...] = ("cs.LG", "cs.AI")
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    licence: str = LICENCE
    datestamp: date | None = None
    withdrawn: bool = False

    @property
    def version(self) -> int:
        return len(self.versions)

    @property
    def changed_on(self) -> date:
        return self.datestamp or self.versions[-1].date() + timedelta(days=1)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(" ".join(filter(None, author)) for author in self.authors)

    def revised(
        self,
        at: datetime,
        *,
        title: str | None = None,
        comment: str | None = None,
        withdrawn: bool = False,
    ) -> Preprint:
        """Return it with one version more, submitted at `at`; None leaves a text as it was."""
        return replace(
            self,
            versions=(*self.versions, at),
            title=title or self.title,
            comment=comment or self.comment,
            withdrawn=withdrawn,
        )

    def as_of(self, version: int) -> Preprint:
        """Return it as it was at a version."""
        return replace(self, versions=self.versions[:version])


def set_spec(category: str) -> str:
    """Name the set of the archive that holds a category: ``cs:cs:LG``, ``physics:hep-th``."""
    archive, _, subject = category.partition(".")
    group = "physics" if _GROUP_OF_PHYSICS.fullmatch(archive) else archive
    parts = (group, archive, subject) if subject else (group, archive)
    return ":".join(parts)


def is_in_set(paper: Preprint, name: str) -> bool:
    """Whether a set, which may be a whole group or archive, holds a paper."""
    specs = map(set_spec, paper.categories)
    return any(spec == name or spec.startswith(f"{name}:") for spec in specs)


def announce_type(paper: Preprint, asked: Sequence[str]) -> str:
    """Say how the feed of the asked categories announces a paper: relative to those."""
    home = paper.categories[0].lower()
    is_home = home in asked or home.partition(".")[0] in asked
    if paper.version > 1:
        return "replace" if is_home else "replace-cross"
    return "new" if is_home else "cross"


def feed(
    query: str, day: date, announced: Iterable[tuple[Preprint, str]], built_at: datetime
) -> str:
    """Write a day's feed; every paper is published at Eastern midnight of the day."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=EASTERN).isoformat()
    built = built_at.isoformat()
    head = (
        f"{_ATOM}<id>http://rss.arxiv.org/atom/{escape(query)}</id>"
        f"<title>{escape(query)} updates on arXiv.org</title><updated>{built}</updated>"
        f"<subtitle>{escape(query)} updates on the arXiv.org e-print archive.</subtitle>\n"
    )
    return head + "".join(_announcement(*one, midnight, built) for one in announced) + "</feed>\n"


def feed_error(query: str) -> str:
    """Write what the feed answers, with 400, when there is no such category."""
    return (
        f"{_ATOM}<title>Feed error for query: {escape(query)}</title>"
        f"<subtitle>Bad archive '{escape(query)}'.</subtitle></feed>\n"
    )


def _announcement(paper: Preprint, kind: str, midnight: str, built: str) -> str:
    return (
        f"<entry><id>oai:arXiv.org:{paper.number}v{paper.version}</id>"
        f"<title>{escape(paper.title)}</title><updated>{built}</updated>"
        f'<link href="https://arxiv.org/abs/{paper.number}" rel="alternate" type="text/html"/>'
        f"<summary>arXiv:{paper.number}v{paper.version} Announce Type: {kind} \n"
        f"Abstract: {escape(paper.abstract)}</summary>"
        + "".join(f"<category term={quoteattr(code)}/>" for code in paper.categories)
        + f"<published>{midnight}</published><arxiv:announce_type>{kind}</arxiv:announce_type>"
        f"<dc:rights>{escape(paper.licence)}</dc:rights>"
        + _element("arxiv:DOI", paper.doi)
        + _element("arxiv:journal_reference", paper.journal_ref)
        + f"<dc:creator>{escape(', '.join(paper.names))}</dc:creator></entry>\n"
    )


def api_page(
    query: str, papers: Iterable[Preprint], *, start: int, size: int, total: int, at: datetime
) -> str:
    """Write a page of the API's results."""
    return (
        f"{_ATOM}<id>https://arxiv.org/api/x</id><title>arXiv Query: {escape(query)}</title>"
        f"<updated>{_stamp(at)}</updated>"
        f"<opensearch:itemsPerPage>{size}</opensearch:itemsPerPage>"
        f"<opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>\n"
        + "".join(map(_result, papers))
        + "</feed>\n"
    )


def api_error(reason: str, *, at: datetime) -> str:
    """Write the one entry called "Error" that comes with 400."""
    place = f"https://arxiv.org/api/errors#{reason.replace(' ', '_')}"
    return (
        f"{_ATOM}<id>https://arxiv.org/</id><title>arXiv Search Results</title>"
        f"<updated>{_stamp(at)}</updated><opensearch:itemsPerPage>1</opensearch:itemsPerPage>"
        "<opensearch:totalResults>1</opensearch:totalResults>"
        "<opensearch:startIndex>0</opensearch:startIndex>"
        f"<entry><id>{escape(place)}</id><title>Error</title><updated>{_stamp(at)}</updated>"
        f"<link href={quoteattr(place)} rel='alternate' type='text/html'/>"
        f"<summary>{escape(reason)}</summary><author><name>arXiv api core</name></author></entry>"
        "</feed>\n"
    )


def _result(paper: Preprint) -> str:
    name = f"{paper.number}v{paper.version}"
    return (
        f"<entry><id>http://arxiv.org/abs/{name}</id><title>{escape(paper.title)}</title>"
        f"<updated>{_stamp(paper.versions[-1])}</updated>"
        f'<link href="https://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>'
        f'<link href="https://arxiv.org/pdf/{name}" rel="related" type="application/pdf"/>'
        f"<summary>{escape(paper.abstract)}</summary>"
        + "".join(
            f'<category term={quoteattr(code)} scheme="http://arxiv.org/schemas/atom"/>'
            for code in paper.categories
        )
        + f"<published>{_stamp(paper.versions[0])}</published>"
        + _element("arxiv:comment", paper.comment)
        + f"<arxiv:primary_category term={quoteattr(paper.categories[0])}/>"
        + _element("arxiv:journal_ref", paper.journal_ref)
        + "".join(f"<author><name>{escape(name)}</name></author>" for name in paper.names)
        + _element("arxiv:doi", paper.doi)
        + "</entry>\n"
    )


def archive_answer(verb: str, inside: str, *, at: datetime) -> str:
    """Write an OAI-PMH answer around its records or its error."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" {_XSI}>\n'
        f"<responseDate>{_stamp(at)}</responseDate>\n"
        f"<request verb={quoteattr(verb)}>https://oaipmh.arxiv.org/oai</request>\n"
        f"{inside}</OAI-PMH>\n"
    )


def archive_error(code: str, reason: str) -> str:
    return f'<error code="{code}">{escape(reason)}</error>\n'


def archive_record(paper: Preprint, prefix: str) -> str:
    """Write a record under the metadata prefix ``arXiv`` or ``arXivRaw``."""
    sets = "".join(f"<setSpec>{set_spec(code)}</setSpec>" for code in paper.categories)
    inside = _raw(paper) if prefix == "arXivRaw" else _split(paper)
    return (
        f"<record>\n<header><identifier>oai:arXiv.org:{paper.number}</identifier>"
        f"<datestamp>{paper.changed_on}</datestamp>{sets}</header>\n<metadata>\n"
        f'<{prefix} xmlns="http://arxiv.org/OAI/{prefix}/" {_XSI}><id>{paper.number}</id>'
        f"{inside}</{prefix}>\n</metadata>\n</record>\n"
    )


def _split(paper: Preprint) -> str:
    updated = paper.versions[-1].date().isoformat() if paper.version > 1 else None
    people = "".join(
        f"<author>{_element('keyname', key)}{_element('forenames', fore)}</author>"
        for fore, key in paper.authors
    )
    return (
        f"<created>{paper.versions[0].date()}</created>{_element('updated', updated)}"
        f"<authors>{people}</authors>{_described(paper)}"
    )


def _raw(paper: Preprint) -> str:
    versions = "".join(
        f'<version version="v{number}"><date>{format_datetime(at, usegmt=True)}</date>'
        + (
            "<size>0kb</size><source_type>I</source_type>"
            if paper.withdrawn and number == paper.version
            else "<size>526kb</size><source_type>D</source_type>"
        )
        + "</version>"
        for number, at in enumerate(paper.versions, start=1)
    )
    people = _element("authors", ", ".join(paper.names))
    return f"<submitter>Ada Example</submitter>{versions}{people}{_described(paper)}"


def _described(paper: Preprint) -> str:
    return (
        f"<title>{escape(paper.title)}</title>"
        f"<categories>{' '.join(paper.categories)}</categories>"
        + _element("comments", paper.comment)
        + _element("journal-ref", paper.journal_ref)
        + _element("doi", paper.doi)
        + f"<license>{escape(paper.licence)}</license>"
        f"<abstract>  {escape(paper.abstract)}\n</abstract>"
    )


def _element(name: str, text: str | None) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
