"""Name a work by its authors, "Sevilla and Erdil (2023)", and as BibTeX.

A paper names one or two authors, or the first of more with "et al." (the author-date form of APA
and of most journals); a post is cited by its authors' full names, without a year.
"""

from __future__ import annotations

import re
import string
import unicodedata
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from papertrack.core.judging.notes import CITE
from papertrack.core.kinds import Kind
from papertrack.core.text.borrowed_titles import printed_or_borrowed
from papertrack.core.text.clean import one_line
from papertrack.core.text.title import pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from papertrack.core.records import Author, Item

_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|esq|ph\.?d|m\.?d)\.?", re.IGNORECASE)
_PARTICLES = frozenset(
    {"van", "von", "vom", "der", "den", "des", "de", "da", "das", "do", "dos", "del", "della"}
    | {"di", "du", "la", "le", "los", "las", "al", "el", "bin", "ibn", "ben", "abu", "zu", "zur"}
    | {"ten", "ter", "te", "af", "av", "'t", "st.", "san", "dal", "degli", "delle", "lo"}
)
# These are also family names: a particle only in lower case.
_ALSO_NAMES = frozenset({"ben", "san", "do", "lo", "al", "das", "te", "abu", "bin", "ten", "ter"})
_AND = frozenset({"y", "e", "i"})  # Ramón y Cajal
_GROUP = re.compile(
    r"\b(?:collaboration|team|group|consortium|project|institute|labs?|laboratory|university|"
    r"foundation|inc|ltd|llc|gmbh|company|corporation|network|alliance|committee|council|society|"
    r"cent(?:er|re)|department|agency|association|initiative|working|authors|staff|editors|ai|"
    r"research|blog|news|forum|press|community|programme|program|organi[sz]ation|office)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"(?:and )?(?:et\.? ?al\.?|others|many others)\.?", re.IGNORECASE)
_INITIAL = re.compile(r"(?:[^\W\d_]\.-?)+[^\W\d_]?|[^\W\d_]")
# Han, kana and Hangul: the family name comes first.
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_TRAILING_YEAR = re.compile(r"(.+?)[,\s]*\(?\b((?:1[5-9]|20)\d\d[a-z]?)\)?", re.DOTALL)
_LAST_YEAR_OF_1900S = 90  # arXiv began in 1991

_TWO, _FEW = 2, 3


@dataclass(frozen=True, slots=True)
class PlainCitation:
    """How a text cites a work; plain text, never empty.

    Attributes:
        narrative: As the subject of a sentence: ``Sevilla and Erdil (2023)``.
        parenthetical: After a statement, without its brackets: ``Tarchoun et al., 2023``.
        names: Without the year.
    """

    narrative: str
    parenthetical: str
    names: str


def cite_item(item: Item, *, year: int | None = None) -> PlainCitation:
    """Cite an item by its authors, or as its note `CITE` says.

    Args:
        item: Papers are cited by family names and year, everything else by full names.
        year: Of its first version; by default `year_of` the item.
    """
    if year is None:
        year = year_of(item)
    is_paper = item.kind is Kind.PAPER
    own = one_line(item.judgement.notes.get(CITE, ""))
    if own:
        dated = _TRAILING_YEAR.fullmatch(own)
        if dated:
            return _citation(dated[1], dated[2])
        return _citation(own, str(year) if is_paper and year else None)
    names = (family_names if is_paper else full_names)(item.authors)
    if names:
        return _citation(names, str(year) if is_paper and year else None)
    named = (
        one_line(printed_or_borrowed(item)) or item.url or (item.identifiers or ("anonymous",))[0]
    )
    return _citation(named, None)


def year_of(item: Item) -> int | None:
    """Return the year of a work's first version; None when unknown.

    For a paper: when version 1 was submitted, else published, else the year in its arXiv identifier
    (https://info.arxiv.org/help/arxiv_identifier.html).
    """
    facts = item.arxiv
    if facts is not None and facts.submissions and facts.submissions[0].version == 1:
        return facts.submissions[0].at.year
    if item.published_at is not None:
        return item.published_at.year
    digits = re.match(r"\d\d", facts.id.base.rpartition("/")[2]) if facts is not None else None
    if digits is None:
        return None
    short = int(digits[0])
    return short + (1900 if short > _LAST_YEAR_OF_1900S else 2000)


def family_names(authors: Sequence[Author]) -> str:
    """List one or two family names, or the first and "et al."."""
    return _name_list(authors, family_name, maximum=_TWO)


def full_names(authors: Sequence[Author]) -> str:
    """List up to three full names, or the first and "et al."."""
    return _name_list(authors, lambda author: one_line(author.name), maximum=_FEW)


def family_name(author: Author) -> str:
    """Find the name by which a person is cited; groups and single names are kept whole.

    Args:
        author: With name parts if a source gave them, else one string in any usual order:
            ``Jan van der Berg Jr.``, ``van der Berg, Jan``, ``BERG Jan``, ``Berg J.``, or
            ``山田 太郎``.
    """
    whole = one_line(author.name)
    if author.family and one_line(author.family):
        words = _without_suffix(one_line(author.family).split())
        return " ".join(words)
    family, comma, given = whole.partition(",")
    if comma and family.strip() and not _SUFFIX.fullmatch(given.strip()):
        return family.strip() if given.strip() else whole.strip(" ,")
    words = _without_suffix(whole.replace(",", " ").split())
    if len(words) < _TWO or _GROUP.search(whole):
        return whole
    return " ".join(_family_words(words))


def _family_words(words: list[str]) -> list[str]:
    if all(map(_CJK.match, words)):
        return words[:1]
    shouted = [word for word in words if word.isupper() and not _INITIAL.fullmatch(word)]
    if len(shouted) == 1 and not words[0].islower():  # "BERG Jan", as some countries write it
        return shouted
    if _INITIAL.fullmatch(words[-1]) and not _INITIAL.fullmatch(words[0]):
        return [word for word in words if not _INITIAL.fullmatch(word)]
    start = len(words) - 1
    if start >= _TWO and words[start - 1] in _AND:
        start -= _TWO
    while start > 0 and _is_particle(words[start - 1], is_first=start == 1):
        start -= 1
    return words[start:]


def _is_particle(word: str, *, is_first: bool) -> bool:
    small = word.casefold()
    if small not in _PARTICLES:
        return False
    return word.islower() or not (is_first or small in _ALSO_NAMES)


def _without_suffix(words: list[str]) -> list[str]:
    while len(words) > 1 and _SUFFIX.fullmatch(words[-1].strip(",")):
        words = words[:-1]
    return words


def _name_list(authors: Sequence[Author], name_of: Callable[[Author], str], *, maximum: int) -> str:
    names = [one_line(author.name) for author in authors]
    has_others = any(map(_OTHERS.fullmatch, names))
    people = [
        author
        for author, name in zip(authors, names, strict=True)
        if name and not _OTHERS.fullmatch(name)
    ]
    if not people:
        return ""
    named = [name_of(author) for author in people[: maximum + 1]]
    if has_others or len(named) > maximum:
        return f"{named[0]} et al."
    return join_and(named)


def join_and(words: Sequence[str]) -> str:
    """Join words as in a sentence: ``a``, ``a and b``, ``a, b, and c``."""
    if len(words) <= _TWO:
        return " and ".join(words)
    return f"{', '.join(words[:-1])}, and {words[-1]}"


def _citation(names: str, year: str | None) -> PlainCitation:
    if year is None:
        return PlainCitation(names, names, names)
    return PlainCitation(f"{names} ({year})", f"{names}, {year}", names)


# Letters that Unicode does not decompose into a plain letter and an accent.
_PLAIN = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE"}
    | {"œ": "oe", "Œ": "OE", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "\u0131": "i", "ħ": "h"}
)
# Words that any title may begin with.
_STOP_WORDS_TEXT = """
    a an the on of in for to and or as at by with from via into over under towards toward
    is are be was were do does did can could should would may might will has have
    how why what when where which who whether not no it its this that these we our
"""
_STOP_WORDS = frozenset(_STOP_WORDS_TEXT.split())
_COMMAND = re.compile(r"\\(?:begin|end|[a-zA-Z]*(?:emph|text|math)[a-z]*)\b")
_UNNAMED = "anon"


