"""Named arrays in one file, written and read one at a time, so that a copy of a whole model is never held.

The format is safetensors (Hugging Face): eight bytes with the length of a JSON header, the header with each
array's dtype, shape and place, then the numbers, little-endian. The library of that name reads these files
and writes the same; it holds all arrays at once, which for an 80-million-parameter training is a gigabyte.
"""

import json
import sys
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

_CODES = {
    "bool": "BOOL",
    "uint8": "U8",
    "int8": "I8",
    "int32": "I32",
    "int64": "I64",
    "float16": "F16",
    "float32": "F32",
    "float64": "F64",
}
_NAMES = {code: name for name, code in _CODES.items()}
_ALIGNMENT = 8  # the header is padded with spaces to a multiple of this, as the format advises


class TensorPlace(NamedTuple):
    """Where an array lies in its file: `dtype` by name, `shape`, first byte, number of bytes."""

    dtype: str
    shape: tuple
    offset: int
    num_bytes: int


def write_tensors(path, tensors):
    """Write named tensors to a safetensors file.

    Args:
        path: pathlib.Path.
        tensors: dict from names to NumPy arrays, or to tensors or variables of a backend: each is turned
            into an array when its turn comes.

    Raises:
        ValueError: for a dtype that the file cannot hold.
    """
    header, start = {}, 0
    for name, tensor in tensors.items():
        dtype = tensor.dtype.name
        if dtype not in _CODES:
            raise ValueError(f"{name} is of dtype {dtype}, expected one of {sorted(_CODES)}.")
        size = int(np.prod(tensor.shape, dtype=np.int64)) * np.dtype(dtype).itemsize
        places = [start, start + size]
        header[name] = {"dtype": _CODES[dtype], "shape": list(tensor.shape), "data_offsets": places}
        start += size
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % _ALIGNMENT)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for tensor in tensors.values():
            file.write(_little_endian(as_array(tensor)).data)


def num_bytes(parts):
    """Bytes of all arrays or tensors in a dict of dicts from names to them."""
    return sum(
        int(np.prod(tensor.shape, dtype=np.int64)) * np.dtype(tensor.dtype.name).itemsize
        for tensors in parts.values()
        for tensor in tensors.values()
    )


def as_array(tensor):
    """A NumPy array, or a tensor or variable of a backend, as a NumPy array in C order."""
    array = tensor.numpy() if hasattr(tensor, "numpy") else np.asarray(tensor)
    return np.ascontiguousarray(array).reshape(array.shape)  # the former alone makes [1] of []


class StoredTensors(Mapping):
    """The arrays of a safetensors file by name; each look-up reads one of them from the disk.

    Args:
        path: pathlib.Path.

    Raises:
        ValueError: the file is no safetensors file.
    """

    def __init__(self, path):
        self.path = path
        try:
            with open(path, "rb") as file:
                length = int.from_bytes(file.read(8), "little")
                if length > path.stat().st_size:
                    raise ValueError("its header is cut short")
                header = json.loads(file.read(length))
            self._start = 8 + length
            header.pop("__metadata__", None)
            self._places = {
                name: (np.dtype(_NAMES[facts["dtype"]]), tuple(facts["shape"]), *facts["data_offsets"])
                for name, facts in header.items()
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path} is no safetensors file, or a damaged one: {error}.") from error

    def places(self):
        """Dict from names to `TensorPlace`, for a reader that maps the file into memory.

        Raises:
            ValueError: an array does not lie inside the file, or has another size than its shape says.
        """
        size, places = self.path.stat().st_size, {}
        for name, (dtype, shape, start, end) in self._places.items():
            num_bytes = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
            if end - start != num_bytes or start < 0 or self._start + end > size:
                raise ValueError(
                    f"{self.path} is damaged: {name} should have {num_bytes} bytes inside the file."
                )
            places[name] = TensorPlace(dtype.name, shape, self._start + start, num_bytes)
        return places

    def __getitem__(self, name):
        dtype, shape, start, end = self._places[name]
        array = np.empty(shape, dtype.newbyteorder("<"))
        if array.nbytes != end - start:
            raise ValueError(
                f"{self.path} is damaged: {name} has {end - start} bytes, {array.nbytes} expected."
            )
        with open(self.path, "rb") as file:
            file.seek(self._start + start)
            if file.readinto(array.reshape(-1).view(np.uint8).data) != array.nbytes:
                raise ValueError(f"{self.path} is cut short: {name} is not whole.")
        return array.astype(dtype, copy=False)

    def __iter__(self):
        return iter(self._places)

    def __len__(self):
        return len(self._places)


def _little_endian(array):
    return array.byteswap() if sys.byteorder == "big" else array
