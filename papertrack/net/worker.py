"""What a worker process does to itself before it touches what a stranger wrote."""

from __future__ import annotations

import contextlib
import ctypes
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def limit(what: int, soft: int) -> None:
    """Set a soft limit of `resource`; macOS refuses some, and then the parent has to watch."""
    _, hard = resource.getrlimit(what)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(
            what, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
        )


def die_with_parent() -> None:
    """Have the kernel end this process when its parent ends (Linux)."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
