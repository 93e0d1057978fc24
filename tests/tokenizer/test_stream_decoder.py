"""Text from ids one at a time."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.tokenizer.stream_decoder import StreamDecoder


@settings(deadline=None, max_examples=60)
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_the_pieces_join_to_the_text_and_come_as_early_as_possible(tokenizer, text):
    decoder = StreamDecoder(tokenizer)
    seen, written = b"", ""
    for token_id in tokenizer.encode(text):
        seen += tokenizer.token_bytes(int(token_id))
        written += decoder.push(token_id)
        assert written == seen.decode("utf-8", "ignore")  # all whole characters, and none but whole ones
    assert decoder.finish() == ""
    assert written == text


@settings(deadline=None, max_examples=100)
@given(ids=st.lists(st.integers(0, 329)))
def test_any_ids_give_what_decode_gives(ids):
    tokenizer = CharacterTokenizer("".join(chr(0x4E00 + index) for index in range(66)))
    decoder = StreamDecoder(tokenizer)
    assert "".join([*map(decoder.push, ids), decoder.finish()]) == tokenizer.decode(ids)


def test_an_unfinished_character_comes_out_at_the_end_and_the_decoder_starts_anew():
    tokenizer = CharacterTokenizer("")
    decoder = StreamDecoder(tokenizer)
    first, *rest = tokenizer.encode("中").tolist()
    assert decoder.push(first) == ""
    assert decoder.finish() == "\ufffd"
    assert [decoder.push(token_id) for token_id in [first, *rest]] == ["", "", "中"]
