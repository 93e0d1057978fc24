"""Which machines are refused, and in which words."""

import dataclasses
from collections import namedtuple

import pytest

from mof.launcher import machine as machine_module
from mof.launcher.machine import Machine, check_disk, check_folder, check_machine, check_windows_runtime
from mof.launcher.problem import Problem

LINUX = Machine("linux", "x86_64", 64, "cpython", "linux-x86_64", False, False, (2, 36), (), False, True)
WINDOWS = dataclasses.replace(LINUX, platform="win32", architecture="AMD64", python_tag="win-amd64", glibc=())
MAC = dataclasses.replace(LINUX, platform="darwin", architecture="arm64", glibc=(), macos=(14, 5))
ARM = dataclasses.replace(LINUX, architecture="aarch64")

REFUSED = [
    (LINUX, {"implementation": "pypy"}, "pypy", "python.org"),
    (LINUX, {"is_free_threaded": True}, "free-threaded", "python.org"),
    (LINUX, {"address_bits": 32}, "32-bit", "64-bit"),
    (LINUX, {"is_musl": True}, "musl", "Debian"),
    (LINUX, {"glibc": (2, 17)}, "glibc 2.17", "Update"),
    (LINUX, {"architecture": "riscv64"}, "riscv64", "another computer"),
    (LINUX, {"platform": "freebsd14"}, "freebsd14", "another computer"),
    (LINUX, {"has_avx": False}, "AVX", "another computer"),
    (WINDOWS, {"architecture": "ARM64"}, "Windows on ARM", "wsl --install"),
    (WINDOWS, {"python_tag": "mingw_x86_64_ucrt"}, "MSYS2", "python.org"),
    (WINDOWS, {"architecture": "x86", "address_bits": 32}, "32-bit", "64-bit"),
    (MAC, {"architecture": "x86_64"}, "Intel Mac", "another computer"),
    (MAC, {"architecture": "x86_64", "is_translated": True}, "Apple silicon", "Rosetta"),
    (MAC, {"macos": (11, 7)}, "macOS 11.7", "Update macOS"),
]


@pytest.mark.parametrize("machine", [LINUX, WINDOWS, MAC, ARM])
def test_supported_machines_pass(machine):
    check_machine(machine, oldest_macos=(12, 0))


@pytest.mark.parametrize(("base", "change", "what", "fix"), REFUSED)
def test_other_machines_are_refused_in_words(base, change, what, fix):
    with pytest.raises(Problem) as refusal:
        check_machine(dataclasses.replace(base, **change), oldest_macos=(12, 0))
    assert what in refusal.value.what
    assert fix in refusal.value.fix or fix in refusal.value.fix.lower()


def test_this_machine_can_be_described():
    described = machine_module.describe_machine()
    assert described.address_bits == 64 and described.implementation == "cpython"


def test_every_supported_system_has_checked_wheels(wheels):
    assert set(machine_module.SYSTEM_NAMES.values()) == set(wheels["locks"]["core"]["systems"])


def test_too_little_disk_is_told_in_gigabytes(tmp_path):
    usage = namedtuple("usage", "total used free")
    with pytest.raises(Problem, match=r"0\.9 GB free.*2\.0 GB are needed"):
        check_disk(tmp_path, 2_000_000_000, lambda folder: usage(1, 1, 900_000_000))
    assert check_disk(tmp_path, 10, lambda folder: usage(1, 1, 11)) == 11


def test_folder_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    def refuse(**options):
        raise PermissionError(13, "Permission denied")

    check_folder(tmp_path)
    monkeypatch.setattr(machine_module.tempfile, "TemporaryFile", refuse)
    with pytest.raises(Problem, match="Nothing can be written .*Permission denied"):
        check_folder(tmp_path)


def test_long_path_on_windows_is_refused(tmp_path, monkeypatch):
    long_folder = tmp_path / ("x" * 80)
    long_folder.mkdir()
    monkeypatch.setattr(machine_module.sys, "platform", "win32")
    monkeypatch.setattr(machine_module, "_windows_has_long_paths", lambda: False)
    with pytest.raises(Problem, match=r"C:\\mof"):
        check_folder(long_folder)
    monkeypatch.setattr(machine_module, "_windows_has_long_paths", lambda: True)
    check_folder(long_folder)


def test_missing_visual_c_runtime_is_named_with_its_fix():
    def load(name):
        if name == "msvcp140_1.dll":
            raise OSError("not found")

    with pytest.raises(Problem) as refusal:
        check_windows_runtime(load)
    assert "msvcp140_1.dll" in refusal.value.what and "vcruntime140_1.dll" not in refusal.value.what
    assert "vc_redist.x64.exe" in refusal.value.fix
    check_windows_runtime(lambda name: None)
