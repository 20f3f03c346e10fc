"""What in an address is secret, and addresses without it.

This is the one place that decides. Only the config holds a whole address: what is stored, printed,
logged or given away has gone through one of these functions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, unquote_plus, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Parameters under which feeds carry the key of one reader. The first kind is secret whatever stands
# before it (accessToken, rsskey), the second as a word of its own (feed_auth, X-Amz-Sig).
_ANYWHERE = (
    "token|secret|passw(?:or)?d|passphrase|key|signature|credentials?|authorization|hmac|jwt"
    "|bearer|sess(?:ion)?id"
)
_AS_A_WORD = "pass|pwd|auth|oauth|sig|sid|session|otp|creds?"
_SECRET = re.compile(rf"(?:{_ANYWHERE}|(?:^|[^a-z])(?:{_AS_A_WORD}))\Z", re.IGNORECASE)
_SECRET_AT: Mapping[str, frozenset[str]] = {"reddit.com": frozenset({"feed", "user"})}
# A parameter of the query, or of a step of the path (";jsessionid=…").
_IN_QUERY = re.compile(r"([^&;=]+)=([^&;]*)")
_IN_PATH = re.compile(r"(?<=;)([^/;=]+)=([^/;]*)")
# Podcasts for one listener: …/private/0a1b2c3d-4e5f.rss
_PRIVATE_STEP = re.compile(r"(?<=/private/)[^/;]{16,}")
_CONTROLS = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029]+")
_USER = re.compile(r"(?<=://)[^/?#\s]*@")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s'\"<>]+", re.IGNORECASE)
# Marks and words without one of which nothing in an address is secret: most have none, and need not
# be taken apart.
_SUSPECT = (
    *("@", ";", "%", "[", " ", "/private/", "reddit", "token", "secret", "pass", "key", "sig"),
    *("cred", "auth", "hmac", "jwt", "bearer", "sess", "pwd", "sid", "otp"),
)
_HIDDEN = "…"
_NESTED = 3  # addresses inside an address, as proxies of feeds have them; more are hidden unread
_LOGGED = 200
_SHORTEST = 6  # characters of a secret that is looked for in a text; "1" is in every text


def without_credentials(url: str) -> str:
    """Make an address fit to be printed: without user name, password, and what is a key in it.

    Args:
        url: An address as the author wrote it, whatever that is.

    Returns:
        The address on one line, where ``…`` stands for every key.
    """
    try:
        shown = _shown(_split(url))
    except ValueError:
        return "(an address that cannot be read)"
    return "".join(filter(str.isprintable, shown))


def brief(url: str) -> str:
    """Make an address fit for a log: at most 200 characters, and no value of its query.

    A log travels (cron mails it), and a key may have any name.
    """
    page, mark, query = without_credentials(url).partition("?")
    fields = [field.partition("=") for field in query.split("&") if field]
    hidden = "&".join(f"{name}={_HIDDEN}" if equals else _HIDDEN for name, equals, _ in fields)
    shown = page + (mark + hidden if hidden else "")
    return shown if len(shown) <= _LOGGED else shown[: _LOGGED - 1] + _HIDDEN


def without_credentials_in(text: str) -> str:
    """Make every address in a text fit to be printed; the rest of it stays."""
    return _ADDRESS.sub(lambda found: without_credentials(found[0]), text)


def has_credentials(url: str) -> bool:
    """Tell whether `without_credentials` would leave something out; True if it cannot be read."""
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
    """Leave user name and password out of an address; any other text stays as it is."""
    return _USER.sub("", text)


def without_keys(url: str) -> str:
    """Leave what is secret out of a link, so that it can still be opened."""
    if not has_credentials(url):
        return url
    try:
        parts = _split(url)
    except ValueError:  # no browser could open it
        return without_credentials(url)
    kept = (
        part
        for part in parts.query.split("&")
        if _masked(parts._replace(query=part), _hide).query == part
    )
    return urlunsplit(_masked(_without_user(parts)._replace(query="&".join(kept)), _hide))


def address_key(url: str, owner: str = "") -> str:
    """Name an address in the database: without its secrets, yet apart from one with other secrets.

    Args:
        url: The address.
        owner: The slug of its source, where two that differ in their secrets alone must never be
            taken for one.

    Returns:
        The address itself where nothing in it is secret; else what may be shown of it, with a mark
        behind ``#``. The mark has 16 bits: enough to notice a new password, too few to find one
        by trying.
    """
    if not has_credentials(url):
        return url
    from hashlib import blake2b  # noqa: PLC0415  # 3 ms that few sources cost

    mark = blake2b(url.encode(errors="surrogatepass"), digest_size=2).hexdigest()
    return f"{without_credentials(url)}#{mark}" + (f" {owner}" if owner else "")


def carry_over(key: str, url: str) -> str | None:
    """Find the address behind a key of `address_key` that has the secrets of another address.

    Args:
        key: As it was made, without an owner.
        url: The address with the secrets.

    Returns:
        The whole address, without fragment; None when its secrets are not those of `url`.
    """
    shown = key.partition("#")[0]
    if _HIDDEN not in shown:
        return shown
    keys = iter(_keys(url))
    whole = re.sub(_HIDDEN, lambda _: next(keys, _HIDDEN), shown)
    return whole if address_key(whole) == key else None


def secrets_of(url: str) -> tuple[str, ...]:
    """List what is secret in an address; what is so short that any text may hold it is left out."""
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
    """Take an address apart.

    Raises:
        ValueError: It is none.
    """
    text = re.sub(r"^feed:(?=https?:)", "", _CONTROLS.sub("", url), flags=re.IGNORECASE)
    if "//" not in text.partition("?")[0]:  # as people write it, without https://
        return urlsplit(re.sub(r"^[^/?#]*@", "", text))
    parts = urlsplit(text)
    _ = parts.port  # a slash in a password makes its first half the port
    return parts


def _shown(parts: SplitResult) -> str:
    return urlunsplit(_masked(_without_user(parts), _hide)._replace(fragment=""))


def _without_user(parts: SplitResult) -> SplitResult:
    return parts._replace(netloc=parts.netloc.rpartition("@")[2])


def _hide(value: str) -> str:
    return _HIDDEN if value else value


def _masked(parts: SplitResult, mask: Callable[[str], str]) -> SplitResult:
    """Put something else in the place of every key in path and query."""
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
    # Proxies of feeds take another address as a value.
    inner = unquote_plus(value)
    return inner.count("://") > _NESTED or ("://" in inner and has_credentials(inner))
