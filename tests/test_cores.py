"""Limits of containers and affinity masks, from files as the kernel writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.cores import affinity_cores, quota_bytes, quota_cores, quota_free_bytes, usable_cores

OWN_V2 = "0::/user.slice/job\n"
OWN_V1 = "5:cpu,cpuacct:/job\n4:memory:/job\n1:name=systemd:/\n"


@pytest.fixture
def tree(tmp_path):
    """A function that writes files of control groups: {path: text}, then /proc/self/cgroup."""

    def make(files, own):
        for name, text in files.items():
            path = tmp_path / "cgroup" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (tmp_path / "own").write_text(own, encoding="utf-8")
        return tmp_path / "cgroup", tmp_path / "own"

    return make


@pytest.mark.parametrize(
    ("files", "own", "expected"),
    [
        ({"cpu.max": "150000 100000\n"}, "0::/\n", 1.5),
        ({"cpu.max": "max 100000\n"}, "0::/\n", None),
        ({"user.slice/job/cpu.max": "200000 100000"}, OWN_V2, 2.0),
        # the group above is the tighter one
        ({"user.slice/job/cpu.max": "400000 100000", "user.slice/cpu.max": "100000 100000"}, OWN_V2, 1.0),
        # another group's limit is not ours
        ({"user.slice/other/cpu.max": "100000 100000"}, OWN_V2, None),
        ({"cpu/job/cpu.cfs_quota_us": "50000", "cpu/job/cpu.cfs_period_us": "100000"}, OWN_V1, 0.5),
        (
            {"cpu,cpuacct/job/cpu.cfs_quota_us": "300000", "cpu,cpuacct/job/cpu.cfs_period_us": "100000"},
            OWN_V1,
            3.0,
        ),
        # inside a container its own group is mounted as the root
        ({"cpu/cpu.cfs_quota_us": "250000", "cpu/cpu.cfs_period_us": "100000"}, OWN_V1, 2.5),
        ({"cpu/job/cpu.cfs_quota_us": "-1", "cpu/job/cpu.cfs_period_us": "100000"}, OWN_V1, None),
        ({"cpu.max": "150000"}, "0::/\n", None),
        ({"cpu.max": "150000 0"}, "0::/\n", None),
        ({"cpu.max": ""}, "", None),
    ],
)
def test_quota_of_cores(tree, files, own, expected):
    assert quota_cores(*tree(files, own)) == expected


@pytest.mark.parametrize(
    ("files", "own", "expected"),
    [
        ({"memory.max": "2147483648\n"}, "0::/\n", 2**31),
        ({"memory.max": "max"}, "0::/\n", None),
        ({"user.slice/job/memory.max": "4000", "user.slice/memory.max": "3000"}, OWN_V2, 3000),
        ({"memory/job/memory.limit_in_bytes": "1000"}, OWN_V1, 1000),
        ({"memory/job/memory.limit_in_bytes": "9223372036854771712"}, OWN_V1, None),
    ],
)
def test_quota_of_memory(tree, files, own, expected):
    assert quota_bytes(*tree(files, own)) == expected


@pytest.mark.parametrize(
    ("files", "own", "expected"),
    [
        (  # the cached files of the inner group are dropped when room is needed; the outer one has less left
            {
                "user.slice/job/memory.max": "8000",
                "user.slice/job/memory.current": "6000",
                "user.slice/job/memory.stat": "anon 5000\ninactive_file 900\nactive_file 100\n",
                "user.slice/memory.max": "10000",
                "user.slice/memory.current": "9500",
            },
            OWN_V2,
            500,
        ),
        ({"user.slice/job/memory.max": "8000", "user.slice/job/memory.current": "8100"}, OWN_V2, 0),
        ({"user.slice/job/memory.max": "max", "user.slice/job/memory.current": "8100"}, OWN_V2, None),
        (
            {
                "memory/job/memory.limit_in_bytes": "4000",
                "memory/job/memory.usage_in_bytes": "3000",
                "memory/job/memory.stat": "cache 900\ntotal_inactive_file 700\n",
            },
            OWN_V1,
            1700,
        ),
    ],
)
def test_what_a_container_holds_already_is_not_free(tree, files, own, expected):
    assert quota_free_bytes(*tree(files, own)) == expected


def test_a_system_without_control_groups_has_no_quota(tmp_path):
    assert quota_free_bytes(tmp_path / "none", tmp_path / "nothing") is None
    assert quota_cores(tmp_path / "none", tmp_path / "nothing") is None
    assert quota_bytes(tmp_path / "none", tmp_path / "nothing") is None


def test_a_path_does_not_leave_the_folder_of_groups(tree, tmp_path):
    (tmp_path / "cpu.max").write_text("100000 100000", encoding="utf-8")
    assert quota_cores(*tree({"x/cpu.max": "max 100000"}, "0::/../x\n")) is None


@pytest.mark.parametrize(
    ("logical", "affinity", "quota", "expected"),
    [
        (8, None, None, 8),
        (8, 4, None, 4),
        (8, 4, 1.5, 1.5),
        (2, 4, 6.0, 2),
        (4, 4, 0.5, 0.5),
        (1, None, None, 1),
    ],
)
def test_the_tightest_limit_counts(logical, affinity, quota, expected):
    assert usable_cores(logical, affinity, quota) == expected


@given(st.integers(1, 256), st.none() | st.integers(1, 256), st.none() | st.floats(0.01, 256))
def test_never_more_than_there_are(logical, affinity, quota):
    assert 0 < usable_cores(logical, affinity, quota) <= logical


def test_this_process_may_use_a_core():
    found = affinity_cores()
    assert found is None or found >= 1
