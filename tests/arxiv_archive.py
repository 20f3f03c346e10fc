"""arXiv's OAI-PMH archive over a list of invented papers: sets, days, pages and their tokens."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.arxiv_documents import Preprint, archive_error, archive_record, is_in_set

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIXES = ("arXiv", "arXivRaw")


class Archive:
    """Answer ListRecords and GetRecord.

    Args:
        papers: By number; what is added later is found too.
        page_size: How many records a page has.
    """

    def __init__(self, papers: Mapping[str, Preprint], page_size: int) -> None:
        self._papers = papers
        self._page_size = page_size
        self._tokens: dict[str, tuple[str, list[Preprint]]] = {}
        self._given_out = 0

    def expire_tokens(self) -> None:
        self._tokens.clear()

    def answer(self, asked: Mapping[str, str], *, keep: int | None) -> str:
        """Write what stands inside of the answer.

        Args:
            asked: The arguments of the request.
            keep: How many records of a page are sent, which is a fault; None is all of them.
        """
        verb, token = asked.get("verb", ""), asked.get("resumptionToken")
        if verb not in {"ListRecords", "GetRecord"}:
            return archive_error("badVerb", f"illegal verb: {verb}")
        if token is not None:
            return self._go_on(token, keep=keep, is_alone=len(asked) == 2)
        prefix = asked.get("metadataPrefix", "")
        if prefix not in _PREFIXES:
            return archive_error("cannotDisseminateFormat", f"no such format: {prefix}")
        if verb == "GetRecord":
            return self._get(asked.get("identifier", ""), prefix)
        if papers := self._find(asked):
            return self._page(prefix, papers, keep=keep, is_first=True)
        return archive_error("noRecordsMatch", "no records match")

    def _go_on(self, token: str, *, keep: int | None, is_alone: bool) -> str:
        if token not in self._tokens or not is_alone:  # beside the verb: OAI-PMH 2.0, 3.5
            return archive_error("badResumptionToken", "token is invalid or expired")
        return self._page(*self._tokens[token], keep=keep, is_first=False)

    def _get(self, identifier: str, prefix: str) -> str:
        paper = self._papers.get(identifier.removeprefix("oai:arXiv.org:"))
        if paper is None:
            return archive_error("idDoesNotExist", f"no such identifier: {identifier}")
        return f"<GetRecord>\n{archive_record(paper, prefix)}</GetRecord>\n"

    def _find(self, asked: Mapping[str, str]) -> list[Preprint]:
        since = date.fromisoformat(asked.get("from", "1991-01-01"))
        until = date.fromisoformat(asked.get("until", "2099-12-31"))
        found = [
            paper
            for paper in self._papers.values()
            if since <= paper.changed_on <= until
            and ("set" not in asked or is_in_set(paper, asked["set"]))
        ]
        return sorted(found, key=lambda paper: (paper.changed_on, paper.number))

    def _page(
        self, prefix: str, papers: list[Preprint], *, keep: int | None, is_first: bool
    ) -> str:
        page, rest = papers[: self._page_size], papers[self._page_size :]
        records = "".join(archive_record(paper, prefix) for paper in page[:keep])
        token = "" if is_first else "<resumptionToken/>\n"  # how the last of several pages ends
        if rest:
            self._given_out += 1
            name = f"6511765|{self._given_out}"
            self._tokens[name] = (prefix, rest)
            token = f"<resumptionToken>{name}</resumptionToken>\n"
        return f"<ListRecords>\n{records}{token}</ListRecords>\n"
