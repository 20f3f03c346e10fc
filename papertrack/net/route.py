"""How requests leave this machine: the proxy, and the trusted certificates."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.request import getproxies, proxy_bypass

from papertrack.errors import UsageError
from papertrack.net.http import httpx


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
