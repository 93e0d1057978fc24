"""Cutting of long texts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mof.tokenizer.text_pieces import cut_text, last_safe_cut


@settings(deadline=None)
@given(text=st.text(st.sampled_from("花园，。！\n ab1")), max_characters=st.integers(1, 12))
def test_pieces_join_to_the_text_and_keep_to_the_limit(text, max_characters):
    pieces = list(cut_text(text, max_characters))
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= max_characters for piece in pieces)


def test_the_last_safe_place_is_taken():
    assert list(cut_text("花开。树。草长了", 7)) == ["花开。树。", "草长了"]
    assert list(cut_text("ab\ncd\nefgh", 7)) == ["ab\ncd\n", "efgh"]


@settings(deadline=None)
@given(text=st.text(st.sampled_from("花园，。！\n ab1")), more=st.text(st.sampled_from("花，\n a")))
def test_after_the_last_safe_place_the_tokens_are_those_of_the_whole(text, more, byte_pair_tokenizer):
    place = last_safe_cut(text)
    parts = [byte_pair_tokenizer.encode(part).tolist() for part in (text[:place], text[place:] + more)]
    assert parts[0] + parts[1] == byte_pair_tokenizer.encode(text + more).tolist()


def test_the_last_safe_place_by_hand():
    assert [last_safe_cut(text) for text in ("", "花开", "花。开", "a\nb，花", "花。")] == [0, 0, 2, 4, 0]


def test_blanks_stay_with_the_line_end_before_them():
    assert list(cut_text("花。\n\n  草", 5)) == ["花。\n\n ", " 草"]  # no safe place: cut at the limit


def test_without_a_safe_place_the_limit_cuts():
    assert list(cut_text("aaaaaaa", 3)) == ["aaa", "aaa", "a"]
