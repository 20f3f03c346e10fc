"""When two items may tell the same story, which only the author can say.

What is found here is proposed; nothing is merged for its title or its text. A wrong question costs
more than a missed one, so whatever many items have in common counts for nothing.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import combinations, takewhile
from typing import TYPE_CHECKING

from papertrack.core.records import Author, StoryKeys
from papertrack.core.text.names import same_authors
from papertrack.core.text.words import spaced
from papertrack.core.works.identity import canonical_url

if TYPE_CHECKING:
    from collections.abc import Sequence
NAMES_THE_PAPER = "links and names the paper"
SAME_ADDRESS = "their addresses name one work"
SAME_TEXT = "same text under another address"
BEGINS_ALIKE = "its text begins like this one's"

# A title of fewer words occurs in texts about anything.
_MIN_PAPER_WORDS = 3
_NEARLY = 0.9  # of the letters of two titles
# What a post is about stands at its beginning.
_OPENING_WORDS = 120
_ROUNDUP = re.compile(
    r"\b(?:links?|round\s?up|digest|newsletter|weekly|monthly|daily|reading list|this week"
    r"|this month|week in|month in|papers of|issue \d+|vol(?:ume)? \d+|best of|news)\b"
)


def names_paper(title: str, summary: str, paper_title: str) -> bool:
    """Return whether a post that links to one paper is about that paper.

    Args:
        title: The post's title.
        summary: The post's text, or as much of it as the feed gives.
        paper_title: The paper's title.

    Returns:
        True if the post has the title of the paper (nearly, or the part before its colon), or
        contains it in its own title or its opening; of a list of links (a digest, a roundup) only
        the title counts.
    """
    named = _words(paper_title)
    mine = _words(title)
    if len(named.split()) < _MIN_PAPER_WORDS:
        return bool(named) and mine == named
    if _holds(mine, named) or SequenceMatcher(None, mine, named).ratio() >= _NEARLY:
        return True
    name, colon, _ = paper_title.partition(":")
    if colon and len(_words(name).split()) >= _MIN_PAPER_WORDS - 1 and mine == _words(name):
        return True
    opening = " ".join(_words(summary).split()[:_OPENING_WORDS])
    return not _ROUNDUP.search(mine) and _holds(opening, named)


def _holds(text: str, phrase: str) -> bool:
    return f" {phrase} " in f" {text} "


def _words(text: str) -> str:
    """Normalise a text: lower case, no accents, and a space for everything but letters."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    kept = (c for c in letters if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())


# Items are looked up by their titles and by the first words of their texts.
_KEY_WORDS = 12
_KEY_CHARACTERS = 200
_KEY_BYTES = 6
# A title of fewer words and letters ("Hello world") is given to many posts.
_MIN_TITLE_WORDS = 3
_MIN_TITLE_LETTERS = 15
_MAX_SITE_WORDS = 4
# More items than these share a title or an opening only where it says nothing.
MAX_GROUP = 8
_MAX_FROM_ONE_SOURCE = 2
# Words of a text. A teaser has some twenty; greetings and advertisements have fewer than sixty.
_TEASER_WORDS = 20
_TEXT_WORDS = 60
_LONG_OPENING = 100
# Days between two items. What returns every week is a series.
_LESS_THAN_A_WEEK = 6.5
_SERIES_DAYS = 0.5
_TEASER_DAYS = 30
_RENAMED_DAYS = 90
_COPY_DAYS = 365

