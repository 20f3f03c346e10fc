"""Keys of the rating screen, as the config names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from papertrack.config.checks import bound_keys
from papertrack.config.read import ConfigMistake, read_config

if TYPE_CHECKING:
    from pathlib import Path


def _read(folder: Path, lines: str) -> dict[str, tuple[str, ...]]:
    path = folder / "config.toml"
    path.write_text(f"[keys]\n{lines}\n", "utf-8")
    return dict(bound_keys(read_config(path).keys))


def test_a_key_takes_the_place_of_the_usual_ones(tmp_path: Path) -> None:
    keys = _read(tmp_path, 'reject = "d"\nnext = ["n", "ctrl+n", "f5"]')

    assert keys["reject"] == ("d",)
    assert keys["next"] == ("n", "ctrl+n", "f5")
    assert keys["later"] == ("space",)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('rejct = "x"', ':2: keys.rejct: there is no such key; did you mean "reject"?'),
        (
            'reject = "t"',
            ':2: keys.reject: "t" is also the key of tags; change one of them',
        ),
        ('help = "x"', ':2: keys.help: "x" is also the key of reject; change one of them'),
        ('help = "3"', ':2: keys.help: "3" is also the key of a value; change one of them'),
        (
            'help = "ctrl+c"',
            ':2: keys.help: "ctrl+c" is also the key of quitting; change one of them',
        ),
        ('help = "spcae"', ':2: keys.help: "spcae" is not a key; did you mean "space"?'),
        (
            'help = "xxx"',
            ':2: keys.help: "xxx" is not a key; write a character, "space" or "ctrl+r"',
        ),
        ("help = []", ":2: keys.help: needs a key"),
        ("help = 3", ":2: keys.help: must be a key in quotes, or a list of keys"),
    ],
)
def test_a_key_that_cannot_be_used_is_one_line(tmp_path: Path, lines: str, said: str) -> None:
    with pytest.raises(ConfigMistake) as caught:
        _read(tmp_path, lines)

    assert str(caught.value).endswith(said)
