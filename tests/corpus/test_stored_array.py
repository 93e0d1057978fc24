"""Arrays in files, against NumPy's own indexing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mof.corpus.stored_array import StoredArray


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    values = np.random.default_rng(0).integers(0, 60_000, 500).astype("<u2")
    path = tmp_path_factory.mktemp("arrays") / "values"
    values.tofile(path)
    return values, StoredArray(path, "uint16", 500)


@settings(deadline=None)
@given(
    runs=st.lists(st.tuples(st.integers(0, 490), st.integers(0, 10))),
    num_rows=st.sampled_from([1, 2]),
    data=st.data(),
)
def test_take_is_indexing(stored, runs, num_rows, data):
    values, array = stored
    positions = np.array([p for start, length in runs for p in range(start, start + length)], dtype=np.int64)
    positions = positions[: positions.size // num_rows * num_rows].reshape(num_rows, -1)
    taken = array.take(positions)
    assert taken.shape == positions.shape and taken.tolist() == values[positions].tolist()


def test_read_is_slicing(stored):
    values, array = stored
    assert len(array) == 500
    for start, stop in [(0, 500), (0, 0), (7, 8), (490, 500)]:
        assert array.read(start, stop).tolist() == values[start:stop].tolist()


def test_positions_outside_are_refused(stored):
    _, array = stored
    for positions in ([-1], [500], [0, 700]):
        with pytest.raises(IndexError, match="reach outside"):
            array.take(np.array(positions))
    with pytest.raises(IndexError, match="reach outside"):
        array.read(0, 501)


def test_a_file_that_shrank_is_noticed(tmp_path):
    np.arange(10, dtype="<u2").tofile(tmp_path / "values")
    array = StoredArray(tmp_path / "values", "uint16", 20)
    with pytest.raises(OSError, match="ended early"):
        array.take(np.arange(20))
