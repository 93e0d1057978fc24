"""How many processes run the tests."""

import pytest

from tests.conftest import num_workers


@pytest.mark.parametrize(
    ("num_cores", "free_bytes", "expected"),
    [(2, 100e9, 2), (16, 100e9, 4), (8, 5.1e9, 2), (4, 1e9, 1), (1, 0, 1)],
)
def test_a_worker_for_each_core_that_memory_has_room_for(num_cores, free_bytes, expected):
    assert num_workers(num_cores, int(free_bytes)) == expected
