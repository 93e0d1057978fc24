"""What the machine is, without measuring anything: cores, memory, disk, instruction sets, power, versions."""

import dataclasses
import importlib.metadata
import os
import platform

import psutil

from mof.config import Config, setting
from mof.cores import affinity_cores, free_memory_bytes, quota_bytes, quota_cores, usable_cores
from mof.launcher.machine import check_windows_runtime
from mof.launcher.problem import Problem
from mof.machine.processor import instruction_sets, processor_name
from mof.training.disk_space import free_bytes

TENSORFLOW_NAMES = ("tensorflow-cpu", "tensorflow")


@dataclasses.dataclass(frozen=True)
class MachineFacts(Config):
    """A machine as the doctor found it."""

    processor: str = setting("unknown", "the maker's name for it")
    system: str = setting("unknown", "operating system, release, architecture")
    python: str = setting("unknown", "version of Python")
    tensorflow: str = setting("", "version of TensorFlow, empty where it is not installed")
    onednn_switch: str = setting(
        "", "TF_ENABLE_ONEDNN_OPTS in the environment; empty leaves oneDNN on where it is built in"
    )
    physical_cores: int = setting(1, "cores; 0 where the system does not tell")
    logical_cores: int = setting(1, "threads that the cores run at once")
    usable_cores: float = setting(1.0, "logical cores that this process may use")
    instruction_sets: tuple[str, ...] = setting(
        (), "those that matter here; empty where they cannot be asked"
    )
    has_windows_runtime: bool = setting(True, "the Visual C++ runtime is there; True off Windows")
    memory_bytes: int = setting(1, "memory in all, or what the container allows")
    available_bytes: int = setting(1, "memory that a new program can have now")
    free_disk_bytes: int = setting(0, "where the runs will lie")
    is_on_battery: bool = setting(False, "running without mains power, as far as the system tells")
    busy_cores: float = setting(0.0, "cores that other programs kept busy before the measurements")

    def check(self):
        if min(self.logical_cores, self.memory_bytes) < 1 or self.usable_cores <= 0:
            raise ValueError("cores and memory must be at least 1: this file describes no machine.")


def describe_facts(folder, seconds_watched=2.0):
    """Ask the system.

    Args:
        folder: where runs will lie; its nearest folder that exists is asked for free disk.
        seconds_watched: how long other programs are watched.

    Returns:
        MachineFacts.

    Raises:
        FileNotFoundError: the drive of `folder` is not there.
    """
    free_disk_bytes = free_bytes(folder)
    logical, memory = psutil.cpu_count() or 1, psutil.virtual_memory()
    limit = quota_bytes()
    total = memory.total if limit is None else min(memory.total, limit)
    usable = usable_cores(logical, affinity_cores(), quota_cores())
    return MachineFacts(
        processor=processor_name(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=platform.python_version(),
        tensorflow=_tensorflow_version(),
        onednn_switch=os.environ.get("TF_ENABLE_ONEDNN_OPTS", ""),
        physical_cores=psutil.cpu_count(logical=False) or 0,
        logical_cores=logical,
        usable_cores=usable,
        instruction_sets=instruction_sets(),
        has_windows_runtime=_has_windows_runtime(),
        memory_bytes=total,
        available_bytes=min(free_memory_bytes(), total),
        free_disk_bytes=free_disk_bytes,
        is_on_battery=_is_on_battery(),
        busy_cores=round(psutil.cpu_percent(interval=seconds_watched) / 100 * logical, 2),
    )


def _tensorflow_version():
    for name in TENSORFLOW_NAMES:
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return ""


def _has_windows_runtime():
    try:
        check_windows_runtime()
    except Problem:
        return False
    return True


def _is_on_battery():
    ask = getattr(psutil, "sensors_battery", None)  # absent on some systems
    try:
        battery = ask() if ask else None
    except (OSError, NotImplementedError, RuntimeError):
        return False
    return battery is not None and battery.power_plugged is False
