"""Ask whether the links of a draft still work: a few at a time, and not again for a week."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from papertrack.core.drafts.check import Finding
from papertrack.storage import link_checks

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from papertrack.core.drafts.check_text import Link
    from papertrack.net.client import Client
    from papertrack.storage.link_checks import Answer

_JOBS = 8
_GOOD_FOR, _BAD_FOR = timedelta(days=7), timedelta(days=1)
_OK = 200
# What servers say to programs about pages that they show to people.
_NOT_FOR_PROGRAMS = frozenset({401, 402, 403, 405, 406, 418, 429, 451, 999})
_ARXIV = ("arxiv.org", ".arxiv.org")  # asks programs to keep to its API; its papers stay


@dataclass(frozen=True, slots=True)
class _Asked:
    url: str
    status: int | None
    error: str | None


def check_links(
    db: sqlite3.Connection,
    links: Sequence[Link],
    *,
    contact: str,
    now: datetime,
    allow_private_network: bool = False,
) -> list[Finding]:
    """Find the links that lead to no page.

    Args:
        db: The database, which remembers the answers: good ones for a week, others for a day.
        links: The links of the draft. Those to arXiv are not asked for.
        contact: From the config, for the User-Agent; may be empty.
        now: The present.
        allow_private_network: Whether private addresses may be asked.
    """
    wanted = list(dict.fromkeys(link.target for link in links if _is_asked(link.target)))
    answers = link_checks.read_answers(db, wanted)
    due = [url for url in wanted if _is_due(answers.get(url), now)]
    if due:
        asked = asyncio.run(_ask(due, contact, allow_private_network=allow_private_network))
        link_checks.write_answers(db, [(one.url, one.status, one.error) for one in asked], now)
        answers = link_checks.read_answers(db, wanted)
    return [
        Finding("dead-link", f"{link.target} {said}", "mend the link", line=link.line)
        for link in links
        if (said := _fault(answers.get(link.target)))
    ]


def _is_asked(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme in {"http", "https"} and not f".{host}".endswith(_ARXIV[1])


def _is_due(answer: Answer | None, now: datetime) -> bool:
    if answer is None:
        return True
    return now - answer.checked_at >= (_BAD_FOR if _fault(answer) else _GOOD_FOR)


def _fault(answer: Answer | None) -> str | None:
    if answer is None or answer.status == _OK or answer.status in _NOT_FOR_PROGRAMS:
        return None
    return f"answers {answer.status}" if answer.status else f"cannot be had: {answer.error}"


async def _ask(urls: Sequence[str], contact: str, *, allow_private_network: bool) -> list[_Asked]:
    from papertrack.net.client import Client, user_agent  # noqa: PLC0415  # 150 ms, only to ask

    async with Client(user_agent=user_agent(contact), jobs=_JOBS) as client:
        return await asyncio.gather(
            *(_ask_one(client, url, allow_private_network=allow_private_network) for url in urls)
        )


async def _ask_one(client: Client, url: str, *, allow_private_network: bool) -> _Asked:
    from papertrack.errors import DownloadError  # noqa: PLC0415  # as above
    from papertrack.net.messages import HttpError, Request  # noqa: PLC0415  # as above

    request = Request(
        url, accept="text/html, */*;q=0.5", allow_private_network=allow_private_network
    )
    try:
        await client.get(request)
    except HttpError as error:
        return _Asked(url, error.status, None)
    except DownloadError as error:
        return _Asked(url, None, error.what)
    return _Asked(url, _OK, None)
