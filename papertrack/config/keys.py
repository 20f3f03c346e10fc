"""Check the keys of the rating screen as the author wrote them in ``[keys]``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from papertrack.config.schema import KeysConfig

# Keys that print nothing, as the config names them; Ctrl, Shift and Alt go before them with a "+".
KEY_NAMES = (
    *("space", "enter", "tab", "escape", "up", "down", "left", "right", "home", "end"),
    *("pageup", "pagedown", "insert", "delete", "backspace"),
    *(f"f{number}" for number in range(1, 13)),
)

# What these do cannot be given away: values, and the ways out that every program has.
_TAKEN = {
    **{str(value): "a value" for value in range(1, 6)},
    "escape": "cancelling",
    "ctrl+c": "quitting",
    "ctrl+q": "quitting",
}
_CHORD = re.compile(r"(?:(?:ctrl|shift|alt)\+)+(.+)")


def bound_keys(keys: KeysConfig) -> Mapping[str, tuple[str, ...]]:
    """List the keys of every act."""
    return {
        act: (bound,) if isinstance(bound, str) else tuple(bound)
        for act, bound in msgspec.structs.asdict(keys).items()
    }


def key_mistakes(keys: KeysConfig) -> Iterator[tuple[str, str]]:
    """Find the acts whose keys cannot be used, each with a sentence on what is wrong."""
    owners: dict[str, str] = dict(_TAKEN)
    usual = bound_keys(type(keys)())
    # What the author wrote comes last: the mistake is in the config, not in a default.
    for act, bound in sorted(bound_keys(keys).items(), key=lambda row: row[1] != usual[row[0]]):
        if not bound:
            yield act, "needs a key"
        for key in bound:
            if problem := _name_problem(key):
                yield act, problem
            elif key in owners:
                yield act, f'"{key}" is the key of {owners[key]}, too; give one of them another'
            owners.setdefault(key, act)


def _name_problem(key: str) -> str | None:
    if len(key) == 1 and key.isprintable() and not key.isspace():
        return None
    chord = _CHORD.fullmatch(key)
    name = chord[1] if chord else key
    if name in KEY_NAMES or (chord and len(name) == 1 and name.isascii() and name.isalnum()):
        return None
    import difflib  # noqa: PLC0415  # only for a mistake

    close = difflib.get_close_matches(name, KEY_NAMES, n=1, cutoff=0.5)
    advice = f'did you mean "{close[0]}"?' if close else 'write a character, "space" or "ctrl+r"'
    return f'"{key}" is no key; {advice}'
