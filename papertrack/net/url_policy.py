"""Which addresses, URLs and header values are allowed, and errors that do not quote the server.

A feed's URL, its redirects and its name server are controlled by strangers; none of them may make
us connect to the router, to a service on this machine or to a cloud's metadata address.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import ssl
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from papertrack.core.answers import SourceState
from papertrack.errors import DownloadError
from papertrack.net.http import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from papertrack.net.limits import Limits
    from papertrack.net.resolver import Resolve

# Global for ipaddress, but special-purpose in the IANA registries, or not meant for us:
# protocol assignments, the retired 6to4 relays (RFC 7526), documentation (RFC 9637).
_ALSO_RESERVED_V4 = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
_ALSO_RESERVED_V6 = (IPv6Network("3fff::/20"),)
# The only part of IPv6 that IANA has allocated for global unicast.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Networks without IPv4 reach it through this prefix (RFC 6052, section 2.1).
_NAT64 = IPv6Network("64:ff9b::/96")

_WEB = frozenset({"http", "https"})
_HOST = re.compile(rb"[a-z0-9._:-]+", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,20}):", re.IGNORECASE)
# Visible ASCII and Latin-1 with spaces inside: RFC 9110, section 5.5, without the control
# characters that it tolerates, which must not reach the database.
_HEADER_VALUE = re.compile(r"[\x21-\x7e\xa1-\xff](?:[\x20-\x7e\xa0-\xff]*[\x21-\x7e\xa1-\xff])?")
_HEADER_CHARACTERS = 1024
_LAST_PORT = 65535


def refusal(address: IPv4Address | IPv6Address) -> str | None:
    """Return why connecting to an address is refused; None if it is allowed.

    An IPv6 address that embeds an IPv4 address (mapped, NAT64, 6to4) is judged by that address.
    """
    if isinstance(address, IPv4Address):
        if any(address in network for network in _ALSO_RESERVED_V4):
            return "reserved"
        return _registered_use(address)
    carried = address.ipv4_mapped or address.sixtofour
    if address in _NAT64:
        carried = IPv4Address(int(address) & 0xFFFF_FFFF)
    if carried is not None:
        return refusal(carried)
    if any(address in network for network in _ALSO_RESERVED_V6):
        return "reserved"
    use = _registered_use(address)
    return "reserved" if use is None and address not in _GLOBAL_UNICAST else use


def _registered_use(address: IPv4Address | IPv6Address) -> str | None:
    if address.is_multicast:
        return "multicast"
    if address.is_reserved and not address.is_loopback and not address.is_unspecified:
        return "reserved"
    # Not is_private: the shared address space of carriers (100.64.0.0/10) is neither.
    if not address.is_global or (isinstance(address, IPv6Address) and address.is_site_local):
        return "private network"
    return None


async def permitted_addresses(
    host: str, port: int, *, allow_private_network: bool, resolve: Resolve
) -> list[str]:
    """Look a host up and return the permitted addresses, best first.

    Connect to one of these and not to the name: a second look-up could answer differently (DNS
    rebinding). Literal addresses in any notation (``0x7f.1``, ``2130706433``) are checked, too.

    Args:
        host: The name or address, without brackets.
        port: For the resolver only.
        allow_private_network: Whether every address is permitted.
        resolve: Looks names up.

    Raises:
        DownloadError: The name has no address, or no permitted one.
    """
    try:
        found = [ip_address(text) for text in await _look_up(host, port, resolve)]
    except (OSError, ValueError) as error:
        what = "could not resolve host"
        hint = "check the spelling of the URL and the network connection"
        raise DownloadError(what, hint=hint, kind=SourceState.UNREACHABLE) from error
    judged = [(address, refusal(address)) for address in dict.fromkeys(found)]
    permitted = [address for address, why in judged if why is None or allow_private_network]
    if permitted:
        return [str(address) for address in _alternate(permitted)]
    if not judged:
        what = "could not resolve host"
        hint = "check the spelling of the URL and the network connection"
        raise DownloadError(what, hint=hint, kind=SourceState.UNREACHABLE)
    address, why = judged[0]
    raise _refused(address, why or "")


def refuse_literal(host: str, *, allow_private_network: bool) -> None:
    """Refuse a host that is a literal address and not permitted; names are not looked up.

    Raises:
        DownloadError: The address is not permitted.
    """
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return
    why = refusal(address)
    if why is not None and not allow_private_network:
        raise _refused(address, why)


def _refused(address: IPv4Address | IPv6Address, why: str) -> DownloadError:
    hint = "set allow_private_network = true for the source if it is yours"
    return DownloadError(f"refused address {address} ({why})", hint=hint)


def is_certificate_error(error: BaseException) -> bool:
    """Return whether an error was caused by TLS."""
    return any(isinstance(cause, ssl.SSLError) for cause in causes_of(error))


async def _look_up(host: str, port: int, resolve: Resolve) -> Sequence[str]:
    try:
        ip_address(host)
    except ValueError:
        return await resolve(host, port)
    return [host]


def _alternate(
    addresses: Sequence[IPv4Address | IPv6Address],
) -> list[IPv4Address | IPv6Address]:
    """Alternate between the families, so that a broken one costs one attempt (RFC 8305, 4)."""
    first = [address for address in addresses if address.version == addresses[0].version]
    other = [address for address in addresses if address.version != addresses[0].version]
    alternating = itertools.chain.from_iterable(itertools.zip_longest(first, other))
    return [address for address in alternating if address is not None]


def parse_url(url: str) -> httpx.URL:
    """Parse a URL for a request, without its fragment.

    Raises:
        DownloadError: It is not http or https, or not valid.
    """
    try:
        parsed = httpx.URL(url)
        if "#" in url:  # copying costs as much as parsing
            parsed = parsed.copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise unreadable_url() from error
    if parsed.scheme not in _WEB:
        what = "the URL is not http or https"
        raise DownloadError(what, hint="correct the URL of the source")
    # As sent to DNS: ASCII, international names in Punycode.
    if not _HOST.fullmatch(parsed.raw_host) or (parsed.port or 0) > _LAST_PORT:
        raise unreadable_url()
    return parsed


def parse_redirect(base: httpx.URL, location: str) -> httpx.URL:
    """Resolve a Location header, and drop any user name and password.

    Args:
        base: The requested URL.
        location: The header, decoded as Latin-1; may be relative to `base`.

    Raises:
        DownloadError: The target is not http or https, or not a valid URL.
    """
    scheme = _SCHEME.match(location)
    if scheme and scheme[1].lower() not in _WEB:
        what = f"redirected to {scheme[1].lower()}:"
        raise DownloadError(what, hint="look for a new URL of the source")
    with contextlib.suppress(UnicodeDecodeError):  # raw UTF-8, which browsers accept
        location = location.encode("latin-1").decode()
    try:
        return parse_url(str(base.join(location).copy_with(userinfo=b"")))
    except (httpx.InvalidURL, ValueError, DownloadError) as error:
        what = "redirected to a URL that is not valid"
        raise DownloadError(what, hint="look for a new URL of the source") from error


def unreadable_url() -> DownloadError:
    """Make the error for an invalid URL."""
    what = "the URL is not valid"
    return DownloadError(what, hint="correct the URL of the source")


def is_plain(value: str) -> bool:
    """Return whether a header value is safe to store: short, Latin-1, no control characters."""
    return len(value) <= _HEADER_CHARACTERS and _HEADER_VALUE.fullmatch(value) is not None


def explain(error: Exception, limits: Limits) -> DownloadError:
    """Describe why a download failed in our words; those of the exception may quote the server.

    Args:
        error: An error of httpx, ssl or the operating system, or a ValueError.
        limits: The limits of the download.
    """
    causes = list(causes_of(error))
    later = "try again later"
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            what = f"certificate not valid: {cause.verify_message.rstrip('.')}"
            return DownloadError(what, hint="check the URL and the clock of this computer")
    for kinds, what, hint in (
        (httpx.ConnectTimeout, f"timed out connecting after {limits.connect_s:g} s", later),
        (TimeoutError, f"timed out after {limits.total_s:g} s", later),
        (ssl.SSLError, "TLS failed", later),
        (ConnectionRefusedError, "connection refused", later),
        (httpx.ConnectError, "could not connect", "check the network connection"),
        (httpx.LocalProtocolError, "the User-Agent is not valid", "correct user_agent"),
        (httpx.RemoteProtocolError, "the server did not answer in HTTP", later),
        (httpx.TransportError, "the connection was lost", later),
        (OSError, "the connection was lost", later),
    ):
        if any(isinstance(cause, kinds) for cause in causes):
            kind = None if issubclass(kinds, httpx.ProtocolError) else SourceState.UNREACHABLE
            return DownloadError(what, hint=hint, kind=kind)
    return unreadable_url()


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and its causes."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
