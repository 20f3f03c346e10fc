"""httpx, imported without its command line, and how its requests leave this machine.

httpx imports ``httpx._main`` if rich, pygments and click are installed: 100 ms of CPU, half of the
import, for a program that nobody calls. It works without that module, so this module makes its
import fail. Import httpx from here and nowhere else.
"""

from __future__ import annotations

import ssl
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import getproxies, proxy_bypass

from papertrack.errors import UsageError

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

__all__ = ["DIRECT", "Route", "httpx"]


@dataclass(frozen=True, slots=True)
class Route:
    """How requests leave this machine.

    Attributes:
        proxy: The address of an HTTP proxy for every request; None asks servers directly.
        ca_file: PEM certificates to trust besides the public authorities.
        trust_env: Whether HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and
            SSL_CERT_DIR apply; `proxy` and `ca_file` take precedence.
    """

    proxy: str | None = None
    ca_file: Path | None = None
    trust_env: bool = False

    def proxy_for(self, scheme: str, host: str) -> str | None:
        """Return the proxy for a host; None to connect directly."""
        if self.proxy is not None:
            return self.proxy
        if not self.trust_env or proxy_bypass(host):
            return None
        known = getproxies()
        found = known.get(scheme) or known.get("all")
        return found if found is None or "://" in found else f"http://{found}"

    def certificates(self) -> ssl.SSLContext:
        """Load the trusted certificates, which takes 20 ms.

        Raises:
            UsageError: `ca_file` cannot be read, or has no certificate.
        """
        context = httpx.create_ssl_context(trust_env=self.trust_env)
        if self.ca_file is not None:
            try:
                context.load_verify_locations(self.ca_file)
            except (OSError, ssl.SSLError) as error:
                is_missing = isinstance(error, OSError) and not isinstance(error, ssl.SSLError)
                reason = error.strerror if is_missing else "it contains no certificate"
                message = f"cannot use ca_file {self.ca_file}: {reason}"
                hint = "name a PEM file in [fetch], or remove the key"
                raise UsageError(message, hint=hint) from error
        return context


DIRECT = Route()
