"""What a model expects next, and how its tokens are called in a figure."""

import numpy as np
import pytest
from keras import ops

from mof.config import ModelConfig
from mof.corpus.conversation import encode_document
from mof.lessons.next_token import likeliest, next_probabilities, token_label
from mof.model import MixtureLanguageModel
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.tokenizer.special_tokens import DOCUMENT, PADDING

TOKENIZER = CharacterTokenizer("他说好")


@pytest.fixture(scope="module")
def model():
    config = ModelConfig(
        vocabulary_size=TOKENIZER.vocabulary_size,
        width=16,
        experts=("recurrent",),
        recurrence="gru",
        recurrent_layers=1,
        recurrent_width=8,
        convolution_length=1,
    )
    return MixtureLanguageModel(config, seed=3)


@pytest.mark.parametrize("text", ["", "他", "他说a好"])
def test_the_shares_are_the_models_after_the_last_token(model, text):
    ids = encode_document(text, TOKENIZER)
    logits, _ = model(ops.convert_to_tensor(ids[None]))
    expected = ops.convert_to_numpy(ops.softmax(logits, axis=-1))[0, -1]
    found = next_probabilities(model, TOKENIZER, text)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert found.sum() == pytest.approx(1.0)


def test_labels():
    (newline,), (blank,), (own,) = (TOKENIZER.encode(text) for text in ("\n", " ", "说"))
    (letter,) = TOKENIZER.encode("a")
    first_byte = int(TOKENIZER.encode("鑫")[0])
    labels = [token_label(TOKENIZER, int(i)) for i in (newline, blank, own, letter, first_byte)]
    assert labels == ["↵", "␣", "说", "a", "byte E9"]
    assert token_label(TOKENIZER, DOCUMENT) == "end" and token_label(TOKENIZER, PADDING) == "special 0"


def test_no_two_tokens_have_one_label():
    labels = [token_label(TOKENIZER, i) for i in range(TOKENIZER.vocabulary_size)]
    assert len(set(labels)) == len(labels) and all(label.strip() for label in labels)


def test_the_likeliest_come_first():
    shares = np.full(TOKENIZER.vocabulary_size, 0.0)
    shares[int(TOKENIZER.encode("好")[0])], shares[DOCUMENT] = 0.75, 0.25
    assert likeliest(shares, TOKENIZER, 2) == [("好", 0.75), ("end", 0.25)]
