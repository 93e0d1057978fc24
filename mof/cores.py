"""How many processor cores a process may use: a container or a scheduler can allow fewer than there are.

Linux tells it in three places: the affinity mask, and the quota of the control group in its first or second
version (the kernel's documents cgroup-v1/cpu.rst "CFS Bandwidth" and cgroup-v2.rst "cpu.max").
"""

import os
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
OWN_CGROUPS = Path("/proc/self/cgroup")
UNLIMITED_BYTES = 2**60  # version 1 writes a number near 2^63 for "no limit"


def usable_cores(logical, affinity=None, quota=None):
    """Cores that this process can keep busy, at least one.

    Args:
        logical: cores that the system has. affinity: cores it may run on, or None. quota: cores' worth of
            time it may take, or None.

    Returns:
        float: 1.5 where a quota allows one and a half.
    """
    limits = [limit for limit in (logical, affinity, quota) if limit is not None]
    return max(min(limits), 0.01) if quota is not None else max(1.0, float(min(limits)))


def affinity_cores():
    """Cores that the affinity mask allows, or None where the system has none (macOS) or does not tell."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    import psutil

    process = psutil.Process()
    return len(process.cpu_affinity()) if hasattr(process, "cpu_affinity") else None


def quota_cores(cgroups=CGROUPS, own=OWN_CGROUPS):
    """Cores' worth of time that the control group allows, or None for no limit.

    Args:
        cgroups: folder where control groups are mounted. own: file that tells this process's groups.

    Returns:
        float or None: the least over the group and those above it.
    """
    limits = []
    for folder in _folders(cgroups, own, ""):
        words = _read(folder / "cpu.max").split()
        if len(words) == 2 and words[0] != "max":
            limits.append((words[0], words[1]))
    for folder in [path for name in ("cpu", "cpu,cpuacct") for path in _folders(cgroups / name, own, "cpu")]:
        limits.append((_read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us")))
    shares = [int(quota) / int(period) for quota, period in limits if _is_count(quota) and _is_count(period)]
    return min(shares, default=None)


def quota_bytes(cgroups=CGROUPS, own=OWN_CGROUPS):
    """Bytes of memory that the control group allows, or None for no limit; arguments as `quota_cores`."""
    words = [_read(folder / "memory.max") for folder in _folders(cgroups, own, "")]
    words += [
        _read(folder / "memory.limit_in_bytes") for folder in _folders(cgroups / "memory", own, "memory")
    ]
    limits = [int(word) for word in words if _is_count(word)]
    return min((limit for limit in limits if limit < UNLIMITED_BYTES), default=None)


def quota_free_bytes(cgroups=CGROUPS, own=OWN_CGROUPS):
    """Bytes that may still be taken within the control group's limits, or None for no limit.

    What the group holds counts, less the cached files that the system drops when room is needed. Arguments as
    `quota_cores`.
    """
    groups = [
        (_read(folder / "memory.max"), _read(folder / "memory.current"), folder, "inactive_file")
        for folder in _folders(cgroups, own, "")
    ]
    groups += [
        (
            _read(folder / "memory.limit_in_bytes"),
            _read(folder / "memory.usage_in_bytes"),
            folder,
            "total_inactive_file",
        )
        for folder in _folders(cgroups / "memory", own, "memory")
    ]
    free = []
    for limit, used, folder, cached in groups:
        if _is_count(limit) and int(limit) < UNLIMITED_BYTES and _is_count(used):
            facts = dict(line.split(maxsplit=1) for line in _read(folder / "memory.stat").splitlines())
            dropped = int(facts[cached]) if _is_count(facts.get(cached, "")) else 0
            free.append(max(0, int(limit) - max(0, int(used) - dropped)))
    return min(free, default=None)


def free_memory_bytes():
    """Bytes that a process can still take: of the machine, or of the container where that has less."""
    import psutil

    of_machine, of_container = psutil.virtual_memory().available, quota_free_bytes()
    return of_machine if of_container is None else min(of_machine, of_container)


def _folders(root, own, controller):
    """The group's folder and those above it. `own` has a line "number:controllers:/path" for each hierarchy;
    version 2 has none of the names."""
    path = "/"
    for line in _read(own).splitlines():
        parts = line.split(":", 2)
        if len(parts) == 3 and (controller in parts[1].split(",") if controller else parts[1] == ""):
            path = parts[2]
    steps = [step for step in path.split("/") if step not in ("", "..")]
    return [root.joinpath(*steps[:depth]) for depth in range(len(steps), -1, -1)]


def _read(path):
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""


def _is_count(word):
    return word.isascii() and word.isdigit() and int(word) > 0
