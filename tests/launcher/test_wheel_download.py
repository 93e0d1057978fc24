"""Fetching wheels by pip: the right files for any machine, batch by batch, from an index made here."""

import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.launcher import wheel_download
from mof.launcher.locks import Wheel, read_wheels
from mof.launcher.problem import Problem
from mof.launcher.wheel_download import (
    BATCH_BYTES,
    BATCH_FILES,
    WheelTags,
    batches,
    download_options,
    fetch_wheels,
    find_pip,
    requirement_lines,
)
from tests.launcher.workshop_project import make_project

MACHINES = (("linux-x86_64", "3.11"), ("windows-amd64", "3.13"))
LOCKS = ("core", "lab", "test", "uv")


@pytest.fixture
def workshop(tmp_path):
    """(project, address of its index)"""
    project = tmp_path / "project"
    return project, make_project(project, tmp_path / "index")


def wanted(project):
    wheels = [wheel for lock in LOCKS for wheel in read_wheels(project, lock)]
    return [wheel for wheel in wheels if any(wheel.is_for(*machine) for machine in MACHINES)]


def fetch(wheels, folder, index, log):
    environment = os.environ | {"PIP_INDEX_URL": index, "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "1"}
    environment |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_CACHE_DIR": "1", "PIP_TIMEOUT": "2"}
    folder.mkdir(exist_ok=True)
    fetch_wheels(wheels, MACHINES, folder, [sys.executable], environment, log)


def test_files_for_two_systems_come_from_one_index(workshop, tmp_path):
    project, index = workshop
    wheels = wanted(project)
    fetch(wheels, tmp_path / "w", index, tmp_path / "log")
    found = {path.name for path in (tmp_path / "w").iterdir()}
    assert found == {
        "tiny_core-1.0-py3-none-any.whl",
        "tiny_lab-1.0-py3-none-any.whl",
        "tiny_uv-1.0-py3-none-any.whl",
        "tiny_native-1.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "tiny_native-1.0-cp313-cp313-win_amd64.whl",
    }


def test_an_index_that_lacks_a_file_keeps_the_batches_before(workshop, tmp_path, monkeypatch):
    monkeypatch.setattr(wheel_download, "BATCH_FILES", 1)
    project, index = workshop
    lacking = max(wanted(project), key=lambda wheel: wheel.num_bytes)
    (path,) = (tmp_path / "index").rglob(lacking.file)
    content = path.read_bytes()
    (path.parent / "index.html").write_text("", encoding="utf-8")
    with pytest.raises(Problem, match="lacks one of the packages"):
        fetch(wanted(project), tmp_path / "w", index, tmp_path / "log")
    kept = {path.name for path in (tmp_path / "w").iterdir()}
    assert kept and lacking.file not in kept
    path.write_bytes(content)
    (path.parent / "index.html").write_text(f'<a href="{path.name}">x</a>', encoding="utf-8")
    fetch([lacking], tmp_path / "w", index, tmp_path / "log")
    assert lacking.file in {path.name for path in (tmp_path / "w").iterdir()}


def test_an_altered_file_is_refused(workshop, tmp_path):
    project, index = workshop
    (path,) = (tmp_path / "index").rglob("tiny_core-*.whl")
    path.write_bytes(path.read_bytes() + b"more")
    core = [wheel for wheel in wanted(project) if wheel.file == path.name]
    with pytest.raises(Problem, match="its hash differs from the lock"):
        fetch(core, tmp_path / "w", index, tmp_path / "log")
    assert not list((tmp_path / "w").iterdir())


def test_without_a_network_it_says_so(workshop, tmp_path):
    project, _ = workshop
    with pytest.raises(Problem, match="does not answer|no network"):
        fetch(wanted(project)[:1], tmp_path / "w", "http://127.0.0.1:9/simple", tmp_path / "log")


def test_pip_is_found_or_its_absence_told(tmp_path):
    command, version = find_pip([tmp_path / "no-python", sys.executable])
    assert command == [sys.executable, "-m", "pip"] and version > (20, 0)
    with pytest.raises(Problem, match="No pip was found"):
        find_pip([tmp_path / "no-python"])


@given(
    st.lists(
        st.tuples(st.integers(1, 3 * BATCH_BYTES), st.sampled_from([None, *MACHINES])),
        max_size=3 * BATCH_FILES,
    )
)
def test_batches_hold_every_file_once_and_stay_small(drawn):
    wheels = [
        Wheel(f"p{i}-1.0-py3-none-any.whl", "0", size, machine and frozenset([" ".join(machine)]))
        for i, (size, machine) in enumerate(drawn)
    ]
    made = list(batches(wheels, MACHINES))
    together = [wheel for _, batch in made for wheel in batch]
    assert sorted(wheel.file for wheel in together) == sorted(wheel.file for wheel in wheels)
    for python, batch in made:
        assert 1 <= len(batch) <= BATCH_FILES
        assert len(batch) == 1 or sum(wheel.num_bytes for wheel in batch) <= BATCH_BYTES
        for wheel in batch:
            assert any(wheel.is_for(system, python) for system, own in MACHINES if own == python)


def test_options_name_the_platform_of_the_files_and_the_one_hash():
    file = "numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl"
    batch = [Wheel(file, "a" * 64, 1, None), Wheel("x_y-1.0-2-py3-none-any.whl", "b" * 64, 1, None)]
    options = download_options("3.11", batch)
    assert options[-4:] == ["--platform", "manylinux_2_27_x86_64", "--platform", "manylinux_2_28_x86_64"]
    assert "any" not in options and options[options.index("--abi") + 1] == "cp311"
    assert requirement_lines(batch) == (
        f"numpy==2.4.6 --hash=sha256:{'a' * 64}\nx_y==1.0 --hash=sha256:{'b' * 64}\n"
    )


def test_a_name_that_is_no_wheel_is_refused():
    with pytest.raises(ValueError, match="no name of a wheel"):
        WheelTags.of("numpy-2.4.6.tar.gz")
