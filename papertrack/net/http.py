"""Import httpx without its command line, which takes half of the import time.

httpx imports ``httpx._main`` if rich, pygments and click are installed: 100 ms of CPU for a program
that nobody calls. It works without that module, so this module makes its import fail. Import httpx
from here and nowhere else.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

_COMMAND_LINE = "httpx._main"

if TYPE_CHECKING or _COMMAND_LINE in sys.modules:
    import httpx
else:
    # None in sys.modules makes the import fail:
    # https://docs.python.org/3/reference/import.html#the-module-cache
    sys.modules[_COMMAND_LINE] = None
    try:
        import httpx
    finally:
        del sys.modules[_COMMAND_LINE]

__all__ = ["httpx"]
