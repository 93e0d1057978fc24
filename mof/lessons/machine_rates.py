"""How fast this machine multiplies matrices, adds long rows and reaches its memory. Chapter 00. NumPy alone.

The doctor (`mof.machine`) measures the shapes that the model uses, in TensorFlow; here are squares of many
sizes, in the kernel of the notebook.
"""

import concurrent.futures
import os
import time
from typing import NamedTuple

import numpy as np

from mof.cores import affinity_cores, quota_cores, usable_cores
from mof.machine.bandwidth_measurement import memory_bandwidth

SIZES = (16, 32, 64, 128, 256, 512, 1024, 2048)
NUM_TRIES = 3  # at least so many; the fastest counts
SUM_NUMBERS = 3 * 2**22  # in each of the three rows of a sum: 50 MB a row, beyond most caches


class Roof(NamedTuple):
    """bandwidth: bytes a second. sum_rate: operations a second of a long sum. product_rates: dict from n to
    operations a second of a product of n x n matrices. All of float32, with all cores."""

    bandwidth: float
    sum_rate: float
    product_rates: dict


def product_rate(size, seconds=0.2, seed=0):
    """Operations a second in a product of two square float32 matrices: 2 n^3 over the fastest try.

    Args:
        size: n. seconds: to go on trying. seed: of the numbers.
    """
    left, right = np.random.default_rng(seed).normal(size=(2, size, size)).astype("float32")
    result = left @ right  # the first one wakes the threads
    fastest, start, num_tries = np.inf, time.perf_counter(), 0
    while num_tries < NUM_TRIES or time.perf_counter() - start < seconds:
        since = time.perf_counter()
        np.matmul(left, right, out=result)
        fastest = min(fastest, time.perf_counter() - since)
        num_tries += 1
    return 2.0 * size**3 / max(fastest, 1e-9)


def sum_rate(num_threads, num_numbers=SUM_NUMBERS):
    """Operations a second in c = a + b over long float32 rows, a share of them for each thread.

    Args:
        num_threads: int. num_numbers: in each row.
    """
    length = max(1, num_numbers // num_threads)
    shares = [[np.full(length, 1.0, "float32") for _ in range(3)] for _ in range(num_threads)]
    fastest = np.inf
    with concurrent.futures.ThreadPoolExecutor(num_threads) as pool:
        for _ in range(NUM_TRIES):
            since = time.perf_counter()
            list(pool.map(lambda share: np.add(share[0], share[1], out=share[2]), shares))
            fastest = min(fastest, time.perf_counter() - since)
    return length * num_threads / max(fastest, 1e-9)


def cores_here():
    """Cores that this process may keep busy, as an int of at least 1: a container may allow few."""
    return max(1, int(usable_cores(os.cpu_count() or 1, affinity_cores(), quota_cores())))


def measure_roof(sizes=SIZES, seconds_each=0.2):
    """All of it, in a few seconds.

    Args:
        sizes: of the square matrices. seconds_each: to go on trying each.

    Returns:
        Roof.
    """
    num_threads = cores_here()
    return Roof(
        bandwidth=memory_bandwidth(num_threads),
        sum_rate=sum_rate(num_threads),
        product_rates={int(size): product_rate(size, seconds_each) for size in sizes},
    )
