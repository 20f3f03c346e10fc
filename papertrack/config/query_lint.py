"""What arXiv's API would make of a query that was typed, where that is not what was meant.

The API takes almost anything and answers with something. It knows its operators in upper case only,
gives none of them precedence and groups them to the right; two words side by side are joined by OR.
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
# How people write operators elsewhere; here they are words to search for.
_SLIPS = {"and": "AND", "or": "OR", "andnot": "ANDNOT", "not": "ANDNOT"} | {
    "&": "AND", "&&": "AND", "|": "OR", "||": "OR", "!": "ANDNOT", "-": "ANDNOT",
}  # fmt: skip
_FIELDS = ("ti", "au", "abs", "co", "jr", "cat", "rn", "id", "doi", "all", "submittedDate")
_ALIAS = "title"  # undocumented, but the server takes it for "ti"
_FIELD_SLIPS = {
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
_LONGEST = 40
_DATES = "submittedDate:[202611140000 TO 202611212359]"


@dataclass(frozen=True, slots=True)
class _Term:
    """What is searched for, or an operator, or a group of both in parentheses.

    Attributes:
        text: As it was typed, on one line.
        field: What stood before the colon; None without.
        value: What is looked for; of a range, with its brackets.
        kind: ``word``, ``phrase``, ``range``, ``group`` or ``operator``.
    """

    text: str
    field: str | None
    value: str
    kind: str
    inside: tuple[_Term, ...] = ()


def query_problems(query: str) -> Iterator[str]:
    """Find what the API would read differently, the most basic first.

    Args:
        query: A search in the API's own grammar, as it stands in the config.

    Yields:
        A sentence each, on one line: what it would be read as, and how to write it.
    """
    if not query.strip():
        yield "is empty; write a search, like cat:cs.LG AND ti:circuits"
    elif not all(character.isprintable() or character.isspace() for character in query):
        yield "holds characters that cannot be typed; write it anew"
    elif problem := _spelling_problem(query) or _balance_problem(query):
        yield problem
    else:
        terms, _ = _group(list(_TOKEN.finditer(query)), 0)
        yield from _problems(terms, "all")
        if _underscores(terms) > 1:
            yield 'only the first "_" of a query is read as a space; write names like au:"le cun"'


def _spelling_problem(query: str) -> str | None:
    if escape := _ESCAPE.search(query):
        return f'"{escape[0]}" belongs into addresses; write the character that it stands for'
    if plus := _PLUS.search(query):
        return f'"{plus[0]}" is one word to search for; write a space in the place of "+"'
    return None


def _balance_problem(query: str) -> str | None:
    if query.count('"') % 2:
        return "has a quotation mark that is never closed; write one before and after each phrase"
    depth = 0
    for token in _TOKEN.finditer(query):
        depth += bool(token["open"]) - bool(token["close"])
        if depth < 0:
            return 'has a ")" that was never opened; write a "(" before it, or leave it out'
    return f'leaves {depth} "(" open; write a ")" for each' if depth else None


def _group(tokens: Sequence[re.Match[str]], at: int) -> tuple[tuple[_Term, ...], int]:
    """Read tokens up to the parenthesis that closes their group; return where it stands."""
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
    """Find what is wrong in one group, then in the groups inside it.

    Args:
        terms: Its operands and operators.
        field: What a word without prefix is looked for in.
    """
    if not terms:
        yield 'has "()" with nothing inside; leave them out'
        return
    own = [problem for term in terms for problem in _term_problems(term, term.field or field)]
    yield from own
    yield from _order_problems(terms)
    if not own:  # or advice would be given on words that should not be there
        yield from _neighbour_problems(terms, field)
        yield from _mixture_problems(terms)
    for term in terms:
        if term.kind == "group":
            yield from _problems(term.inside, term.field or field)


def _term_problems(term: _Term, field: str) -> Iterator[str]:
    shown = _short(term.text)
    right = _SLIPS.get(term.text.lower()) if term.kind == "word" else None
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
        yield f"{shown} is no range of dates; write {_DATES}"
    elif term.kind in ("word", "phrase") and not any(map(str.isalnum, term.value)):
        yield f"{shown} names nothing to look for; write a word or a phrase behind it"
    elif term.kind == "word" and term.value[0] in "-!":
        rest = term.value.lstrip("-!")
        yield f'"{shown}" does not leave a word out; write ANDNOT {field}:{_short(rest)}'
    elif field == "cat" and term.kind in ("word", "phrase"):
        yield from category_problems(term.value.strip(), in_query=True)


def _field_problem(field: str) -> str:
    import difflib  # noqa: PLC0415  # only a mistake needs it

    meanings = {known.lower(): known for known in _FIELDS} | _FIELD_SLIPS
    close = difflib.get_close_matches(field.lower(), meanings, n=1)
    if close:
        return f'"{_short(field)}:" is no field; did you mean "{meanings[close[0]]}:"?'
    known = ", ".join(_FIELDS)
    return f'"{_short(field)}:" is no field; write one of {known}, or the text in quotes'


def _date_problems(term: _Term) -> Iterator[str]:
    shown = _short(term.text)
    ends = _RANGE.fullmatch(term.value)
    if ends is None:
        yield f"{shown} is no range that arXiv can read; give both ends in full, like {_DATES}"
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
    """Say why a code is no category to ask for; nothing when it is one.

    Args:
        code: As it was typed.
        in_query: Whether it stands in a query, where ``cs.*`` is the whole of an archive, which
            the feed calls ``cs``.
    """
    if in_query and code.endswith("*") and taxonomy.is_archive(code[:-1].removesuffix(".")):
        return
    if not taxonomy.is_category(code):
        meant = taxonomy.nearest_category(code)
        advice = f'did you mean "{meant}"?' if meant else 'write one like "cs.LG"'
        yield f'"{_short(code)}" is no arXiv category; {advice}'
    elif taxonomy.is_closed(code):
        yield f'"{code}" is called "{taxonomy.todays_code(code)}" today; write that'
    elif in_query and taxonomy.is_archive(code):
        yield f'"{code}" is a whole archive, not a category; write cat:{code}.*'


def _order_problems(terms: Sequence[_Term]) -> Iterator[str]:
    """Find operators that lack what they join."""
    before = [None, *terms[:-1]]
    after = [*terms[1:], None]
    for left, term, right in zip(before, terms, after, strict=True):
        if term.kind != "operator":
            continue
        if left is None or left.kind == "operator":
            yield f"{term.text} has nothing before it; leave it out, or write what is missing"
        elif right is None:
            yield f"{term.text} has nothing after it; leave it out, or write what is missing"


def _neighbour_problems(terms: Sequence[_Term], field: str) -> Iterator[str]:
    """Find operands side by side: they are joined by OR, also those meant as one phrase."""
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


def _mixture_problems(terms: Sequence[_Term]) -> Iterator[str]:
    """Find operators whose order matters, but for a row of AND that may end with one ANDNOT."""
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
    yield f"is read as {read}; put what belongs together in parentheses"


def _underscores(terms: Sequence[_Term]) -> int:
    return sum(
        (term.kind == "word" and "_" in term.value) + _underscores(term.inside) for term in terms
    )


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    line = _on_one_line(text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
