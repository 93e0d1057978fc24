"""Byte-level BPE, against a naive loop over the merges, and the cuts that no token crosses."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import mof.tokenizer.byte_pair_tokenizer as module
from mof.tokenizer.byte_pair_tokenizer import BytePairTokenizer, make_pre_tokenizer

TEXT = st.text(
    st.sampled_from("春天图书馆里的花园，。“”library quiet 2024\r\n\t　🌸")
    | st.characters(exclude_categories=["Cs"])
)


def parts(text: str) -> list[str]:
    return [text[start:stop] for _, (start, stop) in make_pre_tokenizer().pre_tokenize_str(text)]


def naive_ids(tokenizer: BytePairTokenizer, text: str) -> list[int]:
    ids = []
    for part in parts(text):
        tokens = [bytes([value]) for value in part.encode()]
        for left, right in tokenizer._data()["merges"]:  # learned first, joined first
            pair = (tokenizer.token_bytes(8 + left), tokenizer.token_bytes(8 + right))
            index = 0
            while index + 1 < len(tokens):
                if (tokens[index], tokens[index + 1]) == pair:
                    tokens[index : index + 2] = [pair[0] + pair[1]]
                index += 1
        numbers = {tokenizer.token_bytes(i): i for i in reversed(range(8, tokenizer.vocabulary_size))}
        ids += [numbers[token] for token in tokens]
    return ids


@settings(deadline=None, max_examples=60)
@given(text=TEXT)
@example(text="图书馆里的书，花园里的花。The library is quiet")
def test_ids_follow_the_definition(byte_pair_tokenizer, text):
    assert byte_pair_tokenizer.encode(text).tolist() == naive_ids(byte_pair_tokenizer, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我在2024年", "我在|2|0|2|4|年"),
        ("写了Python代码，“很好”。", "写了|Python|代码|，“|很好|”。"),
        ("好，\r\n　　第二段", "好|，|\r\n|　　|第二段"),
        ("hello world! int x=1;", "hello| world|!| int| x|=|1|;"),
        ("\n    return x", "\n|   | return| x"),
        ("中 文  字", "中| |文| | |字"),
        ("二〇二四年——好……", "二〇二四年|——|好|……"),
        ("のカナ漢字e\u0301", "のカナ|漢字|e\u0301"),
    ],
)
def test_the_cuts(text, expected):
    assert parts(text) == expected.split("|")


@settings(deadline=None, max_examples=200)
@given(text=TEXT)
def test_cutting_loses_no_character(text):
    assert "".join(parts(text)) == text


@pytest.mark.parametrize("piece_characters", [1, 7, 40])
def test_pieces_are_cut_where_no_token_crosses(byte_pair_tokenizer, monkeypatch, piece_characters):
    sentences = "我们在图书馆里。图书馆里很安静，\n花园里的花！2024年\n  \n\n　　The library，花园"
    text = sentences * 5
    whole = byte_pair_tokenizer.encode(text).tolist()
    monkeypatch.setattr(module, "_PIECE_CHARACTERS", max(piece_characters, 30))
    monkeypatch.setattr(module, "_PIECES_AT_ONCE", 3)
    assert byte_pair_tokenizer.encode(text).tolist() == whole
    # Pieces too short for any safe cut still lose nothing.
    monkeypatch.setattr(module, "_PIECE_CHARACTERS", piece_characters)
    assert byte_pair_tokenizer.decode(byte_pair_tokenizer.encode(text)) == text


def test_merges_by_hand():
    tokenizer = BytePairTokenizer([(0xE4, 0xB8), (256, 0xAD), (ord("a"), ord("b")), (258, 258)])
    assert tokenizer.vocabulary_size == 8 + 256 + 4
    assert tokenizer.encode("中").tolist() == [8 + 257]
    assert tokenizer.encode("ababab").tolist() == [8 + 259, 8 + 258]
    assert tokenizer.token_bytes(8 + 257) == "中".encode()


def test_two_merges_may_make_the_same_token():
    a = ord("a")
    tokenizer = BytePairTokenizer([(a, a), (256, a), (a, 256)])  # aa; aa+a; a+aa: the same three letters
    assert tokenizer.vocabulary_size == 8 + 256 + 2
    assert tokenizer.decode(tokenizer.encode("a" * 11)) == "a" * 11


def doublings(number):
    """Merges that each join the longest token with itself: aa, aaaa, ..."""
    return [(97, 97), *((255 + i, 255 + i) for i in range(1, number))]


def test_a_token_has_1024_bytes_at_most():
    assert BytePairTokenizer(doublings(10)).byte_lengths.max() == 1_024
    with pytest.raises(ValueError, match="merge 10 makes a token of 2048 bytes, expected at most 1024"):
        BytePairTokenizer(doublings(20))  # not more: without the bound, each further one takes twice as much


def test_no_part_of_a_text_is_as_long_as_a_token_may_be():
    hostile = ["𠀀" + "\U000e0100" * 90, "é\u0301" * 90, "🌸" * 90, "　" * 90 + "\u2028" * 9 + "\n" * 90]
    assert max(len(part.encode()) for text in hostile for part in parts(text)) <= 1_024


def test_damaged_merges_are_refused():
    with pytest.raises(ValueError, match=r"merge 1 is \(256, 300\), but only the tokens 0 to 256 exist"):
        BytePairTokenizer([(97, 98), (256, 300)])
    with pytest.raises(ValueError, match="comes twice"):
        BytePairTokenizer([(97, 98), (97, 98)])
