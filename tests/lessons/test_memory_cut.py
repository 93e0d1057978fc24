"""The loss with a memory that is emptied, against pieces that are read as texts of their own."""

import math

import numpy as np
import pytest
from keras import ops

from mof.corpus.conversation import encode_document
from mof.lessons.memory_cut import bits_by_memory, held_out_prose
from mof.model import MixtureLanguageModel
from mof.presets import preset
from mof.tokenizer.character_tokenizer import train_character_tokenizer
from tests.layer_contract import perturb_weights

TEXTS = ["小猫饿了，它在叫", "春天来了"]  # "The kitten is hungry, it is crying", "Spring has come"
TOKENIZER = train_character_tokenizer(TEXTS, 300)


@pytest.fixture(scope="module")
def model():
    config = preset("nano").model.replace(
        vocabulary_size=TOKENIZER.vocabulary_size, experts=("recurrent",), recurrent_layers=2
    )
    model = MixtureLanguageModel(config, seed=0)
    perturb_weights(model)
    return model


@pytest.mark.parametrize("length", [1, 3, 4, None])
def test_equals_pieces_read_one_by_one(model, length):
    total = 0.0
    for text in TEXTS:
        ids = encode_document(text, TOKENIZER)
        step = length or len(ids)
        for start in range(0, len(ids) - 1, step):
            piece = ids[start : start + step + 1]
            logits = ops.convert_to_numpy(model(piece[None, :-1])[0])[0].astype("float64")
            shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
            total -= np.log(shares[np.arange(len(piece) - 1), piece[1:]]).sum()
    num_bytes = sum(len(text.encode("utf-8")) for text in TEXTS)
    found = bits_by_memory(model, TOKENIZER, TEXTS, (length,))
    assert found == {length: pytest.approx(total / math.log(2) / num_bytes, rel=1e-4)}


def test_held_out_prose_is_what_a_short_run_does_not_learn_from(tmp_path):
    (tmp_path / "a.jsonl").write_text(
        "".join(f'{{"text": "第{i}篇"}}\n' for i in range(200)), encoding="utf-8"
    )
    texts = held_out_prose([tmp_path], 0.1)
    assert 5 < len(texts) < 40 and set(texts) <= {f"第{i}篇" for i in range(200)}
    assert held_out_prose([tmp_path], 1.0) == [f"第{i}篇" for i in range(200)]


def test_conversations_are_left_out():
    assert all(isinstance(text, str) and text for text in held_out_prose())
    assert len(held_out_prose()) >= 3, "the chapter judges on these"


@pytest.mark.parametrize(
    ("texts", "lengths", "words"),
    [([], (1,), "there are no texts"), (TEXTS, (0, 1), "numbers of tokens from 1")],
)
def test_nothing_to_measure_is_told(model, texts, lengths, words):
    with pytest.raises(ValueError, match=words):
        bits_by_memory(model, TOKENIZER, texts, lengths)
