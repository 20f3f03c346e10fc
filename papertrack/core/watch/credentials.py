"""Find and remove secrets in addresses.

Only the config contains whole addresses; what is stored, printed, logged or exported has passed
through one of these functions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, unquote_plus, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Parameters with which private feeds identify their reader. The first group is secret with any
# prefix (accessToken, rsskey), the second only as a separate word (feed_auth, X-Amz-Sig).
_ANYWHERE = (
    "token|secret|passw(?:or)?d|passphrase|key|signature|credentials?|authorization|hmac|jwt"
    "|bearer|sess(?:ion)?id"
)
_AS_A_WORD = "pass|pwd|auth|oauth|sig|sid|session|otp|creds?"
_SECRET = re.compile(rf"(?:{_ANYWHERE}|(?:^|[^a-z])(?:{_AS_A_WORD}))\Z", re.IGNORECASE)
_SECRET_AT: Mapping[str, frozenset[str]] = {"reddit.com": frozenset({"feed", "user"})}
# A parameter of the query or of a path segment (";jsessionid=…").
_IN_QUERY = re.compile(r"([^&;=]+)=([^&;]*)")
_IN_PATH = re.compile(r"(?<=;)([^/;=]+)=([^/;]*)")
# Private podcasts: …/private/0a1b2c3d-4e5f.rss
_PRIVATE_STEP = re.compile(r"(?<=/private/)[^/;]{16,}")
_CONTROLS = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029]+")
_USER = re.compile(r"(?<=://)[^/?#\s]*@")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s'\"<>]+", re.IGNORECASE)
# Characters and words without which an address has no secret; most addresses have none of them and
# need not be parsed.
_SUSPECT = (
    *("@", ";", "%", "[", " ", "/private/", "reddit", "token", "secret", "pass", "key", "sig"),
    *("cred", "auth", "hmac", "jwt", "bearer", "sess", "pwd", "sid", "otp"),
)
_HIDDEN = "…"
_NESTED = 3  # nested addresses, as feed proxies have them; deeper ones are masked as a whole
_LOGGED = 200
_SHORTEST = 6  # the minimum length of a secret to search for in a text; "1" is in every text


def without_credentials(url: str) -> str:
    """Remove user name, password and keys from an address, so that it can be printed.

    Args:
        url: Any text that the author wrote as an address.

    Returns:
        The address on one line, with ``…`` for every key.
    """
    try:
        shown = _shown(_split(url))
    except ValueError:
        return "(an address that cannot be read)"
    return "".join(filter(str.isprintable, shown))


def brief(url: str) -> str:
    """Shorten an address for a log to 200 characters, without the values of its query.

    Logs travel (cron mails them), and a key may have any name.
    """
    page, mark, query = without_credentials(url).partition("?")
    fields = [field.partition("=") for field in query.split("&") if field]
    hidden = "&".join(f"{name}={_HIDDEN}" if equals else _HIDDEN for name, equals, _ in fields)
    shown = page + (mark + hidden if hidden else "")
    return shown if len(shown) <= _LOGGED else shown[: _LOGGED - 1] + _HIDDEN


def without_credentials_in(text: str) -> str:
    """Remove secrets from every address in a text."""
    return _ADDRESS.sub(lambda found: without_credentials(found[0]), text)


def has_credentials(url: str) -> bool:
    """Return whether `without_credentials` would remove anything; True if it cannot be parsed."""
    lower = url.lower()
    is_plain = url.isascii() and url.isprintable() and url.count("://") <= 1
    if is_plain and not any(word in lower for word in _SUSPECT):
        return False
    try:
        parts = _split(url)
    except ValueError:
        return True
    return _shown(parts) != urlunsplit(parts._replace(fragment=""))


def without_user(text: str) -> str:
    """Remove user name and password from an address; return any other text unchanged."""
    return _USER.sub("", text)


def without_keys(url: str) -> str:
    """Remove secrets from a link, keeping it usable."""
    if not has_credentials(url):
        return url
    try:
        parts = _split(url)
    except ValueError:  # no browser can open it
        return without_credentials(url)
    kept = (
        part
        for part in parts.query.split("&")
        if _masked(parts._replace(query=part), _hide).query == part
    )
    return urlunsplit(_masked(_without_user(parts)._replace(query="&".join(kept)), _hide))


def address_key(url: str, owner: str = "") -> str:
    """Return the name of an address in the database: without secrets, but distinct by them.

    Args:
        url: The address.
        owner: The slug of its source, if two addresses that differ only in secrets must never be
            confused.

    Returns:
        The address itself if it has no secrets, else its public part with a hash after ``#``. The
        hash has 16 bits: enough to notice a new password, too few to guess one.
    """
    if not has_credentials(url):
        return url
    from hashlib import blake2b  # noqa: PLC0415  # 3 ms that few sources cost

    mark = blake2b(url.encode(errors="surrogatepass"), digest_size=2).hexdigest()
    return f"{without_credentials(url)}#{mark}" + (f" {owner}" if owner else "")


def carry_over(key: str, url: str) -> str | None:
    """Restore the address of a key of `address_key` with the secrets of another address.

    Args:
        key: The key, made without an owner.
        url: The address with the secrets.

    Returns:
        The whole address, without fragment; None if its secrets are not those of `url`.
    """
    shown = key.partition("#")[0]
    if _HIDDEN not in shown:
        return shown
    keys = iter(_keys(url))
    whole = re.sub(_HIDDEN, lambda _: next(keys, _HIDDEN), shown)
    return whole if address_key(whole) == key else None


def secrets_of(url: str) -> tuple[str, ...]:
    """List the secrets of an address, except those too short to search for."""
    try:
        parts = _split(url)
    except ValueError:
        return ()
    own = unquote(parts.password or parts.username or "")
    return tuple(one for one in (own, *_keys(url)) if len(one) >= _SHORTEST)


def _keys(url: str) -> list[str]:
    found: list[str] = []

    def note(value: str) -> str:
        found.append(value)
        return value

    _masked(_split(url), note)
    return found


def _split(url: str) -> SplitResult:
    """Split an address.

    Raises:
        ValueError: It is not an address.
    """
    text = re.sub(r"^feed:(?=https?:)", "", _CONTROLS.sub("", url), flags=re.IGNORECASE)
    if "//" not in text.partition("?")[0]:  # as people write it, without https://
        return urlsplit(re.sub(r"^[^/?#]*@", "", text))
    parts = urlsplit(text)
    _ = parts.port  # with a slash in the password, its first half becomes the port
    return parts


def _shown(parts: SplitResult) -> str:
    return urlunsplit(_masked(_without_user(parts), _hide)._replace(fragment=""))


def _without_user(parts: SplitResult) -> SplitResult:
    return parts._replace(netloc=parts.netloc.rpartition("@")[2])


def _hide(value: str) -> str:
    return _HIDDEN if value else value


def _masked(parts: SplitResult, mask: Callable[[str], str]) -> SplitResult:
    """Replace every key in path and query."""
    host = parts.hostname or ""

    def parameter(found: re.Match[str]) -> str:
        name, value = found[1], found[2]
        return f"{name}={mask(value)}" if _is_secret(name, value, host) else found[0]

    path = _PRIVATE_STEP.sub(lambda found: mask(found[0]), parts.path)
    return parts._replace(
        path=_IN_PATH.sub(parameter, path), query=_IN_QUERY.sub(parameter, parts.query)
    )


def _is_secret(name: str, value: str, host: str) -> bool:
    name = unquote_plus(name).strip()
    if _SECRET.search(name):
        return True
    if any(
        name.lower() in names and (host == site or host.endswith(f".{site}"))
        for site, names in _SECRET_AT.items()
    ):
        return True
    # Feed proxies take another address as a value.
    inner = unquote_plus(value)
    return inner.count("://") > _NESTED or ("://" in inner and has_credentials(inner))
