"""``papertrack tag``: add, remove, list and rename tags."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperCommand

from papertrack.cli import options
from papertrack.cli.options import STDIN, with_piped
from papertrack.cli.session import Session, plain, session_of
from papertrack.core.judging.notes import read_tag, read_tags
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_ITEM_CHARACTERS = frozenset(
    "0123456789./:"
)  # numbers, arXiv ids, addresses and DOIs have one of these
_HELP = frozenset({"-h", "--help"})


class _TagCommand(TyperCommand):
    """A command that accepts ``-old``, which Click would parse as the options o, l and d."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Move the options to the front, and mark what follows as arguments with ``--``."""
        given, words = list(args), list[str]()
        options_given: list[str] = []
        while given:
            word = given.pop(0)
            if word == "--":
                words += given
                break
            if word in _HELP or word.startswith("--"):
                options_given.append(word)
                if word == "--rename":
                    options_given += given[:2]
                    del given[:2]
            else:
                words.append(word)
        return super().parse_args(ctx, [*options_given, *(["--", *words] if words else [])])


@app.command(cls=_TagCommand)
def tag(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="Items; +x adds a tag, -x removes it; - reads items from standard input.",
            metavar="ITEM... +NEW -OLD",
        ),
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="Show every tag and how many items have it.")
    ] = False,
    rename: Annotated[
        tuple[str, str] | None,
        typer.Option("--rename", metavar="OLD NEW", help="Rename a tag on every item."),
    ] = None,
    as_json: options.JsonOption = False,
) -> None:
    """Add tags to items or remove them.

    One call is one undo step. On standard input, the first word of each line names an item. To
    remove a tag named h, write -- before -h. Without arguments, the tags are listed; in a pipe as
    tab-separated tag, items and kept items.

    \b
    Examples:
      papertrack tag 12 2611.99901 +interp -toy
      papertrack tag --list
      papertrack tag --rename interp interpretability
      papertrack list --area mech-interp --ids | papertrack tag +reading-group -
    """
    session = session_of(context)
    if sum((bool(words), listed, rename is not None)) > 1:
        message = "items, --list and --rename exclude each other"
        raise UsageError(message, hint="see papertrack tag --help")
    if as_json and (words or rename):
        message = "--json is for the list of tags"
        raise UsageError(message, hint="leave it out")
    if rename is not None:
        _rename(session, *map(read_tag, rename))
    elif words:
        _retag(session, words)
    else:
        _list(session, as_json=as_json)


def _retag(session: Session, words: Sequence[str]) -> None:
    from papertrack.commands.tag import retag  # noqa: PLC0415  # on use

    named, signed = _split_words(words)
    added, removed = read_tags(" ".join(signed))
    items = with_piped(named)
    if not items:
        session.warn("no items on standard input; nothing was tagged")
        return
    with session.database() as db:
        changes = retag(db, items, added=added, removed=removed, now=session.clock())
    for change in changes:
        signs = [*(f"+{one}" for one in change.added), *(f"-{one}" for one in change.removed)]
        name = plain(change.name)
        session.say(f"tagged {name} {' '.join(signs)}" if signs else f"{name}: nothing changed")


def _split_words(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Separate items from tags.

    Raises:
        UsageError: There are no items or no tags, or a word is neither.
    """
    signed = [word for word in words if word != STDIN and word.startswith(("+", "-"))]
    named = [word for word in words if word == STDIN or not word.startswith(("+", "-"))]
    for part in (part for word in signed for part in word.split(",")):
        read_tag(part)
    for word in named:
        if word != STDIN and not _ITEM_CHARACTERS.intersection(word):
            message = f'"{word}" is not an item'
            raise UsageError(message, hint=f"to add it as a tag, write +{word}")
    if not signed:
        message = "no tag was named"
        raise UsageError(message, hint=f"write papertrack tag {named[0]} +x or -x")
    if not named:
        message = "no item was named"
        raise UsageError(message, hint=f"write papertrack tag ITEM {' '.join(signed)}")
    return named, signed


def _rename(session: Session, old: str, new: str) -> None:
    from papertrack.commands.tag import rename_tag  # noqa: PLC0415  # on use

    with session.database() as db:
        renamed = rename_tag(db, old, new, session.clock())
    joined = f"; {renamed.joined} had {new} already" if renamed.joined else ""
    session.say(
        f"renamed {old} to {new} on {renamed.items} item{'s' * (renamed.items != 1)}{joined}"
    )


def _list(session: Session, *, as_json: bool) -> None:
    from papertrack.storage.items import count_tags  # noqa: PLC0415  # on use

    with session.database(mirrored=False) as db:
        counts = count_tags(db)
    if as_json:
        from papertrack.cli.session import print_json  # noqa: PLC0415  # on use

        print_json([{"tag": one.tag, "items": one.items, "kept": one.kept} for one in counts])
    elif sys.stdout.isatty():
        for one in counts:
            sys.stdout.write(f"{one.items:>6}  {plain(one.tag)}\n")
        if not counts:
            session.warn("no tags yet; add one with papertrack tag ITEM +x")
    else:
        for one in counts:
            sys.stdout.write(f"{plain(one.tag)}\t{one.items}\t{one.kept}\n")
