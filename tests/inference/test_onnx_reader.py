"""One truth in two engines: logits and memory of the graphs are those of the Keras model."""

import tempfile
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mof.inference.onnx_reader import OnnxReader
from mof.inference.run_graphs import open_weights
from tests.inference.small_models import NANO, flatten_state, make_model, store_weights

# Sums of some hundred float32 products in another order differ in the last places; results are of size 1 to
# 10, sums over the past larger, which the relative part allows for.
FLOAT32_TOLERANCE = {"rtol": 2e-4, "atol": 2e-4}


def texts(lengths, seed=0):
    """Random rows of token ids."""
    rng = np.random.default_rng(seed)
    return [rng.integers(0, NANO.vocabulary_size, length).astype("int32") for length in lengths]


def read_by_keras(model, rows):
    """(logits [B, W] after each row's last token, flat state), by the model's own parallel form."""
    token_ids = np.zeros((len(rows), max(map(len, rows))), "int32")
    for row, ids in zip(token_ids, rows, strict=True):
        row[: len(ids)] = ids
    counts = np.array([len(ids) for ids in rows])
    mask = np.arange(token_ids.shape[1]) < counts[:, None]
    logits, state = model(token_ids, model.initial_state(len(rows)), None, keras.ops.convert_to_tensor(mask))
    return keras.ops.convert_to_numpy(logits)[np.arange(len(rows)), counts - 1], flatten_state(state)


def assert_memory_is(state, expected, lengths):
    """The reader's memory holds everything that the Keras model's does."""
    for name, array in expected.items():
        if name.endswith("/present"):  # follows from the number of tokens
            places = array.shape[1]
            there = np.arange(places) >= places - np.minimum(lengths, places)[:, None]
            np.testing.assert_array_equal(array, there)
        elif name.endswith(("/count", "/position")):
            np.testing.assert_array_equal(array, state["num_tokens"])
        elif name in state:
            np.testing.assert_allclose(state[name], array, **FLOAT32_TOLERANCE, err_msg=name)
        else:  # nobody reads the sum of the keys where each head has a norm, nor a history of 0 tokens
            assert name.endswith("/key_sum") or not array.size
    np.testing.assert_array_equal(state["num_tokens"], lengths)
    assert set(state) <= set(expected) | {"num_tokens"}


def assert_same(actual, expected, lengths):
    np.testing.assert_allclose(actual[0], expected[0], **FLOAT32_TOLERANCE)
    assert_memory_is(actual[1], expected[1], np.asarray(lengths))


def step_all(reader, row):
    """One row, token by token."""
    state = reader.initial_state(1)
    for token in row:
        logits, state = reader.step([token], state)
    return logits, state


CONFIGS = st.fixed_dictionaries(
    {
        "experts": st.lists(st.sampled_from(["recurrent", "transformer"]), min_size=1, max_size=3).map(tuple),
        "recurrence": st.sampled_from(["minimal_gru", "gru"]),
        "recurrent_output_gate": st.booleans(),
        "embedding_residual": st.sampled_from([0.0, 0.4, 1.0]),
        "activation": st.sampled_from(["squared_relu", "gelu"]),
        "attention_decay": st.sampled_from(["none", "fixed", "learned", "input"]),
        "attention_normalizer": st.sampled_from(["denominator", "head_norm"]),
        "attention_output_gate": st.booleans(),
        "thought_width": st.sampled_from([0, 12]),
        "position": st.sampled_from(["none", "learned", "sinusoidal"]),
        "convolution_length": st.sampled_from([1, 2, 4]),
        "router_recurrence": st.sampled_from(["minimal_gru", "gru"]),
        "router_temperature": st.sampled_from([1.0, 0.5]),
        "num_heads": st.sampled_from([1, 3]),
    }
)
THE_ARTICLE = {
    "experts": ("recurrent", "transformer"),
    "recurrence": "gru",
    "attention_decay": "none",
    "attention_normalizer": "denominator",
    "position": "learned",
    "convolution_length": 1,
    "router_recurrence": "gru",
}


