"""What a shell asks to be completed, and the answer in its own words.

Names of commands and options are Typer's to complete; values of the author's own are ours: items,
areas, tags, sources, issues and saved searches. The protocol is Typer's, so its scripts serve both
(https://typer.tiangolo.com/tutorial/options-autocompletion/).
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
# Options of the whole program that take a value.
_GLOBAL = frozenset({"--config", "--db"})
_SAFE = re.compile(r"[\w.+#/@:-]+")
_UNSAFE = re.compile(r"[^\w .,-]+")
_HELP_WIDTH = 60


class Asked(NamedTuple):
    """What is to be completed.

    Attributes:
        kind: AREA, SOURCE, TAG, ITEM, ISSUE or SAVED.
        start: What is typed of it already.
        lead: What stands before it in the same word, and has to be repeated to the shell.
        config, db: The files that the call names, else None.
    """

    kind: str
    start: str
    lead: str
    config: str | None
    db: str | None


class Completion(NamedTuple):
    """One way to complete a word."""

    value: str
    help: str = ""


def read_request(environment: Mapping[str, str]) -> tuple[list[str], str]:
    """Read the words of the line and the one that is being typed, as Typer's scripts send them."""
    if "COMP_WORDS" in environment:  # bash
        words = environment["COMP_WORDS"].split("\n")
        place = int(environment.get("COMP_CWORD", "0") or 0)
        return _rejoined(words[1:place]), words[place] if place < len(words) else ""
    line = environment.get("_TYPER_COMPLETE_ARGS", "")
    try:
        words = shlex.split(line)
    except ValueError:  # a quotation that is still being typed
        words = [word.strip("\"'") for word in line.split()]
    if line.endswith(" ") or len(words) < 2:  # noqa: PLR2004  # the program and a word
        return words[1:], ""
    return words[1:-1], words[-1]


def asked_for(words: Sequence[str], current: str, *, is_bash: bool) -> Asked | None:
    """Tell what of the author's own is to be completed; None leaves it to Typer.

    Args:
        words: The words before, without the program's name.
        current: The word that is being typed.
        is_bash: Whether the shell cuts words at colons and wants only what follows the last one.
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
        return Asked(kind, current.removeprefix(sign), sign, *files)
    if command in _QUERIES:
        return _asked_in_query(before, current, files, is_bash=is_bash)
    argument, lead = _argument(command, current, is_group=bool(rest))
    return Asked(argument, current.removeprefix(lead), lead, *files) if argument else None


def _argument(command: str, current: str, *, is_group: bool) -> tuple[str | None, str]:
    """Tell what stands behind a command, and with which sign before it."""
    if command == "tag" and current[:1] in {"+", "-"} and not current.startswith("--"):
        return TAG, current[0]
    if current.startswith("-"):
        return None, ""
    if command in _GROUPS and is_group:
        return _GROUPS[command], ""
    return _ARGUMENTS.get(command), ""


def answer_text(shell: str, candidates: Iterable[Completion], action: str) -> str:
    """Write the answer as a shell's script expects it.

    What the shell could act on never reaches it: zsh evaluates the answer, and titles come from
    outside. Values with such characters are left out, in titles they are blanks.

    Args:
        shell: ``bash``, ``zsh``, ``fish``, ``powershell`` or ``pwsh``.
        candidates: The ways to complete the word.
        action: What fish asks for; empty for other shells.
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


def _asked_in_query(
    before: str, current: str, files: tuple[str | None, str | None], *, is_bash: bool
) -> Asked | None:
    """Find the field whose value is being typed: ``-tag:ty``, in bash also as ``tag`` ``:ty``."""
    word = current
    if is_bash and before.endswith(":"):
        word = before + ("" if current == ":" else current)
    elif is_bash and current == ":":
        word = f"{before}:"
    field, colon, start = word.lstrip("-(").rpartition(":")
    if not colon or field not in _FIELDS:
        return None
    lead = "" if is_bash else word[: len(word) - len(start)]
    return Asked(_FIELDS[field], start.strip('"'), lead, *files)


def _command(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """Find the command of a line and the words behind it."""
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
    """Put words together again that bash has cut at colons."""
    whole: list[str] = []
    for word in words:
        if whole and (word == ":" or whole[-1].endswith(":")):
            whole[-1] += word
        else:
            whole.append(word)
    return whole


def _plain(text: str) -> str:
    return " ".join(_UNSAFE.sub(" ", text).split())[:_HELP_WIDTH]
