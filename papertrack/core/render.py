"""Fill a template with an issue; templates run in a sandbox and see the issue alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from papertrack.core import spans
from papertrack.core.spans import Span
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from papertrack.core.digest import Digest


@dataclass(frozen=True, slots=True)
class Rendered:
    """A filled template.

    Attributes:
        text: Markdown that ends with one line break.
        spans: What stands where in it.
    """

    text: str
    spans: tuple[Span, ...]


def render(digest: Digest, template: str, *, name: str) -> Rendered:
    """Render an issue as Markdown.

    Args:
        digest: The issue; the template sees it as ``issue``.
        template: Jinja2 source.
        name: What messages call the template.

    Raises:
        UsageError: The template has a mistake.
    """
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # the output is Markdown; core.markdown escapes it
        finalize=_with_marks,
    )
    try:
        text = environment.from_string(template).render(issue=digest)
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        line = getattr(error, "lineno", None) or _line_of(error)
        place = f"{name}:{line}" if line else name
        message = f"{place}: the template cannot be filled: {error}"
        raise UsageError(message, hint="mend the template, or use -t cards") from error
    plain, found = spans.read_marks(text)
    trimmed = plain.strip("\n") + "\n"
    found = spans.move(found, len(plain.lstrip("\n")) - len(plain), len(trimmed))
    return Rendered(trimmed, spans.with_cards(trimmed, found))


def _with_marks(value: object) -> object:
    return spans.printed(value) if isinstance(value, spans.Marked) else value


def _line_of(error: BaseException) -> int | None:
    """Find the line of a template at which filling it failed, the innermost that is its own."""
    line = None
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            line = step.tb_lineno
        step = step.tb_next
    return line
