"""Names and instruction sets from files as Linux writes them on x86 and on Arm."""

import sys

import pytest

from mof.machine import processor
from mof.machine.processor import instruction_sets, processor_name

X86 = """processor\t: 0
vendor_id\t: GenuineIntel
model name\t: Some Processor @ 2.00GHz
flags\t\t: fpu sse2 avx fma avx2 avx512f avx512_bf16 amx_bf16 amx_tile

processor\t: 1
model name\t: Some Processor @ 2.00GHz
"""
OLD = "model name\t: An old one\nflags\t\t: fpu sse2 avx\n"
ARM = "processor\t: 0\nFeatures\t: fp asimd sve bf16\n\nModel\t\t: A small board\n"


def write(tmp_path, text):
    path = tmp_path / "cpuinfo"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (X86, ("AVX", "AVX2", "FMA", "AVX-512", "AVX-512 bfloat16", "AMX bfloat16")),
        (OLD, ("AVX",)),  # avx2 is no part of the word avx
        (ARM, ("NEON", "SVE", "Arm bfloat16")),
    ],
)
def test_instruction_sets(tmp_path, text, expected):
    assert instruction_sets(write(tmp_path, text)) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="the file is Linux's")
@pytest.mark.parametrize(("text", "expected"), [(X86, "Some Processor @ 2.00GHz"), (ARM, "A small board")])
def test_name(tmp_path, text, expected):
    assert processor_name(write(tmp_path, text)) == expected


def test_without_the_file_numpy_is_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(processor, "_numpy_features", lambda: {"AVX2": True, "AVX512F": False, "ASIMD": True})
    assert instruction_sets(tmp_path / "nothing") == ("AVX2", "NEON")


def test_numpy_still_tells():
    """NumPy keeps its features in a private place; when it moves, this says so."""
    assert processor._numpy_features()


def test_there_is_always_a_name(tmp_path):
    assert processor_name(tmp_path / "nothing")
