"""Bits per byte by a reader: by hand on a reader that always expects the same."""

import math

import numpy as np
import pytest

from mof.evaluation.reader_loss import reader_bits_per_byte
from mof.tokenizer.character_tokenizer import CharacterTokenizer


class EvenReader:
    """Expects one token, the same after each, twice as much as every other; counts what it has read."""

    def __init__(self, vocabulary_size, favourite):
        self.logits = np.zeros(vocabulary_size, "float32")
        self.logits[favourite] = math.log(2)

    def read(self, rows, state=None):
        assert state is None and all(len(row) == 1 for row in rows)
        return np.tile(self.logits, (len(rows), 1)), 1

    def step(self, token_ids, state):
        return np.tile(self.logits, (len(token_ids), 1)), state + 1


def test_every_token_counts_once_and_padding_never():
    tokenizer = CharacterTokenizer("春天")
    (favourite,) = tokenizer.encode("春")
    reader = EvenReader(tokenizer.vocabulary_size, favourite)
    share = math.log2(tokenizer.vocabulary_size + 1)
    expected = (4 * share - 2) / (
        4 * 3
    )  # 春天天 and 春: four characters of three bytes, two of them likelier
    assert reader_bits_per_byte(reader, tokenizer, ["春天天", "春"]) == pytest.approx(expected)
    assert reader_bits_per_byte(reader, tokenizer, ["春天天"], max_tokens=1) == pytest.approx((share - 1) / 3)


def test_texts_without_a_token_are_refused():
    tokenizer = CharacterTokenizer("春天")
    with pytest.raises(ValueError, match="bytes"):
        reader_bits_per_byte(EvenReader(tokenizer.vocabulary_size, 9), tokenizer, [""])
