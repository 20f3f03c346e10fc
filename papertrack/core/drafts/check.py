"""Checks of a draft: what to fix before it is published."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote

from papertrack.core.drafts.document import read_anchor
from papertrack.core.drafts.merge import has_conflicts
from papertrack.core.judging.item_details import Version
from papertrack.core.judging.notes import DEADLINE, FORMAT, LABELS, LINE, LINK, TITLE
from papertrack.core.records import Item
from papertrack.core.text.borrowed_titles import shown_title
from papertrack.core.text.markdown import anchors
from papertrack.core.works.identity import identify_url, without_tracking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

_TEXTS = frozenset({*LABELS, LINE, "background", "parts"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to fix.

    Attributes:
        kind: Its kind in ``--json``: ``withdrawn``, ``anchor``, …
        what: What is wrong, without a full stop.
        todo: What to do, in the imperative.
        item: The item's short number; None if no item is concerned.
        title: The item's title; empty without an item.
        line: Its line in the text, from 1; None if it has no place there.
        fix: The old and the new text; None when only a person can fix it.
    """

    kind: str
    what: str
    todo: str
    item: int | None = None
    title: str = ""
    line: int | None = None
    fix: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """An item of a draft with its history.

    Attributes:
        judged_at: When the author last rated it or wrote about it; None for never.
        versions: Its titles and abstracts over time, oldest first.
        issues: The issues in which it was printed.
    """

    item: Item
    judged_at: datetime | None
    versions: Sequence[Version]
    issues: Sequence[str] = ()


def check_item(candidate: CheckedItem, *, day: date, text: str) -> Iterator[Finding]:
    """Check one item of a draft.

    Args:
        candidate: The item.
        day: The date of the issue.
        text: The whole draft; a journal that it names already is not reported.
    """
    item = candidate.item
    notes = item.judgement.notes
    title = shown_title(item)
    show, edit = f"run: papertrack show {item.id}", f"run: papertrack edit {item.id}"

    def found(kind: str, what: str, todo: str) -> Finding:
        return Finding(kind, what, todo, item.id, title)

    if candidate.issues:
        what = f"was already in issue {candidate.issues[-1]}"
        yield found("sent-before", what, "remove it, or say why you print it again")
    if item.arxiv is not None and item.arxiv.withdrawn:
        yield found("withdrawn", "is withdrawn", f"run: papertrack rate {item.id} --reject")
    yield from _changed(candidate, show)
    if item.arxiv is not None and (place := _published_in(item)) and place not in text:
        yield found("published", f"has been published: {place}", "cite the journal, or ignore this")
    if not (item.printed_title or item.summary or notes.get(FORMAT) == LINK):
        again = f", or papertrack add {item.url} again" if item.url else ""
        yield found("no-title", "has no title", edit + again)
    if notes.get(FORMAT) != LINK and not _TEXTS & {*notes}:
        yield found("no-text", "has no text", edit)
    if item.url is None:
        yield found("no-link", "has no link", "add one, or ignore this")
    deadline = notes.get(DEADLINE)
    if deadline and deadline < day.isoformat():
        yield found("deadline", f"ended on {deadline}", f"run: papertrack edit {item.id}")


def _changed(candidate: CheckedItem, show: str) -> Iterator[Finding]:
    """Report a version or title that is newer than the author's last judgement."""
    item, judged_at = candidate.item, candidate.judged_at
    if judged_at is None:
        return
    before = [version for version in candidate.versions if version.seen_at <= judged_at]
    if not any(version.title or version.summary for version in before):
        return  # nobody could be asked when it was added: there is nothing to compare
    later = [version for version in candidate.versions if version.seen_at > judged_at]
    known = max((version.arxiv_version or 0 for version in before), default=0)
    newest = max((version.arxiv_version or 0 for version in later), default=0)
    if newest > known:
        when = next(one.seen_at for one in later if (one.arxiv_version or 0) == newest)
        what = f"got version {newest} on {when:%Y-%m-%d}, after you wrote about it"
        yield Finding("new-version", what, show, item.id, shown_title(item))
    was = before[-1].title
    if was and later and TITLE not in item.judgement.notes and was != item.title:
        what = f'was called "{was}" when you wrote about it'
        yield Finding("new-title", what, show, item.id, shown_title(item))


def _published_in(item: Item) -> str | None:
    return (item.arxiv.journal_ref or item.arxiv.doi) if item.arxiv else None


_ADDRESS = re.compile(r"https?://[^\s<>()\[\]\"'`]+")
# A command, a group that begins with one, or a formula with something that only LaTeX has.
_LATEX = re.compile(r"\\[A-Za-z]{2,}|\{\\|\$[^$\n]{0,80}[\\^_{][^$\n]{0,80}\$|\$[A-Za-z]\$")
_COMMANDS = re.compile(r"\\[A-Za-z]{2,}|\{\\")
_REPEATED = 2  # cards that link to one work


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text: its target, its visible text, and its line from 1."""

    target: str
    shown: str
    line: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in a text.

    Attributes:
        is_empty: Whether the next heading of its level or above follows directly.
    """

    text: str
    level: int
    line: int
    is_empty: bool