@settings(max_examples=10)
@given(CONFIGS, st.lists(st.integers(1, 70), min_size=1, max_size=3))
@example(THE_ARTICLE, [60, 3])
@example({"attention_decay": "learned", "attention_normalizer": "denominator"}, [5, 67])
def test_every_switch_gives_what_the_keras_model_gives(changes, lengths):
    config = NANO.replace(**changes)
    model, rows = make_model(config), texts(lengths)
    with tempfile.TemporaryDirectory() as folder:
        reader = open_weights(config, store_weights(model, Path(folder)), num_threads=1)
        assert_same(reader.read(rows), read_by_keras(model, rows), lengths)
        expected = read_by_keras(model, rows[:1])
        assert_same(step_all(reader, rows[0]), expected, lengths[:1])


@pytest.mark.parametrize("num_tokens", [1, 2, 15, 16, 17, 63, 64, 65, 129, 200])
def test_reading_in_pieces_equals_stepping_and_the_keras_model(nano_model, nano_reader, num_tokens):
    (row,) = texts([num_tokens])
    read, stepped = nano_reader.read([row]), step_all(nano_reader, row)
    np.testing.assert_allclose(read[0], stepped[0], **FLOAT32_TOLERANCE)
    assert_same(read, read_by_keras(nano_model, [row]), [num_tokens])
    assert_same(stepped, read_by_keras(nano_model, [row]), [num_tokens])


def test_short_pieces_give_the_same(nano_weights, nano_reader):
    rows = texts([40, 7])
    short = OnnxReader(nano_reader._sessions, piece_length=5)
    expected, expected_state = nano_reader.read(rows)
    logits, state = short.read(rows)
    np.testing.assert_allclose(logits, expected, **FLOAT32_TOLERANCE)
    assert_memory_is(state, expected_state, np.array([40, 7]))


def test_rows_of_different_lengths_do_not_touch_each_other(nano_reader):
    lengths = [130, 1, 64, 3]
    rows = texts(lengths)
    logits, state = nano_reader.read(rows)
    for i, row in enumerate(rows):
        expected, expected_state = nano_reader.read([row])
        np.testing.assert_allclose(logits[i : i + 1], expected, **FLOAT32_TOLERANCE)
        own = {name: array[i : i + 1] for name, array in state.items()}
        assert_memory_is(own, expected_state, np.array(lengths[i : i + 1]))


def test_pieces_hand_over_to_steps_and_back(nano_model, nano_reader):
    (row,) = texts([100])
    _, state = nano_reader.read([row[:41]])
    for token in row[41:47]:
        _, state = nano_reader.step([token], state)
    assert_same(nano_reader.read([row[47:]], state), read_by_keras(nano_model, [row]), [100])


def test_a_memory_is_not_changed_by_reading_on(nano_reader):
    (row,) = texts([10])
    _, state = nano_reader.read([row])
    before = {name: array.copy() for name, array in state.items()}
    first, _ = nano_reader.step([5], state)
    nano_reader.read([row], state)
    again, _ = nano_reader.step([5], state)
    np.testing.assert_array_equal(first, again)
    for name, array in before.items():
        np.testing.assert_array_equal(state[name], array)


def test_the_memory_does_not_grow_with_the_text(nano_reader):
    (row,) = texts([1000])
    _, short = nano_reader.read([row[:2]])
    _, long = nano_reader.read([row])
    assert {n: a.shape for n, a in short.items()} == {n: a.shape for n, a in long.items()}


def test_a_row_without_tokens_is_refused(nano_reader):
    with pytest.raises(ValueError, match="row 1 has no tokens, expected at least one: start it with DOC"):
        nano_reader.read([[1], []])


@pytest.mark.parametrize("length", [0, 65])
def test_a_piece_is_1_to_64_tokens(nano_reader, length):
    with pytest.raises(ValueError, match=f"piece_length is {length}, expected 1 to 64"):
        OnnxReader(nano_reader._sessions, length)


def test_a_row_that_begins_again_reads_as_if_nothing_had_been_before(nano_reader):
    _, state = nano_reader.read([np.arange(10, 30), np.arange(40, 60)])
    state = nano_reader.restarted(state, np.array([False, True]))
    logits, _ = nano_reader.read([np.array([5, 6]), np.array([5, 6])], state)
    fresh, _ = nano_reader.read([np.array([5, 6])])
    np.testing.assert_allclose(logits[1], fresh[0], rtol=1e-4, atol=1e-5)
    assert np.abs(logits[0] - fresh[0]).max() > 1e-2
