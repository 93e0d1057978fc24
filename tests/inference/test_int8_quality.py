"""What int8 costs a model that has learned something."""

import keras
import numpy as np

from mof.corpus.conversation import encode_document
from mof.evaluation.reader_loss import reader_bits_per_byte
from mof.inference.export import rounded
from mof.inference.run_graphs import open_weights
from mof.model import MixtureLanguageModel
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.training.tensor_file import StoredTensors, write_tensors
from tests.inference.small_models import NANO, store_weights

TEXT = "春天来了，花园里的花都开了。小朋友们在花园里放风筝，风筝飞得很高。"
MOST_BITS_LOST = 0.01  # per byte; a quarter of a percent of what a small model needs for Chinese


def train(tokenizer):
    """A model that has read the text often enough to know most of it."""
    config = NANO.replace(vocabulary_size=tokenizer.vocabulary_size)
    model = MixtureLanguageModel(config, seed=0)
    model.compile(optimizer=keras.optimizers.Adam(0.02))
    ids = encode_document(TEXT, tokenizer)
    x, y = np.tile(ids[:-1], (4, 1)), np.tile(ids[1:], (4, 1))
    model.fit(x, y, batch_size=4, epochs=40, verbose=0)
    return model


def test_a_trained_model_loses_less_than_a_hundredth_of_a_bit(tmp_path):
    tokenizer = CharacterTokenizer("".join(dict.fromkeys(TEXT)))
    model = train(tokenizer)
    weights = store_weights(model, tmp_path)
    (tmp_path / "int8").mkdir()
    write_tensors(tmp_path / "int8" / "weights.safetensors", rounded(weights))
    int8 = StoredTensors(tmp_path / "int8" / "weights.safetensors")
    bits = [
        reader_bits_per_byte(open_weights(model.config, stored, num_threads=1), tokenizer, [TEXT])
        for stored in (weights, int8)
    ]
    assert bits[0] < 1.0, "the model has learned nothing, so nothing could be lost"
    assert abs(bits[1] - bits[0]) < MOST_BITS_LOST and bits[1] != bits[0]
