"""The variables that keep libraries to an instruction set."""

import pytest
from instruction_cap import capped_environment


def test_no_cap_sets_nothing():
    assert capped_environment("none", {"XLA_FLAGS": "--x"}) == {}


def test_a_cap_keeps_the_flags_that_are_set():
    capped = capped_environment("avx2", {"XLA_FLAGS": "--xla_y=1"})
    assert capped["XLA_FLAGS"] == "--xla_y=1 --xla_cpu_max_isa=AVX2"
    assert capped["ONEDNN_MAX_CPU_ISA"] == "AVX2" and "AVX512F" in capped["NPY_DISABLE_CPU_FEATURES"]
    assert capped_environment("avx2")["XLA_FLAGS"] == "--xla_cpu_max_isa=AVX2"


def test_bfloat16_takes_the_way_of_a_processor_that_has_none():
    assert capped_environment("avx2", dtype="bfloat16")["TF_ENABLE_ONEDNN_OPTS"] == "0"
    assert "TF_ENABLE_ONEDNN_OPTS" not in capped_environment("avx2", dtype="float32")
    assert capped_environment("none", dtype="bfloat16") == {}


def test_another_cap_is_refused():
    with pytest.raises(ValueError, match="cap is 'sse', expected one of"):
        capped_environment("sse")
