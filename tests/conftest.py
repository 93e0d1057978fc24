"""Settings that must stand before a backend is imported: quiet logs, few threads, the backend itself.

The whole tree runs under TensorFlow (the default) and, with KERAS_BACKEND=jax, where TensorFlow is not
installed.
"""

import os

import psutil
from hypothesis import settings

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ["MOF_PROGRESS"] = "off"  # no test writes into the progress of whoever runs it
# one worker a core: more threads would only wait for one another
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
# on JAX these tests compile far more than they compute: quick and plain code is worth ten times the speed
if os.environ["KERAS_BACKEND"] == "jax":
    os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")
    os.environ.setdefault(
        "XLA_FLAGS", "--xla_cpu_parallel_codegen_split_count=1 --xla_cpu_use_fusion_emitters=false"
    )

# the first example pays for a compilation, so no deadline; the same examples on every machine
settings.register_profile("mof", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("mof")

MOST_WORKERS = 4
WORKER_BYTES = 2_500_000_000  # TensorFlow, and the graphs of a few hundred tests


def pytest_xdist_auto_num_workers(config):
    """Processes of `-n auto`: one for each core, unless memory is short."""
    return num_workers(os.cpu_count() or 1, psutil.virtual_memory().available)


def num_workers(num_cores, free_bytes):
    """As many as cores, MOST_WORKERS at most, and each with room for what it will take."""
    return max(1, min(num_cores, MOST_WORKERS, free_bytes // WORKER_BYTES))
