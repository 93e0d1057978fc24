"""Held-out texts joined to long ones, and the loss along them."""

import numpy as np
import pytest

from mof.evaluation.memory_report import NUM_ROWS, PIECE_LENGTH
from mof.lessons.long_text import held_out_stream, loss_along
from mof.lessons.memory_cut import held_out_prose
from mof.model import MixtureLanguageModel
from mof.presets import preset
from mof.tokenizer.character_tokenizer import train_character_tokenizer

TEXTS = ["春天来了", "小猫饿了，它在叫"]  # "Spring has come", "The kitten is hungry, it is crying"
TOKENIZER = train_character_tokenizer(TEXTS, 300)


def test_texts_are_joined_without_marks():
    stream = held_out_stream(TOKENIZER, TEXTS)
    assert TOKENIZER.decode(stream.tolist()) == "".join(TEXTS) and stream.dtype == np.int32


def test_the_shipped_texts_reach_four_times_a_row_of_128():
    num_characters = sum(map(len, held_out_prose()))
    assert num_characters // (NUM_ROWS * PIECE_LENGTH) >= 4 and PIECE_LENGTH == 128


def test_the_loss_along_a_text_of_two_pieces():
    config = preset("nano").model.replace(
        vocabulary_size=TOKENIZER.vocabulary_size, experts=("transformer",), transformer_layers=1
    )
    model = MixtureLanguageModel(config, seed=0)
    texts = TEXTS * (2 * NUM_ROWS * PIECE_LENGTH // len("".join(TEXTS)) + 1)
    found = loss_along(model, TOKENIZER, texts)
    assert len(found["nats"]) == 2 and found["block"] == PIECE_LENGTH
    guess = np.log(TOKENIZER.vocabulary_size)
    assert all(abs(nats - guess) < 2.0 for nats in found["nats"]), "about a guess: it has learned nothing"


def test_texts_that_are_too_short_are_refused():
    with pytest.raises(ValueError, match="num_positions is 0"):
        loss_along(None, TOKENIZER, TEXTS)
