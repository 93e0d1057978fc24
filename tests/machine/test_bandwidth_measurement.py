"""Bandwidths are positive and leave nothing behind; how fast this machine is, no test asks."""

import pytest

from mof.machine.bandwidth_measurement import disk_bandwidth, measure_bandwidths, memory_bandwidth


@pytest.mark.parametrize("num_threads", [1, 3])
def test_memory(num_threads):
    assert memory_bandwidth(num_threads, array_bytes=300_000) > 0


def test_disk_leaves_nothing_behind(tmp_path):
    assert disk_bandwidth(tmp_path, 2**21) > 0
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_made(tmp_path):
    assert measure_bandwidths(tmp_path / "runs", 1, available_bytes=1_000_000).disk_bytes_per_second > 0


def test_a_folder_that_is_a_file_is_an_error(tmp_path):
    (tmp_path / "runs").write_text("", encoding="utf-8")
    with pytest.raises(OSError):
        measure_bandwidths(tmp_path / "runs", 1, available_bytes=1_000_000)
