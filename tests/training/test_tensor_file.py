"""Our file against the library of the format, in both directions; damage; and that nothing is held twice."""

import weakref

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mof.training.tensor_file import StoredTensors, write_tensors

DTYPES = ("bool", "uint8", "int8", "int32", "int64", "float16", "float32", "float64")
SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
TENSORS = st.dictionaries(
    st.text(min_size=1, max_size=8).filter(lambda name: name != "__metadata__"),
    st.sampled_from(DTYPES).flatmap(lambda dtype: arrays.arrays(dtype, SHAPES)),
    max_size=4,
)


def assert_equal(came, expected):
    assert came.keys() == expected.keys()
    for name, array in expected.items():
        assert came[name].dtype == array.dtype and came[name].shape == array.shape
        assert came[name].tobytes() == array.tobytes(), name


@given(TENSORS)
def test_the_library_reads_what_we_write(tmp_path_factory, tensors):
    path = tmp_path_factory.mktemp("written") / "x.safetensors"
    write_tensors(path, tensors)
    assert_equal(safetensors.numpy.load_file(path), tensors)
    assert_equal(StoredTensors(path), tensors)


@given(TENSORS)
def test_we_read_what_the_library_writes(tmp_path_factory, tensors):
    path = tmp_path_factory.mktemp("written") / "x.safetensors"
    safetensors.numpy.save_file(tensors, path, metadata={"made": "by the library"})
    stored = StoredTensors(path)
    assert len(stored) == len(tensors)
    assert_equal(stored, tensors)


def test_columns_of_a_matrix_are_written_in_their_own_order(tmp_path):
    matrix = np.arange(12, dtype="float32").reshape(3, 4)
    write_tensors(tmp_path / "x", {"transposed": matrix.T, "every second": matrix[:, ::2]})
    assert_equal(
        safetensors.numpy.load_file(tmp_path / "x"), {"transposed": matrix.T, "every second": matrix[:, ::2]}
    )


def test_a_dtype_that_has_no_code_is_refused(tmp_path):
    with pytest.raises(ValueError, match="phase is of dtype complex64, expected one of"):
        write_tensors(tmp_path / "x", {"phase": np.zeros(2, "complex64")})


@pytest.mark.parametrize("num_bytes", [0, 7, 8, 40])
def test_a_header_that_is_cut_short_is_refused(tmp_path, num_bytes):
    path = tmp_path / "x.safetensors"
    write_tensors(path, {"a": np.ones(3, "float32")})
    path.write_bytes(path.read_bytes()[:num_bytes])
    with pytest.raises(ValueError, match=r"x\.safetensors is no safetensors file"):
        StoredTensors(path)


def test_numbers_that_are_cut_short_are_refused(tmp_path):
    path = tmp_path / "x.safetensors"
    write_tensors(path, {"a": np.ones(3, "float32"), "b": np.ones(3, "float32")})
    path.write_bytes(path.read_bytes()[:-4])
    stored = StoredTensors(path)
    np.testing.assert_array_equal(stored["a"], 1.0)
    with pytest.raises(ValueError, match="cut short: b is not whole"):
        stored["b"]


def test_one_array_is_made_at_a_time(tmp_path):
    held = []

    class Variable:
        """A backend's variable: its numbers exist as an array only after `numpy`."""

        shape, dtype = (2,), np.dtype("float32")

        def __init__(self, number):
            self.number = number

        def numpy(self):
            assert all(reference() is None for reference in held)
            array = _Tracked((2,), "float32")
            array[:] = self.number
            held.append(weakref.ref(array))
            return array

    write_tensors(tmp_path / "x", {str(i): Variable(i) for i in range(5)})
    assert_equal(StoredTensors(tmp_path / "x"), {str(i): np.full(2, i, "float32") for i in range(5)})


class _Tracked(np.ndarray):
    """An array that can be watched by a weak reference."""


def test_places_are_where_the_numbers_lie(tmp_path):
    tensors = {"a": np.arange(6, dtype="float32").reshape(2, 3), "b": np.array(7, "int64")}
    write_tensors(tmp_path / "x.safetensors", tensors)
    content = (tmp_path / "x.safetensors").read_bytes()
    for name, place in StoredTensors(tmp_path / "x.safetensors").places().items():
        numbers = np.frombuffer(content[place.offset : place.offset + place.num_bytes], place.dtype)
        np.testing.assert_array_equal(numbers.reshape(place.shape), tensors[name])


def test_places_outside_the_file_are_refused(tmp_path):
    path = tmp_path / "x.safetensors"
    write_tensors(path, {"a": np.zeros((2, 3), "float32")})
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="damaged: a should have 24 bytes inside the file"):
        StoredTensors(path).places()
