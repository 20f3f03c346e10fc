"""Publish and unpublish issues, store their texts, and find news about their works."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.commands.compose import read_recipe
from papertrack.commands.draft import (
    DraftFile,
    citation_keys_for,
    read_file,
    readable_text,
    replace as replace_file,
    unresolved,
)
from papertrack.commands.import_issue import area_named, match_published, printed_item, read_digest
from papertrack.core.digest.issue import read_issue_card, read_text
from papertrack.core.digest.ledger import (
    FollowUp,
    PublishedIssue,
    as_first_printed,
    check_name,
    follow_up,
    set_published,
    set_unpublished,
    without_repeats,
)
from papertrack.core.drafts.document import strip_anchors
from papertrack.core.drafts.merge import has_conflicts, plain_text
from papertrack.core.imports.markdown import ImportedItem
from papertrack.core.judging.journal import set_issue_text
from papertrack.core.judging.notes import LABELS, LINE, TITLE
from papertrack.core.kinds import State
from papertrack.core.text import markdown
from papertrack.core.text.borrowed_titles import printed_or_borrowed, shown_title
from papertrack.core.text.clean import typed
from papertrack.core.text.spans import CARD
from papertrack.errors import HandEdited, StorageFull, UsageError
from papertrack.storage import issues, items, journal, journal_read
from papertrack.storage.database import transaction
from papertrack.storage.sources import list_areas

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime, tzinfo

    from papertrack.core.digest.ledger import PrintedItem
    from papertrack.core.records import Item
    from papertrack.storage.sources import Area


def write_texts(
    db: sqlite3.Connection, issue: str, texts: Mapping[str, str], now: datetime
) -> list[str]:
    """Store texts of an issue in the journal, as one undo step.

    Args:
        db: The database.
        issue: Its name, ``2026-W47``.
        texts: By field; an empty text removes one.
        now: The current time.

    Returns:
        The changed fields.

    Raises:
        UsageError: A field or a value is invalid; nothing was stored.
    """
    said = {name.replace("-", "_"): typed(read_text(name, text)) for name, text in texts.items()}
    with transaction(db):
        before = issues.read_texts(db, issue)
        changed = [field for field, text in said.items() if text != before.get(field, "")]
        if changed:
            journal.append(
                db, [set_issue_text(issue, field, said[field]) for field in changed], now
            )
    return changed


def store_issue_card(
    db: sqlite3.Connection, issue: str, *, opened: str, edited: str, now: datetime
) -> list[str]:
    """Store what the author changed in the card of an issue, as one undo step.

    Args:
        db: The database.
        issue: Its name.
        opened: The card before editing; only differences from it are stored.
        edited: The card as the author left it.
        now: The current time.

    Returns:
        The changed fields.

    Raises:
        UsageError: The card cannot be read; nothing was stored.
    """
    before = read_issue_card(opened)
    after = read_issue_card(edited)
    texts = {field: text for field, text in after.items() if text != before.get(field, "")}
    return write_texts(db, issue, texts, now)


_PHRASE_WORDS = 4  # words in a row; shorter phrases occur in any text
_TEXT_FIELDS = frozenset({*LABELS, LINE, TITLE})


@dataclass(frozen=True, slots=True)
class Published:
    """A published issue.

    Attributes:
        file: The published file, as read.
        items: How many works it has.
        left_out: Titles of drafted works that the file no longer names; they stay for the next
            issue.
        is_known: It was published with the same text before; nothing was stored.
    """

    issue: str
    file: DraftFile
    items: int
    left_out: tuple[str, ...]
    is_known: bool = False


def find_draft(db: sqlite3.Connection, target: str, folder: Path) -> Path:
    """Find the file of a draft.

    Args:
        db: The database.
        target: A path, or the name of an issue.
        folder: Where drafts are.

    Raises:
        UsageError: There is no such file.
    """
    path = Path(target)
    if path.is_file():
        return path.resolve()
    written = issues.newest_path(db, target)
    found = next(filter(Path.is_file, [Path(written or "."), folder / f"{target}.md"]), None)
    if found is None:
        message = f"there is no draft {target}"
        raise UsageError(message, hint="write one with papertrack draft, or give its path")
    return found.resolve()


def publish(  # noqa: PLR0913  # facts that a file may not contain
    db: sqlite3.Connection,
    path: Path,
    *,
    now: datetime,
    zone: tzinfo,
    issue: str | None = None,
    day: date | None = None,
    again: bool = False,
) -> Published:
    """Record an issue as published: its text, its works, and their ratings as printed.

    Args:
        db: The database.
        path: The published file.
        now: The current time.
        zone: The author's time zone.
        issue: Its name; None for that of the draft.
        day: Its date; None to read it from its title, else today.
        again: Replace what was published under this name.

    Raises:
        UsageError: The file is not a draft and has no name, is not UTF-8, or the issue is already
            published with another text.
        HandEdited: The file contains a conflict.
    """
    file = read_file(db, path)
    if has_conflicts(file.text):
        raise unresolved(path)
    text = strip_anchors(plain_text(readable_text(file)))
    slug = check_name(issue) if issue else (file.base.issue if file.base else None)
    if slug is None:
        message = f"{path} is not a papertrack draft"
        raise UsageError(message, hint="name the issue with --issue 2026-W47")
    with transaction(db):
        before = issues.read_issue(db, slug)
        is_known = before is not None and plain_text(before.text) == text
        if before is not None and not is_known and not again:
            message = f"{slug} is already published with a different text"
            raise UsageError(message, hint="replace it with --again, or give another --issue")
        digest = read_digest(db, text)
        named = without_repeats(_printed(db, text, digest.items, file, slug, before))
        printed = as_first_printed(_with_keys(db, named), before)
        if not is_known:
            own_day = day or digest.day or (before.day if before else now.astimezone(zone).date())
            until = _window_end(file, now, zone)
            published = PublishedIssue(
                slug, digest.title or slug, own_day, now, until, text, printed
            )
            journal.append(db, [set_published(published)], now)
    subjects = {item.subject for item in printed}
    return Published(
        issue=slug,
        file=file,
        items=len(subjects),
        left_out=tuple(_titles(db, _drafted(file) - subjects)),
        is_known=is_known,
    )


def remove_anchors(published: Published) -> None:
    """Take the anchors out of the file that was published.

    Raises:
        HandEdited: The file was changed since it was read; it was left as it is.
        StorageFull: The file cannot be written.
    """
    file = published.file
    text = strip_anchors(file.text)
    if text == file.text:
        return
    try:
        replace_file(file, text)
    except HandEdited as error:
        message = (
            f"{published.issue} is published as {file.path} was read; "
            "the file was changed meanwhile and keeps its anchors"
        )
        hint = f"to publish it as it is now: papertrack publish {file.path} --again"
        raise HandEdited(message, hint=hint) from error
    except OSError as error:
        message = (
            f"{published.issue} is published, but {file.path} keeps its anchors: {error.strerror}"
        )
        raise StorageFull(message, hint="fix its permissions and publish it again") from error


def unpublish(db: sqlite3.Connection, slug: str, now: datetime) -> int:
    """Record that an issue was not published after all; its works return to the next draft.

    Returns:
        How many works it had.

    Raises:
        UsageError: No such issue was published.
    """
    with transaction(db):
        lines = issues.read_lines(db, slug)
        if issues.read_issue_text(db, slug) is None:
            message = f"no issue {slug} was published"
            raise UsageError(message, hint="papertrack issues lists those that were")
        journal.append(db, [set_unpublished(slug)], now)
    return len({line.item for line in lines})


def _window_end(file: DraftFile, now: datetime, zone: tzinfo) -> datetime:
    """Find the end of the window that a file covers; later judgements are not in it."""
    recipe = read_recipe(file.base.recipe, zone) if file.base else None
    return min(now, recipe.window.until) if recipe else now


def _printed(
    db: sqlite3.Connection,
    text: str,
    read: Sequence[ImportedItem],
    file: DraftFile,
    slug: str,
    before: PublishedIssue | None,
) -> Iterator[PrintedItem]:
    """List the drafted works that the file still names, and kept works that the author added."""
    drafted = _drafted(file)
    known = drafted | {item.subject for item in before.items} if before else drafted
    areas = list_areas(db)
    found: set[str] = set()
    for printed in read:
        for named in _names(printed):
            number = match_published(db, named)
            if number is None:
                continue
            item = items.read_item(db, number)
            subject = journal_read.subject_of(db, number)
            if subject in known or _may_be_new(db, item, slug):
                found.add(subject)
                yield printed_item(db, number, _area(areas, named, item), named)
    for subject in sorted(drafted - found):
        for number in journal_read.items_of(db, [subject]):
            item = items.read_item(db, number)
            if _is_named_in(text, item) or _keeps_a_phrase(text, file, subject):
                named = ImportedItem(0, None, printed_or_borrowed(item), item.url)
                yield printed_item(db, number, _area(areas, named, item), named)


def _with_keys(db: sqlite3.Connection, printed: Sequence[PrintedItem]) -> tuple[PrintedItem, ...]:
    """Assign each work its permanent citation key."""
    numbers = {
        one.subject: number
        for one in printed
        for number in journal_read.items_of(db, [one.subject])
    }
    keys = citation_keys_for(db, items.read_items(db, list(dict.fromkeys(numbers.values()))))
    return tuple(replace(one, key=keys.get(numbers.get(one.subject, 0))) for one in printed)


def _names(printed: ImportedItem) -> Iterator[ImportedItem]:
    """Yield the work, and the works that its text links to."""
    yield printed
    for url in printed.links:
        if url != printed.url:
            yield ImportedItem(printed.line, printed.section, None, url)


def _may_be_new(db: sqlite3.Connection, item: Item, slug: str) -> bool:
    """Return whether a work added by hand belongs to this issue: kept, and in no other issue."""
    others = [issue for issue in issues.issues_of(db, item.id) if issue != slug]
    return item.state is State.KEPT and not others


def _drafted(file: DraftFile) -> set[str]:
    """List the subjects of the works in the generated draft."""
    spans = file.base.spans if file.base else ()
    return {span.subject for span in spans if span.field == CARD}


def _area(areas: list[Area], printed: ImportedItem, item: Item) -> str:
    """Find the area a work was printed in: its section's, else that of its best rating."""
    slug = area_named(areas, printed.section)
    if slug is not None:
        return slug
    best = max(item.judgement.ratings, key=lambda rating: rating.halves or 0, default=None)
    return best.area if best else ""


