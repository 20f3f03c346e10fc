"""Check a draft and its links before it is published; fix what can be fixed safely."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from papertrack.commands.draft import DraftFile, read_file, replace as replace_file
from papertrack.commands.sources import read_status
from papertrack.core.drafts.check import (
    CheckedItem,
    DraftOutline,
    Finding,
    Link,
    check_item,
    check_text,
    find_repeated_works,
    outline,
)
from papertrack.core.drafts.document import rows_of
from papertrack.core.drafts.merge import plain_text
from papertrack.core.judging.journal import set_issue_text, set_note
from papertrack.core.judging.notes import DEADLINE, LABELS, LINE, TEASER
from papertrack.core.text.borrowed_titles import shown_title
from papertrack.core.works.identity import names_of
from papertrack.errors import StorageFull
from papertrack.storage import http_cache, issues, items, journal, journal_read
from papertrack.storage.versions import list_versions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from papertrack.commands.compose import Draft, Recipe
    from papertrack.config.schema import DigestConfig
    from papertrack.core.judging.journal import Statement
    from papertrack.net.client import Client
    from papertrack.storage.http_cache import LinkAnswer

_JOBS = 8
_GOOD_FOR, _BAD_FOR = timedelta(days=7), timedelta(days=1)
_OK = 200
# Answers that servers give to programs for pages that people can open.
_NOT_FOR_PROGRAMS = frozenset({401, 402, 403, 405, 406, 418, 429, 451, 999})
_ARXIV = (
    "arxiv.org",
    ".arxiv.org",
)  # not asked: it wants programs to use its API, and its papers do not vanish


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
    """Find broken links.

    Args:
        db: The database, which caches the answers: good ones for a week, others for a day.
        links: The links of the draft; those to arXiv are skipped.
        contact: From the config, for the User-Agent; may be empty.
        now: The current time.
        allow_private_network: Whether private addresses may be asked.
    """
    wanted = list(dict.fromkeys(link.target for link in links if _is_asked(link.target)))
    answers = http_cache.read_answers(db, wanted)
    due = [url for url in wanted if _is_due(answers.get(url), now)]
    if due:
        asked = asyncio.run(_ask(due, contact, allow_private_network=allow_private_network))
        http_cache.write_answers(db, [(one.url, one.status, one.error) for one in asked], now)
        answers = http_cache.read_answers(db, wanted)
    return [
        Finding("dead-link", f"{link.target} {said}", "fix the link", line=link.line)
        for link in links
        if (said := _problem(answers.get(link.target)))
    ]


def _is_asked(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme in {"http", "https"} and not f".{host}".endswith(_ARXIV[1])


def _is_due(answer: LinkAnswer | None, now: datetime) -> bool:
    if answer is None:
        return True
    return now - answer.checked_at >= (_BAD_FOR if _problem(answer) else _GOOD_FOR)


def _problem(answer: LinkAnswer | None) -> str | None:
    if answer is None or answer.status == _OK or answer.status in _NOT_FOR_PROGRAMS:
        return None
    return f"answers {answer.status}" if answer.status else f"cannot be reached: {answer.error}"


async def _ask(urls: Sequence[str], contact: str, *, allow_private_network: bool) -> list[_Asked]:
    from papertrack.net.client import Client, user_agent  # noqa: PLC0415  # 150 ms, only to ask

    async with Client(user_agent=user_agent(contact), jobs=_JOBS) as client:
        return await asyncio.gather(
            *(_ask_one(client, url, allow_private_network=allow_private_network) for url in urls)
        )


async def _ask_one(client: Client, url: str, *, allow_private_network: bool) -> _Asked:
    from papertrack.errors import DownloadError  # noqa: PLC0415  # as above
    from papertrack.net.client import HttpError, Request  # noqa: PLC0415  # as above

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


_JUDGEMENT_VERBS = frozenset({"rate", "note", "state"})
_MARKDOWN = frozenset({*LABELS, LINE, TEASER, "background", "credit", "parts"})


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of a check.

    Attributes:
        findings: The problems that remain.
        links: The links of the text, for `check_links`.
        fixed: The problems that were fixed.
    """

    findings: tuple[Finding, ...]
    links: tuple[Link, ...]
    fixed: tuple[Finding, ...] = ()


def check(
    db: sqlite3.Connection,
    style: DigestConfig,
    draft: Draft,
    recipe: Recipe,
    *,
    path: Path | None,
    now: dt.datetime,
) -> Checked:
    """Check a draft and what it is made of.

    Args:
        db: The database.
        style: The config's ``[digest]``.
        draft: The draft as generated now.
        recipe: The options it was made with.
        path: Its file, checked with its edits; None to check the generated text.
        now: The current time.
    """
    text = _text(db, draft, path)
    seen = outline(text)
    numbers = journal_read.items_of(
        db,
        [span.subject for span in draft.spans if span.is_of_item],
    )
    candidates = [_candidate(db, number) for number in numbers]
    findings = [
        finding
        for candidate in candidates
        for finding in check_item(candidate, day=recipe.day, text=text)
    ]
    findings += _expired(db, draft)
    findings += _linked_before(db, seen, {*numbers})
    findings += check_text(text, seen, keeps_math=style.math == "keep")
    findings += find_repeated_works(seen, _card_lines(draft, text))
    findings += _not_covered(db, recipe, now)
    return Checked(tuple(findings), seen.links)


