"""Read completion requests of a shell, and format the answers.

Typer completes the names of commands and options; this module completes the author's own values:
items, areas, tags, sources, issues and saved searches. It uses Typer's protocol, so Typer's scripts
serve both (https://typer.tiangolo.com/tutorial/options-autocompletion/).
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

AREA, SOURCE, TAG, ITEM, ISSUE, SAVED = "area", "source", "tag", "item", "issue", "saved"

_OPTIONS = {"--area": AREA, "-a": AREA, "--home": AREA, "--tag": TAG, "--source": SOURCE}
_QUERIES = frozenset({"list", "search"})
_FIELDS = {"area": AREA, "source": SOURCE, "tag": TAG, "issue": ISSUE, "saved": SAVED, "id": ITEM}
_ARGUMENTS = {
    **dict.fromkeys(("show", "open", "edit", "rate", "merge", "split", "log", "tag"), ITEM),
    "fetch": SOURCE,
}
_GROUPS = {"areas": AREA, "sources": SOURCE}
# Options before the command that take a value.
_GLOBAL = frozenset({"--config", "--db"})
_SAFE = re.compile(r"[\w.+#/@:-]+")
_UNSAFE = re.compile(r"[^\w .,-]+")
_HELP_WIDTH = 60


class CompletionRequest(NamedTuple):
    """A value to complete.

    Attributes:
        kind: AREA, SOURCE, TAG, ITEM, ISSUE or SAVED.
        typed: The part of the value that is already typed.
        prefix: The text before it in the same word, which the answer must repeat.
        config, db: The files named on the command line; None without the option.
    """

    kind: str
    typed: str
    prefix: str
    config: str | None
    db: str | None


class Completion(NamedTuple):
    """One candidate for a word."""

    value: str
    help: str = ""


def read_request(environment: Mapping[str, str]) -> tuple[list[str], str]:
    """Return the words before the cursor and the word being typed, as Typer's scripts send them."""
    if "COMP_WORDS" in environment:  # bash
        words = environment["COMP_WORDS"].split("\n")
        place = int(environment.get("COMP_CWORD", "0") or 0)
        return _rejoined(words[1:place]), words[place] if place < len(words) else ""
    line = environment.get("_TYPER_COMPLETE_ARGS", "")
    try:
        words = shlex.split(line)
    except ValueError:  # a quotation that is not closed yet
        words = [word.strip("\"'") for word in line.split()]
    if line.endswith(" ") or len(words) < 2:  # noqa: PLR2004  # the program and a word
        return words[1:], ""
    return words[1:-1], words[-1]


def find_request(words: Sequence[str], current: str, *, is_bash: bool) -> CompletionRequest | None:
    """Find the value to complete; None if Typer should answer.

    Args:
        words: The words before the cursor, without the program's name.
        current: The word being typed.
        is_bash: Whether the shell splits words at colons and expects only the last part.
    """
    named = {word: words[at + 1] for at, word in enumerate(words[:-1]) if word in _GLOBAL}
    files = (named.get("--config"), named.get("--db"))
    command, rest = _command(words)
    if command is None:
        return None
    before = rest[-1] if rest else ""
    if before in _OPTIONS:
        kind = _OPTIONS[before]
        sign = current[:1] if kind == TAG and current[:1] in {"+", "-"} else ""
        return CompletionRequest(kind, current.removeprefix(sign), sign, *files)
    if command in _QUERIES:
        return _request_in_query(before, current, files, is_bash=is_bash)
    argument, prefix = _argument(command, current, is_group=bool(rest))
    if argument is None:
        return None
    return CompletionRequest(argument, current.removeprefix(prefix), prefix, *files)


def _argument(command: str, current: str, *, is_group: bool) -> tuple[str | None, str]:
    """Return the kind of a command's argument, and the sign before it."""
    if command == "tag" and current[:1] in {"+", "-"} and not current.startswith("--"):
        return TAG, current[0]
    if current.startswith("-"):
        return None, ""
    if command in _GROUPS and is_group:
        return _GROUPS[command], ""
    return _ARGUMENTS.get(command), ""


def format_candidates(shell: str, candidates: Iterable[Completion], action: str) -> str:
    """Format candidates for the script of a shell.

    zsh evaluates the answer, and titles come from the internet: values with characters that a shell
    could act on are left out, and titles have blanks in their place.

    Args:
        shell: ``bash``, ``zsh``, ``fish``, ``powershell`` or ``pwsh``.
        candidates: The candidates for the word.
        action: The request of fish; empty for other shells.
    """
    safe = [(c.value, _plain(c.help)) for c in candidates if _SAFE.fullmatch(c.value)]
    match shell:
        case "zsh":
            values = "\n".join(
                '"' + value.replace(":", r"\\:") + '"' + (f':"{text}"' if text else "")
                for value, text in safe
            )
            return f"_arguments '*: :(({values}))'" if safe else ""
        case "fish":
            rows = (f"{value}\t{text}" if text else value for value, text in safe)
            return "" if action == "is-args" else "\n".join(rows)
        case "powershell" | "pwsh":
            return "\n".join(f"{value}:::{text or ' '}" for value, text in safe)
        case _:
            return "\n".join(value for value, _ in safe)


def _request_in_query(
    before: str, current: str, files: tuple[str | None, str | None], *, is_bash: bool
) -> CompletionRequest | None:
    """Find the field whose value is being typed: ``-tag:ty``, in bash also ``tag`` ``:ty``."""
    word = current
    if is_bash and before.endswith(":"):
        word = before + ("" if current == ":" else current)
    elif is_bash and current == ":":
        word = f"{before}:"
    field, colon, typed = word.lstrip("-(").rpartition(":")
    if not colon or field not in _FIELDS:
        return None
    prefix = "" if is_bash else word[: len(word) - len(typed)]
    return CompletionRequest(_FIELDS[field], typed.strip('"'), prefix, *files)


def _command(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """Return the command of a line and the words after it."""
    at = 0
    while at < len(words):
        if words[at] in _GLOBAL:
            at += 2
        elif words[at].startswith("-"):
            at += 1
        else:
            return words[at], list(words[at + 1 :])
    return None, []


def _rejoined(words: Sequence[str]) -> list[str]:
    """Rejoin words that bash has split at colons."""
    whole: list[str] = []
    for word in words:
        if whole and (word == ":" or whole[-1].endswith(":")):
            whole[-1] += word
        else:
            whole.append(word)
    return whole


def _plain(text: str) -> str:
    return " ".join(_UNSAFE.sub(" ", text).split())[:_HELP_WIDTH]
