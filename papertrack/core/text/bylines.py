"""Read bylines: the names of people and groups from the one string in which sources give them.

One grammar for all sources. A byline loses markup, mail addresses, affiliations and footnote marks;
then it is split at the strongest separator that it has. It stays one name unless every piece is a
person or a group, because a company's name must not become two people.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from papertrack.core.records import Author
from papertrack.core.text.clean import one_line
from papertrack.core.text.names import turned_name, without_tex

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LIST_LIMIT = 5_000  # characters of an author element
_LIMIT = 200  # characters of a name; longer ones are sentences
_MOST_WORDS = 5  # of a person's name

_TAG = re.compile(r"</?[a-z][a-z0-9-]*(?:\s[^<>]*|/)?>|<!--.*?-->|<!\[CDATA\[|\]\]>", re.IGNORECASE)
# Elements between which another name begins, and those that hold marks of footnotes only.
_TAG_BETWEEN = re.compile(
    r"(?:<br\b[^<>]*>|</(?:p|div|li|h\d|tr|td|dd|dt)\s*>|</a\s*>\s*(?=<a\b))\s*", re.IGNORECASE
)
_RAISED = re.compile(r"<su([pb])\b[^<>]*>[^<>]*</su\1\s*>", re.IGNORECASE)
_MAIL = r"[<(]?(?:mailto:)?[^\s<>()@,;]+@[^\s<>()@,;]+\.[^\s<>()@,;]+[>)]?"
_NAMED_MAIL = re.compile(rf"{_MAIL}\s*\(([^()]*)\)")  # RSS 2.0: mail@example.org (Name)
_ANY_MAIL = re.compile(_MAIL)
# "dina at example dot org", "dina [at] example.org": against robots.
_HIDDEN_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]++(?:\s*[\[({]\s*at\s*[\])}]\s*[\w-]+(?:\s*(?:\.|[\[({]\s*dot\s*[\])}])\s*[\w-]+)+"
    r"|\s+at\s+[\w-]+(?:\s+dot\s+[\w-]+)+)",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<!\S)@[\w.-]+(?:@[\w-]+(?:\.[\w-]+)+)?(?!\S)")
_WEB = re.compile(r"(?:https?://|www\.)[^\s,;<>()]+", re.IGNORECASE)
_ORCID = re.compile(
    r"(?<![,\s])[,\s]*+(?:\bORCID(?:\s+iD)?\s*:?\s*)?\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b",
    re.IGNORECASE,
)
_AFFILIATION = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# Marks of footnotes and affiliations, and numbers that stick to a name before the next one.
_MARKS = re.compile(
    r"\s*[*\u2020\u2021\u00a7\u00b6\u00b9\u00b2\u00b3\u2070-\u2079]+(?:,(?=[\u00b9\u00b2\u00b3\u2070-\u2079*]))?"
)
_NUMBERS = re.compile(
    r"(?<=[^\W\d_])\d{1,2}(?:\s*,\s*\d{1,2}(?!\w))*(?=\s*(?:[,;&]|and\b|$))", re.IGNORECASE
)
_BY = re.compile(
    r"^(?:(?:written|posted|published|edited|reported|(?:a\s+)?guest\s+(?:post|article|essay)"
    r"|story|words|text)\s+)?by[\s:]+|^por\s+(?=\S+\s)|^(?:(?:guest\s+)?authors?|by)\s*:\s*",
    re.IGNORECASE,
)
# "Other" alone is a name; nobody is "and others", "and 3 more" or ", 12 others".
_OTHERS = re.compile(
    r"(?<![\s,;])(?:[\s,;]+(?:(?:and|&|und|et)\s+)?et\.?\s+al(?:ii|\b)\.?\s*$"
    r"|[\s,;]+(?:and|&|\+|und|et)\s+(?:\d+\s+)?(?:more|others?|colleagues|co-?authors)"
    r"(?:\s+authors)?\b\.?\s*$"
    r"|[\s,;]+\d+\s+(?:more|others?)(?:\s+authors)?\b\.?\s*$"
    r"|[\s,;]+(?:u\.\s?a\.|et\s+coll?\.?|m\.\s?fl\.|\u0438\s+\u0434\u0440\.?|y\s+otros|e\s+(?:outros|altri)"
    r"|et\s+autres|und\s+andere)\s*$"
    r"|\s*等人?\s*$|\s+(?:ほか|他|[外외]\s*\d+\s*[名人명인])\s*$"
    r"|[\s,;]*(?:(?:and|&)\s*)?(?:\u2026|\.\.\.)\s*$)",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\s*[;|\uff1b\u061b]\s*|\s+[/\u2022\u00b7]\s+"
    r"|(?<=[\uac00-\ud7a3])\s*[\u00b7\u318d]\s*(?=[\uac00-\ud7a3])"
)
# "And" in the languages of the months, as far as no name has the word between two whole names.
_AND = r"(?:and|&|\+|und|et|y|e|i|og|och|en|ja|\u0438)"
_COMMA = re.compile(rf"\s*[,\u3001\uff0c\u060c]\s*(?:{_AND}\s+)?|\s+{_AND}\s+")
_ANY_COMMA = re.compile("[,\u3001\uff0c\u060c]")
_GAP = re.compile(r",\s*(?:\.{3}|\u2026)[\s,&]*")  # in a list that is shortened
_BEFORE_NAME = re.compile(r"^(?:and|&|for|on behalf of)\s+", re.IGNORECASE)
# "Lovelace, A., Turing, A. M." is how bioRxiv and the journals list authors.
_INITIALS = re.compile(r"(?:[^\W\d_]\.[\s-]?)+")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_DEGREE = re.compile(
    r"(?:ph\.?\s?d|d\.?phil|sc\.?d|ed\.?d|pharm\.?d|m\.?d|d\.?o|m\.?sc|b\.?sc|m\.?eng|m\.?a|b\.?a|m\.?s"
    r"|b\.?s|m\.?b\.?a|dr|prof|m\.?p\.?h|m\.?p\.?p|r\.?n|esq|frs|j\.?d|ll\.?[bm]|c\.?p\.?a|cfa|dds|dvm)\.?",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"\b(?:collaborations?|consortium|consortia|network|teams?|groups?|project|initiative|alliance"
    r"|society|association|committee|council|task force|investigators|partnership|community"
    r"|contributors|editors|staff)\b",
    re.IGNORECASE,
)
_FOR_GROUP = re.compile(
    rf",?\s+(?:for|(on behalf of))\s+(?=[^,;]{{0,200}}{_GROUP.pattern})", re.IGNORECASE
)
_PLACE = re.compile(
    r"\b(?:university|universit\w+|institut\w*|department|dept|college|school|faculty|laborator\w+"
    r"|labs?|cent(?:er|re)|hospital|academy|inc|ltd|llc|corp|gmbh)\b",
    re.IGNORECASE,
)
_ROLES = frozenset(
    {"staff", "writer", "editor", "reporter", "contributor", "correspondent", "columnist", "senior"}
    | {"guest", "author", "associate", "managing", "chief", "science", "technology", "news"}
    | {"contributing", "freelance", "blogger", "host", "research", "scientist", "researcher"}
    | {"engineer", "professor", "director", "fellow", "analyst", "founder", "co-founder", "ceo"}
    | {"cto", "president", "assistant", "postdoc", "lecturer", "principal", "software", "student"}
    | {"candidate", "deputy", "executive", "advisor", "adviser"}
)
_WORD = re.compile(r"[^\W\d_][\w.'\u2019-]*")
_PARTICLES = frozenset(
    {"de", "da", "do", "dos", "das", "del", "della", "di", "du", "van", "von", "der", "den", "la"}
    | {"le", "al", "bin", "ibn", "bint", "el", "zu", "zum", "zur", "y", "e", "ter", "ten", "af"}
    | {"av", "st", "'t", "het", "op", "abu", "ben"}
)
# Names in Han, Hangul or kana have no blank between their parts.
_CJK_NAME = re.compile(
    r"[\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,5}"
    r"|[\u30a0-\u30ff\u3400-\u9fff]+[\u00b7\u30fb][\u00b7\u30a0-\u30ff\u3400-\u9fff]+"
)
_NOBODY = frozenset(
    {"", "et al", "et al.", "unknown", "admin", "administrator", "author", "noreply", "no-reply"}
)


def feed_authors(names: Iterable[str]) -> tuple[Author, ...]:
    """Read the authors of a feed, an entry or a page.

    Args:
        names: The text of each author element: a name, a name with a mail address in any of the
            usual forms, a mail address alone (which names nobody), or a list of names.

    Returns:
        Each person or group once, in order.
    """
    people: dict[str, Author] = {}
    for text in names:
        for author in read_byline(text):
            key = author.name.lower()
            if key not in _NOBODY and len(author.name) <= _LIMIT:
                people.setdefault(key, author)
    return tuple(people.values())


def arxiv_authors(text: str) -> tuple[Author, ...]:
    """Read arXiv's one string of authors.

    Args:
        text: ``Ada B. Lovelace (Univ. of X, Y), Alan Turing Jr``: names between commas, each with
            its affiliations in parentheses (arxiv-feed, ``extensions.py``).

    Returns:
        The names without affiliations. ``Jr`` and the like belong to the name before them.
    """
    text = _without_affiliations(one_line(text)).replace("(", " ").replace(")", " ")
    names: list[str] = []
    for piece in _with_group_apart(_without_others(text)).split(","):
        group, name = _split_group(" ".join(without_tex(piece).split()))
        name = _BEFORE_NAME.sub("", name)
        if names and _SUFFIX.fullmatch(name):
            names[-1] = f"{names[-1]} {name}"
            continue
        two = re.split(r"\s+and\s+", name)
        are_people = all(_is_person(one) and not _GROUP.search(one) for one in two)
        names += [one for one in (group, *(two if are_people else [name])) if one]
    return tuple(map(Author, names))


@lru_cache(maxsize=512)  # a blog has few authors and many posts
def read_byline(text: str) -> tuple[Author, ...]:
    """Read one author element; see the module for what is left out."""
    return tuple(_read_byline(text))


def _read_byline(text: str) -> list[Author]:
    text = _without_markup(without_tex(text[:_LIST_LIMIT]))
    if _HANDLE.fullmatch(text):
        return [Author(text)]
    text = one_line(_without_addresses(text)).strip(' ,;"-\u2013\u2014')
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1].strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    text = _without_others(_BY.sub("", _without_affiliations(text)))
    text = _MARKS.sub("", _GAP.sub(", ", text))
    if _COMMA.search(text):
        text = _NUMBERS.sub("", text)
    group, text = _split_group(_with_group_apart(text.strip(" ,;")))
    found = [Author(group)] if group else []
    if not text:
        return found
    if len(pieces := _pieces(_STRONG, text)) > 1:
        others = [one for one in pieces[1:] if not _is_no_name(_ANY_COMMA.split(one)[0])]
        return [*found, *map(_one_of_list, (pieces[0], *others))]
    pieces = _pieces(_COMMA, text)
    by_comma = _pieces(_ANY_COMMA, text)
    if len(by_comma) == 1 and any(map(_is_no_name, pieces[1:])):
        pieces = by_comma  # "The Example and Sample Institute"
    # The "y" of "Ortega y Gasset" joins no two people.
    names = _inverted(pieces) or _listed(pieces) or _listed(by_comma)
    return found + (names or [Author(" ".join(text.split()))])


def _without_markup(text: str) -> str:
    """Remove tags, escaped or not; what stands in blocks of their own are several names."""
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", _TAG_BETWEEN.sub(" ; ", _RAISED.sub("", text)))
    return text.strip(" ;")


def _without_addresses(text: str) -> str:
    """Remove mail and web addresses, handles and ORCID ids; ``mail (Name)`` leaves the name."""
    if " at " in text or "at)" in text or "at]" in text or "at}" in text:
        text = _HIDDEN_MAIL.sub("nobody@mail.invalid", text)
    if "@" in text:
        text = _ANY_MAIL.sub(" ", _NAMED_MAIL.sub(r" \1 ,", _HANDLE.sub(" ", text)))
    if "://" in text or "www." in text:
        text = _WEB.sub(" ", text).rstrip(" :")
    return _ORCID.sub("", text) if "000" in text else text


def _without_affiliations(text: str) -> str:
    """Remove what stands in brackets, from the inside out: ``(Dept. of X (Y), Z)``."""
    count = 1
    while count:
        text, count = _AFFILIATION.subn(" ", text)
    return text


def _without_others(text: str) -> str:
    return _OTHERS.sub("", text.rstrip(" ,;")).rstrip(" ,;&")


def _with_group_apart(text: str) -> str:
    """Write a comma for the "for" of ``Ada Example for the X Collaboration``."""
    if " for " not in text and " behalf " not in text:
        return text
    return _FOR_GROUP.sub(lambda found: ", " if _is_between(found) else found[0], text)


def _is_between(found: re.Match[str]) -> bool:
    """Return whether a person precedes, and not ``Center for the Study of …``."""
    before = found.string[: found.start()].rpartition(",")[2].strip()
    is_body = _GROUP.search(before) or _PLACE.search(before)
    return found[1] is not None or (_is_person(before) and not is_body)


def _split_group(text: str) -> tuple[str, str]:
    """Split ``The X Collaboration: A. Author`` into the group, empty without one, and the rest."""
    group, colon, rest = text.partition(":")
    return (group.strip(), rest.strip()) if colon and _GROUP.search(group) else ("", text)


def _one_of_list(piece: str) -> Author:
    """Read a name between semicolons, which may be ``Family, Given`` or have an affiliation."""
    parts = _pieces(_ANY_COMMA, piece)
    while len(parts) > 1 and _is_no_name(parts[-1]):
        parts.pop()
    return turned_name(", ".join(parts))


def _pieces(separator: re.Pattern[str], text: str) -> list[str]:
    return [piece.strip() for piece in separator.split(text) if piece.strip()]


def _inverted(pieces: Sequence[str]) -> list[Author]:
    """Read ``Family, I., Family, I.``, with groups in between; empty if it is anything else."""
    initials = [pair for pair in pairwise(pieces) if _INITIALS.fullmatch(pair[1])]
    if all(_DEGREE.fullmatch(one) and " " in name for name, one in initials):
        return []  # "Ada Example, M.D."
    names: list[Author] = []
    waiting = list(pieces)
    has_pair = False
    while waiting:
        name = waiting.pop(0)
        if waiting and _INITIALS.fullmatch(waiting[0]) and not _INITIALS.fullmatch(name):
            names.append(turned_name(f"{name}, {waiting.pop(0)}"))
            has_pair = True
        elif names and _SUFFIX.fullmatch(name):
            names[-1] = Author(f"{names[-1].name} {name}", names[-1].given, names[-1].family)
        elif names and _DEGREE.fullmatch(name):
            continue
        elif _is_group(name):
            names.append(Author(name))
        else:
            return []
    return names if has_pair else []


def _listed(pieces: Sequence[str]) -> list[Author]:
    """Read a list of whole names; empty unless every piece is a name or belongs to one."""
    names: list[str] = []
    is_in_place = False
    for piece in pieces:
        is_place = bool(names) and bool(_PLACE.search(piece))
        if is_in_place and " " not in piece:
            continue  # "…, Nowhere University, Oslo"
        is_in_place = is_place
        if names and _SUFFIX.fullmatch(piece):
            names[-1] = f"{names[-1]} {piece}"
        elif names and _is_no_name(piece):
            continue
        elif _is_person(piece) or _is_group(piece) or _CJK_NAME.fullmatch(piece):
            names.append(piece)
        else:
            return []
    return list(map(Author, names))


def _is_no_name(piece: str) -> bool:
    """Return whether it is the degree, role or affiliation of the name before it."""
    is_role = all(word in _ROLES for word in piece.lower().split())
    return bool(_DEGREE.fullmatch(piece) or is_role or _PLACE.search(piece))


def _is_group(text: str) -> bool:
    return bool(_GROUP.search(text)) and len(text.split()) > 1


def _is_person(text: str) -> bool:
    """Return whether it is two to five words with capitals, as people are called.

    Anything else ("Johnson and Sons", "Smith, John", "Dept. of Physics, Oxford") stays one name.
    """
    words = text.split()
    return (
        1 < len(words) <= _MOST_WORDS
        and all(_WORD.fullmatch(word) for word in words)
        and not any(word[0].islower() and word not in _PARTICLES for word in words)
        and not words[-1][0].islower()
    )
