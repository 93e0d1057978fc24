"""The lock files: hashed, without addresses, and checked as they stand."""

import re
from pathlib import Path

import pytest

from mof.launcher.locks import find_lock, read_wheels
from mof.launcher.machine import SYSTEM_NAMES
from mof.launcher.wheel_download import WheelTags

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in (ROOT / "requirements" / "locks").glob("*.txt"))


def test_every_purpose_has_a_lock(wheels):
    assert {"core", "test", "lab", "book", "cluster", "uv", "jax"} == set(NAMES) == set(wheels["locks"])


@pytest.mark.parametrize("name", NAMES)
def test_lock_is_exact_hashed_and_names_no_address(name):
    text = find_lock(ROOT, name).path.read_text(encoding="utf-8")
    packages = re.split(r"\n(?=\S)", text.strip())
    for package in packages:
        assert re.match(r"[a-z0-9][a-z0-9._-]*==\S+", package), package[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", package), package[:80]
    assert not re.search(r"://|--index|--find-links|file:|@ ", text)


@pytest.mark.parametrize("name", NAMES)
def test_stored_check_is_of_this_lock_and_refuses_nothing(name, wheels):
    report = wheels["locks"][name]
    assert report["sha256"] == find_lock(ROOT, name).digest, "run: python requirements/lock.py --check"
    assert set(report["systems"]) == set(SYSTEM_NAMES.values())
    for entry in report["systems"].values():
        assert entry["ok"] and not entry["refused"] and set(entry["pythons"]) == {"3.11", "3.12", "3.13"}


def test_jax_has_no_tensorflow_and_the_others_agree_on_versions():
    versions = {}
    for name in NAMES:
        text = find_lock(ROOT, name).path.read_text(encoding="utf-8")
        for package, version in re.findall(r"^([a-z0-9._-]+)==(\S+)(?=[^\n]*\\$)", text, re.MULTILINE):
            versions.setdefault(package, {}).setdefault(name, set()).add(version)
    assert "jax" not in versions["tensorflow"] and "jax" not in versions["tensorflow-cpu"]
    assert "jax" in versions["jaxlib"] and "core" in versions["tensorflow-cpu"]
    for package, by_lock in versions.items():
        assert len({frozenset(found) for found in by_lock.values()}) == 1, (package, by_lock)


@pytest.mark.parametrize("name", NAMES)
def test_stored_files_are_those_of_the_lock(name, wheels):
    """Every hash stands in the lock, and the sums are those that the installation announces."""
    text = find_lock(ROOT, name).path.read_text(encoding="utf-8")
    locked = {
        (plain_name(package), version) for package, version in re.findall(r"^(\S+?)==(\S+)", text, re.M)
    }
    stored = read_wheels(ROOT, name)
    assert len({wheel.file for wheel in stored}) == len(stored)
    for wheel in stored:
        tags = WheelTags.of(wheel.file)
        assert (plain_name(tags.package), tags.version) in locked and f"sha256:{wheel.sha256}" in text, wheel
    for system, entry in wheels["locks"][name]["systems"].items():
        for python, row in entry["pythons"].items():
            own = [wheel for wheel in stored if wheel.is_for(system, python)]
            assert (len(own), sum(wheel.num_bytes for wheel in own)) == tuple(row.values()), (system, python)


def plain_name(package):
    """The form in which names of packages are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", package).lower()
