"""Options that several commands share, and items read from a pipe."""

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
    """Replace ``-`` with the items on standard input.

    The first word of each line names an item: a number, an arXiv id, an address or a DOI. This
    accepts the lines of ``papertrack list`` with and without ``--ids``.

    Raises:
        UsageError: ``-`` is given twice.
    """
    if STDIN not in items:
        return list(items)
    if items.count(STDIN) > 1:
        message = "- is given twice"
        raise UsageError(message, hint="standard input can be read only once")
    text = sys.stdin.buffer.read().decode("utf-8", errors="replace")
    piped = [words[0] for words in map(str.split, text.splitlines()) if words]
    at = items.index(STDIN)
    return [*items[:at], *piped, *items[at + 1 :]]


# Notes with an option: the field of `papertrack.core.judging.notes`, also the option's name; help.
NOTE_OPTIONS = {
    "what": "What is it.",
    "new": "What's new.",
    "meaning": "What does it mean.",
    "good_for": "What is it good for.",
    "body": "Your own paragraphs, in Markdown.",
    "line": "The single sentence of a brief item, in Markdown.",
    "teaser": "Mention in the issue's opening sentence, in Markdown.",
    "format": "How to print it: whole, brief (one line) or link (only the link).",
    "section": "Its own heading, if the digest has sections.",
    "home": "The area to list it under if it has several ratings.",
    "cite": "How the digest cites its authors.",
    "deadline": "The last day of an opportunity: 2026-11-25.",
    "place": "Where an opportunity is.",
    "prize": "What an opportunity pays.",
    "credit": "Who told you about an opportunity, in Markdown.",
    "background": "Paragraphs before the body, in Markdown.",
    "parts": "Its parts, one per line: NAME | BY | ADDRESS | text.",
    "position": "Its position in its section, a number.",
}

AreaOption = Annotated[str | None, typer.Option("--area", "-a", help="The area's slug.")]
ValueOption = Annotated[
    str | None,
    typer.Option("--value", help="Rating, 0.5 to 5 in steps of 0.5; none removes it."),
]
RemarkOption = Annotated[
    str | None, typer.Option("--remark", help="Remark in brackets after the rating.")
]
EmojiOption = Annotated[
    str | None, typer.Option("--emoji", help="Emoji for this rating instead of the area's.")
]
LabelOption = Annotated[
    str | None,
    typer.Option("--label", help='Label for this rating instead of the area\'s "Rating".'),
]
RejectOption = Annotated[bool, typer.Option("--reject", help="Remove from the queue; never print.")]
LaterOption = Annotated[bool, typer.Option("--later", help="Put off for later.")]
TagOption = Annotated[
    list[str] | None, typer.Option("--tag", help="+x adds a tag, -x removes it; repeatable.")
]
TitleShownOption = Annotated[
    bool | None,
    typer.Option("--show-title/--hide-title", help="Print the title, or only the link."),
]
SinceOption = Annotated[
    str | None, typer.Option("--since", help="Only items added since: 2026-11-20, 3d, 12h, 2w.")
]
LimitOption = Annotated[int | None, typer.Option("--limit", "-n", min=1, help="Maximum number.")]
# The given notes by field; an empty text removes a note. See `takes_notes`.
Notes = Mapping[str, str]
NO_NOTES: Notes = MappingProxyType({})
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def takes_notes(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each note, in place of its parameter ``notes``.

    Args:
        command: Receives the given notes, by field, as ``notes``.
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
    def with_notes(**given: Any) -> None:  # noqa: ANN401  # the parameters of the command
        texts = {field: given.pop(field) for field in NOTE_OPTIONS}
        command(**given, notes={field: text for field, text in texts.items() if text is not None})

    with_notes.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    return with_notes
