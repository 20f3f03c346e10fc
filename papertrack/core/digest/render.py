"""Fill a template with an issue; templates run in a sandbox and see the issue alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from papertrack.core.digest.render_filters import FILTERS
from papertrack.core.text import spans
from papertrack.core.text.spans import Span
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2.runtime import Context

    from papertrack.core.digest.issue import Digest

LONGEST = 5_000_000  # characters of an issue; ten books
_LARGEST = 100_000  # a number with which a template repeats or pads something


@dataclass(frozen=True, slots=True)
class Rendered:
    """A filled template.

    Attributes:
        text: Markdown that ends with one line break.
        spans: What stands where in it.
    """

    text: str
    spans: tuple[Span, ...]


class _Sandbox(ImmutableSandboxedEnvironment):
    """Runs a template that cannot fill the memory by repeating or padding a text."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401  # whatever a template multiplies
        """Multiply; numbers that only a mistake is made of are refused."""
        _refuse_large((left, right))
        if operator == "*" and isinstance(left, str | list | tuple) and isinstance(right, int):
            _refuse_large((len(left) * right,))
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, function: Any, *given: Any, **named: Any) -> Any:  # noqa: ANN401  # whatever a template calls
        """Call; a number in it may be the width of a text."""
        _refuse_large((*given, *named.values()))
        return super().call(context, function, *given, **named)


def render(digest: Digest, template: str, *, name: str) -> Rendered:
    """Render an issue as Markdown.

    Args:
        digest: The issue; the template sees it as ``issue``.
        template: Jinja2 source.
        name: What messages call the template.

    Raises:
        UsageError: The template has a mistake, or does not come to an end.
    """
    try:
        text = _fill(_sandbox(), template, digest)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise _mistake(name, error, str(error)) from error
    except RecursionError as error:
        raise _mistake(name, error, "it calls itself without an end") from error
    except OverflowError as error:
        raise _mistake(name, error, "it makes too much of something") from error
    except MemoryError as error:
        raise _mistake(name, error, "it needs too much memory") from error
    plain, found = spans.read_marks(text)
    trimmed = plain.strip("\n") + "\n"
    found = spans.move(found, len(plain.lstrip("\n")) - len(plain), len(trimmed))
    return Rendered(trimmed, spans.with_cards(trimmed, found))


def _fill(environment: _Sandbox, template: str, digest: Digest) -> str:
    pieces: list[str] = []
    length = 0
    for piece in environment.from_string(template).generate(issue=digest):
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
        finalize=_with_marks,
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

    for mark in ("jinja_pass_arg",):  # keeps what a filter asks of its environment
        if hasattr(do, mark):
            setattr(filtered, mark, getattr(do, mark))
    return filtered


def _refuse_large(values: tuple[object, ...]) -> None:
    for value in values:
        is_number = isinstance(value, int | float) and abs(value) > _LARGEST
        if is_number or (isinstance(value, str) and re.search(r"%[^a-zA-Z%]*\d{6}", value)):
            message = "a number in it is too large"
            raise SecurityError(message)


def _with_marks(value: object) -> object:
    return spans.printed(value) if isinstance(value, spans.Marked) else value


def _mistake(name: str, error: BaseException, problem: str) -> UsageError:
    line = getattr(error, "lineno", None) or _line_of(error)
    place = f"{name}:{line}" if line else name
    problem = re.sub(r"'papertrack\.(?:\w+\.)*(\w+) object'", r"\1", problem)  # as documented
    message = f"{place}: the template cannot be filled: {problem}"
    return UsageError(message, hint="mend the template, or use -t cards")


def _line_of(error: BaseException) -> int | None:
    """Find the line of a template at which filling it failed, the innermost that is its own."""
    line = None
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            line = step.tb_lineno
        step = step.tb_next
    return line
