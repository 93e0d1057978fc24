"""How fast memory is copied and the disk is written. NumPy alone."""

import concurrent.futures
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from mof.machine.measurements import Bandwidths

ARRAY_BYTES = 256 * 2**20  # of all arrays together: well above the caches of laptops and servers
DISK_BYTES = 64 * 2**20
NUM_TRIES = 3


def memory_bandwidth(num_threads, array_bytes=ARRAY_BYTES):
    """Bytes a second of the faster of a copy (b = a) and a triad (c = a + b), read and written together.

    Every thread has its own share of the arrays; NumPy lets the others run meanwhile.

    Args:
        num_threads: how many work at once.
        array_bytes: of all arrays together.

    Returns:
        float: the best of a few tries.
    """
    num_numbers = max(1, array_bytes // 3 // num_threads // 8)
    shares = [[np.full(num_numbers, 1.0) for _ in range(3)] for _ in range(num_threads)]
    forms = {2: lambda a, b, c: np.copyto(b, a), 3: lambda a, b, c: np.add(a, b, out=c)}
    best = 0.0
    with concurrent.futures.ThreadPoolExecutor(num_threads) as pool:
        for num_arrays, form in forms.items():
            for _ in range(NUM_TRIES):
                start = time.perf_counter()
                for done in [pool.submit(form, *share) for share in shares]:
                    done.result()
                seconds = max(time.perf_counter() - start, 1e-9)
                best = max(best, num_arrays * 8 * num_numbers * num_threads / seconds)
    return best


def disk_bandwidth(folder, num_bytes=DISK_BYTES):
    """Bytes a second of a file written and forced to the disk, then deleted.

    Args:
        folder: on the disk in question; it must exist.
        num_bytes: of the file.

    Raises:
        OSError: nothing can be written there.
    """
    block = os.urandom(min(num_bytes, 2**20))  # some file systems store repeated bytes for nothing
    with tempfile.TemporaryFile(dir=folder) as file:
        start = time.perf_counter()
        for _ in range(max(1, num_bytes // len(block))):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
        seconds = max(time.perf_counter() - start, 1e-9)
    return max(1, num_bytes // len(block)) * len(block) / seconds


def measure_bandwidths(folder, num_threads, available_bytes):
    """Both; smaller arrays where memory is short. Returns Bandwidths."""
    array_bytes = int(min(ARRAY_BYTES, available_bytes / 4))
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return Bandwidths(
        memory_bytes_per_second=memory_bandwidth(num_threads, array_bytes),
        disk_bytes_per_second=disk_bandwidth(folder),
    )
