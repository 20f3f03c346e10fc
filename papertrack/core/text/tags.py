"""Tags as they are typed."""

from __future__ import annotations

from papertrack.errors import UsageError


def read_tags(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read a line of tags: ``interp +toy -old`` adds two and removes one.

    Args:
        text: Words between spaces or commas, with ``#`` or without; of two about one tag the later
            one counts.

    Returns:
        The tags to add and the tags to remove.
    """
    adds: dict[str, bool] = {}
    for word in text.replace(",", " ").split():
        if tag := word.lstrip("+-#"):
            adds.pop(tag, None)
            adds[tag] = not word.startswith("-")
    return tuple(tag for tag in adds if adds[tag]), tuple(tag for tag in adds if not adds[tag])


def read_tag(text: str) -> str:
    """Read one tag, with a sign before it or without.

    Raises:
        UsageError: It is no single word.
    """
    tag = text.strip().lstrip("+-#")
    if not tag or not tag.isprintable() or "," in tag or tag.split() != [tag]:
        message = f'"{text}" is no tag'
        raise UsageError(message, hint="a tag is one word, without blanks and commas")
    return tag
