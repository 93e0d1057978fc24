"""Threads: which numbers are tried, and that each is. No test of speed."""

import numpy as np
import pytest

from mof.lessons import thread_speed
from mof.lessons.thread_speed import thread_counts, time_threads


@pytest.mark.parametrize(
    ("cores", "counts"), [(1, (1, 4)), (2, (1, 2, 8)), (4, (1, 2, 4, 16)), (6, (1, 2, 4, 6, 24))]
)
def test_powers_of_two_the_cores_and_too_many(cores, counts):
    assert thread_counts(cores) == counts


def test_operations_over_the_time_with_a_rest_between_sessions(monkeypatch):
    actions = {}

    def played(given, num_turns, rest):
        assert rest > 0
        actions.update(given)
        return {name: [0.5] * num_turns for name in given}

    monkeypatch.setattr(thread_speed, "time_in_turns", played)
    monkeypatch.setattr(thread_speed, "cores_here", lambda: 3)
    found = time_threads(threads=(1, 2), rows=(1, 512), num_turns=1)
    assert found["cores"] == 3 and list(actions) == [(1, 1), (2, 1), (1, 512), (2, 512)]
    one, many = 2.0 * 1 * 512 * 2048, 2.0 * 512 * 512 * 2048
    assert found["rates"]["2"] == pytest.approx({"1": 50 * one / 0.5, "512": many / 0.5})
    for action in actions.values():
        action()


def test_the_session_multiplies():
    random = np.random.default_rng(0)
    kernel, x = random.standard_normal((512, 8), "float32"), random.standard_normal((3, 512), "float32")
    (y,) = thread_speed._session(kernel, 1).run(None, {"x": x})
    np.testing.assert_allclose(y, x @ kernel, rtol=1e-4, atol=1e-4)
