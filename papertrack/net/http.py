"""httpx without its command line, which takes as long to import as all the rest of it.

httpx loads ``httpx._main`` whenever rich, pygments and click happen to be installed: 100 ms of CPU
for a program that nobody calls. It is written to do without when that import fails, so here it
fails. Import httpx from here and nowhere else.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

_COMMAND_LINE = "httpx._main"

if TYPE_CHECKING or _COMMAND_LINE in sys.modules:
    import httpx
else:
    # None is Python's own way to say that a module cannot be imported:
    # https://docs.python.org/3/reference/import.html#the-module-cache
    sys.modules[_COMMAND_LINE] = None
    try:
        import httpx
    finally:
        del sys.modules[_COMMAND_LINE]

__all__ = ["httpx"]
