"""Find the parts of a query that arXiv's API would read differently from what the author means.

The API accepts almost anything. It knows operators in upper case only, gives none of them
precedence and groups them to the right; it joins adjacent words by OR.
Grammar: https://info.arxiv.org/help/api/user-manual.html and arXiv/arxiv-search, services/index.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from papertrack.config import taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_OPERATORS = ("AND", "OR", "ANDNOT")
# Operators of other search engines; the API searches for them as words.
_FOREIGN_OPERATORS = {"and": "AND", "or": "OR", "andnot": "ANDNOT", "not": "ANDNOT"} | {
    "&": "AND", "&&": "AND", "|": "OR", "||": "OR", "!": "ANDNOT", "-": "ANDNOT",
}  # fmt: skip
_FIELDS = ("ti", "au", "abs", "co", "jr", "cat", "rn", "id", "doi", "all", "submittedDate")
_ALIAS = "title"  # undocumented, but the server takes it for "ti"
_FOREIGN_FIELDS = {
    "title": "ti", "author": "au", "authors": "au", "abstract": "abs", "summary": "abs",
    "comment": "co", "journal": "jr", "category": "cat", "report": "rn", "any": "all",
    "date": "submittedDate", "submitted": "submittedDate", "published": "submittedDate",
}  # fmt: skip

_TOKEN = re.compile(
    r"""(?: (?P<field>[^\s()":\[{]+) : )?
        (?: (?P<open>\() | (?P<range>[\[{][^\]}]*[\]}]?) | "(?P<phrase>[^"]*)" )
      | (?P<close>\))
      | (?P<word>[^\s()"]+)""",
    re.VERBOSE,
)
_RANGE = re.compile(r"\[\s*(\d{8}(?:\d{4})?)\s+TO\s+(\d{8}(?:\d{4})?)\s*\]", re.ASCII)
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_PLUS = re.compile(r"\w{2,}\+\w{2,}|\)\+|\+\(")
_PREFIXED = re.compile(r"([A-Za-z_]+):(.*)", re.DOTALL)
_MAXIMUM_SHOWN = 40
_DATES = "submittedDate:[202611140000 TO 202611212359]"


@dataclass(frozen=True, slots=True)
class _Term:
    """A search term, an operator, or a group in parentheses.

    Attributes:
        text: As typed, on one line.
        field: The prefix before the colon; None without one.
        value: The text to search for; a range includes its brackets.
        kind: ``word``, ``phrase``, ``range``, ``group`` or ``operator``.
    """

    text: str
    field: str | None
    value: str
    kind: str
    inside: tuple[_Term, ...] = ()


def query_problems(query: str) -> Iterator[str]:
    """Find the parts that the API would read differently, the most basic problem first.

    Args:
        query: A search in the API's own grammar, as written in the config.

    Yields:
        One line for each problem: how it would be read, and what to write instead.
    """
    if not query.strip():
        yield "is empty; write a search, like cat:cs.LG AND ti:circuits"
    elif not all(character.isprintable() or character.isspace() for character in query):
        yield "contains invisible characters; type it again"
    elif problem := _spelling_problem(query) or _balance_problem(query):
        yield problem
    else:
        terms, _ = _group(list(_TOKEN.finditer(query)), 0)
        yield from _problems(terms, "all")
        if _underscores(terms) > 1:
            yield 'only the first "_" of a query is read as a space; write names like au:"le cun"'


def _spelling_problem(query: str) -> str | None:
    if escape := _ESCAPE.search(query):
        return f'"{escape[0]}" is an escape for URLs; write the character itself'
    if plus := _PLUS.search(query):
        return f'"{plus[0]}" is read as one word; write a space instead of "+"'
    return None


def _balance_problem(query: str) -> str | None:
    if query.count('"') % 2:
        return "has an unclosed quotation mark; put one before and after each phrase"
    depth = 0
    for token in _TOKEN.finditer(query):
        depth += bool(token["open"]) - bool(token["close"])
        if depth < 0:
            return 'has a ")" without a "("; add one before it, or remove it'
    return f'has {depth} unclosed "("; add a ")" for each' if depth else None


def _group(tokens: Sequence[re.Match[str]], at: int) -> tuple[tuple[_Term, ...], int]:
    """Read the tokens of a group; return its terms and the index of its closing parenthesis."""
    terms: list[_Term] = []
    while at < len(tokens) and not tokens[at]["close"]:
        token = tokens[at]
        if token["open"]:
            inside, end = _group(tokens, at + 1)
            text = token.string[token.start() : tokens[end].end()]
            terms.append(_Term(_on_one_line(text), token["field"], "", "group", inside))
            at = end
        else:
            terms.append(_term(token))
        at += 1
    return tuple(terms), at


def _term(token: re.Match[str]) -> _Term:
    text = _on_one_line(token[0])
    if token["phrase"] is not None:
        return _Term(text, token["field"], token["phrase"], "phrase")
    if token["range"] is not None:
        return _Term(text, token["field"], token["range"], "range")
    if token["word"] in _OPERATORS:
        return _Term(text, None, text, "operator")
    prefixed = _PREFIXED.fullmatch(token["word"])
    field, value = (prefixed[1], prefixed[2]) if prefixed else (None, token["word"])
    return _Term(text, field, value, "word")


def _problems(terms: Sequence[_Term], field: str) -> Iterator[str]:
    """Find the problems of a group, then of the groups inside it.

    Args:
        terms: Its operands and operators.
        field: The field of words without a prefix.
    """
    if not terms:
        yield 'contains an empty "()"; remove it'
        return
    own = [problem for term in terms for problem in _term_problems(term, term.field or field)]
    yield from own
    yield from _order_problems(terms)
    if not own:  # advice on words that should not be there would mislead
        yield from _neighbour_problems(terms, field)
        yield from _precedence_problems(terms)
    for term in terms:
        if term.kind == "group":
            yield from _problems(term.inside, term.field or field)


def _term_problems(term: _Term, field: str) -> Iterator[str]:
    shown = _short(term.text)
    right = _FOREIGN_OPERATORS.get(term.text.lower()) if term.kind == "word" else None
    if right:
        yield f'"{shown}" is read as a word to search for; write {right}'
    elif field == "lastUpdatedDate":
        yield f"lastUpdatedDate is read as submittedDate, the first version's; write {_DATES}"
    elif term.field is not None and term.field not in (*_FIELDS, _ALIAS):
        yield _field_problem(term.field)
    elif field == "submittedDate":
        if term.kind != "group":
            yield from _date_problems(term)
    elif term.kind == "range":
        yield f"{shown} is not a date range; write {_DATES}"
    elif term.kind in ("word", "phrase") and not any(map(str.isalnum, term.value)):
        yield f"{shown} has nothing to search for; add a word or a phrase"
    elif term.kind == "word" and term.value[0] in "-!":
        rest = term.value.lstrip("-!")
        yield f'"{shown}" does not exclude a word; write ANDNOT {field}:{_short(rest)}'
    elif field == "cat" and term.kind in ("word", "phrase"):
        yield from category_problems(term.value.strip(), in_query=True)


def _field_problem(field: str) -> str:
    import difflib  # noqa: PLC0415  # only a mistake needs it

    meanings = {known.lower(): known for known in _FIELDS} | _FOREIGN_FIELDS
    close = difflib.get_close_matches(field.lower(), meanings, n=1)
    if close:
        return f'"{_short(field)}:" is not a field; did you mean "{meanings[close[0]]}:"?'
    known = ", ".join(_FIELDS)
    return f'"{_short(field)}:" is not a field; write one of {known}, or the text in quotes'


def _date_problems(term: _Term) -> Iterator[str]:
    shown = _short(term.text)
    ends = _RANGE.fullmatch(term.value)
    if ends is None:
        yield f"{shown} is not a range that arXiv can read; give both ends in full, like {_DATES}"
        return
    try:
        since, until = (
            datetime.strptime(end.ljust(12, "0"), "%Y%m%d%H%M").replace(tzinfo=UTC)
            for end in ends.groups()
        )
    except ValueError:
        yield f"{shown} names a day that does not exist; write {_DATES}"
        return
    if since > until:
        yield f"{shown} ends before it begins; write the earlier day first"


def category_problems(code: str, *, in_query: bool = False) -> Iterator[str]:
    """Find why a code cannot be used as a category.

    Args:
        code: As typed.
        in_query: Whether it is part of a query, where a whole archive is ``cs.*`` instead of the
            feed's ``cs``.
    """
    if in_query and code.endswith("*") and taxonomy.is_archive(code[:-1].removesuffix(".")):
        return
    if not taxonomy.is_category(code):
        meant = taxonomy.nearest_category(code)
        advice = f'did you mean "{meant}"?' if meant else 'write one like "cs.LG"'
        yield f'"{_short(code)}" is not an arXiv category; {advice}'
    elif taxonomy.is_closed(code):
        yield f'"{code}" is now called "{taxonomy.todays_code(code)}"; write that'
    elif in_query and taxonomy.is_archive(code):
        yield f'"{code}" is a whole archive, not a category; write cat:{code}.*'


def _order_problems(terms: Sequence[_Term]) -> Iterator[str]:
    """Find operators without an operand on either side."""
    before = [None, *terms[:-1]]
    after = [*terms[1:], None]
    for left, term, right in zip(before, terms, after, strict=True):
        if term.kind != "operator":
            continue
        if left is None or left.kind == "operator":
            yield f"{term.text} has nothing before it; remove it, or add what is missing"
        elif right is None:
            yield f"{term.text} has nothing after it; remove it, or add what is missing"


def _neighbour_problems(terms: Sequence[_Term], field: str) -> Iterator[str]:
    """Find adjacent operands, which are joined by OR even if they are meant as one phrase."""
    run: list[_Term] = []
    for term in (*terms, None):
        if term is not None and term.kind != "operator":
            run.append(term)
            continue
        if len(run) > 1:
            yield _neighbours(run, field)
        run = []


def _neighbours(run: Sequence[_Term], field: str) -> str:
    typed = _short(" ".join(term.text for term in run))
    read = " OR ".join(
        term.text if term.field or term.kind == "group" else f"{field}:{term.text}" for term in run
    )
    first = run[0].field or field
    if all(term.kind == "word" and (at == 0 or not term.field) for at, term in enumerate(run)):
        phrase = " ".join(term.value for term in run)
        return f'{typed} is read as {_short(read)}; write {first}:"{_short(phrase)}"'
    return f"{typed} is read as {_short(read)}; write AND or OR between them"


def _precedence_problems(terms: Sequence[_Term]) -> Iterator[str]:
    """Find mixed operators, except for a chain of AND that may end with one ANDNOT."""
    operators = [term.text for term in terms if term.kind == "operator"]
    operands = [_short(term.text) for term in terms if term.kind != "operator"]
    if len(operators) < 2 or len(operands) != len(operators) + 1:  # noqa: PLR2004 - two mix
        return
    is_row = set(operators) in ({"AND"}, {"OR"})
    if is_row or (set(operators[:-1]) == {"AND"} and operators[-1] == "ANDNOT"):
        return
    read = " ".join((operands[-2], operators[-1], operands[-1]))
    for operand, operator in zip(operands[-3::-1], operators[-2::-1], strict=True):
        read = f"{operand} {operator} ({read})"
    yield f"is read as {read}; use parentheses to group the terms"


def _underscores(terms: Sequence[_Term]) -> int:
    return sum(
        (term.kind == "word" and "_" in term.value) + _underscores(term.inside) for term in terms
    )


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    line = _on_one_line(text)
    return line if len(line) <= _MAXIMUM_SHOWN else f"{line[: _MAXIMUM_SHOWN - 1]}…"
