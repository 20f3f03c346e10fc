"""Fill a template with an issue; templates run in a sandbox and see the issue alone."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from papertrack.core.dates import deadline_words
from papertrack.core.digest.cite import join_and
from papertrack.core.digest.issue import Card
from papertrack.core.text import markdown, spans
from papertrack.core.text.ratings import BEST_HALVES, rating_glyphs
from papertrack.core.text.spans import Span
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jinja2 import Template
    from jinja2.runtime import Context

    from papertrack.core.digest.issue import Digest


def stars(value: float | None, emoji: str = "⭐") -> str:
    """Draw a rating, 0.5 to 5, as a row of glyphs; empty for None or 0."""
    halves = round((value or 0) * 2)
    if not 0 <= halves <= BEST_HALVES:
        message = f"{value} is not a rating"
        raise ValueError(message)
    return rating_glyphs(halves, emoji) if halves else ""


def cite(card: Card, style: str = "linked") -> str:
    """Write the citation of a work.

    Args:
        card: The work.
        style: ``linked`` or ``bracketed`` (both with its link), ``narrative``, ``parenthetical``
            or ``names``.
    """
    styles = ("linked", "bracketed", "narrative", "parenthetical", "names")
    if not isinstance(card, Card) or style not in styles:
        message = f"cite takes a card, and one of {', '.join(styles)}"
        raise ValueError(message)
    text: str = getattr(card.citation, style)
    return text


def anchor(text: str) -> str:
    """Return the anchor that Markdown renderers give to a heading."""
    return markdown.anchors([markdown.shown(text)])[0]


def deadline(day: str, today: str) -> str:
    """Write a day relative to another, ``in 10 days (25 November)``; both like 2026-11-25."""
    return deadline_words(date.fromisoformat(day), date.fromisoformat(today)) if day else ""


def join_and_(texts: Iterable[str]) -> str:
    """Join texts as in a sentence: ``a, b, and c``."""
    words = list(texts)
    hidden = join_and([f"\x00{place}\x00" for place in range(len(words))]).split("\x00")
    return spans.join(words[int(piece)] if piece.isdigit() else piece for piece in hidden)


def join(texts: Iterable[Any], between: str = "", attribute: str | None = None) -> str:
    """Join texts, or one attribute of objects."""
    things = [getattr(one, attribute) if attribute else one for one in texts]
    return spans.join([one if isinstance(one, str) else str(one) for one in things], between)


def sentence(text: str) -> str:
    """Begin a text with a capital letter and end it with a full stop."""
    whole = text if text.endswith((".", "!", "?")) else spans.join([text, "."])
    return _changed(whole, _capital)


def unlinked(text: str) -> str:
    """Return a linked text without its link."""
    return _changed(text, markdown.without_links)


def _capital(text: str) -> str:
    """Capitalise the first letter after any span marks."""
    at = 0
    while at < len(text) and spans.is_mark(text[at]):
        at += 1
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def _changed(text: str, change: Callable[[str], str]) -> str:
    """Apply a change to a text and, if it has marks, to its marked form."""
    if not isinstance(text, spans.Marked):
        return change(text)
    return spans.Marked(change(str(text)), change(text.marked))


def indent(text: str, width: int = 4, first: bool = False) -> str:  # noqa: FBT001, FBT002  # as Jinja's own
    """Indent the lines of a text, the first one only on request."""
    prefix = " " * min(width, 100)

    def indented(lines: str) -> str:
        shifted = textwrap.indent(lines, prefix)
        return shifted if first else shifted.removeprefix(prefix)

    return _changed(text, indented)


def trim(text: str) -> str:
    """Strip blanks and line breaks at both ends."""
    return text if text == text.strip() else text.strip()


FILTERS: dict[str, Callable[..., Any]] = {
    "stars": stars,
    "cite": cite,
    "anchor": anchor,
    "md_escape": markdown.escape,
    "deadline": deadline,
    "join_and": join_and_,
    "join": join,
    "sentence": sentence,
    "unlinked": unlinked,
    "indent": indent,
    "trim": trim,
}


LONGEST = 5_000_000  # characters of an issue: ten books
_LARGEST = 100_000  # for a number that repeats or pads a text


@dataclass(frozen=True, slots=True)
class Rendered:
    """A filled template.

    Attributes:
        text: Markdown that ends with one line break.
        spans: Where each of the author's texts is in it.
    """

    text: str
    spans: tuple[Span, ...]


class _Sandbox(ImmutableSandboxedEnvironment):
    """Stops templates from filling the memory by repeating or padding a text."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401  # whatever a template multiplies
        """Refuse to multiply by a number so large that it must be a mistake."""
        _refuse_large((left, right))
        if operator == "*" and isinstance(left, str | list | tuple) and isinstance(right, int):
            _refuse_large((len(left) * right,))
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, function: Any, *given: Any, **named: Any) -> Any:  # noqa: ANN401  # whatever a template calls
        """Refuse large arguments, which may be the width of a text."""
        _refuse_large((*given, *named.values()))
        return super().call(context, function, *given, **named)


