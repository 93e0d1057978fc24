"""Writing by onnxruntime starts neither TensorFlow nor Keras, and copies neither numbers nor weights."""

import subprocess
import sys

import numpy as np

from mof.inference.run_graphs import open_weights
from mof.inference.sessions import SMALLEST_SHARED_BYTES
from mof.ops import constants
from tests.inference.small_models import NANO, make_model, store_weights


def test_the_graphs_are_run_without_keras(nano_weights):
    code = f"""
import sys
from pathlib import Path
from mof.config import ModelConfig
from mof.generation.chat import ChatSession
from mof.generation.config import GenerationConfig
from mof.generation.decoding import TextGenerator
from mof.inference.export import export_run
from mof.inference.exported_folder import open_export
from mof.inference.run_graphs import open_weights
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.training.tensor_file import StoredTensors
config = ModelConfig.from_json({NANO.to_json()!r})
reader = open_weights(config, StoredTensors(Path({str(nano_weights.path)!r})))
generator = TextGenerator(reader, CharacterTokenizer("春天来了"))
print(generator.generate(["春天", "来"], GenerationConfig(max_tokens=5)))
print(list(ChatSession(generator, GenerationConfig(max_tokens=3), "天").reply("春")))
started = {{"tensorflow", "jax", "keras", "torch"}} & set(sys.modules)
assert not started, started
"""
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert finished.returncode == 0, finished.stderr


def test_numbers_that_stand_twice_are_equal():
    from keras.ops import convert_to_numpy

    from mof.layers import linear_attention as layer
    from mof.ops import linear_attention, positions

    assert constants.DENOMINATOR_EPSILON == linear_attention.DENOMINATOR_EPSILON
    assert constants.SHORTEST_SPAN_TOKENS == layer.SHORTEST_SPAN_TOKENS
    assert constants.LONGEST_SPAN_TOKENS == layer.LONGEST_SPAN_TOKENS
    assert positions.sinusoid_frequencies is constants.sinusoid_frequencies
    attention = layer.LinearAttention(3, decay="fixed")
    attention.build((None, None, 24))
    rates = convert_to_numpy(attention.decay_rate.value)
    np.testing.assert_array_equal(constants.first_decay_rates(3), rates)


def test_large_weights_are_read_where_they_lie(tmp_path):
    config = NANO.replace(vocabulary_size=2000)
    weights = store_weights(make_model(config), tmp_path)
    assert weights.places()["mof/embedding"].num_bytes > SMALLEST_SHARED_BYTES
    reader = open_weights(config, weights, num_threads=1)
    shared = reader._sessions.weights
    assert list(shared) == ["mof/embedding"]
    before, _ = reader.step([5], reader.initial_state(1))
    table = np.memmap(weights.path, "uint8", "r+")  # written to the file, seen by the session: one memory
    place = weights.places()["mof/embedding"]
    table[place.offset : place.offset + place.num_bytes] = 0
    after, _ = reader.step([5], reader.initial_state(1))
    assert np.abs(before).max() > 0 and not after.any()
