"""Works as BibTeX, for those who cite what a digest found."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from papertrack.core.digest.cite import year_of
from papertrack.core.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from papertrack.core.records import Author, Item

# What TeX reads as a command; a tilde and a caret need an argument.
_ACTIVE = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
# BibTeX styles make capitals of a title small, and leave what stands in braces: "GPT", "McAleese".
# A word with one capital, at its beginning, is as it may be.
_WORDS = re.compile(r"[^\W_]+|[\W_]")
_CAPITAL = re.compile(r"[^\W_]+?[A-Z][^\W_]*")
_IN_URL = re.compile(r"[{}\\\s]")


def to_bibtex(works: Sequence[tuple[str, Item]]) -> str:
    """Write works as a BibTeX file in UTF-8, which BibTeX 0.99d, biber and bibtexparser read.

    Args:
        works: Key (see `papertrack.core.digest.cite.give_keys`) and item of each.
    """
    return "\n".join(_entry(key, item) for key, item in works)


def _entry(key: str, item: Item) -> str:
    is_paper = item.kind is Kind.PAPER and item.arxiv is not None
    lines = [f"@{'article' if is_paper else 'misc'}{{{key},"]
    lines += [f"  {name} = {{{value}}}," for name, value in _fields(item)]
    return "\n".join([*lines, "}", ""])


def _fields(item: Item) -> Iterator[tuple[str, str]]:
    if item.authors:
        yield "author", " and ".join(map(_name, item.authors))
    yield "title", _title(item.title or item.printed_title)
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
    """Write a name so that BibTeX splits it as we do; a group stands in braces."""
    if author.family:
        parts = (author.family, author.given)
        return ", ".join(_person(part) for part in parts if part)
    words = author.name.split()
    if len(words) == 1 or any(word.lower() in {"team", "group", "collaboration"} for word in words):
        return f"{{{escape(author.name)}}}"
    return _person(author.name)


def _person(name: str) -> str:
    """Escape a name; "and" and a comma would part it into several."""
    escaped = escape(name)
    return f"{{{escaped}}}" if "," in name or re.search(r"\band\b", name) else escaped


def _title(title: str) -> str:
    """Escape a title, with what must stay capital in braces."""
    line = " ".join(unicodedata.normalize("NFC", title).split())
    return "".join(
        f"{{{_escaped(word)}}}" if _CAPITAL.fullmatch(word) else _escaped(word)
        for word in _WORDS.findall(line)
    )


def escape(text: str) -> str:
    """Write text so that TeX shows it as it is; letters of all scripts stay (UTF-8)."""
    return _escaped(" ".join(unicodedata.normalize("NFC", text).split()))


def _escaped(text: str) -> str:
    return "".join(_ACTIVE.get(character, character) for character in text)