def citation_key(item: Item, *, year: int | None = None) -> str:
    """Make the key of an item in a bibliography: ``wolf2023fundamental``.

    Args:
        item: Its first author's family name and the first word of its title that is no stop word
            make the key, in plain ASCII.
        year: As for `cite_item`.

    Returns:
        Lower-case letters and digits, a letter first. Two items may get the same key; see
        `assign_keys`.
    """
    year = year if year is not None else year_of(item)
    people = [author for author in item.authors if not _OTHERS.fullmatch(one_line(author.name))]
    family = _ascii(family_name(people[0])) if people else ""
    title = printed_or_borrowed(item)
    words = re.findall(r"[a-z0-9]+", _folded(_COMMAND.sub(" ", title)))
    telling = [word for word in words if word not in _STOP_WORDS] or words
    name = family.lstrip(string.digits) or _UNNAMED
    return f"{name}{year or ''}{telling[0] if telling else ''}"


def assign_keys(
    wanted: Sequence[tuple[int, str]], kept: Sequence[tuple[int, str]] = ()
) -> dict[int, str]:
    """Assign each item a unique key.

    Args:
        wanted: Items with the keys that `citation_key` makes, in the order of preference.
        kept: Items with the keys they were published with; these never change.

    Returns:
        Keys by item. When two items want the same key, the second gets a suffix, ``b``.
    """
    keys = dict(kept)
    taken = set(keys.values())
    for item_id, key in wanted:
        if item_id not in keys:
            keys[item_id] = _free_key(key, taken)
            taken.add(keys[item_id])
    return keys


