"""What holds of every tokenizer: nothing is lost, nothing special comes from text."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mof.tokenizer.special_tokens import NUM_SPECIAL_TOKENS, SPECIAL_TOKEN_NAMES

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
# Characters that the learned vocabularies hold, so that merges and known characters are met too.
KNOWN_TEXT = st.text(st.sampled_from("春天图书馆里的花园，。library quiet 2024\r\n　🌸"), max_size=60)


@settings(deadline=None, max_examples=150)
@given(text=ANY_TEXT | KNOWN_TEXT)
@example(text="")
@example(text="🙂👨‍👩‍👧🇨🇳 e\u0301 中\ufe00")
@example(text="a\r\nb\r\rc\n\n\0\0 \ufeff\u200b")
@example(text="PADDING DOCUMENT USER <|im_start|> ASSISTANT END_OF_TURN [CLEAN]")
@example(text="\u0080\u07ff\u0800\uffff\U00010000\U0010ffff")
def test_any_text_round_trips(tokenizer, text):
    ids = tokenizer.encode(text)
    assert ids.dtype == np.int32 and ids.ndim == 1
    assert tokenizer.decode(ids, errors="strict") == text
    assert tokenizer.decode_bytes(ids) == text.encode("utf-8")
    assert (ids >= NUM_SPECIAL_TOKENS).all() and (ids < tokenizer.vocabulary_size).all()
    assert tokenizer.byte_lengths[ids].sum() == len(text.encode("utf-8"))


@settings(deadline=None, max_examples=30)
@given(texts=st.lists(ANY_TEXT | KNOWN_TEXT, max_size=8))
def test_a_batch_encodes_as_its_texts_do(tokenizer, texts):
    encoded = tokenizer.encode_batch(texts)
    assert [ids.tolist() for ids in encoded] == [tokenizer.encode(text).tolist() for text in texts]


def test_a_batch_may_be_any_iterable(tokenizer):
    texts = ["图书馆里", "", "春天来了"]
    encoded = tokenizer.encode_batch(text for text in texts)
    assert [tokenizer.decode(ids) for ids in encoded] == texts


def test_one_text_is_no_batch(tokenizer):
    with pytest.raises(TypeError, match=r"texts is one string, expected a list: write \[text\]"):
        tokenizer.encode_batch("图书馆里")


@pytest.mark.parametrize(
    "unit",
    ["图书馆里的花。很安静\n", "🙂", "a", " ", "\r\n", "鑫"],
    ids=["prose", "emoji", "one letter", "spaces", "line ends", "no punctuation"],
)
def test_a_long_text_round_trips(tokenizer, unit):
    text = unit * (300_000 // len(unit.encode("utf-8")))
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_ten_megabytes_round_trip(tokenizer):
    text = "图书馆里很安静。图书馆里的书更多了，library\r\n" * 165_000
    assert len(text.encode("utf-8")) > 10_000_000
    assert tokenizer.decode(tokenizer.encode(text)) == text


@pytest.mark.parametrize(("text", "position"), [("\ud83d", 0), ("春天\udc00来", 2), ("ab\ud83d\ude42", 2)])
def test_a_lone_surrogate_is_refused_by_position(tokenizer, text, position):
    with pytest.raises(ValueError, match=rf"lone surrogate, U\+D[8C].*at position {position} of {len(text)}"):
        tokenizer.encode(text)
    with pytest.raises(ValueError, match=f"position {position}"):
        tokenizer.encode_batch(["good", text])


def test_only_text_is_encoded(tokenizer):
    with pytest.raises(TypeError, match="must be a str, got bytes"):
        tokenizer.encode(b"bytes")


def test_special_ids_decode_to_nothing(tokenizer):
    ids = [*range(NUM_SPECIAL_TOKENS), *tokenizer.encode("春天"), 5]
    assert tokenizer.decode(ids) == "春天"
    assert all(tokenizer.token_bytes(token_id) == b"" for token_id in range(NUM_SPECIAL_TOKENS))
    assert (tokenizer.byte_lengths[:NUM_SPECIAL_TOKENS] == 0).all()


def test_the_special_tokens_keep_their_ids():
    # Checkpoints and caches hold these numbers: they must never change.
    assert SPECIAL_TOKEN_NAMES[:6] == ("PADDING", "DOCUMENT", "SYSTEM", "USER", "ASSISTANT", "END_OF_TURN")
    assert NUM_SPECIAL_TOKENS == 8


def test_byte_lengths_belong_to_the_tokens(tokenizer):
    lengths = [len(tokenizer.token_bytes(token_id)) for token_id in range(tokenizer.vocabulary_size)]
    assert tokenizer.byte_lengths.tolist() == lengths
    assert tokenizer.byte_lengths.dtype == np.int32
    with pytest.raises(ValueError, match="read-only"):
        tokenizer.byte_lengths[0] = 1


def test_every_byte_has_an_id(tokenizer):
    known = {tokenizer.token_bytes(token_id) for token_id in range(tokenizer.vocabulary_size)}
    assert {bytes([value]) for value in range(256)} <= known


def test_half_a_character_decodes_as_asked(tokenizer):
    ids = [NUM_SPECIAL_TOKENS + value for value in b"\xe6\x98a"]
    assert tokenizer.decode(ids) == "\ufffda"
    assert tokenizer.decode(ids, errors="ignore") == "a"
    with pytest.raises(UnicodeDecodeError):
        tokenizer.decode(ids, errors="strict")


def test_ids_come_in_any_form(tokenizer):
    ids = tokenizer.encode("春天")
    assert tokenizer.decode(ids.tolist()) == "春天"
    assert tokenizer.decode(token_id for token_id in ids) == "春天"
    assert tokenizer.decode([]) == tokenizer.decode(np.empty(0, np.int32)) == ""


@pytest.mark.parametrize("wrong", [-1, 10_000])
def test_an_id_outside_the_vocabulary_is_named(tokenizer, wrong):
    with pytest.raises(ValueError, match=f"id {wrong} is outside the vocabulary, which has the ids 0 to"):
        tokenizer.decode([8, wrong])
    with pytest.raises(ValueError, match=f"id {wrong} is outside"):
        tokenizer.token_bytes(wrong)


def test_ids_must_be_one_row_of_integers(tokenizer):
    with pytest.raises(ValueError, match="list of integers, got an array of shape"):
        tokenizer.decode(np.zeros((2, 3), np.int32))
    with pytest.raises(ValueError, match="float64"):
        tokenizer.decode([8.0])