def _is_named_in(text: str, item: Item) -> bool:
    titles = (item.printed_title, shown_title(item))
    marks = (item.url, *titles, *map(markdown.escape, titles))
    return any(mark and mark in text for mark in marks)


def _keeps_a_phrase(text: str, file: DraftFile, subject: str) -> bool:
    """Return whether the file still has a few words in a row of the draft's text on a work."""
    base = file.base
    if base is None:
        return False
    for span in base.spans:
        is_told = span.subject == subject and span.field in _TEXT_FIELDS
        words = base.text[span.start : span.end].split() if is_told else []
        runs = (
            " ".join(words[at : at + _PHRASE_WORDS]) for at in range(len(words) - _PHRASE_WORDS + 1)
        )
        if any(run in text for run in runs):
            return True
    return False


def _titles(db: sqlite3.Connection, subjects: set[str]) -> Iterator[str]:
    for number in journal_read.items_of(db, sorted(subjects)):
        yield shown_title(items.read_item(db, number))


def read_issue(db: sqlite3.Connection, slug: str) -> str:
    """Read the text of a published issue.

    Raises:
        UsageError: No such issue was published.
    """
    text = issues.read_issue_text(db, slug)
    if text is None:
        message = f"no issue {slug} was published"
        raise UsageError(message, hint="papertrack issues lists those that were")
    return text


def compare(old: str, new: str, *, old_name: str, new_name: str) -> list[str]:
    """Compare two texts line by line, as ``diff -u`` does; empty if they are equal."""
    return list(
        difflib.unified_diff(old.splitlines(), new.splitlines(), old_name, new_name, lineterm="")
    )


def find_follow_ups(db: sqlite3.Connection) -> list[FollowUp]:
    """List news about works of earlier issues, newest issue first."""
    found: list[FollowUp] = []
    last = issues.last_printed(db)
    for item in items.read_items(db, list(last)):
        printed, published_at = last[item.id]
        base = item.arxiv.id.base if item.arxiv else None
        posts = issues.posts_about(db, base, published_at) if base else []
        found += follow_up(item, printed, posts)
    return sorted(found, key=lambda news: (news.day, news.issue), reverse=True)
