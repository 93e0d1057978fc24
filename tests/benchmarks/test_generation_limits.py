"""The limits beside the speed of writing: the aim's arithmetic, and products that are really computed."""

import json
import subprocess
import sys

import pytest
from generation_speed import MATRIX, bound_ms, medians, products_ms

from mof.lessons.records import ROOT


def test_the_aim_is_a_quarter_more_than_the_bytes_take_and_a_millisecond():
    assert bound_ms(1e9, 1e12) == pytest.approx(2.25)
    assert bound_ms(333e6, 36e9) == pytest.approx(1250 * 333e6 / 36e9 + 1)


def test_products_of_more_bytes_take_longer():
    one = 4 * MATRIX[0] * MATRIX[1]
    least, most = (min(products_ms(number * one, 1, 3) for _ in range(2)) for number in (1, 6))
    assert 0 < least < most


def test_the_worker_writes_both_limits():
    command = [sys.executable, "benchmarks/generation_speed.py", "--limits", str(4 * MATRIX[0] * MATRIX[1])]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, encoding="utf-8")
    found = json.loads(done.stdout.splitlines()[-1])
    assert set(found) == {"memory_bytes_per_second", "products_ms"} and min(found.values()) > 0
    assert medians([found, found]) == found
