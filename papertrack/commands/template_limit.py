"""Stop a template that does not come to an end."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, NoReturn

from papertrack.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT_S = 10.0  # of computing; the largest issue takes a hundredth


@contextlib.contextmanager
def stopped_after(limit_s: float, name: str) -> Iterator[None]:
    """Stop what is done inside after so much computing; only the main thread can be stopped.

    Args:
        limit_s: Seconds of the processor's time, not of the clock: a slow machine is no mistake.
        name: What the message calls the template.

    Raises:
        UsageError: It took longer.
    """

    def stop(*_: object) -> NoReturn:
        message = f"{name}: the template does not come to an end"
        raise UsageError(message, hint="look at its loops and macros, or use -t cards")

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
