"""One truth in two forms: pieces and steps give the logits and the memory of a whole forward pass."""

import keras
import numpy as np
import pytest

from mof.generation import reading
from mof.generation.reading import StateReader
from mof.tokenizer.special_tokens import DOCUMENT

# Sums of a few hundred float32 products in another order differ in the last places; results are of size 1.
FLOAT32_TOLERANCE = {"rtol": 1e-4, "atol": 1e-4}


def _text(num_tokens, seed=0):
    ids = np.random.default_rng(seed).integers(8, 264, num_tokens).astype("int32")
    ids[0] = DOCUMENT
    return ids


def _assert_states_equal(actual, expected):
    keras.tree.assert_same_structure(actual, expected)
    for a, b in zip(keras.tree.flatten(actual), keras.tree.flatten(expected), strict=True):
        a, b = keras.ops.convert_to_numpy(a), keras.ops.convert_to_numpy(b)
        np.testing.assert_allclose(a, b, **FLOAT32_TOLERANCE)


def test_stepping_gives_the_logits_of_a_whole_forward_pass(generator):
    ids = _text(generator.reader.piece_length)
    expected, last_state = generator.reader.model(ids[None])
    state = generator.reader.model.initial_state(1)
    for token, expected_logits in zip(ids, keras.ops.convert_to_numpy(expected)[0], strict=True):
        logits, state = generator.reader.step([token], state)
        np.testing.assert_allclose(logits[0], expected_logits, **FLOAT32_TOLERANCE)
    _assert_states_equal(state, last_state)


@pytest.mark.parametrize("num_tokens", [1, 2, 15, 16, 17, 37, 48])
def test_reading_in_pieces_equals_stepping(generator, num_tokens):
    ids, state = _text(num_tokens), generator.reader.model.initial_state(1)
    for token in ids:
        expected, state = generator.reader.step([token], state)
    logits, read_state = generator.reader.read([ids])
    np.testing.assert_allclose(logits, expected, **FLOAT32_TOLERANCE)
    _assert_states_equal(read_state, state)


def test_reading_goes_on_from_a_state(generator):
    ids = _text(41)
    expected, expected_state = generator.reader.read([ids])
    _, state = generator.reader.read([ids[:23]])
    logits, state = generator.reader.read([ids[23:]], state)
    np.testing.assert_allclose(logits, expected, **FLOAT32_TOLERANCE)
    _assert_states_equal(state, expected_state)


def test_rows_of_different_lengths_do_not_touch_each_other(generator):
    rows = [_text(37, 1), _text(1, 2), _text(16, 3)]
    logits, state = generator.reader.read(rows)
    for i, row in enumerate(rows):
        expected, expected_state = generator.reader.read([row])
        np.testing.assert_allclose(logits[i : i + 1], expected, **FLOAT32_TOLERANCE)
        row_state = keras.tree.map_structure(lambda leaf, i=i: leaf[i : i + 1], state)
        _assert_states_equal(row_state, expected_state)


def test_a_prompt_of_1000_tokens_costs_the_same_memory_and_no_new_graph(generator, num_traces):
    _, short = generator.reader.read([_text(2)])
    generator.reader.step([9], short)
    traces = dict(num_traces)
    _, long = generator.reader.read([_text(1000)])
    generator.reader.step([9], long)
    assert [leaf.shape for leaf in keras.tree.flatten(long)] == [
        leaf.shape for leaf in keras.tree.flatten(short)
    ]
    assert dict(num_traces) == traces


@pytest.fixture
def uncounted(num_traces):
    """Traces made inside do not count for the tests that count them."""
    before = dict(num_traces)
    yield
    num_traces.clear()
    num_traces.update(before)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="on JAX every piece is read by the graph")
def test_the_first_pieces_are_read_without_a_graph_and_give_the_same(generator, monkeypatch, uncounted):
    monkeypatch.setattr(reading, "PLAIN_LENGTH", 20)
    rows = [_text(70, 1), _text(23, 2), _text(1, 3)]
    expected, expected_state = generator.reader.read(rows)
    reader = StateReader(generator.reader.model, 16, plain_pieces=3)  # of 20, 20, 20; the rest by the graph
    sizes = {"plain": [], "graph": []}
    for kind, name in (("plain", "_read_plainly"), ("graph", "_read_piece")):
        monkeypatch.setattr(reader, name, _noting(getattr(reader, name), sizes[kind]))
    logits, state = reader.read(rows)
    np.testing.assert_allclose(logits, expected, **FLOAT32_TOLERANCE)
    _assert_states_equal(state, expected_state)
    assert sizes == {"plain": [20, 20, 20], "graph": [16]}
    reader.read([_text(5)])
    assert sizes == {"plain": [20, 20, 20], "graph": [16, 16]}


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="on JAX every piece is read by the graph")
def test_a_plain_piece_is_as_long_as_the_text(generator, uncounted):
    reader, sizes = StateReader(generator.reader.model), []
    reader._read_plainly = _noting(reader._read_plainly, sizes)
    logits, _ = reader.read([_text(5)])
    np.testing.assert_allclose(logits, generator.reader.read([_text(5)])[0], **FLOAT32_TOLERANCE)
    assert sizes == [5]


@pytest.mark.skipif(keras.backend.backend() == "tensorflow", reason="there the first pieces are plain")
def test_without_tensorflow_every_piece_is_read_by_the_graph(generator, monkeypatch, uncounted):
    reader, plain, graph = StateReader(generator.reader.model, 16, plain_pieces=3), [], []
    monkeypatch.setattr(reader, "_read_plainly", _noting(reader._read_plainly, plain))
    monkeypatch.setattr(reader, "_read_piece", _noting(reader._read_piece, graph))
    reader.read([_text(20)])
    assert (plain, graph) == ([], [16, 16])


def _noting(read, sizes):
    def call(token_ids, *others):
        sizes.append(token_ids.shape[1])
        return read(token_ids, *others)

    return call


def test_a_row_without_tokens_is_refused(generator):
    with pytest.raises(
        ValueError, match="row 1 has no tokens, expected at least one: start it with DOCUMENT"
    ):
        generator.reader.read([[1], []])


def test_a_piece_length_below_1_is_refused(generator):
    with pytest.raises(ValueError, match="piece_length is 0, expected at least 1 token"):
        StateReader(generator.reader.model, 0)
