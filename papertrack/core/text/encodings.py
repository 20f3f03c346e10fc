"""The character sets that documents declare, by their labels, in Python's words.

Labels mean what browsers take them for (WHATWG Encoding, section 4.2), because pages and feeds are
tried in browsers: Shift_JIS is Windows-31J, EUC-KR is windows-949, ISO-8859-1 is windows-1252.
"""

from __future__ import annotations

import codecs
import re

# Python's codecs for a label, the best first: those that follow know characters that the first one
# lacks (the NEC row of JIS X 0208, the ETEN and Hong Kong extensions of Big5).
_CODECS = {
    "utf-8": ("unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "utf8", "x-unicode20utf8"),
    "cp932": (
        *("csshiftjis", "ms932", "ms_kanji", "shift-jis", "shift_jis", "sjis", "windows-31j"),
        *("x-sjis", "x-ms-cp932", "cp932"),
    ),
    "euc_jp euc_jis_2004": ("cseucpkdfmtjapanese", "euc-jp", "x-euc-jp", "eucjp", "x-euc"),
    "iso2022_jp iso2022_jp_2004 iso2022_jp_ext": ("csiso2022jp", "iso-2022-jp"),
    "cp949": (
        *("cseuckr", "csksc56011987", "euc-kr", "euckr", "iso-ir-149", "korean", "ks_c_5601-1987"),
        *("ks_c_5601-1989", "ksc5601", "ksc_5601", "windows-949", "cp949", "uhc", "x-windows-949"),
    ),
    "cp950 big5hkscs": (
        "big5",
        "big5-hkscs",
        "cn-big5",
        "csbig5",
        "x-x-big5",
        "big5-eten",
        "cp950",
    ),
    "gb18030": (
        *("chinese", "csgb2312", "csiso58gb231280", "gb2312", "gb_2312", "gb_2312-80", "gbk"),
        *("iso-ir-58", "x-gbk", "gb18030", "cp936", "windows-936", "euc-cn", "x-euc-cn"),
    ),
    "cp1252": (
        *("ansi_x3.4-1968", "ascii", "cp1252", "cp819", "csisolatin1", "ibm819", "iso-8859-1"),
        *("iso-ir-100", "iso8859-1", "iso88591", "iso_8859-1", "iso_8859-1:1987", "l1", "latin1"),
        *("latin-1", "us-ascii", "windows-1252", "x-cp1252", "x-ansi"),
    ),
    "cp1250": ("cp1250", "windows-1250", "x-cp1250"),
    "cp1251": ("cp1251", "windows-1251", "x-cp1251", "win-1251"),
    "cp1253": ("cp1253", "windows-1253", "x-cp1253"),
    "cp1254": (
        *("cp1254", "csisolatin5", "iso-8859-9", "iso-ir-148", "iso8859-9", "iso88599", "latin5"),
        *("iso_8859-9", "iso_8859-9:1989", "l5", "windows-1254", "x-cp1254"),
    ),
    "cp1255": ("cp1255", "windows-1255", "x-cp1255"),
    "cp1256": ("cp1256", "windows-1256", "x-cp1256"),
    "cp1257": ("cp1257", "windows-1257", "x-cp1257"),
    "cp1258": ("cp1258", "windows-1258", "x-cp1258"),
    "cp874": ("dos-874", "iso-8859-11", "iso8859-11", "iso885911", "tis-620", "windows-874"),
    "cp866": ("866", "cp866", "csibm866", "ibm866"),
    "iso8859_6": (
        *("iso-8859-6", "iso-8859-6-e", "iso-8859-6-i", "csiso88596e", "csiso88596i", "arabic"),
        *("iso_8859-6", "asmo-708", "ecma-114"),
    ),
    "iso8859_8": (
        *("iso-8859-8", "iso-8859-8-e", "iso-8859-8-i", "csiso88598e", "csiso88598i", "logical"),
        *("visual", "hebrew", "iso_8859-8"),
    ),
    "koi8_r": ("cskoi8r", "koi", "koi8", "koi8-r", "koi8_r"),
    "koi8_u": ("koi8-ru", "koi8-u"),
    "mac_roman": ("csmacintosh", "mac", "macintosh", "x-mac-roman"),
    "mac_cyrillic": ("x-mac-cyrillic", "x-mac-ukrainian"),
}
_BY_LABEL = {label: codecs_.split() for codecs_, labels in _CODECS.items() for label in labels}
# Of other labels only names of character sets count: Python has "codecs" that are none, and slow
# ones (punycode). UTF-16 shows in the bytes; where only the label says so, the label is wrong.
_CHARACTER_SET = re.compile(
    r"utf-?8|iso|windows|cp\d|latin|koi8|gb|big5|euc|shift|mac|tis|johab|hz", re.IGNORECASE
)


def codecs_of(label: str) -> tuple[str, ...]:
    """Return Python's codecs for a label, in the order in which to try them; empty if unknown."""
    known = _BY_LABEL.get(label.strip().lower())
    if known is not None:
        return tuple(known)
    if not _CHARACTER_SET.match(label):
        return ()
    try:
        return (codecs.lookup(label).name,)
    except LookupError:
        return ()


def is_utf8(body: bytes) -> bool:
    """Return whether bytes that are not all valid UTF-8 are UTF-8 for the greater part.

    A single bad byte costs one character; bytes of another encoding are hardly ever valid.
    """
    text = body.decode("utf-8", "replace")
    replaced = text.count("\ufffd")
    bad = replaced - body.count(b"\xef\xbf\xbd")
    good = len(text) - len(text.encode("ascii", "ignore")) - replaced
    return good >= bad
