"""What must be equal for two runs to be equal bit for bit, besides the configs: versions, processor, threads,
switches."""

import importlib.metadata
import os
import platform

import keras

from mof.cores import affinity_cores

SWITCHES = (
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_SET_ONEDNN_FPMATH_MODE",
    "ONEDNN_MAX_CPU_ISA",
    "XLA_FLAGS",
    "OMP_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
PACKAGES = ("keras", "numpy", "tensorflow", "tensorflow-cpu", "jax", "jaxlib")


def bit_identity_conditions():
    """The conditions of this process, as a flat dict of JSON values.

    Returns:
        dict from a name ("python", "keras", "processor", "threads", ...) to a string or a number.
    """
    conditions = {
        "backend": keras.backend.backend(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor_name(),
        "cores": affinity_cores() or os.cpu_count(),
        "threads": _num_threads(),
    }
    for package in PACKAGES:
        try:
            conditions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    for switch in SWITCHES:
        if switch in os.environ:
            conditions[switch] = os.environ[switch]
    return conditions


def changed_conditions(before, now):
    """What differs between two results of `bit_identity_conditions`, in words.

    Returns:
        list of strings such as "threads: 2 then, 4 now", empty where the runs can be bit-identical.
    """
    names = sorted(set(before) | set(now))
    return [
        f"{n}: {before.get(n, 'unset')} then, {now.get(n, 'unset')} now"
        for n in names
        if before.get(n) != now.get(n)
    ]


def _processor_name():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            lines = dict(
                line.split(":", 1) for line in file.read().split("\n\n")[0].splitlines() if ":" in line
            )
        fields = {name.strip(): value.strip() for name, value in lines.items()}
        return " ".join(
            fields.get(name, "") for name in ("model name", "cpu family", "model", "stepping")
        ).strip()
    except OSError:
        return platform.processor()


def _num_threads():
    if keras.backend.backend() != "tensorflow":
        return 0
    import tensorflow as tf

    threading = tf.config.threading
    return f"{threading.get_intra_op_parallelism_threads()}+{threading.get_inter_op_parallelism_threads()}"
