"""Text and addresses from outside, made harmless for the terminal, the database and the draft.

What goes: escape sequences (ECMA-48), control characters, direction overrides (Unicode TR36 and
CVE-2021-42574), characters nobody can see, and code points that are no characters. What stays:
everything people write with, also joiners and variation selectors (emoji, Persian, Indic scripts).
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

URL_LIMIT = 2_000

# A terminal obeys the whole sequence, so the whole sequence goes, not just its first character.
# ESC on its own is the last branch: none is left that could start a sequence anew. The one-byte
# introducers U+0090..U+009F are also what a curly quote becomes when UTF-8 was read as Latin-1, so
# these count as a command string only if it starts like one (digits, a semicolon) and is ended.
_ESCAPES = re.compile(
    r"""
      (?:\x1b\[|\x9b) [0-?]* [\ -/]* [@-~]?              # CSI: colours, cursor
    | \x1b[]PX^_] [^\x07\x1b\x9c\n\r]* (?:\x07|\x1b\\|\x9c)?   # OSC, DCS, SOS, PM, APC
    | [\x90\x9d-\x9f] \d+; [^\x07\x1b\x9c\n\r]* (?:\x07|\x1b\\|\x9c)
    | \x1b [\ -/]* [0-~]?                                # two-character commands; a lone ESC
    """,
    re.VERBOSE,
)
# In two parts: one class that reaches beyond U+FFFF is searched ten times slower than both.
_HARMFUL = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0 and C1 except white space
    "\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
)
_INVISIBLE = re.compile(f"[{_HARMFUL}]+")
_SUSPECT = re.compile(f"[{_HARMFUL}\t\x0b\x0c\r\x85\u2028\u2029]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_NONCHARACTERS = "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
)
# Tags can carry a hidden message.
_INVISIBLE_ASTRAL = re.compile(f"[\U000e0000-\U000e007f{_NONCHARACTERS}]+")
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
_SPACES = re.compile("[\t\x0b\x0c\x85]")
_LINE_TAILS = re.compile(r"[^\S\n]+(?=\n)")
_GAPS = re.compile(r"\n{3,}")


# An address that every rule below would leave as it is.
_PLAIN_URL = re.compile(
    r"https?://[a-zA-Z0-9-]++(?:\.[a-zA-Z0-9-]++)*+"
    r"(?:/[a-zA-Z0-9/._~!$&'()*+,=:@%-]*+)?+(?:\?[a-zA-Z0-9/._~!$&'()*+,;=:@%?-]++)?+"
    r"(?:\#[a-zA-Z0-9/._~!$&'()*+,;=:@%?-]++)?+",
    re.ASCII,
)
_OBEYED = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain_text(text: str) -> str:
    """Reduce text from outside to characters that are only ever shown.

    Args:
        text: Any string, lone surrogates included. It is text, not markup: ``<b>`` stays.

    Returns:
        The text in NFC with line feeds as the only control characters, no trailing spaces, at most
        one blank line in a row and none at either end.
    """
    # What Python calls printable is neither harmful nor white space other than U+0020, and nearly
    # every text is: one quick question saves five searches.
    if text.isprintable():
        return _composed(text).rstrip()
    has_odd_spaces = not text.replace("\n", "").isprintable()
    text = _composed(_without_harm(text) if has_odd_spaces else text)
    if has_odd_spaces or " \n" in text:
        text = _LINE_TAILS.sub("", text)
    return _GAPS.sub("\n\n", text).strip("\n").rstrip()


def one_line(text: str) -> str:
    """Reduce text from outside to one line with single spaces, as `plain_text` does otherwise."""
    if text.isprintable() and "  " not in text:
        return _composed(text).strip()
    return " ".join(plain_text(text).split())


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _without_harm(text: str) -> str:
    if _SUSPECT.search(text):
        text = _ESCAPES.sub("", text)
        text = _INVISIBLE.sub("", _SPACES.sub(" ", _LINE_ENDS.sub("\n", text)))
    return _INVISIBLE_ASTRAL.sub("", text) if _ASTRAL.search(text) else text


# What would end a Markdown link or an HTML attribute, and every space.
_UNSAFE_IN_URL = re.compile(r"[\s<>\"`\\{}|^]")
_HOST = re.compile(r"[^\s<>\"'`\\{}|^%/?#@\[\]:]+|\[[0-9A-Fa-f:.]+\]")


def http_url(text: str | None) -> str | None:
    """Read an address that may be shown, stored and opened.

    A user name and password are left out: no link needs them, and they would end up in a draft.

    Args:
        text: An absolute address as a feed gave it, or None.

    Returns:
        The address with ``http`` or ``https`` and a host, spaces and the characters that break
        Markdown or HTML percent-encoded; None for anything else or beyond 2,000 characters.
    """
    if text is None or len(text) > 2 * URL_LIMIT:
        return None
    if _PLAIN_URL.fullmatch(text) and len(text) <= URL_LIMIT:
        return text
    cleaned = _INVISIBLE_ASTRAL.sub("", _INVISIBLE.sub("", _ESCAPES.sub("", text))).strip()
    cleaned = re.sub(r"[\t\r\n]", "", cleaned)  # dropped by browsers too (WHATWG URL, 4.4)
    try:
        parts = urlsplit(cleaned)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # brackets that are no IPv6 address, a port that is no number
        return None
    netloc = parts.netloc.rpartition("@")[2]
    bare_host = netloc.rpartition(":")[0] if port is not None or netloc.endswith(":") else netloc
    if parts.scheme not in ("http", "https") or not host or not _HOST.fullmatch(bare_host):
        return None
    safe = SplitResult(
        parts.scheme, netloc, _encode(parts.path), _encode(parts.query), _encode(parts.fragment)
    )
    url = urlunsplit(safe)
    return url if len(url) <= URL_LIMIT else None


def _encode(part: str) -> str:
    return _UNSAFE_IN_URL.sub(lambda found: quote(found[0], safe=""), part)


def typed(text: str) -> str:
    """Leave out what a terminal would obey and nobody types on purpose; it comes with pasting.

    The author's own text keeps everything else: tabs, joiners, marks of direction.
    """
    return _OBEYED.sub("", text)
