"""Options that several commands share, and items that come through a pipe."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

STDIN = "-"


def with_piped(items: Sequence[str]) -> list[str]:
    """Put the items that come from the standard input in the place of ``-``.

    Each line of it names one item with its first word: a number, an arXiv identifier, an address
    or a DOI. So lines of ``papertrack list`` can be read as well as those of ``--ids``.

    Raises:
        UsageError: ``-`` stands there twice.
    """
    if STDIN not in items:
        return list(items)
    if items.count(STDIN) > 1:
        message = "- is named twice"
        raise UsageError(message, hint="the standard input can be read once only")
    text = sys.stdin.buffer.read().decode("utf-8", errors="replace")
    piped = [words[0] for words in map(str.split, text.splitlines()) if words]
    at = items.index(STDIN)
    return [*items[:at], *piped, *items[at + 1 :]]


# Every note that an option writes: the field of `papertrack.core.judging.notes`, which is also the
# name of the option, and its help.
NOTE_OPTIONS = {
    "what": "What is it.",
    "new": "What's new.",
    "meaning": "What does it mean.",
    "good_for": "What is it good for.",
    "body": "Paragraphs of your own, Markdown.",
    "line": "The one sentence of a brief item, Markdown.",
    "teaser": "What the first sentence of the issue says of it, Markdown.",
    "format": "How it is printed: whole, brief (one line) or link (the link alone).",
    "section": "A heading of its own, where the digest has sections.",
    "home": "The area under which an item with several ratings stands.",
    "cite": "How the digest names its authors.",
    "deadline": "The last day of an opportunity: 2026-11-25.",
    "place": "Where an opportunity is.",
    "prize": "What an opportunity pays.",
    "credit": "Who an opportunity was heard of from, Markdown.",
    "background": "Paragraphs before the body, Markdown.",
    "parts": "Parts of its own, one a line: NAME | BY | ADDRESS | what is said of it.",
    "position": "Its place among its section, a number.",
}

AreaOption = Annotated[str | None, typer.Option("--area", "-a", help="The area, by its slug.")]
ValueOption = Annotated[
    str | None,
    typer.Option("--value", help="The rating, 0.5 to 5 in steps of 0.5; none takes it back."),
]
RemarkOption = Annotated[
    str | None, typer.Option("--remark", help="Stands in brackets behind the rating.")
]
EmojiOption = Annotated[
    str | None, typer.Option("--emoji", help="Instead of the area's, for this rating.")
]
LabelOption = Annotated[
    str | None, typer.Option("--label", help='Instead of the area\'s "Rating".')
]
RejectOption = Annotated[bool, typer.Option("--reject", help="Out of the queue, never printed.")]
LaterOption = Annotated[bool, typer.Option("--later", help="Put it off.")]
TagOption = Annotated[
    list[str] | None, typer.Option("--tag", help="+x puts a tag on, -x takes it off; repeatable.")
]
TitleShownOption = Annotated[
    bool | None,
    typer.Option("--show-title/--hide-title", help="Print the title, or the bare link instead."),
]
SinceOption = Annotated[
    str | None, typer.Option("--since", help="Items that came in since: 2026-11-20, 3d, 12h, 2w.")
]
LimitOption = Annotated[int | None, typer.Option("--limit", "-n", min=1, help="At most so many.")]
# The notes that were given, by field; an empty text takes a note back. See `takes_notes`.
Notes = Mapping[str, str]
NO_NOTES: Notes = MappingProxyType({})
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def takes_notes(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for every note, in the place of its parameter ``notes``.

    Args:
        command: Takes the notes that were given, by field, as ``notes``.
    """
    own = inspect.signature(command, eval_str=True)
    extra = [
        inspect.Parameter(
            field,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[
                str | None, typer.Option(f"--{field.replace('_', '-')}", help=explained)
            ],
        )
        for field, explained in NOTE_OPTIONS.items()
    ]
    parameters: list[inspect.Parameter] = []
    for parameter in own.parameters.values():
        keyword = parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        parameters += extra if parameter.name == "notes" else [keyword]

    @functools.wraps(command)
    def with_notes(**given: Any) -> None:  # noqa: ANN401  # whatever the command takes
        texts = {field: given.pop(field) for field in NOTE_OPTIONS}
        command(**given, notes={field: text for field, text in texts.items() if text is not None})

    with_notes.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    return with_notes
