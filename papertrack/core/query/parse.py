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
    bind_ratings,
    join_filters,
    negate,
)
from papertrack.core.text.words import holds_words
from papertrack.core.works.identity import names_of
from papertrack.errors import QueryMistake, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Sign = Literal["(", ")", "-", "and", "or", "term", "end"]

RELATION = r":|>=|<=|=>|=<|>|<|=|\N{GREATER-THAN OR EQUAL TO}|\N{LESS-THAN OR EQUAL TO}"
_FIELD = re.compile(rf"([A-Za-z]+)({RELATION})")
_RELATION = re.compile(RELATION)
# Word processors turn quotes into these; nobody searches for the character.
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
    """One token of a query.

    Attributes:
        sign: Its kind.
        at: Its position in the query, in characters from 0.
        field: The name before the relation, in lower case; None for words and times.
        relation: ``:``, ``=``, ``>``, ``>=``, ``<`` or ``<=``; ``@`` for a time without a field.
        value: The text after the relation, without quotes.
        value_at: The position of the value.
        is_quoted: Whether the value was in quotes.
        is_prefix: Whether a ``*`` followed the value.
        comparison: A relation and value after a quoted value: ``area:"mi">=3``; else empty.
    """

    sign: Sign
    at: int
    field: str | None = None
    relation: str = ""
    value: str = ""
    value_at: int = 0
    is_quoted: bool = False
    is_prefix: bool = False
    comparison: str = ""


