"""Starting the backend without the lines that it writes about itself."""

import contextlib
import ctypes
import os
import sys
import tempfile

_M_ARENA_MAX = -8  # of malloc.h


def start_backend(saves_memory=False):
    """Import Keras and its backend, which takes seconds; a word about it goes to the standard error.

    TensorFlow writes two warnings while it is imported, from C++ and whatever its log level. They are kept
    from the reader unless the import fails.

    Args:
        saves_memory: let all threads share one heap: at `full` some tenths of a gigabyte less, for a few
            hundredths more time.

    Raises:
        ImportError: the backend cannot be imported; what it wrote is shown.
    """
    if "keras" in sys.modules:
        return
    if saves_memory:
        _share_one_heap()
    print("Starting TensorFlow (some seconds).", file=sys.stderr, flush=True)
    with tempfile.TemporaryFile() as words:
        try:
            with _errors_to(words):
                import keras

                keras.backend.backend()
        except BaseException:
            words.seek(0)
            sys.stderr.write(words.read().decode("utf-8", errors="replace"))
            raise


def _share_one_heap():
    """mallopt(3) with M_ARENA_MAX, before any thread is there to take a heap of its own; with glibc alone."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # other C libraries have no such function
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


@contextlib.contextmanager
def _errors_to(file):
    """What the process writes to its standard error, C++ included, goes to `file`."""
    sys.stderr.flush()
    try:
        before = os.dup(2)
    except OSError:  # there is no standard error
        yield
        return
    os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)
