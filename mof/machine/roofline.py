"""The least time that arithmetic and memory allow for a piece of work: the roofline, from counts alone.

    seconds >= max(operations / peak, bytes / bandwidth)

Left of the ridge, at peak / bandwidth operations a byte, memory decides; right of it, arithmetic. A product
[m, k] x [k, n] of numbers of b bytes has 2 m k n operations and b (m k + k n + m n) bytes, so arithmetic
decides where

    2 m k n / (b (m k + k n + m n)) >= peak / bandwidth = I
    m >= I b k n / (2 k n - I b (k + n))

and nowhere if the denominator is not above 0. Caches are left out: what stays there is quicker. Source:
Williams, Waterman and Patterson 2009, "Roofline". Used by `mof.lessons.operation_speed`. Book: chapter 11.
"""

import math
from typing import NamedTuple

FLOAT32_BYTES = 4


class Work(NamedTuple):
    """What a piece of work asks for: floating-point operations, and bytes that pass between memory and
    processor where each number is read and written once."""

    operations: float
    num_bytes: float

    @property
    def intensity(self):
        """Operations for each byte."""
        return self.operations / self.num_bytes


def product_work(rows, inner, columns, number_bytes=FLOAT32_BYTES):
    """The work of a product [rows, inner] x [inner, columns].

    Args:
        rows, inner, columns: int. number_bytes: of each number, on both sides and in the result.

    Returns:
        Work.
    """
    numbers = rows * inner + inner * columns + rows * columns
    return Work(2.0 * rows * inner * columns, float(number_bytes * numbers))


def elementwise_work(num_read, num_written, operations_each=1.0, number_bytes=FLOAT32_BYTES):
    """The work of an element-wise piece in one pass.

    Args:
        num_read, num_written: numbers. operations_each: for each number written. number_bytes: of each.

    Returns:
        Work.
    """
    return Work(float(operations_each * num_written), float(number_bytes * (num_read + num_written)))


def least_seconds(work, peak, bandwidth):
    """The least time that both limits allow.

    Args:
        work: Work. peak: operations a second. bandwidth: bytes a second.
    """
    return max(work.operations / peak, work.num_bytes / bandwidth)


def rows_at_ridge(inner, columns, peak, bandwidth, number_bytes=FLOAT32_BYTES):
    """From how many rows on arithmetic decides the time of a product, not memory.

    Args:
        inner, columns: of the matrix. peak: operations a second. bandwidth: bytes a second.
        number_bytes: of each number.

    Returns:
        int; or infinity where the matrix is too small for any number of rows.

    Raises:
        ValueError: for a number that is not above 0.
    """
    if min(inner, columns, peak, bandwidth, number_bytes) <= 0:
        raise ValueError(
            f"inner {inner}, columns {columns}, peak {peak}, bandwidth {bandwidth}, number_bytes "
            f"{number_bytes}: expected each above 0."
        )
    bytes_worth = number_bytes * peak / bandwidth  # operations in the time of a number
    left = 2.0 * inner * columns - bytes_worth * (inner + columns)
    if left <= 0:
        return math.inf
    return math.ceil(bytes_worth * inner * columns / left)
