"""The first cell of a chapter: starts the backend quietly, and says on what the chapter runs."""

import contextlib
import io
import logging
import os
import sys

from mof.cli.backend import start_backend


def is_no_retracing_advice(record):
    """A filter of log records: a chapter that measures makes a graph for each form, and means to."""
    return "triggered tf.function retracing" not in record.getMessage()


def start_lesson():
    """Import Keras and its backend without the lines that they write about themselves, and print one line:
    their versions and the machine's cores.

    Raises:
        ImportError: the backend cannot be imported; what it wrote is shown.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read when TensorFlow is imported
    words = io.StringIO()
    try:
        with contextlib.redirect_stderr(words):
            start_backend()
    except BaseException:
        sys.stderr.write(words.getvalue())
        raise
    logging.getLogger("tensorflow").addFilter(is_no_retracing_advice)
    import keras

    backend = keras.backend.backend()
    version = sys.modules[backend].__version__
    name = {"tensorflow": "TensorFlow", "jax": "JAX"}.get(backend, backend)
    print(f"Keras {keras.__version__} on {name} {version}, {os.cpu_count()} cores.")
