"""What to say when a web page came where a feed was expected."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin

from papertrack.core.text.clean import http_url
from papertrack.core.text.decode import FEED_HINT, NOT_A_FEED
from papertrack.errors import UnreadableDocument

# How far into a page to look: heads with scripts in them are long.
_LOOKED_AT = 300_000
_PAGE = re.compile(r"<(?:html|head|body|div|p|script)\b", re.IGNORECASE)

_PASSWORD = re.compile(r"<input\s[^<>]{0,500}?type\s*=\s*[\"']?password\b", re.IGNORECASE)
_SINGLE_SIGN_ON = re.compile(r"<input\s[^<>]{0,500}?name\s*=\s*[\"']?SAMLRequest\b", re.IGNORECASE)
_CHALLENGE = re.compile(
    r"challenges\.cloudflare\.com|/cdn-cgi/challenge-platform/|_cf_chl_opt|cf-turnstile"
    r"|<title>\s*(?:just a moment|attention required|checking your browser|ddos-guard|access denied"
    r"|are you a (?:human|robot)|bot verification)|awsWafCookieDomainList|_Incapsula_Resource"
    r"|captcha-delivery\.com|px-captcha",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"consent\.(?:google|youtube|yahoo)\.com|guce\.\w+\.com|<title>[^<]{0,100}\bconsent\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"<link\s([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/json"}
)


def is_page(text: str) -> bool:
    """Whether a document, from its first element on, is a web page."""
    return bool(_PAGE.match(text))


def refusal(text: str, base_url: str) -> UnreadableDocument:
    """Say what a web page looks like, and what to do.

    Args:
        text: The page, from its first element on.
        base_url: Where it was found, to resolve the address of the feed that it names.
    """
    text = text[:_LOOKED_AT]
    named = next(filter(None, (_feed_in(link[1], base_url) for link in _LINK.finditer(text))), None)
    if named is not None:
        return UnreadableDocument(NOT_A_FEED, hint=f"use {named}")
    if _CHALLENGE.search(text):
        what = "the server sent a page that checks for robots, not a feed"
        hint = (
            "open the address in a browser; if it shows the feed there, ask its owner to let feed"
        )
        return UnreadableDocument(what, hint=f"{hint} readers in, or leave the source out")
    if _PASSWORD.search(text) or _SINGLE_SIGN_ON.search(text):
        what = "the server sent a login page, not a feed"
        return UnreadableDocument(what, hint="give an address that needs no login")
    if _CONSENT.search(text):
        what = "the server sent a page that asks for consent, not a feed"
        return UnreadableDocument(what, hint="give an address that needs no consent")
    return UnreadableDocument(NOT_A_FEED, hint=FEED_HINT)


def _feed_in(attributes: str, base_url: str) -> str | None:
    """Read the address of a feed from the attributes of a ``link``; None if it names none."""
    said = {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "").strip()
        for found in _ATTRIBUTE.finditer(attributes)
    }
    is_feed = said.get("type", "").lower().partition(";")[0] in _FEED_TYPES
    if not is_feed or "alternate" not in said.get("rel", "").lower().split():
        return None
    try:
        address = http_url(urljoin(base_url, said.get("href", "")))
    except ValueError:  # urljoin's "Invalid IPv6 URL"
        return None
    return address if address != http_url(base_url) else None
