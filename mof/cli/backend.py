"""Starting the backend without the lines that it writes about itself."""

import contextlib
import ctypes
import os
import sys
import tempfile

_M_TRIM_THRESHOLD, _M_MMAP_MAX, _M_ARENA_MAX = -1, -4, -8  # of malloc.h
_LARGEST_INT = 2**31 - 1
SYSTEM_ALLOCATOR_SWITCH = "TF_ONEDNN_USE_SYSTEM_ALLOCATOR"  # TensorFlow reads it at its first tensor


def start_backend(saves_memory=False):
    """Import Keras and its backend, which takes seconds; a word about it goes to the standard error.

    TensorFlow writes two warnings while it is imported, from C++ and whatever its log level. They are kept
    from the reader unless the import fails.

    Args:
        saves_memory: take tensors from one heap that all threads share; see `_share_one_heap`.

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
    """Tensors and all else from one heap of glibc, where there is one; before a thread takes its own.

    TensorFlow with oneDNN keeps an allocator for tensors: it hands out blocks of up to twice the size asked
    for, and never gives one back. glibc cuts to size and joins what is freed. Its own ways of giving back are
    turned off: pages of one tensor alone, and a heap that shrinks, have to be cleared by the system each
    time, which took half as much time again as the training itself.
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # other C libraries have no such function
            set_option = ctypes.CDLL(None).mallopt
            for option, value in ((_M_ARENA_MAX, 1), (_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, _LARGEST_INT)):
                set_option(option, value)
            os.environ.setdefault(SYSTEM_ALLOCATOR_SWITCH, "1")


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
