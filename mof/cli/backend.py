"""Starting the backend without the lines that it writes about itself."""

import contextlib
import os
import sys
import tempfile


def start_backend():
    """Import Keras and its backend, which takes seconds; a word about it goes to the standard error.

    TensorFlow writes two warnings while it is imported, from C++ and whatever its log level. They are kept
    from the reader unless the import fails.

    Raises:
        ImportError: the backend cannot be imported; what it wrote is shown.
    """
    if "keras" in sys.modules:
        return
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
