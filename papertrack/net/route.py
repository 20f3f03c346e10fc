"""The way out of this machine: a proxy, and whose certificates are trusted."""

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
        ca_file: Certificates in PEM that are trusted beside the public authorities.
        trust_env: Whether HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and
            SSL_CERT_DIR count; `proxy` and `ca_file` come first.
    """

    proxy: str | None = None
    ca_file: Path | None = None
    trust_env: bool = False

    def proxy_for(self, scheme: str, host: str) -> str | None:
        """Tell which proxy to ask for a host; None asks the host itself."""
        if self.proxy is not None:
            return self.proxy
        if not self.trust_env or proxy_bypass(host):
            return None
        known = getproxies()
        found = known.get(scheme) or known.get("all")
        return found if found is None or "://" in found else f"http://{found}"

    def certificates(self) -> ssl.SSLContext:
        """Say whose certificates are trusted; it takes 20 ms.

        Raises:
            UsageError: `ca_file` cannot be read, or holds no certificate.
        """
        context = httpx.create_ssl_context(trust_env=self.trust_env)
        if self.ca_file is not None:
            try:
                context.load_verify_locations(self.ca_file)
            except (OSError, ssl.SSLError) as error:
                is_missing = isinstance(error, OSError) and not isinstance(error, ssl.SSLError)
                reason = error.strerror if is_missing else "it holds no certificate"
                message = f"cannot use ca_file {self.ca_file}: {reason}"
                hint = "name a PEM file in [fetch], or take the key out"
                raise UsageError(message, hint=hint) from error
        return context


DIRECT = Route()
