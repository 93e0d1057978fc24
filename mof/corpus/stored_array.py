"""An array in a flat binary file, read in any order, that keeps nothing in memory however large the file is.

Plain reads rather than a memory map: the pages of a map count as memory of the process, up to a megabyte
and more around each place that is read, until it is unmapped. The file is opened for each call, so an array
may be used from threads and forked processes, and its folder can be deleted on Windows.
"""

from pathlib import Path

import numpy as np


class StoredArray:
    """A one-dimensional array of a fixed type in a little-endian file."""

    def __init__(self, path: Path, dtype: str, length: int) -> None:
        """Describes the file; nothing is read.

        Args:
            path: the file.
            dtype: type of its numbers, such as "uint16".
            length: how many there are.
        """
        self._path = path
        self._dtype = np.dtype(dtype).newbyteorder("<")
        self._length = length

    def __len__(self) -> int:
        return self._length

    def read(self, start: int, stop: int) -> np.ndarray:
        """The numbers from `start` to before `stop`."""
        self._check(start, stop - 1)
        num_items = max(stop - start, 0)
        return np.fromfile(self._path, self._dtype, num_items, offset=start * self._dtype.itemsize)

    def take(self, positions: np.ndarray) -> np.ndarray:
        """The numbers at some positions; each run of neighbours is one read.

        Args:
            positions: integers of any shape.

        Returns:
            An array of the same shape.
        """
        values = np.empty(positions.size, dtype=self._dtype)
        if positions.size == 0:
            return values.reshape(positions.shape)
        flat = positions.reshape(-1)
        self._check(int(flat.min()), int(flat.max()))
        breaks = np.flatnonzero(np.diff(flat) != 1) + 1
        run_starts = np.concatenate([[0], breaks, [flat.size]])
        file_starts = (flat[run_starts[:-1]] * self._dtype.itemsize).tolist()
        bounds = (run_starts * self._dtype.itemsize).tolist()
        target = memoryview(values).cast("B")
        with open(self._path, "rb", buffering=0) as file:
            for index, file_start in enumerate(file_starts):
                start, stop = bounds[index], bounds[index + 1]
                file.seek(file_start)
                while start < stop:
                    num_bytes = file.readinto(target[start:stop])
                    if not num_bytes:
                        raise OSError(
                            f"{self._path} ended early: it was changed while in use. Build it again."
                        )
                    start += num_bytes
        return values.reshape(positions.shape)

    def _check(self, first: int, last: int) -> None:
        if first < 0 or last >= self._length:
            raise IndexError(
                f"positions {first} to {last} reach outside {self._path}, of {self._length} numbers."
            )