def tokenize(query: str) -> list[Token]:
    """Split a query into tokens; the last one is ``end``.

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
            token, at = _read_token(query, at)
            tokens.append(token)
    tokens.append(Token("end", len(query)))
    return tokens


def normalize_relation(relation: str) -> str:
    """Return the usual spelling of a relation."""
    return _SPELLINGS.get(relation, relation)


def _read_token(query: str, start: int) -> tuple[Token, int]:
    """Read one term or operator; return it and the position after it."""
    if address := _ADDRESS.match(query, start):
        return Token("term", start, value=address[0], value_at=start), address.end()
    name = _FIELD.match(query, start)
    if query[start] == "@":
        field, relation, at = None, "@", start + 1
    elif name:
        field, relation, at = name[1].lower(), normalize_relation(name[2]), name.end()
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
        raise QueryMistake(message, query=query, at=start - 1, hint='add a closing "')
    at = end + 1
    is_prefix = query[at : at + 1] == "*"
    at += is_prefix
    comparison = ""
    if token.field and _RELATION.match(query, at) and (run := _RUN.match(query, at)):
        comparison = run[0]
        at = run.end()
    whole = token._replace(
        value=query[start:end], is_quoted=True, is_prefix=is_prefix, comparison=comparison
    )
    return whole, at


_MAXIMUM_DIGITS = 18  # digits of an SQLite integer


def read_bare_work(text: str) -> Named | None:
    """Read a word without a field as a work; None if it names none."""
    if paper := read_arxiv_id(text):
        return Named(None, (Identifier("arxiv", paper.base),), text)
    is_address = text.lower().lstrip("<([").startswith(("http://", "https://"))
    found = names_of(text) if is_address else ()
    return Named(None, found, text) if found else None


def read_work(text: str, *, is_number: bool) -> Named | None:
    """Read the value of ``id:``, ``doi:`` or ``arxiv:``; None if it names no work.

    Args:
        text: The value.
        is_number: Whether digits alone are a short number.
    """
    if is_number and text.isascii() and text.isdigit():
        number = int(text) if len(text) <= _MAXIMUM_DIGITS else -1
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
_COMPARABLE = frozenset({"rating", "area", *TIMES})
_LOWEST, _HIGHEST = 1, 10  # half points
_COMPARISON = re.compile(rf"(.*?)({RELATION})(.*)")
_WEEK = re.compile(r"(\d{4})-?[wW](\d{2})")
_LONE_RELATION = re.compile(rf"(?!:)(?:{RELATION})")
# A word that may be an arXiv identifier or an address.
_MAY_BE_NAME = re.compile(r"\d{4}\.\d|/")


def read_term(context: QueryContext, token: Token) -> Filter:
    """Read one term.

    Raises:
        UsageError: Its value cannot be read.
        QueryMistake: There is no such field or name.
    """
    if token.relation == "@":
        since, until = read_span(":", token.value, context.now, context.zone)
        return Between(TOUCHED, since, until, f":{token.value}")
    if token.field is None:
        return _bare(context, token)
    field = _ALIASES.get(token.field, token.field)
    if field not in FIELDS:
        if not token.value:  # the colon of "AI:" ends a word
            return Words(token.field, is_prefix=False)
        guess = filters.suggest_name(field, FIELDS, what="fields")
        hint = f"{guess} to find the text, put it in quotes"
        context.refuse(f'there is no field "{token.field}"', token.at, hint)
    if token.relation not in {":", "="} and field not in _COMPARABLE:
        message = f"{field} cannot be compared"
        context.refuse(message, token.at, f"write {field}:{token.value or '…'}")
    if not token.value.strip():
        context.refuse(f"{token.field} has no value", token.value_at, "add one")
    if field in TIMES:
        since, until = read_span(token.relation, token.value, context.now, context.zone)
        return Between(field, since, until, token.relation + token.value)
    if field in _COLUMNS:
        return _words(context, token, field)
    return _FIELD_READERS[field](context, token)


def _bare(context: QueryContext, token: Token) -> Filter:
    may_be_name = not token.is_quoted and not token.is_prefix and _MAY_BE_NAME.search(token.value)
    work = read_bare_work(token.value) if may_be_name else None
    return _words(context, token, None) if work is None else work


def _words(context: QueryContext, token: Token, column: str | None) -> Words:
    if column is None and not token.is_quoted:
        _refuse_strays(context, token)
    if not holds_words(token.value):
        message = "this has no letter or digit to search for"
        context.refuse(message, token.value_at, "remove it")
    return Words(token.value, column, is_prefix=token.is_prefix)


def _refuse_strays(context: QueryContext, token: Token) -> None:
    """Refuse misplaced operators that would be searched for: ``rating >=3``, ``!probe``."""
    if _LONE_RELATION.match(token.value):
        message = "there is no field before this"
        context.refuse(message, token.at, "write it without spaces, as in rating>=3")
    if token.value.startswith("!") and holds_words(token.value):
        message = '"!" does not exclude a word'
        context.refuse(message, token.at, f"write -{token.value.lstrip('!')}")


def _area(context: QueryContext, token: Token) -> Filter:
    typed, low, high = token.value, 0, 0
    comparison = token.comparison
    if not token.is_quoted and (parts := _COMPARISON.fullmatch(token.value)):
        typed, comparison = parts[1], parts[2] + parts[3]
    if token.relation not in {":", "="}:
        context.refuse("area needs a colon", token.at, "write area:NAME>=3")
    if comparison and (parts := _COMPARISON.fullmatch(comparison)):
        low, high = _span(parts[2], parts[3])
    slugs = filters.match_slugs(
        _starred(token, typed), context.vocabulary.areas, context.vocabulary.shorts
    )
    if not slugs:
        hint = filters.suggest_name(typed, context.vocabulary.areas, what="areas")
        context.refuse(f'there is no area "{typed}"', token.value_at, hint)
    if comparison:
        return Rated(low, high, slugs, typed)
    return OneOf("area", slugs, _starred(token, typed))


def _source(context: QueryContext, token: Token) -> Filter:
    known = dict.fromkeys(context.vocabulary.sources, "")
    slugs = filters.match_slugs(_starred(token, token.value), known)
    if not slugs:
        hint = filters.suggest_name(token.value, known, what="sources")
        context.refuse(f'there is no source "{token.value}"', token.value_at, hint)
    return OneOf("source", slugs, _starred(token, token.value))


def _tag(context: QueryContext, token: Token) -> Filter:
    bare = token.value.lstrip("#")
    if not bare.strip():
        context.refuse("tag has no value", token.value_at, "add one")
    typed = _starred(token, bare)
    found = filters.match_names(typed, context.vocabulary.tags)
    if not found:
        hint = filters.suggest_name(bare, context.vocabulary.tags, what="tags")
        context.notes.append(f'no item has the tag "{typed}"; {hint}')
    return OneOf("tag", found or (typed.removesuffix("*"),), typed)


def _issue(context: QueryContext, token: Token) -> Filter:
    week = _WEEK.fullmatch(token.value)
    typed = f"{week[1]}-W{week[2]}" if week else token.value
    found = filters.match_names(_starred(token, typed), context.vocabulary.issues)
    if not found:
        hint = filters.suggest_name(typed, context.vocabulary.issues, what="issues")
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
        hint = filters.suggest_name(chosen, known, what=f'values of "{field}:"')
        context.refuse(f'there is no "{field}:{token.value}"', token.value_at, hint)
    return OneOf(field, (chosen,), chosen)


def _rating(context: QueryContext, token: Token) -> Filter:
    del context
    return Rated(*_span(token.relation, token.value))


def _span(relation: str, text: str) -> tuple[int, int]:
    """Return the lowest and highest half points that match a relation and a rating."""
    if relation in {":", "="}:
        first, dots, last = text.partition("..")
        if not dots:
            return (_halves(first),) * 2
        low, high = (_halves(first) if first else _LOWEST), (_halves(last) if last else _HIGHEST)
        if low > high:
            raise UsageError(BACKWARDS, hint=f"write {last}..{first}")
        return low, high
    halves = _halves(text)
    match normalize_relation(relation):
        case ">=":
            return halves, _HIGHEST
        case ">":
            return halves + 1, _HIGHEST
        case "<=":
            return _LOWEST, halves
        case _:
            return _LOWEST, halves - 1


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
    found = filters.match_names(token.value, context.vocabulary.searches)
    if not found:
        known = context.vocabulary.searches
        hint = filters.suggest_name(token.value, known, what="saved searches")
        hint = hint if known else "add it to [searches] in the config"
        context.refuse(f'there is no saved search "{token.value}"', token.value_at, hint)
    return read_saved(context, found[0], token.value_at)


def _starred(token: Token, typed: str) -> str:
    return f"{typed}*" if token.is_prefix else typed


_FIELD_READERS: dict[str, Callable[[QueryContext, Token], Filter]] = {
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


# No person reaches these limits; beyond them SQLite would refuse the resulting query.
MAX_CHARACTERS = 4000
MAX_TERMS = 120
MAX_DEPTH = 40


class Query(NamedTuple):
    """A query as read.

    Attributes:
        tree: The filter.
        notes: Hints for the author, such as a tag that no item has.
    """

    tree: Filter
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryContext:
    """The input of reading a query, and its notes.

    Attributes:
        query: The text that is being read.
        within: The saved searches that the text is part of, outermost first.
        budget: How many terms are left; a list of one number, shared with saved searches.
    """

    query: str
    vocabulary: Vocabulary
    now: datetime
    zone: tzinfo
    within: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    budget: list[int] = field(default_factory=lambda: [MAX_TERMS])

    def refuse(self, what: str, at: int, hint: str | None = None) -> NoReturn:
        """Raise a QueryMistake at a position of the query."""
        if self.within:
            what = f'in the saved search "{self.within[-1]}": {what}'
        raise QueryMistake(what, query=self.query, at=at, hint=hint)


def read_query(query: str, vocabulary: Vocabulary, *, now: datetime, zone: tzinfo) -> Query:
    """Read a query; a blank one matches every item.

    Args:
        query: As typed; control characters count as blanks.
        vocabulary: The author's areas, sources, tags, issues and saved searches.
        now: The current time, for times ago.
        zone: The author's time zone, for days.

    Raises:
        QueryMistake: It cannot be read.
    """
    context = QueryContext(plain_query(query), vocabulary, now, zone)
    return Query(bind_ratings(_read(context)), tuple(dict.fromkeys(context.notes)))


def plain_query(query: str) -> str:
    """Replace control characters and line separators with blanks."""
    return "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in query)


def read_saved(context: QueryContext, name: str, at: int) -> Filter:
    """Read a saved search that another query names.

    Raises:
        QueryMistake: It cannot be read, or it refers to itself.
    """
    if name in context.within:
        message = f'the saved search "{name}" refers to itself'
        context.refuse(message, at, "change it in [searches] in the config")
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
        context.refuse(message, MAX_CHARACTERS, "shorten it")
    tokens = _Tokens(tokenize(context.query))
    if tokens.peek.sign == "end":
        return And()
    tree = _read_or(context, tokens, 0)
    if tokens.peek.sign == ")":
        context.refuse('this ")" has no matching "("', tokens.peek.at, "remove it")
    return tree


class _Tokens:
    """The tokens of a query that were not read yet."""

    def __init__(self, tokens: list[Token]) -> None:
        self._rest: Iterator[Token] = iter(tokens)
        self.peek = next(self._rest)

    def take(self) -> Token:
        token = self.peek
        self.peek = next(self._rest, token)
        return token


def _read_or(context: QueryContext, tokens: _Tokens, depth: int) -> Filter:
    parts = [_read_and(context, tokens, depth)]
    while tokens.peek.sign == "or":
        tokens.take()
        parts.append(_read_and(context, tokens, depth))
    return join_filters(Or, parts)


def _read_and(context: QueryContext, tokens: _Tokens, depth: int) -> Filter:
    parts = [_read_negation(context, tokens, depth)]
    while tokens.peek.sign in {"and", "term", "(", "-"}:
        if tokens.peek.sign == "and":
            tokens.take()
        parts.append(_read_negation(context, tokens, depth))
    return join_filters(And, parts)


def _read_negation(context: QueryContext, tokens: _Tokens, depth: int) -> Filter:
    token = tokens.take()
    is_negated = False
    while token.sign == "-":
        is_negated = not is_negated
        token = tokens.take()
    part = (
        _read_group(context, tokens, token, depth)
        if token.sign == "("
        else _read_term(context, token)
    )
    return negate(part) if is_negated else part


def _read_group(context: QueryContext, tokens: _Tokens, opening: Token, depth: int) -> Filter:
    if depth >= MAX_DEPTH:
        message = f"parentheses are nested more than {MAX_DEPTH} deep"
        context.refuse(message, opening.at, "remove some")
    if tokens.peek.sign == ")":
        context.refuse("these parentheses are empty", opening.at, "remove them")
    part = _read_or(context, tokens, depth + 1)
    if tokens.take().sign != ")":
        context.refuse("this parenthesis is not closed", opening.at, 'add a ")"')
    return part


def _read_term(context: QueryContext, token: Token) -> Filter:
    if token.sign != "term":
        place = "at the end of the query" if token.sign == "end" else f'before "{token.sign}"'
        context.refuse(f"a search term is missing {place}", token.at, "add one")
    context.budget[0] -= 1
    if context.budget[0] < 0:
        message = f"the query has more than {MAX_TERMS} terms"
        context.refuse(message, token.at, "use fewer terms")
    try:
        return read_term(context, token)
    except QueryMistake:
        raise
    except UsageError as error:
        context.refuse(error.what, token.value_at, error.hint)