def apply_fixes(
    db: sqlite3.Connection, checked: Checked, draft: Draft, *, path: Path | None, now: dt.datetime
) -> Checked:
    """Fix what can be fixed safely, in the notes and in the draft's file.

    Args:
        db: The database.
        checked: The result of `check`.
        draft: The draft that was checked.
        path: Its file; None if there is none.
        now: The current time.

    Raises:
        HandEdited: The file was changed in the meantime.
        StorageFull: The file cannot be written.
    """
    fixes = dict.fromkeys(finding.fix for finding in checked.findings if finding.fix)
    if not fixes:
        return checked
    statements = list(_fixed_notes(db, draft, list(fixes)))
    if statements:
        journal.append(db, statements, now)
    file = read_file(db, path) if path is not None else None
    if file is not None and file.body is not None and file.base is not None:
        _fix_file(file, list(fixes))
    return Checked(
        findings=tuple(finding for finding in checked.findings if not finding.fix),
        links=checked.links,
        fixed=tuple(finding for finding in checked.findings if finding.fix),
    )


def _text(db: sqlite3.Connection, draft: Draft, path: Path | None) -> str:
    """Read the edited file; without edits use the generated text."""
    if path is None or not path.is_file():
        return draft.text
    file = read_file(db, path)
    return plain_text(file.text) if file.base is not None and file.is_edited else draft.text


def _candidate(db: sqlite3.Connection, number: int) -> CheckedItem:
    said = [
        event.at for event in journal_read.item_events(db, number) if event.verb in _JUDGEMENT_VERBS
    ]
    return CheckedItem(
        item=items.read_item(db, number),
        judged_at=max(said, default=None),
        versions=list_versions(db, number),
        issues=issues.issues_of(db, number),
    )


def _expired(db: sqlite3.Connection, draft: Draft) -> Iterator[Finding]:
    """Name the opportunities that would be in the draft if their deadline had not passed."""
    for item in items.read_items(db, draft.expired):
        what = f"ended on {item.judgement.notes.get(DEADLINE)} and is left out"
        todo = f"run: papertrack edit {item.id}"
        yield Finding("deadline", what, todo, item.id, shown_title(item))


def _linked_before(
    db: sqlite3.Connection, seen: DraftOutline, numbers: set[int]
) -> Iterator[Finding]:
    """Find links to works that went out before and are not among the items of the draft."""
    told: set[int] = set()
    for link in seen.links:
        names = names_of(link.target)
        number = items.find_item(db, names) if names else None
        if number is None or number in numbers | told:
            continue
        told.add(number)
        if printed := issues.issues_of(db, number):
            title = shown_title(items.read_item(db, number))
            what = f"was already in issue {printed[-1]} and is linked here"
            todo = "remove it, or say why you print it again"
            yield Finding("sent-before", what, todo, number, title, link.line)


def _card_lines(draft: Draft, text: str) -> list[int]:
    """Tell where cards begin in the text that is checked, as far as they begin as printed."""
    firsts: dict[str, str] = {}
    for row in rows_of(draft.text, draft.spans):
        if row.owner:
            firsts.setdefault(row.owner, row.lines[0])
    known = {*firsts.values()}
    return [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if line in known or line.startswith("#")
    ]


def _not_covered(db: sqlite3.Connection, recipe: Recipe, now: dt.datetime) -> Iterator[Finding]:
    """Name the days of the issue on which a source of arXiv was not read."""
    zone = recipe.window.until.tzinfo or dt.UTC
    first, last = recipe.window.since.date(), recipe.window.until.date()
    days = max(1, (now.astimezone(zone).date() - first).days + 1)
    status = read_status(db, now, zone, days=days)
    batched = {one.source.slug for one in status.sources if one.source.has_batches}
    for need in status.needs:
        if need.source not in batched or need.since is None or need.until is None:
            continue
        if need.since <= last and need.until >= first:
            what = _days(need.source, need.since, need.until, need.what)
            yield Finding("not-covered", what, need.todo)


def _days(source: str | None, since: dt.date, until: dt.date, what: str) -> str:
    days = f"{since}" if since == until else f"{since} to {until}"
    return f"{source} is missing {days} ({what})"


def _fixed_notes(
    db: sqlite3.Connection, draft: Draft, fixes: Sequence[tuple[str, str]]
) -> Iterator[Statement]:
    subjects = dict.fromkeys(span.subject for span in draft.spans)
    for subject in subjects:
        for number in journal_read.items_of(db, [subject]):
            for field, text in items.read_item(db, number).judgement.notes.items():
                mended = _with_fixes(text, fixes)
                if field in _MARKDOWN and mended != text:
                    yield set_note(subject, field, mended)
    for field, text in issues.read_texts(db, draft.issue).items():
        mended = _with_fixes(text, fixes)
        if mended != text:
            yield set_issue_text(draft.issue, field, mended)


def _fix_file(file: DraftFile, fixes: Sequence[tuple[str, str]]) -> None:
    mended = _with_fixes(file.text, fixes)
    if mended == file.text:
        return
    try:
        replace_file(file, mended)
    except OSError as error:
        message = f"cannot write {file.path}: {error.strerror}"
        raise StorageFull(message, hint="fix its permissions") from error


def _with_fixes(text: str, fixes: Sequence[tuple[str, str]]) -> str:
    for old, new in fixes:
        if old.startswith("http"):
            end = r"(?=[\s<>()\[\]\"'`.,;:!?*_]|$)"
            text = re.sub(re.escape(old) + end, new.replace("\\", r"\\"), text)
        else:
            text = text.replace(old, new)
    return text
