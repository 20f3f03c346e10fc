"""A real pseudo-terminal with papertrack in it: keys go in, the screen can be read."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from typing import TYPE_CHECKING, Self

import pyte

from tests.process import command, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

PATIENCE_S = 20.0


class Terminal:
    """A terminal window that runs one command of papertrack.

    Args:
        config: The config of the call.
        words: The command.
        columns, rows: The size of the window.
    """

    def __init__(self, config: Path, *words: str, columns: int = 80, rows: int = 24) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        self._set_size(slave, columns, rows)
        self.process = subprocess.Popen(
            command("--config", str(config), *words),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # one thread
            cwd=config.parent,
            env=environment(config.parent, TERM="xterm-256color"),
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):
            os.close(self._master)

    @property
    def text(self) -> str:
        """What the window shows."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Drag the window to another size."""
        self._screen.resize(rows, columns)
        self._set_size(self._master, columns, rows)
        self.process.send_signal(signal.SIGWINCH)

    def wait_for(self, is_there: str | Callable[[str], bool]) -> str:
        """Read until the window shows a text, or until what it shows satisfies a test."""
        test = (lambda text: is_there in text) if isinstance(is_there, str) else is_there
        give_up_at = time.monotonic() + PATIENCE_S
        while not test(self.text):
            if time.monotonic() > give_up_at:
                message = f"the terminal never showed {is_there!r}; it shows:\n{self.text}"
                raise AssertionError(message)
            self._read_some()
        return self.text

    def close(self) -> int:
        """Close the window, as with its cross: the program hears SIGHUP. Returns its exit code."""
        os.close(self._master)
        return self.process.wait(PATIENCE_S)

    def wait(self) -> int:
        """Read until the program ends; returns its exit code."""
        give_up_at = time.monotonic() + PATIENCE_S
        while self.process.poll() is None and time.monotonic() < give_up_at:
            self._read_some()
        return self.process.wait(1)

    def _read_some(self) -> None:
        ready, _, _ = select.select([self._master], [], [], 0.05)
        if ready:
            with contextlib.suppress(OSError):  # the other end is closed
                self._stream.feed(os.read(self._master, 65536))

    @staticmethod
    def _set_size(handle: int, columns: int, rows: int) -> None:
        fcntl.ioctl(handle, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
