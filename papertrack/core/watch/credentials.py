"""Addresses without what only their owner should know, for messages, lists and exports."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

# Parameters under which feeds carry the key of one reader.
_SECRET = re.compile(
    r"(?:.*[_-])?(?:token|key|apikey|secret|password|passwd|pass|pwd|auth|authorization|signature"
    r"|sig|session|sessionid|sid|credential|credentials|jwt)",
    re.IGNORECASE,
)
_CONTROLS = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029]+")


def without_credentials(url: str) -> str:
    """Leave out a user name and password, and the values of parameters that are keys.

    Args:
        url: An address as the author wrote it, whatever that is.

    Returns:
        The address on one line, fit to be printed; parameters that were keys end in ``=…``.
    """
    try:
        parts = urlsplit(_CONTROLS.sub("", url))
    except ValueError:
        return "(an address that cannot be read)"
    shown = parts._replace(
        netloc=parts.netloc.rpartition("@")[2],
        query="&".join(map(_without_value, parts.query.split("&"))),
        fragment="",
    )
    return urlunsplit(shown)


def has_credentials(url: str) -> bool:
    """Tell whether `without_credentials` would leave something out."""
    return without_credentials(url) != urlunsplit(urlsplit(url)._replace(fragment=""))


def _without_value(parameter: str) -> str:
    name, equals, value = parameter.partition("=")
    return f"{name}=…" if equals and value and _SECRET.fullmatch(name) else parameter
