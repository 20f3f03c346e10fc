"""Make text and addresses from outside safe for the terminal, the database and the draft.

Removed are escape sequences (ECMA-48), control characters, direction overrides (Unicode TR36 and
CVE-2021-42574), invisible characters and noncharacters. Everything used in writing is kept,
including joiners and variation selectors (emoji, Persian, Indic scripts).
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

URL_LIMIT = 2_000

# Remove whole sequences: without its first character, the rest would be printed. The last branch
# matches a lone ESC, so that none is left to start a new sequence. A curly quote whose UTF-8 was
# read as Latin-1 contains the one-byte introducers U+0090..U+009F, so these count only if they
# start a command string (digits, a semicolon).
_ESCAPES = re.compile(
    r"""
      (?:\x1b\[|\x9b) [0-?]* [\ -/]* [@-~]?              # CSI: colours, cursor
    | \x1b[]PX^_] [^\x07\x1b\x9c\n\r]* (?:\x07|\x1b\\|\x9c)?   # OSC, DCS, SOS, PM, APC
    | [\x90\x9d-\x9f] \d+; [^\x07\x1b\x9c\n\r]* (?:\x07|\x1b\\|\x9c)
    | \x1b [\ -/]* [0-~]?                                # two-character commands; a lone ESC
    """,
    re.VERBOSE,
)
# In two parts: a single class that extends beyond U+FFFF is ten times slower than both.
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
# Tag characters can hide a message.
_INVISIBLE_ASTRAL = re.compile(f"[\U000e0000-\U000e007f{_NONCHARACTERS}]+")
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
_SPACES = re.compile("[\t\x0b\x0c\x85]")
_SEPARATORS = re.compile("[\x1c-\x1f]")  # blanks for `str.split`, harmful ones for us
_LINE_TAILS = re.compile(r"[^\S\n]+(?=\n)")
_GAPS = re.compile(r"\n{3,}")


# An address that no rule below would change.
_PLAIN_URL = re.compile(
    r"https?://[a-zA-Z0-9-]++(?:\.[a-zA-Z0-9-]++)*+"
    r"(?:/[a-zA-Z0-9/._~!$&'()*+,=:@%-]*+)?+(?:\?[a-zA-Z0-9/._~!$&'()*+,;=:@%?-]++)?+"
    r"(?:\#[a-zA-Z0-9/._~!$&'()*+,;=:@%?-]++)?+",
    re.ASCII,
)
_TERMINAL_COMMANDS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain_text(text: str) -> str:
    """Reduce text from outside to printable characters and line feeds.

    Args:
        text: Any string, even with lone surrogates. It is not markup: ``<b>`` is kept.

    Returns:
        The text in NFC with line feeds as the only control characters, no trailing spaces, at most
        one blank line in a row and none at either end.
    """
    # Nearly every text is printable, so without harmful characters and white space other than
    # U+0020; this quick check saves five searches.
    if text.isprintable():
        return _composed(text).rstrip()
    has_odd_spaces = not text.replace("\n", "").isprintable()
    text = _composed(_without_harm(text) if has_odd_spaces else text)
    if has_odd_spaces or " \n" in text:
        text = _LINE_TAILS.sub("", text)
    return _GAPS.sub("\n\n", text).strip("\n").rstrip()


def one_line(text: str) -> str:
    """Clean text as `plain_text` does, and join it into one line with single spaces."""
    if text.isprintable() and "  " not in text:
        return _composed(text).strip()
    joined = " ".join(text.split())
    if joined.isprintable() and not _SEPARATORS.search(text):
        return _composed(joined)  # most lines of a post that its source has wrapped
    return " ".join(plain_text(text).split())


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _without_harm(text: str) -> str:
    if _SUSPECT.search(text):
        text = _ESCAPES.sub("", text)
        text = _INVISIBLE.sub("", _SPACES.sub(" ", _LINE_ENDS.sub("\n", text)))
    return _INVISIBLE_ASTRAL.sub("", text) if _ASTRAL.search(text) else text


# Spaces, and characters that could end a Markdown link or an HTML attribute.
_UNSAFE_IN_URL = re.compile(r"[\s<>\"`\\{}|^]")
_HOST = re.compile(r"[^\s<>\"'`\\{}|^%/?#@\[\]:]+|\[[0-9A-Fa-f:.]+\]")


def http_url(text: str | None) -> str | None:
    """Clean an address so that it is safe to print, store and open.

    A user name and password are removed: no link needs them, and they would end up in a draft.

    Args:
        text: An absolute address from a feed, or None.

    Returns:
        The http(s) address, with spaces and characters that break Markdown or HTML
        percent-encoded; None if it is another kind of text or longer than 2,000 characters.
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
    except ValueError:  # an invalid IPv6 address or port
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


def pdf_name(url: str) -> str:
    """Return the name of the PDF file at an address, without its ending; empty if it has none."""
    stem, _, ending = unquote(urlsplit(url).path.rpartition("/")[2]).rpartition(".")
    return one_line(stem) if ending.lower() == "pdf" else ""


def _encode(part: str) -> str:
    return _UNSAFE_IN_URL.sub(lambda found: quote(found[0], safe=""), part)


def typed(text: str) -> str:
    """Remove terminal commands and control characters, which pasted text may contain.

    Everything else in the author's text is kept: tabs, joiners, direction marks.
    """
    return _TERMINAL_COMMANDS.sub("", text)