@dataclass(frozen=True, slots=True)
class DraftOutline:
    """The parts of a text that are checked.

    Attributes:
        words: Every run of text outside code, with its line from 1.
    """

    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    words: tuple[tuple[int, str], ...]


def outline(text: str) -> DraftOutline:
    """Read the headings, the links and the words of a Markdown text."""
    from markdown_it import MarkdownIt  # noqa: PLC0415  # takes 30 ms; only a check needs it

    tokens = MarkdownIt("commonmark").parse(text)
    links: list[Link] = []
    words: list[tuple[int, str]] = []
    for token in tokens:
        if token.type == "inline":
            line = (token.map or [0])[0] + 1
            words += [(line, one.content) for one in token.children or [] if one.type == "text"]
            links += _links(token, line)
    return DraftOutline(tuple(_headings(tokens)), tuple(links), tuple(words))


def check_text(text: str, seen: DraftOutline, *, keeps_math: bool) -> Iterator[Finding]:
    """Check a text on its own.

    Args:
        text: The draft, as generated or as edited.
        seen: Its `outline`.
        keeps_math: Whether formulas are left for the renderer of the page.
    """
    if has_conflicts(text):
        yield Finding(
            "conflict", "the file has an unresolved conflict", "keep one side, delete the markers"
        )
    yield from _tracked(text)
    yield from _anchors(seen)
    yield from _empty(seen)
    pattern = _COMMANDS if keeps_math else _LATEX
    for line, words in seen.words:
        if left := pattern.search(words):
            yield Finding("latex", f'contains LaTeX: "{left[0]}"', "write it as text", line=line)


def find_repeated_works(seen: DraftOutline, cards: Sequence[int]) -> Iterator[Finding]:
    """Report works that more than one card links to.

    Args:
        seen: The outline of the text.
        cards: The lines at which cards begin, from 1, in order; what precedes them counts as one.
    """
    places: dict[str, dict[int, Link]] = {}
    for link in seen.links:
        names = identify_url(link.target)
        if names:
            card = sum(start <= link.line for start in cards)
            places.setdefault(str(names[0]), {}).setdefault(card, link)
    for found in places.values():
        if len(found) >= _REPEATED:
            first, *_, last = found.values()
            lines = " and ".join(str(link.line) for link in found.values())
            what = f"lines {lines} link to the same work, {first.target}"
            yield Finding("same-work", what, "keep one of them", line=last.line)


def _tracked(text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), start=1):
        if read_anchor(line) is not None:
            continue
        for found in _ADDRESS.findall(line):
            url = found.rstrip(".,;:!?*_")
            clean = without_tracking(url.replace("&amp;", "&"))
            if clean != url.replace("&amp;", "&"):
                what = f"{url} contains tracking parameters"
                todo = f"link to {clean}, or rerun with --fix"
                yield Finding("tracking", what, todo, line=number, fix=(url, clean))


def _anchors(seen: DraftOutline) -> Iterator[Finding]:
    known = anchors(heading.text for heading in seen.headings)
    for link in seen.links:
        if not link.target.startswith("#") or unquote(link.target[1:]) in known:
            continue
        guess = anchors([link.shown])
        fix = None
        if guess and guess[0] in known:
            fix = (f"](#{unquote(link.target[1:])})", f"](#{guess[0]})")
        todo = f"link to #{guess[0]}, or rerun with --fix" if fix else "link to a heading"
        what = f"{unquote(link.target)} matches no heading"
        yield Finding("anchor", what, todo, line=link.line, fix=fix)


def _empty(seen: DraftOutline) -> Iterator[Finding]:
    names = anchors(heading.text for heading in seen.headings)
    listed = {unquote(link.target[1:]): link for link in seen.links if link.target[:1] == "#"}
    for heading, name in zip(seen.headings, names, strict=True):
        if heading.is_empty and name in listed:
            what = f'"{heading.text}" is in the contents but has nothing under it'
            yield Finding("empty-area", what, "remove it from both", line=heading.line)


def _headings(tokens: Sequence[Token]) -> Iterator[Heading]:
    outer = [token for token in tokens if token.level == 0 or token.type == "inline"]
    found: list[tuple[str, int, int, int]] = []
    for number, (opening, inline) in enumerate(pairwise(outer)):
        if opening.type == "heading_open":
            text = "".join(one.content for one in inline.children or [] if one.type in _SHOWN)
            found.append((text, int(opening.tag[1]), (opening.map or [0])[0] + 1, number))
    for text, level, line, number in found:
        following = outer[number + 3 :]  # after its text and its end
        is_empty = not following or (
            following[0].type == "heading_open" and int(following[0].tag[1]) <= level
        )
        yield Heading(text, level, line, is_empty)


_SHOWN = frozenset({"text", "code_inline"})


def _links(inline: Token, first: int) -> Iterator[Link]:
    line, target, shown = first, None, ""
    for token in inline.children or []:
        if token.type in {"softbreak", "hardbreak"}:
            line += 1
        elif token.type == "link_open":
            target, shown = str(token.attrs.get("href", "")), ""
        elif token.type == "link_close" and target is not None:
            yield Link(target, shown, line)
            target = None
        elif target is not None:
            shown += token.content