def render(digest: Digest, template: str, *, name: str) -> Rendered:
    """Render an issue as Markdown.

    Args:
        digest: The issue; the template sees it as ``issue``.
        template: Jinja2 source.
        name: The name of the template in messages.

    Raises:
        UsageError: The template has a mistake, or does not end.
    """
    try:
        text = _fill(_compiled(template), digest)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise _mistake(name, error, str(error)) from error
    except RecursionError as error:
        raise _mistake(name, error, "it calls itself endlessly") from error
    except OverflowError as error:
        raise _mistake(name, error, "a number in it becomes too large") from error
    except MemoryError as error:
        raise _mistake(name, error, "it needs too much memory") from error
    plain, found = spans.read_marks(text)
    trimmed = plain.strip("\n") + "\n"
    found = spans.move(found, len(plain.lstrip("\n")) - len(plain), len(trimmed))
    return Rendered(trimmed, spans.with_cards(trimmed, found))


@lru_cache(maxsize=4)
def _compiled(template: str) -> Template:
    """Compile a template; `absorb` fills the same one several times."""
    return _sandbox().from_string(template)


def _fill(template: Template, digest: Digest) -> str:
    pieces: list[str] = []
    length = 0
    for piece in template.generate(issue=digest):
        pieces.append(piece)
        length += len(piece)
        if length > LONGEST:
            message = f"it has made more than {LONGEST // 1_000_000} million characters"
            raise ValueError(message)
    return "".join(pieces)


def _sandbox() -> _Sandbox:
    environment = _Sandbox(
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # the output is Markdown; core.markdown escapes it
        finalize=_keep_marks,
    )
    guarded = {
        name: _guarded(environment.filters[name])
        for name in ("center", "indent", "format", "wordwrap", "batch", "slice", "round")
    }
    environment.filters |= {**guarded, **FILTERS}
    return environment


def _guarded(do: Callable[..., Any]) -> Callable[..., Any]:
    def filtered(*given: Any, **named: Any) -> Any:  # noqa: ANN401  # as its filter
        _refuse_large((*given, *named.values()))
        return do(*given, **named)

    for mark in ("jinja_pass_arg",):  # keeps the arguments that Jinja passes to the filter
        if hasattr(do, mark):
            setattr(filtered, mark, getattr(do, mark))
    return filtered


def _refuse_large(values: tuple[object, ...]) -> None:
    for value in values:
        is_number = isinstance(value, int | float) and abs(value) > _LARGEST
        if is_number or (isinstance(value, str) and re.search(r"%[^a-zA-Z%]*\d{6}", value)):
            message = "a number in it is too large"
            raise SecurityError(message)


def _keep_marks(value: object) -> object:
    return spans.printed(value) if isinstance(value, spans.Marked) else value


def _mistake(name: str, error: BaseException, problem: str) -> UsageError:
    line = getattr(error, "lineno", None) or _line_of(error)
    place = f"{name}:{line}" if line else name
    problem = re.sub(r"'papertrack\.(?:\w+\.)*(\w+) object'", r"\1", problem)  # as documented
    message = f"{place}: the template cannot be filled: {problem}"
    return UsageError(message, hint="fix the template, or use -t cards")


def _line_of(error: BaseException) -> int | None:
    """Find the line of the template at which rendering failed: its innermost frame."""
    line = None
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            line = step.tb_lineno
        step = step.tb_next
    return line
