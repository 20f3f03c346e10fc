"""Whatever is typed in one piece is stored as if each key had been waited for."""

from __future__ import annotations

import asyncio
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings, strategies as st

from tests.ui.list_screen import list_screen
from tests.ui.screen import PATIENT

if TYPE_CHECKING:
    from collections.abc import Sequence

ESCAPE = "\x1b"
WORDS = ("interp", "a, b", "naïve 規", "-old", "#1", "'")
TEXT_KEYS = (
    *("\r", "\t", "\x1b[Z", ESCAPE, "\x7f", "\x1b[3~", "\x17", "\x15", "\x0b", "\x01", "\x05"),
    *(
        "\x1b[A",
        "\x1b[B",
        "\x1b[C",
        "\x1b[D",
        "\x1b[H",
        "\x1b[F",
        "\x1b[5~",
        "\x1b[6~",
        "\x1b[1;2D",
    ),
    *("\x1b[200~two\rlines\x1b[201~", "\x1b[<0;2;17M\x1b[<0;2;17m", "\x1b[<0;5;3M\x1b[<0;5;3m"),
)
OPENS = ("\t", "r", "E", "N", "t", "b", "l/", "lt", "a1", "a2")
ACTS = (*"x 3.jkgGuUhLv?lsd*icAynzq", "\x03")
KEYS = st.one_of(
    st.sampled_from(OPENS),
    st.sampled_from(WORDS),
    st.sampled_from(TEXT_KEYS),
    st.sampled_from(ACTS),
)
# What a terminal sends as one key, and no program can tell from Escape and a second key.
_ONE_KEY = ("[", "O", "\t", "b", "f", "\x7f")


def _can_be_told_apart(keys: Sequence[str]) -> bool:
    pairs = pairwise(keys)
    return not any(key == ESCAPE and after.startswith(_ONE_KEY) for key, after in pairs)


async def _stored(pieces: Sequence[str]) -> object:
    """Type pieces, waiting for the screen after each; read all that the author decided."""
    with tempfile.TemporaryDirectory() as folder:
        async with list_screen(Path(folder), "g", options=PATIENT) as shown:
            await shown.types_at_once("3")  # in some area, so that remarks are taken
            for piece in pieces:
                if shown.app.is_running:
                    await shown.types_at_once(piece)
            if shown.app.is_running:
                await shown.types_at_once("\x03\x03")
            return {
                sql: [tuple(row) for row in shown.room.db.execute(sql)]
                for sql in (
                    "SELECT title, state FROM items ORDER BY id",
                    "SELECT * FROM ratings ORDER BY 1, 2",
                    "SELECT * FROM tags ORDER BY 1, 2",
                    "SELECT item_id, field, text FROM notes ORDER BY 1, 2",
                    "SELECT verb, payload FROM events ORDER BY rowid",
                )
            }


@settings(max_examples=8)
@given(st.lists(KEYS, min_size=2, max_size=14).filter(_can_be_told_apart))
def test_any_burst_is_stored_as_if_each_key_was_waited_for(keys: list[str]) -> None:
    one_by_one = asyncio.run(_stored(keys))

    assert asyncio.run(_stored(["".join(keys)])) == one_by_one
