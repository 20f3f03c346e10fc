"""The subprocess that fills a custom template under limits, so that a bomb in it does no harm.

Run as ``python -m papertrack.commands.template_worker CPU_SECONDS MEMORY_BYTES``. It reads one
task on standard input, writes one answer to standard output, and ends.
"""

from __future__ import annotations

import math
import os
import pickle
import resource
import signal
import sys
from typing import TYPE_CHECKING

import msgspec

from papertrack.core.digest.render import Rendered, render
from papertrack.errors import UsageError
from papertrack.net.worker import die_with_parent, limit

if TYPE_CHECKING:
    from papertrack.core.digest.issue import Digest

OUT_OF_MEMORY = 75  # the exit code if there is no memory left for an answer


class TemplateAnswer(msgspec.Struct):
    """A filled template, or why it could not be filled.

    Attributes:
        rendered: None if it could not be filled.
        what, hint: As in `PapertrackError`.
        ran_out: Whether it exceeded the memory limit.
    """

    rendered: Rendered | None = None
    what: str = ""
    hint: str | None = None
    ran_out: bool = False


def main() -> None:
    """Fill one template."""
    cpu_s, memory_bytes = float(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    die_with_parent()
    task: tuple[Digest, str, str] = pickle.load(sys.stdin.buffer)  # noqa: S301  # the parent's own
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime + cpu_s))
    limit(resource.RLIMIT_DATA, memory_bytes)
    try:
        sys.stdout.buffer.write(msgspec.msgpack.encode(_answer(*task)))
        sys.stdout.flush()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _answer(digest: Digest, source: str, name: str) -> TemplateAnswer:
    try:
        return TemplateAnswer(render(digest, source, name=name))
    except UsageError as error:
        return TemplateAnswer(
            what=error.what, hint=error.hint, ran_out=isinstance(error.__cause__, MemoryError)
        )


if __name__ == "__main__":
    main()
