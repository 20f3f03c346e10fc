"""Read a query: ``area:mi rating>=3.5 @7d -tag:hype "sparse autoencoder"``."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Literal, NamedTuple, NoReturn

from papertrack.core.arxiv.ids import read_arxiv_id
from papertrack.core.dates import BACKWARDS, read_span
from papertrack.core.identifier import Identifier
from papertrack.core.query import filters
from papertrack.core.query.filters import (
    ABSTRACT,
    AUTHOR,
    NOTE,
    TITLE,
    TOUCHED,
    And,
    Between,
    Filter,
    Named,
    OneOf,
    Or,
    Rated,
    Vocabulary,
    Words,
    bound,
    joined,
    negated,
)
from papertrack.core.query.words import holds_words
from papertrack.core.works.identity import names_of
from papertrack.errors import QueryMistake, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Sign = Literal["(", ")", "-", "and", "or", "term", "end"]

RELATION = r":|>=|<=|=>|=<|>|<|=|\N{GREATER-THAN OR EQUAL TO}|\N{LESS-THAN OR EQUAL TO}"
_FIELD = re.compile(rf"([A-Za-z]+)({RELATION})")
_RELATION = re.compile(RELATION)
# Word processors turn quotes into these; nobody means the character.
_OPENING, _CLOSING = '"\N{LEFT DOUBLE QUOTATION MARK}', '"\N{RIGHT DOUBLE QUOTATION MARK}'
_ADDRESS = re.compile(r"https?://[^\s\"\u201c\u201d]+", re.IGNORECASE)
_RUN = re.compile(r"[^\s()\"\u201c\u201d]*")
_SPELLINGS = {
    "=>": ">=",
    "\N{GREATER-THAN OR EQUAL TO}": ">=",
    "=<": "<=",
    "\N{LESS-THAN OR EQUAL TO}": "<=",
}
_OPERATORS: dict[str, Sign] = {
    "and": "and",
    "&": "and",
    "&&": "and",
    "or": "or",
    "|": "or",
    "||": "or",
    "not": "-",
}


class Token(NamedTuple):
    """One word of a query.

    Attributes:
        sign: What it is.
        at: Its place in the query, in characters from 0.
        field: The name before the relation, in lower case; None for words and times.
        relation: ``:``, ``=``, ``>``, ``>=``, ``<`` or ``<=``; ``@`` for a time without a field.
        value: What follows, without quotes.
        value_at: Its place.
        is_quoted: Whether it stood in quotes.
        is_prefix: Whether ``*`` stood behind it.
        bound: A relation and value behind a quoted value: ``area:"mi">=3``; else empty.
    """

    sign: Sign
    at: int
    field: str | None = None
    relation: str = ""
    value: str = ""
    value_at: int = 0
    is_quoted: bool = False
    is_prefix: bool = False
    bound: str = ""


def cut(query: str) -> list[Token]:
    """Cut a query into its words; the last one is ``end``.

    Args:
        query: Without control characters.

    Raises:
        QueryMistake: A quotation is not closed.
    """
    tokens: list[Token] = []
    at = 0
    while at < len(query):
        character = query[at]
        if character.isspace():
            at += 1
        elif character in "()":
            tokens.append(Token("(" if character == "(" else ")", at))
            at += 1
        elif character == "-" and query[at + 1 : at + 2].strip():
            tokens.append(Token("-", at))
            at += 1
        else:
            token, at = _cut_term(query, at)
            tokens.append(token)
    tokens.append(Token("end", len(query)))
    return tokens


def spelled(relation: str) -> str:
    """Write a relation the one way that the rest of the program knows."""
    return _SPELLINGS.get(relation, relation)


def _cut_term(query: str, start: int) -> tuple[Token, int]:
    """Cut one term or operator off; returns it and where the next one may begin."""
    if address := _ADDRESS.match(query, start):
        return Token("term", start, value=address[0], value_at=start), address.end()
    name = _FIELD.match(query, start)
    if query[start] == "@":
        field, relation, at = None, "@", start + 1
    elif name:
        field, relation, at = name[1].lower(), spelled(name[2]), name.end()
    else:
        field, relation, at = None, "", start
    if query[at : at + 1] and query[at] in _OPENING + _CLOSING:
        return _quotation(query, Token("term", start, field, relation, value_at=at + 1))
    run = _RUN.match(query, at)
    value = run[0] if run else ""
    if not (name or relation) and (sign := _OPERATORS.get(value.casefold())):
        return Token(sign, start), at + len(value)
    is_prefix = len(value) > 1 and value.endswith("*")
    token = Token("term", start, field, relation, value.removesuffix("*") if is_prefix else value)
    return token._replace(value_at=at, is_prefix=is_prefix), at + len(value)


def _quotation(query: str, token: Token) -> tuple[Token, int]:
    """Read a value in quotes, and what follows it without a blank."""
    start = token.value_at
    end = next((at for at in range(start, len(query)) if query[at] in _OPENING + _CLOSING), None)
    if end is None:
        message = "this quote is not closed"
        raise QueryMistake(message, query=query, at=start - 1, hint='put a " behind it')
    at = end + 1
    is_prefix = query[at : at + 1] == "*"
    at += is_prefix
    bound = ""
    if token.field and _RELATION.match(query, at) and (run := _RUN.match(query, at)):
        bound = run[0]
        at = run.end()
    whole = token._replace(value=query[start:end], is_quoted=True, is_prefix=is_prefix, bound=bound)
    return whole, at


_LONGEST_NUMBER = 18  # digits of an SQLite integer


def read_bare_work(text: str) -> Named | None:
    """Read a word that stands without a field; None when it is just a word."""
    if paper := read_arxiv_id(text):
        return Named(None, (Identifier("arxiv", paper.base),), text)
    is_address = text.lower().lstrip("<([").startswith(("http://", "https://"))
    found = names_of(text) if is_address else ()
    return Named(None, found, text) if found else None


def read_work(text: str, *, is_number: bool) -> Named | None:
    """Read what stands behind ``id:`` and its like; None when it names no work.

    Args:
        text: The value.
        is_number: Whether digits alone are a short number.
    """
    if is_number and text.isascii() and text.isdigit():
        number = int(text) if len(text) <= _LONGEST_NUMBER else -1
        return Named(number, (), text)
    found = names_of(text)
    return Named(None, found, text) if found else None


TIMES = ("seen", "judged", "announced", "published", "updated")
FIELDS = (
    *("area", "tag", "source", "author", "title", "abstract", "note", "rating", "is", "has"),
    *("kind", "cat", "issue", "id", "saved"),
    *TIMES,
)
_ALIASES = {
    alias: field
    for field, aliases in {
        "abstract": "abs summary",
        "area": "areas",
        "author": "authors by",
        "cat": "category",
        "id": "arxiv doi item",
        "is": "state",
        "note": "notes",
        "rating": "value",
        "saved": "search",
        "source": "sources",
        "tag": "tags",
    }.items()
    for alias in aliases.split()
}
_COLUMNS = frozenset({TITLE, AUTHOR, ABSTRACT, NOTE})
_SIZED = frozenset({"rating", "area", *TIMES})
_LEAST, _MOST = 1, 10  # half points
_BOUND = re.compile(rf"(.*?)({RELATION})(.*)")
_WEEK = re.compile(r"(\d{4})-?[wW](\d{2})")
_LONE_RELATION = re.compile(rf"(?!:)(?:{RELATION})")
# A word that may be an arXiv identifier or an address.
_MAY_BE_NAME = re.compile(r"\d{4}\.\d|/")


def read_term(context: QueryContext, token: Token) -> Filter:
    """Read one term.

    Raises:
        UsageError: Its value cannot be read.
        QueryMistake: There is no such field, or nothing of that name.
    """
    if token.relation == "@":
        since, until = read_span(":", token.value, context.now, context.zone)
        return Between(TOUCHED, since, until, f":{token.value}")
    if token.field is None:
        return _bare(context, token)
    field = _ALIASES.get(token.field, token.field)
    if field not in FIELDS:
        if not token.value:  # "AI:" at the end of a word is no field
            return Words(token.field, is_prefix=False)
        hint = (
            f"{filters.suggestion(field, FIELDS, what='fields')} to find the text, put it in quotes"
        )
        context.refuse(f'there is no field "{token.field}"', token.at, hint)
    if token.relation not in {":", "="} and field not in _SIZED:
        message = f"{field} cannot be compared"
        context.refuse(message, token.at, f"write {field}:{token.value or '…'}")
    if not token.value.strip():
        context.refuse(f"there is nothing after {token.field}", token.value_at, "write it there")
    if field in TIMES:
        since, until = read_span(token.relation, token.value, context.now, context.zone)
        return Between(field, since, until, token.relation + token.value)
    if field in _COLUMNS:
        return _words(context, token, field)
    return _READERS[field](context, token)


def _bare(context: QueryContext, token: Token) -> Filter:
    may_be_name = not token.is_quoted and not token.is_prefix and _MAY_BE_NAME.search(token.value)
    work = read_bare_work(token.value) if may_be_name else None
    return _words(context, token, None) if work is None else work


def _words(context: QueryContext, token: Token, column: str | None) -> Words:
    if column is None and not token.is_quoted:
        _refuse_strays(context, token)
    if not holds_words(token.value):
        message = "this has no letter or digit to search for"
        context.refuse(message, token.value_at, "take it out")
    return Words(token.value, column, is_prefix=token.is_prefix)


def _refuse_strays(context: QueryContext, token: Token) -> None:
    """Refuse what was meant as a sign and would pass for a word: ``rating >=3``, ``!probe``."""
    if _LONE_RELATION.match(token.value):
        message = "there is nothing before this"
        context.refuse(message, token.at, "write it without blanks, as in rating>=3")
    if token.value.startswith("!") and holds_words(token.value):
        message = '"!" negates nothing'
        context.refuse(message, token.at, f"write -{token.value.lstrip('!')}")


def _area(context: QueryContext, token: Token) -> Filter:
    typed, low, high = token.value, 0, 0
    size = token.bound
    if not token.is_quoted and (parts := _BOUND.fullmatch(token.value)):
        typed, size = parts[1], parts[2] + parts[3]
    if token.relation not in {":", "="}:
        context.refuse("area is followed by a colon", token.at, "write area:NAME>=3")
    if size and (parts := _BOUND.fullmatch(size)):
        low, high = _span(parts[2], parts[3])
    slugs = filters.short(
        _starred(token, typed), context.vocabulary.areas, context.vocabulary.shorts
    )
    if not slugs:
        hint = filters.suggestion(typed, context.vocabulary.areas, what="areas")
        context.refuse(f'there is no area "{typed}"', token.value_at, hint)
    return Rated(low, high, slugs, typed) if size else OneOf("area", slugs, _starred(token, typed))


def _source(context: QueryContext, token: Token) -> Filter:
    known = dict.fromkeys(context.vocabulary.sources, "")
    slugs = filters.short(_starred(token, token.value), known)
    if not slugs:
        hint = filters.suggestion(token.value, known, what="sources")
        context.refuse(f'there is no source "{token.value}"', token.value_at, hint)
    return OneOf("source", slugs, _starred(token, token.value))


def _tag(context: QueryContext, token: Token) -> Filter:
    bare = token.value.lstrip("#")
    if not bare.strip():
        context.refuse("there is nothing after tag", token.value_at, "write it there")
    typed = _starred(token, bare)
    found = filters.exact(typed, context.vocabulary.tags)
    if not found:
        hint = filters.suggestion(bare, context.vocabulary.tags, what="tags")
        context.notes.append(f'no item has the tag "{typed}"; {hint}')
    return OneOf("tag", found or (typed.removesuffix("*"),), typed)


def _issue(context: QueryContext, token: Token) -> Filter:
    week = _WEEK.fullmatch(token.value)
    typed = f"{week[1]}-W{week[2]}" if week else token.value
    found = filters.exact(_starred(token, typed), context.vocabulary.issues)
    if not found:
        hint = filters.suggestion(typed, context.vocabulary.issues, what="issues")
        context.refuse(f'there is no published issue "{typed}"', token.value_at, hint)
    return OneOf("issue", found, _starred(token, typed))


def _category(context: QueryContext, token: Token) -> Filter:
    from papertrack.config.taxonomy import is_archive, may_be_category, nearest_category  # noqa: PLC0415  # reads a table

    code, guess = token.value, nearest_category(token.value)
    if guess is not None and guess.casefold() == code.casefold():
        code = guess
    elif not (is_archive(code) or may_be_category(code)):
        hint = f'did you mean "{guess}"?' if guess else "see https://arxiv.org/category_taxonomy"
        context.refuse(f'arXiv has no category "{code}"', token.value_at, hint)
    return OneOf("cat", (code,), code)


def _flag(context: QueryContext, token: Token) -> Filter:
    return _choice(context, token, "is", filters.FLAGS)


def _has(context: QueryContext, token: Token) -> Filter:
    value = token.value.casefold().replace("-", "_")
    also = {"note": "notes", "tag": "tags", "remarks": "remark", "summary": "abstract"}
    return _choice(context, token, "has", filters.HAS, also.get(value, value))


def _kind(context: QueryContext, token: Token) -> Filter:
    return _choice(context, token, "kind", filters.KINDS)


def _choice(
    context: QueryContext,
    token: Token,
    field: str,
    known: tuple[str, ...],
    value: str | None = None,
) -> Filter:
    chosen = token.value.casefold() if value is None else value
    if chosen not in known:
        hint = filters.suggestion(chosen, known, what=f'words behind "{field}:"')
        context.refuse(f'there is no "{field}:{token.value}"', token.value_at, hint)
    return OneOf(field, (chosen,), chosen)


def _rating(context: QueryContext, token: Token) -> Filter:
    del context
    return Rated(*_span(token.relation, token.value))


def _span(relation: str, text: str) -> tuple[int, int]:
    """Read a relation and a rating as the lowest and the highest half points that it lets in."""
    if relation in {":", "="}:
        first, dots, last = text.partition("..")
        if not dots:
            return (_halves(first),) * 2
        low, high = (_halves(first) if first else _LEAST), (_halves(last) if last else _MOST)
        if low > high:
            raise UsageError(BACKWARDS, hint=f"write {last}..{first}")
        return low, high
    halves = _halves(text)
    match spelled(relation):
        case ">=":
            return halves, _MOST
        case ">":
            return halves + 1, _MOST
        case "<=":
            return _LEAST, halves
        case _:
            return _LEAST, halves - 1


def _halves(text: str) -> int:
    from papertrack.core.text.ratings import read_halves  # noqa: PLC0415  # only ratings need it

    return read_halves(text)


def _name(context: QueryContext, token: Token) -> Filter:

    work = read_work(token.value, is_number=token.field in {"id", "item"})
    if work is None:
        what = f'"{token.value}" is not a number, arXiv id, DOI or address'
        context.refuse(what, token.value_at, "write id:2611.99901")
    return work


def _saved(context: QueryContext, token: Token) -> Filter:

    found = filters.exact(token.value, context.vocabulary.searches)
    if not found:
        known = context.vocabulary.searches
        hint = filters.suggestion(token.value, known, what="saved searches")
        hint = hint if known else "write it in [searches] of the config"
        context.refuse(f'there is no saved search "{token.value}"', token.value_at, hint)
    return read_saved(context, found[0], token.value_at)


def _starred(token: Token, typed: str) -> str:
    return f"{typed}*" if token.is_prefix else typed


_READERS: dict[str, Callable[[QueryContext, Token], Filter]] = {
    "area": _area,
    "source": _source,
    "tag": _tag,
    "issue": _issue,
    "cat": _category,
    "is": _flag,
    "has": _has,
    "kind": _kind,
    "rating": _rating,
    "id": _name,
    "saved": _saved,
}


# Bounds that no person reaches: deeper or longer, SQLite would refuse the query it becomes.
MAX_CHARACTERS = 4000
MAX_TERMS = 120
MAX_DEPTH = 40


class Query(NamedTuple):
    """A query as read.

    Attributes:
        tree: What it asks for.
        notes: What the author may want to know: a tag that no item has.
    """

    tree: Filter
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryContext:
    """What reading a query needs to know, and what it found out.

    Attributes:
        query: The text that is being read.
        within: The saved searches whose text this is, outermost first.
        budget: How many terms may still come; one number in a list, shared by saved searches.
    """

    query: str
    vocabulary: Vocabulary
    now: datetime
    zone: tzinfo
    within: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    budget: list[int] = field(default_factory=lambda: [MAX_TERMS])

    def refuse(self, what: str, at: int, hint: str | None = None) -> NoReturn:
        """Say what is wrong at a place of the query.

        Raises:
            QueryMistake: Always.
        """
        if self.within:
            what = f'in the saved search "{self.within[-1]}": {what}'
        raise QueryMistake(what, query=self.query, at=at, hint=hint)


def read_query(query: str, vocabulary: Vocabulary, *, now: datetime, zone: tzinfo) -> Query:
    """Read a query; one of nothing but blanks asks for everything.

    Args:
        query: As typed; control characters in it count as blanks.
        vocabulary: The author's areas, sources, tags, issues and saved searches.
        now: The present, for times ago.
        zone: The author's time zone, for days.

    Raises:
        QueryMistake: It cannot be read.
    """
    context = QueryContext(plain_query(query), vocabulary, now, zone)
    return Query(bound(_read(context)), tuple(dict.fromkeys(context.notes)))


def plain_query(query: str) -> str:
    """Put a blank in the place of every character that cannot be seen."""
    return "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in query)


def read_saved(context: QueryContext, name: str, at: int) -> Filter:
    """Read a saved search in the place where another query names it.

    Raises:
        QueryMistake: It cannot be read, or it is part of itself.
    """
    if name in context.within:
        message = f'the saved search "{name}" is part of itself'
        context.refuse(message, at, "change it in [searches] of the config")
    return _read(
        QueryContext(
            plain_query(context.vocabulary.searches[name]),
            context.vocabulary,
            context.now,
            context.zone,
            (*context.within, name),
            context.notes,
            context.budget,
        )
    )


def _read(context: QueryContext) -> Filter:
    if len(context.query) > MAX_CHARACTERS:
        message = f"the query is longer than {MAX_CHARACTERS} characters"
        context.refuse(message, MAX_CHARACTERS, "ask for less at once")
    tokens = _Tokens(cut(context.query))
    if tokens.peek.sign == "end":
        return And()
    tree = _either(context, tokens, 0)
    if tokens.peek.sign == ")":
        context.refuse('this ")" closes nothing', tokens.peek.at, "take it out")
    return tree


class _Tokens:
    """The words of a query that were not read yet."""

    def __init__(self, tokens: list[Token]) -> None:
        self._rest: Iterator[Token] = iter(tokens)
        self.peek = next(self._rest)

    def take(self) -> Token:
        token = self.peek
        self.peek = next(self._rest, token)
        return token


def _either(context: QueryContext, tokens: _Tokens, depth: int) -> Filter:
    parts = [_both(context, tokens, depth)]
    while tokens.peek.sign == "or":
        tokens.take()
        parts.append(_both(context, tokens, depth))
    return joined(Or, parts)


def _both(context: QueryContext, tokens: _Tokens, depth: int) -> Filter:
    parts = [_single(context, tokens, depth)]
    while tokens.peek.sign in {"and", "term", "(", "-"}:
        if tokens.peek.sign == "and":
            tokens.take()
        parts.append(_single(context, tokens, depth))
    return joined(And, parts)


def _single(context: QueryContext, tokens: _Tokens, depth: int) -> Filter:
    token = tokens.take()
    is_negated = False
    while token.sign == "-":
        is_negated = not is_negated
        token = tokens.take()
    part = (
        _group(context, tokens, token, depth) if token.sign == "(" else _read_term(context, token)
    )
    return negated(part) if is_negated else part


def _group(context: QueryContext, tokens: _Tokens, opening: Token, depth: int) -> Filter:
    if depth >= MAX_DEPTH:
        message = f"parentheses are nested more than {MAX_DEPTH} deep"
        context.refuse(message, opening.at, "take some out")
    if tokens.peek.sign == ")":
        context.refuse("these parentheses are empty", opening.at, "fill them")
    part = _either(context, tokens, depth + 1)
    if tokens.take().sign != ")":
        context.refuse("this parenthesis is not closed", opening.at, 'put a ")" behind it')
    return part


def _read_term(context: QueryContext, token: Token) -> Filter:

    if token.sign != "term":
        found = {"end": "the query ends", ")": '")" stands'}.get(
            token.sign, f'"{token.sign}" stands'
        )
        context.refuse(f"{found} where a search term is missing", token.at, "write it there")
    context.budget[0] -= 1
    if context.budget[0] < 0:
        message = f"the query has more than {MAX_TERMS} terms"
        context.refuse(message, token.at, "ask for less at once")
    try:
        return read_term(context, token)
    except QueryMistake:
        raise
    except UsageError as error:
        context.refuse(error.what, token.value_at, error.hint)
