"""What the author may write in a text in the place of a citation, a linked title or the parts.

``@cite`` becomes ``[Sevilla and Erdil (2023)](…)``, ``[@cite]`` becomes ``([Tarchoun et al.,
2023](…))``, as pandoc has it; ``@title`` becomes the linked title, and ``@parts`` on a line of its
own the list of the parts. A backslash before ``@`` leaves it alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from papertrack.core.text import spans

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"(?<![\w\\@./\]])(?:\[@(?P<bracketed>cite)\]|@(?P<bare>cite|title)\b)")
_PARTS = re.compile(r"^[ \t]*@parts[ \t]*$", re.MULTILINE)
# "Look!@cite": a link behind it would be an image.
_EXCLAMATION = re.compile(r"(?<!\\)((?:\\\\)*)!\Z")
_LAST_STOP = re.compile(r"([.!?]?)[ \t]*\Z")


def fill_in(text: str, words: Mapping[str, str]) -> str:
    """Put words in the place of placeholders.

    Args:
        text: Markdown.
        words: ``cite``, ``[cite]``, ``title``; ``parts`` as a whole list, which goes to the end of
            a text that does not say where it stands.
    """
    filled: list[str] = []
    at = 0
    parted = _PARTS.search(text) if words.get("parts") else None
    for found in _PLACEHOLDER.finditer(text):
        name = f"[{found['bracketed']}]" if found["bracketed"] else found["bare"]
        before = text[at : found.start()]
        if words[name].startswith("["):
            before = _EXCLAMATION.sub(r"\1\\!", before)
        filled += [*_with_parts(before, words), words[name]]
        at = found.end()
    filled += _with_parts(text[at:], words)
    if words.get("parts") and parted is None:
        filled += ["\n\n", words["parts"]] if text else [words["parts"]]
    return spans.join(filled)


def names_work(text: str, url: str | None) -> bool:
    """Tell whether a text links its work, by a placeholder or by its address."""
    return bool(_PLACEHOLDER.search(text)) or bool(url and f"({url}" in text)


def before_full_stop(text: str, more: str) -> str:
    """Add words to a sentence, before its full stop."""
    said, stop = part_full_stop(text)
    return f"{said} {more}{stop}"


def part_full_stop(text: str) -> tuple[str, str]:
    """Part a sentence from its full stop; that is empty where it has none."""
    stop = _LAST_STOP.search(text)
    at = stop.start() if stop else len(text)
    return text[:at].rstrip(), text[at:].rstrip()


def _with_parts(text: str, words: Mapping[str, str]) -> list[str]:
    if not words.get("parts"):
        return [text]
    pieces = _PARTS.split(text)
    listed: list[str] = []
    for piece in pieces[:-1]:
        listed += [piece, words["parts"]]
    return [*listed, pieces[-1]]
