"""Start the server of the corpus in a process of its own, and tell it what to do."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# No proxy: what HTTP_PROXY names cannot see this machine's loopback.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_ANSWER_S = 10


@dataclass(frozen=True, slots=True)
class Site:
    """A running server of feeds.

    Attributes:
        urls: The feeds, each at an origin of its own.
        changed: How many of them have a second edition.
        text_bytes: All first editions together, uncompressed.
    """

    urls: tuple[str, ...]
    changed: int
    text_bytes: int
    door: str

    def set(self, **wishes: int) -> None:
        """Change how it answers: the fields of `server.Mood`."""
        query = "&".join(f"{name}={value}" for name, value in wishes.items())
        self._ask(f"/set?{query}")

    def tally(self) -> dict[str, int]:
        """Take what was asked since the last call: the fields of `server.Tally`."""
        counts: dict[str, int] = self._ask("/tally")
        return counts

    def _ask(self, path: str) -> Any:  # noqa: ANN401  # JSON of our own server
        with _OPENER.open(self.door + path, timeout=_ANSWER_S) as response:
            return json.load(response)


@contextlib.contextmanager
def served(feeds: int, *, changed: int) -> Iterator[Site]:
    """Serve feeds for the length of a block.

    Args:
        feeds: How many, at least 1.
        changed: How many of them have a second edition.
    """
    command = [sys.executable, "-m", "benchmarks.server", str(feeds), str(changed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            if process.stdout is None:
                return
            said = json.loads(process.stdout.readline())
            doors = [f"http://127.0.0.1:{port}" for port in said["ports"]]
            urls = tuple(f"{door}/feed/{feed}.xml" for feed, door in enumerate(doors))
            yield Site(urls, changed, said["text_bytes"], doors[0])
        finally:
            process.terminate()
