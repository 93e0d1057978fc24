"""What must be equal for runs to be equal bit for bit, and how a difference is told."""

import json
import os

import keras
import pytest

from mof.training import conditions
from mof.training.conditions import bit_identity_conditions, changed_conditions


def test_tells_backend_versions_and_threads():
    found = bit_identity_conditions()
    assert found["backend"] == keras.backend.backend()
    assert found["keras"] == keras.__version__
    assert "+" in str(found["threads"]) or keras.backend.backend() == "jax"
    assert json.loads(json.dumps(found)) == found  # a state.json gives it back unchanged
    assert changed_conditions(found, bit_identity_conditions()) == []


@pytest.mark.parametrize(("allowed", "expected"), [(3, 3), (None, os.cpu_count())])
def test_only_cores_that_it_may_use_count(monkeypatch, allowed, expected):
    monkeypatch.setattr(conditions, "affinity_cores", lambda: allowed)
    assert bit_identity_conditions()["cores"] == expected


def test_names_what_differs():
    before = {"python": "3.11.2", "threads": "2+2", "keras": "3.15.1", "XLA_FLAGS": "a"}
    now = {"python": "3.11.2", "threads": "4+2", "keras": "3.15.1", "OMP_NUM_THREADS": "1"}
    assert changed_conditions(before, now) == [
        "OMP_NUM_THREADS: unset then, 1 now",
        "XLA_FLAGS: a then, unset now",
        "threads: 2+2 then, 4+2 now",
    ]


@pytest.mark.parametrize(
    "switch",
    ["TF_SET_ONEDNN_FPMATH_MODE", "TF_ENABLE_ONEDNN_OPTS", "ONEDNN_MAX_CPU_ISA", "TF_NUM_INTRAOP_THREADS"],
)
def test_switches_of_the_processor_are_conditions(monkeypatch, switch):
    monkeypatch.delenv(switch, raising=False)
    before = bit_identity_conditions()
    monkeypatch.setenv(switch, "X")
    assert changed_conditions(before, bit_identity_conditions()) == [f"{switch}: unset then, X now"]


def test_an_unknown_processor_still_has_a_name(monkeypatch):
    from mof.training import conditions

    def missing(*_, **__):
        raise FileNotFoundError

    monkeypatch.setattr("builtins.open", missing)
    assert isinstance(conditions._processor_name(), str)
