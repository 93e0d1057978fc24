"""Characters with byte fallback, against a definition of three lines."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mof.tokenizer.character_tokenizer import CharacterTokenizer, train_character_tokenizer


def naive_ids(characters: str, text: str) -> list[int]:
    ids = []
    for character in text:
        known = character in characters
        ids += [264 + characters.index(character)] if known else [8 + byte for byte in character.encode()]
    return ids


@settings(deadline=None, max_examples=200)
@given(
    characters=st.lists(st.sampled_from("的一é是🌸߿ࠀ"), unique=True).map("".join),
    text=st.text(st.sampled_from("的一é是🌸߿ࠀabc\n\0鑫𠀀ñ") | st.characters(exclude_categories=["Cs"])),
)
def test_ids_follow_the_definition(characters, text):
    assert CharacterTokenizer(characters).encode(text).tolist() == naive_ids(characters, text)


def test_a_known_character_is_one_id_and_an_unknown_one_its_bytes():
    tokenizer = CharacterTokenizer("的一")
    assert tokenizer.encode("一的").tolist() == [265, 264]
    assert tokenizer.encode("鑫").tolist() == [8 + 0xE9, 8 + 0x91, 8 + 0xAB]


def test_training_orders_characters_by_frequency_then_code_point():
    texts = ["花花花树树草草 abc abc", "树，草。"]
    counts = Counter("".join(texts))
    expected = sorted((c for c in counts if ord(c) > 127), key=lambda c: (-counts[c], ord(c)))
    tokenizer = train_character_tokenizer(texts, 300)
    assert tokenizer.vocabulary_size == 264 + len(expected)
    assert [tokenizer.token_bytes(264 + i).decode() for i in range(len(expected))] == expected


def test_training_keeps_to_the_vocabulary_size():
    assert train_character_tokenizer(["花花花树树草"], 266).encode("花树草").tolist()[:2] == [264, 265]
    assert train_character_tokenizer(["花花花树树草"], 266).vocabulary_size == 266


def test_training_does_not_depend_on_the_order_of_the_texts(training_texts):
    forwards = train_character_tokenizer(training_texts, 300)
    backwards = train_character_tokenizer(iter(training_texts[::-1]), 300)
    assert forwards.hash == backwards.hash


@pytest.mark.parametrize(
    ("characters", "message"),
    [("的a", "no ASCII"), ("的一的", "holds '的' twice"), ("\ud800", "lone surrogate")],
)
def test_a_wrong_vocabulary_is_refused(characters, message):
    with pytest.raises(ValueError, match=message):
        CharacterTokenizer(characters)


def test_training_refuses_what_cannot_work():
    with pytest.raises(ValueError, match="at least 264 .*, got 263"):
        train_character_tokenizer(["花"], 263)
    with pytest.raises(ValueError, match="no text to train"):
        train_character_tokenizer([], 300)
    with pytest.raises(ValueError, match="lone surrogate"):
        train_character_tokenizer(["\ud800"], 300)
    with pytest.raises(TypeError, match=r"texts is one string, expected a list: write \[text\]"):
        train_character_tokenizer("花草", 300)
