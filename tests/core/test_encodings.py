"""Documents in the character sets of the world, under the labels that servers give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from papertrack.core.text.decode import decoded, xml_text
from papertrack.core.text.encodings import codecs_of, is_utf8

if TYPE_CHECKING:
    from tests.author import Author
    from tests.servers import FeedServer


@pytest.mark.parametrize(
    ("label", "codec", "title"),
    [
        ("Shift_JIS", "cp932", "②㈱濵﨑の論文"),
        ("x-sjis", "cp932", "機械学習の話"),
        ("windows-31j", "cp932", "ⅧⅨ"),
        ("EUC-JP", "euc_jis_2004", "第②回の話"),
        ("x-euc-jp", "euc_jp", "機械学習"),
        ("ISO-2022-JP", "iso2022_jp", "機械学習の話"),
        ("EUC-KR", "cp949", "햏쀍 뷁의 이야기"),
        ("ks_c_5601-1987", "cp949", "기계 학습"),
        ("Big5", "cp950", "裏墻碁的中文"),
        ("big5-hkscs", "big5hkscs", "香港嘅機械學習㗎"),
        ("GB2312", "gb18030", "机器学习與镕"),
        ("x-gbk", "gb18030", "机器学习"),
        ("ISO-8859-1", "cp1252", "“Prüfung” \u2013 7 €"),
        ("latin1", "cp1252", "naïve “élan”"),
        ("ISO-8859-9", "cp1254", "“Güneş” \u2013 çağ"),
        ("x-cp1251", "cp1251", "Обучение машин"),
        ("win-1251", "cp1251", "Обучение машин"),
        ("KOI8-U", "koi8_u", "Ґанок та їжак"),
        ("ISO-8859-8-I", "iso8859_8", "למידת מכונה"),
        ("TIS-620", "cp874", "การเรียนรู้ของเครื่อง"),
        ("macintosh", "mac_roman", "Prüfung ‡ élan"),
        ("ISO-8859-7", "iso8859_7", "Μάθηση"),
        ("windows-1256", "cp1256", "تعلم الآلة"),
    ],
)
@pytest.mark.parametrize("place", ["header", "declaration"])
def test_a_label_means_what_browsers_take_it_for(
    label: str, codec: str, title: str, place: str
) -> None:
    declared = f' encoding="{label}"' if place == "declaration" else ""
    body = f'<?xml version="1.0"{declared}?><rss><t>{title}</t></rss>'.encode(codec)
    header = f"text/xml; charset={label}" if place == "header" else None

    assert f"<t>{title}</t>" in xml_text(body, content_type=header)


@pytest.mark.parametrize("label", ["rot13", "punycode", "base64", "idna", "zip", "nonsense", ""])
def test_what_is_no_character_set_is_not_tried(label: str) -> None:
    assert codecs_of(label) == ()


def test_windows_1252_under_the_label_of_utf_8_is_read_as_such() -> None:
    body = "Übung \u2013 “für” Señor".encode("cp1252")

    assert decoded(body, content_type="text/xml; charset=utf-8") == "Übung \u2013 “für” Señor"


def test_one_bad_byte_costs_one_character() -> None:
    body = "Übung “für” ".encode() + b"caf\xe9!"

    assert decoded(body, content_type="text/xml; charset=utf-8") == "Übung “für” caf\ufffd!"


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.data())
def test_utf_8_with_one_bad_byte_for_every_good_character_is_utf_8(
    text: str, data: st.DataObject
) -> None:
    good = sum(not character.isascii() for character in text)
    bad = data.draw(st.integers(0, good))

    assert is_utf8(text.encode() + b" " + b"\xff " * bad)


@given(st.text(st.characters(codec="cp1252", min_codepoint=128), min_size=2))
def test_words_in_windows_1252_are_not_utf_8(text: str) -> None:
    body = " ".join(text).encode("cp1252")  # no two bytes that could be one character

    assert not is_utf8(body)


def test_a_feed_in_windows_31j_is_listed_by_its_title(author: Author, server: FeedServer) -> None:
    feed = (
        '<?xml version="1.0" encoding="Shift_JIS"?><rss version="2.0"><channel><title>B</title>'
        "<item><title>②㈱濵﨑の論文</title><guid>1</guid></item></channel></rss>"
    )
    author.add_source(server.put("/feed", feed.encode("cp932"), content_type="text/xml"))
    author.types("fetch")

    assert "②㈱濵﨑の論文" in author.types("list").out
