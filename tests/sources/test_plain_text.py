"""One form for all text: small examples by hand, and laws for any text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.sources.plain_text import (
    chinese_share,
    decoded,
    is_paragraph,
    normalized,
    num_chinese,
    pieces,
    without_gaps,
)
from mof.sources.simplified import simplified

TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(" \n\t\u3000\u200b\ufeffé春，"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("e\u0301", "é"),
        ("\ufeff春\u200b天\u00ad", "春天"),
        ("春　　天\t\t来", "春 天 来"),
        ("一  \n  二\n\n\n\n三 ", "一\n二\n\n三"),
        ("a\u2028b", "a\nb"),
        ("\x00\x07", ""),
        ("ｶﾞ１", "ｶﾞ１"),  # NFC, not NFKC: full-width stays
        ("豈", "豈"),  # but a compatibility character becomes the usual one
    ],
)
def test_normalized(before, after):
    assert normalized(before) == after


@given(TEXT)
def test_normalized_twice_is_once(text):
    once = normalized(text)
    assert normalized(once) == once
    assert unicodedata.is_normalized("NFC", once) and "\r" not in once and once == once.strip()


@given(TEXT, st.integers(1, 40))
def test_pieces_lose_nothing_and_fit(text, limit):
    found = list(pieces(text, limit))
    assert "\n".join(found) == text
    assert all(len(piece) <= limit + 1 or "\n" not in piece for piece in found)


def test_what_is_no_utf8_is_none():
    assert decoded("春".encode("gb18030")) is None
    assert decoded("春\ufffd".encode()) is None
    assert decoded(b"\xef\xbb\xbfa\r\nb\rc") == "a\nb\nc"


def test_shares_and_paragraphs():
    assert num_chinese("春天 ab㐀") == 3 and chinese_share("春天ab") == 0.5 and chinese_share(" ") == 0
    assert (
        is_paragraph("春天来了 ok")
        and not is_paragraph("春天来")
        and not is_paragraph("sudo 安装一下 " + "x" * 40)
    )
    assert without_gaps("放 风筝 的 kite 人") == "放风筝的 kite 人"


def test_simplified_by_hand():
    assert (
        simplified("「學而時習之，不亦說乎？」乾隆年間，衣服乾了。")
        == "“学而时习之，不亦说乎？”乾隆年间，衣服干了。"
    )


@given(st.text(alphabet="學習時國書風箏乾坤春天abc「」"))
def test_simplified_keeps_the_length_and_simplified_text(text):
    once = simplified(text)
    assert len(once) == len(text) and simplified(once) == once