def _free_key(key: str, taken: Collection[str]) -> str:
    return next(one for one in chain([key], _numbered(key)) if one not in taken)


def _numbered(key: str) -> Iterator[str]:
    yield from (f"{key}{letter}" for letter in string.ascii_lowercase[1:])
    number = 1
    while True:
        yield f"{key}z{number}"
        number += 1


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.translate(_PLAIN)).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _ascii(text: str) -> str:
    return "".join(re.findall(r"[a-z0-9]", _folded(text)))


# What TeX reads as a command; a tilde and a caret need an argument.
_ACTIVE = {
    "\\": r"\textbackslash{}",
    # BibTeX counts \{ as a brace: an odd one would cost the rest of the file.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
# BibTeX styles lower-case titles except inside braces, which "GPT" and "McAleese" therefore need.
# So does a name in a title that is written like a sentence; elsewhere a word whose only capital is
# its first letter needs none.
_WORDS = re.compile(r"[^\W_]+|[\W_]")
_BEGINS_ANEW = frozenset(":.?!")
_CAPITAL = re.compile(r"[^\W_]+?[A-Z][^\W_]*")
_IN_URL = re.compile(r"[{}\\\s]")


def to_bibtex(works: Sequence[tuple[str, Item]]) -> str:
    """Write works as a BibTeX file in UTF-8 that BibTeX 0.99d, biber and bibtexparser read.

    Args:
        works: Pairs of key (see `assign_keys`) and item.
    """
    return "\n".join(_entry(key, item) for key, item in works)


def _entry(key: str, item: Item) -> str:
    is_paper = item.kind is Kind.PAPER and item.arxiv is not None
    lines = [f"@{'article' if is_paper else 'misc'}{{{key},"]
    lines += [f"  {name} = {{{value}}}," for name, value in _fields(item)]
    return "\n".join([*lines, "}", ""])


def _fields(item: Item) -> Iterator[tuple[str, str]]:
    people = [one for one in item.authors if not _OTHERS.fullmatch(one_line(one.name))]
    if people:
        others = ["others"] if len(people) < len(item.authors) else []
        yield "author", " and ".join([*map(_name, people), *others])
    yield "title", _title(item.title or printed_or_borrowed(item))
    year = year_of(item)
    if year is not None:
        yield "year", str(year)
    arxiv = item.arxiv
    if arxiv is not None:
        yield "journal", escape(arxiv.journal_ref or f"arXiv preprint arXiv:{arxiv.id.base}")
        yield "eprint", arxiv.id.base
        yield "eprinttype", "arxiv"
        if arxiv.primary:
            yield "eprintclass", arxiv.primary
    doi = item.doi or (arxiv.doi if arxiv else None)
    if doi:
        yield "doi", _IN_URL.sub("", doi)
    if item.url:
        yield (
            "url",
            _IN_URL.sub(
                lambda found: f"%{ord(found[0]):02X}" if found[0] != "%" else "%", item.url
            ),
        )


def _name(author: Author) -> str:
    """Write a name so that BibTeX splits it as `family_name` does; a group goes in braces."""
    if author.family:
        parts = (author.family, author.given)
        return ", ".join(_person(part) for part in parts if part)
    words = author.name.split()
    if suffix := _suffix_of(words):
        family = family_name(author).split()
        given = [word.strip(",") for word in words[:-1] if word.strip(",") not in family]
        return ", ".join(filter(None, map(_person, (" ".join(family), suffix, " ".join(given)))))
    if len(words) == 1 or any(word.lower() in {"team", "group", "collaboration"} for word in words):
        return f"{{{escape(author.name)}}}"
    return _person(author.name)


def _suffix_of(words: Sequence[str]) -> str:
    """Return the ``Jr.`` of a name, which BibTeX wants in a part of its own; empty without one."""
    return words[-1] if len(words) > _TWO and _SUFFIX.fullmatch(words[-1]) else ""


def _person(name: str) -> str:
    """Escape a name, in braces if "and" or a comma would split it into several."""
    escaped = escape(name)
    return f"{{{escaped}}}" if "," in name or re.search(r"\band\b", name) else escaped


def _title(title: str) -> str:
    """Write a title for TeX: formulas as they are, capitals that must stay in braces."""
    parts = pieces(" ".join(unicodedata.normalize("NFC", title).split()))
    has_names = _is_sentence(" ".join(one.text for one in parts if not one.is_math))
    begins = True
    written: list[str] = []
    for one in parts:
        if one.is_math and _is_balanced(one.text):
            written.append(f"{{{one.text}}}")
            begins = False
            continue
        for word in _WORDS.findall(one.text):
            is_name = has_names and not begins and word[0].isupper()
            is_kept = is_name or _CAPITAL.fullmatch(word)
            written.append(f"{{{_escaped(word)}}}" if is_kept else _escaped(word))
            begins = word in _BEGINS_ANEW or (begins and not word.isalnum())
    return "".join(written)


def _is_balanced(formula: str) -> bool:
    depth = 0
    for brace in re.findall("[{}]", formula):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _is_sentence(title: str) -> bool:
    """Return whether a title is written like a sentence: most of its words without capitals."""
    words = re.findall(r"[^\W\d_]{2,}", title)[1:]
    telling = [word for word in words if word.lower() not in _STOP_WORDS]
    small = sum(word.islower() for word in telling)
    return bool(telling) and 2 * small >= len(telling)


def escape(text: str) -> str:
    """Escape text for TeX; letters of all scripts stay (UTF-8)."""
    return _escaped(" ".join(unicodedata.normalize("NFC", text).split()))


def _escaped(text: str) -> str:
    return "".join(_ACTIVE.get(character, character) for character in text)
