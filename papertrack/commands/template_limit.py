"""Fill a template of the author's own in a process apart, under limits of time and memory.

A template is a program, and often a stranger's. One that doubles a text a few times would take all
the memory of the machine inside a single operation, where nothing in this process could stop it.
"""

from __future__ import annotations

import contextlib
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from papertrack.commands.template_worker import OUT_OF_MEMORY, Answer
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from papertrack.core.digest.issue import Digest
    from papertrack.core.digest.render import Rendered

_LOOK_S = 0.05
_HINT = "mend the template, or use -t cards"


@dataclass(frozen=True, slots=True)
class TemplateLimits:
    """What filling one template may take.

    Attributes:
        cpu_s: Seconds of computing; the largest issue takes a hundredth. Not of the clock: a slow
            machine is no mistake.
        wall_s: Seconds after which a process that does not even compute is given up.
        memory_bytes: Of data, of which Python and its libraries take a third.
    """

    cpu_s: float = 10.0
    wall_s: float = 300.0
    memory_bytes: int = 80_000_000


LIMITS = TemplateLimits()


def fill_apart(digest: Digest, source: str, *, name: str, limits: TemplateLimits) -> Rendered:
    """Fill a template with an issue, in a process that ends with it.

    Args:
        digest: The issue.
        source: The template.
        name: What messages call it.
        limits: What it may take.

    Raises:
        UsageError: It has a mistake, or passes a limit.
    """
    with tempfile.TemporaryFile() as task:  # a pipe holds 64 kB, and would need its own writer
        pickle.dump((digest, source, name), task, protocol=pickle.HIGHEST_PROTOCOL)
        task.seek(0)
        with subprocess.Popen(  # noqa: S603  # this Python, with numbers
            # -P: a file named jinja2.py where the user stands is not ours to run.
            [
                *(sys.executable, "-P", "-m", "papertrack.commands.template_worker"),
                *(str(limits.cpu_s), str(limits.memory_bytes)),
            ],
            stdin=task,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                reply, passed = _watch(process, limits)
            finally:
                process.kill()
    if passed is None and process.returncode == 0:
        answer = msgspec.msgpack.decode(reply, type=Answer)
        if answer.rendered is not None:
            return answer.rendered
        what = answer.what + (_more_than(limits) if answer.ran_out else "")
        raise UsageError(what, hint=answer.hint)
    raise UsageError(_why(name, passed or process.returncode, limits), hint=_HINT)


def _watch(process: subprocess.Popen[bytes], limits: TemplateLimits) -> tuple[bytes, int | None]:
    """Wait for the answer.

    Returns:
        The answer, and the signal that stands for the limit at which the process was given up.
    """
    give_up_at = time.monotonic() + limits.wall_s
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=_LOOK_S)[0], None
        # macOS does not enforce the limit of memory that the process has set for itself.
        if (resident_bytes(process.pid) or 0) > 2 * limits.memory_bytes:
            return b"", signal.SIGKILL
        if time.monotonic() > give_up_at:
            return b"", signal.SIGXCPU


def resident_bytes(process: int, statm: str = "/proc/{}/statm") -> int | None:
    """Ask the system how much memory a process holds; None when it does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return (
            int(Path(statm.format(process)).read_text("ascii").split()[1]) * resource.getpagesize()
        )
    with contextlib.suppress(OSError, ValueError, subprocess.SubprocessError):
        asked = subprocess.run(  # noqa: S603  # with a number
            ["ps", "-o", "rss=", "-p", str(process)],  # noqa: S607  # wherever the system has it
            capture_output=True,
            check=False,
            timeout=1,
        )
        return int(asked.stdout) * 1024
    return None


def _why(name: str, ended: int, limits: TemplateLimits) -> str:
    if abs(ended) == signal.SIGXCPU:
        return f"{name}: the template does not come to an end: it took more than {limits.cpu_s:g} s"
    # Libraries in C may crash when there is no memory, and do when something nests too deeply.
    crash = "" if abs(ended) in {signal.SIGKILL, OUT_OF_MEMORY} else ", or nests too deeply"
    what = f"it needs too much memory{_more_than(limits)}{crash}"
    return f"{name}: the template cannot be filled: {what}"


def _more_than(limits: TemplateLimits) -> str:
    return f" (more than {limits.memory_bytes // 1_000_000} MB)"
