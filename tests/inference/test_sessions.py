"""Threads of a session where fewer cores may be used than there are."""

import os

import pytest

from mof.inference import sessions


@pytest.mark.parametrize(
    ("there", "usable", "expected"),
    [(64, 2.0, 2), (64, 1.5, 1), (8, 0.5, 1), (2, 2.0, 0), (4, 4.0, 0)],
)
def test_threads_are_those_of_the_cores_that_may_be_used(there, usable, expected, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: there)
    assert sessions._allowed_threads(usable) == expected
    monkeypatch.setattr(sessions, "affinity_cores", lambda: 64)
    monkeypatch.setattr(sessions, "quota_cores", lambda: usable)
    assert sessions._allowed_threads() == expected