# Without them a word is the same; all other marks end one.
_APOSTROPHES = "'\u2018\u2019\u02bc"
_WORD = re.compile(r"[^\W_]+")
_SITE = re.compile(r"\s(?:[|\u2013\u2014\u00b7\u00bb-]|--)\s+([^|\u2013\u2014\u00b7\u00bb]+)$")
_LINKPOST = re.compile(r"\W*(?:link ?post|cross-?post(?:ed)?)\b\W+", re.IGNORECASE)
# Titles that a column has every time. With a number or a date they name one of its parts.
_SERIES = re.compile(
    r"^(?:links|jobs|hiring|announcements?|updates?)\b|\blinks (?:for|of|from)\b"
    r"|\b(?:open thread|discussion thread|round ?up|digest|newsletter|bulletin|change ?log"
    r"|daily|weekly|fortnightly|monthly|quarterly|reading (?:list|club|group)|meet ?ups?|papers of"
    r"|(?:this|last) (?:week|month|year)|(?:week|month|year) in|year in review|best of|news"
    r"|release notes|office hours|ask me anything|ama|who is hiring)\b"
)
_DIGIT = re.compile(r"\d")
# What forums and newsletters put before a text, and sites behind a teaser.
_HEAD = re.compile(
    r"""\s*(?:
        published\ on\ [^\n]{4,40}?\ (?:GMT|UTC)\b
      | (?:this\ is\ a\ )?link\ ?post\ (?:for|from|to)\b[^\n]*
      | \W?(?:this\ (?:post\ )?(?:is|was)\ )?(?:cross-?\ ?posted|(?:originally|first|also)
          \ (?:published|posted))\ (?:from|on|at|in|to)\b[^\n]*
      | (?:subscribe|listen\ to|listen\ now|watch\ now)\b[^\n]*
    )\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_TAIL = re.compile(
    r"""\s*(?:
        \[?(?:\u2026|\.\.\.)[\u2026.\s]*+\]?
      | \(?(?:read|see|view|learn)\ (?:more|on|the\ (?:rest|full|whole))\b[^\n]{0,100}
      | (?:continue|keep)\ reading\b[^\n]{0,200}
      | the\ post\ [^\n]{1,300}\ (?:appeared\ first|first\ appeared)\ on\ [^\n]{1,100}
      | discuss | (?:\d+\ )?comments? | [\u2192\u00bb\u203a>]+
    )\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
_TAIL_CHARACTERS = 500
_MAX_FRAMES = 5  # lines of it, so that no text takes long
_DAY_S = 86_400


def story_keys(title: str, text: str) -> StoryKeys:
    """Hash a title and the beginning of a text."""
    name = _without_site(title)
    opening = _split(_without_head(text)[:_KEY_CHARACTERS], _KEY_WORDS)
    is_only_title = len(text) <= len(title) + _KEY_WORDS and opening == name[:_KEY_WORDS]
    return StoryKeys(
        _hash(name) if _names_one_post(name) else None,
        _hash(opening) if len(opening) == _KEY_WORDS and not is_only_title else None,
    )


def _hash(words: Sequence[str]) -> int:
    digest = hashlib.blake2b(" ".join(words).encode(), digest_size=_KEY_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)  # SQLite stores it in as many bytes


def _split(text: str, limit: int | None = None) -> list[str]:
    """Split a text into words without case, accents and marks; None for all of them.

    Each character of a script without blanks is a word.
    """
    if text.isascii():
        return _WORD.findall(text.replace("'", "").lower())[:limit]
    for mark in _APOSTROPHES:
        text = text.replace(mark, "")
    words = _WORD.findall(spaced(text).casefold())[:limit]
    plain = " ".join(words)
    if plain.isascii():
        return words
    kept = unicodedata.normalize("NFKD", plain).translate(_UNMARKED)
    return _WORD.findall(unicodedata.normalize("NFC", kept))[:limit]


class _Unmarked(dict[int, int | None]):
    """A table for `str.translate` that drops accents and other combining marks."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]


_UNMARKED = _Unmarked()


def _without_site(title: str) -> list[str]:
    """Split a title into words without the name of the site behind it (``… | A Blog``)."""
    title = _without_label(title)
    found = _SITE.search(title)
    if found is not None and not _DIGIT.search(found[1]):
        short = _split(title[: found.start()])
        if len(_split(found[1])) <= _MAX_SITE_WORDS and _names_one_post(short):
            return short
    return _split(title)


def _without_label(title: str) -> str:
    found = _LINKPOST.match(title)
    return title[found.end() :] if found else title


def _names_one_post(title: Sequence[str]) -> bool:
    text = " ".join(title)
    is_long = len(title) >= _MIN_TITLE_WORDS or len(text) >= _MIN_TITLE_LETTERS
    return is_long and (_SERIES.search(text) is None or _DIGIT.search(text) is not None)


def _without_head(text: str) -> str:
    for _ in range(_MAX_FRAMES):
        if (found := _HEAD.match(text)) is None:
            break
        text = text[found.end() :]
    return text


def _without_frame(text: str) -> list[str]:
    """Split a text into words, without what a site puts before and behind it."""
    text = _without_head(text)
    for _ in range(_MAX_FRAMES):
        if (found := _TAIL.search(text, max(0, len(text) - _TAIL_CHARACTERS))) is None:
            break
        text = text[: found.start()]
    return _split(text)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is compared of an item.

    Attributes:
        item: Its number; that of the item it was merged into.
        published_at: None if its source does not say.
        first_seen_at: Counts where nothing says when it was published.
        sources: The feeds that show it; empty if it was added by hand.
        is_paper: Whether it has an arXiv id: two papers are two works.
    """

    item: int
    title: str
    authors: tuple[Author, ...]
    text: str
    url: str | None
    published_at: datetime | None
    first_seen_at: datetime
    sources: frozenset[str]
    is_paper: bool

    @property
    def moment(self) -> datetime:
        """When it was published, as far as is known."""
        return self.published_at or self.first_seen_at

    @property
    def host(self) -> str:
        """The host of its address, without ``www.``; empty if it has none."""
        return (canonical_url(self.url or "") or "").partition("/")[0]


def find_same_story(
    one: Candidate, named_alike: Sequence[Candidate], opening_alike: Sequence[Candidate]
) -> dict[int, str]:
    """Find the items that may tell the same story as one.

    Args:
        one: The item.
        named_alike: The other items with its title key; `MAX_GROUP` of them say nothing.
        opening_alike: The same with its opening key.

    Returns:
        The reason by item.
    """
    reasons: dict[int, str | None] = {}
    minimum = _minimum_words([one, *opening_alike])
    if minimum is not None:
        words = _without_frame(one.text)
        for other in opening_alike:
            reasons[other.item] = reasons.get(other.item) or _text_reason(
                one, other, words, minimum
            )
    if not _is_series([one, *named_alike]):
        for other in named_alike:
            reasons[other.item] = _title_reason(one, other) or reasons.get(other.item)
    papers = {other.item for other in (*named_alike, *opening_alike) if other.is_paper}
    return {
        item: reason
        for item, reason in reasons.items()
        if reason and item != one.item and not (one.is_paper and item in papers)
    }


def _is_series(group: Sequence[Candidate]) -> bool:
    """Return whether one source has given a title to several posts."""
    return len(group) > MAX_GROUP or any(
        _days_between(first, second) >= _SERIES_DAYS
        for shown in _by_source(group)
        for first, second in combinations(shown, 2)
    )


def _minimum_words(group: Sequence[Candidate]) -> int | None:
    """Return how many words must agree where texts begin alike; None if they mean nothing.

    What one source has said twice may be how it always begins: a teaser with it names neither.
    """
    most = max((len(shown) for shown in _by_source(group)), default=0)
    if len(group) > MAX_GROUP or most > _MAX_FROM_ONE_SOURCE:
        return None
    return _TEXT_WORDS if most == _MAX_FROM_ONE_SOURCE else _TEASER_WORDS


def _by_source(group: Sequence[Candidate]) -> list[list[Candidate]]:
    """List what each source shows of a group, an item once."""
    shown: dict[str, dict[int, Candidate]] = defaultdict(dict)
    for candidate in group:
        for source in candidate.sources:
            shown[source].setdefault(candidate.item, candidate)
    return [list(items.values()) for items in shown.values()]


def _title_reason(one: Candidate, other: Candidate) -> str | None:
    """Compare titles and authors of two sources; one source has its reasons to show both."""
    if (
        one.sources & other.sources
        or _days_between(one, other) > _LESS_THAN_A_WEEK
        or not _has_same_title(one, other)
    ):
        return None
    if same_authors(one.authors, other.authors):
        return f"same title and author, {_days_apart(one, other)}"
    if not one.authors and not other.authors and _is_same_site(one.host, other.host):
        return f"same title and site, {_days_apart(one, other)}"
    return None


def _has_same_title(one: Candidate, other: Candidate) -> bool:
    """Return whether two titles with one key are the same; one of them may name its site."""
    whole = [_split(_without_label(each.title)) for each in (one, other)]
    return whole[0] == whole[1] or any(_without_site(each.title) in whole for each in (one, other))


def _is_same_site(host: str, other: str) -> bool:
    return bool(host and other) and (
        host == other or host.endswith(f".{other}") or other.endswith(f".{host}")
    )


def _days_between(one: Candidate, other: Candidate) -> float:
    return abs((one.moment - other.moment).total_seconds()) / _DAY_S


def _days_apart(one: Candidate, other: Candidate) -> str:
    days = abs((one.moment.date() - other.moment.date()).days)
    return {0: "on the same day", 1: "1 day apart"}.get(days, f"{days} days apart")


def _text_reason(
    one: Candidate, other: Candidate, words: Sequence[str], minimum: int
) -> str | None:
    """Compare texts: one is the other, or the beginning of it, or both begin alike at length."""
    short, long = sorted((words, _without_frame(other.text)), key=len)
    pairs = zip(short, long, strict=False)
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    # A teaser may be cut within its last word.
    is_beginning = common == len(short) or (
        common == len(short) - 1 and long[common].startswith(short[common])
    )
    days = _days_between(one, other)
    if one.sources & other.sources:
        is_found = is_beginning and _is_renamed(one, other, common, days)
    else:
        is_teaser = (
            is_beginning
            and common >= (_TEXT_WORDS if _are_strangers(one, other) else minimum)
            and days <= _TEASER_DAYS
        )
        is_copy = common >= (_TEXT_WORDS if is_beginning else _LONG_OPENING)
        is_found = is_teaser or (is_copy and days <= _COPY_DAYS)
    if not is_found:
        return None
    return SAME_TEXT if len(short) == len(long) else BEGINS_ALIKE


def _are_strangers(one: Candidate, other: Candidate) -> bool:
    """Return whether two items name different people, who may share a platform's phrases."""
    return bool(one.authors and other.authors) and not same_authors(one.authors, other.authors)


def _is_renamed(one: Candidate, other: Candidate, common: int, days: float) -> bool:
    """Return whether two posts of one source are one that got another address.

    Many posts may have one short text (what a column is about): it counts only with the same
    title, or the same moment of publication.
    """
    if common >= _TEXT_WORDS:
        return days <= _RENAMED_DAYS
    is_same_moment = one.published_at is not None and one.published_at == other.published_at
    is_same_title = days <= _LESS_THAN_A_WEEK and _is_named_alike(one, other)
    return common >= _TEASER_WORDS and (is_same_moment or is_same_title)


def _is_named_alike(one: Candidate, other: Candidate) -> bool:
    keys = {story_keys(each.title, "").title for each in (one, other)}
    return len(keys) == 1 and None not in keys and _has_same_title(one, other)
