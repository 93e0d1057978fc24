"""A lock on a folder: one process at a time, and a process that dies lets go of it."""

import contextlib

import filelock

PATIENCE_SECONDS = 0.5  # `is_held` holds a lock for an instant: that must keep nobody out


@contextlib.contextmanager
def held(path, error):
    """Hold the lock.

    Args:
        path: pathlib.Path of the lock's file.
        error: exception to raise where another process holds it.
    """
    lock = filelock.FileLock(path)
    try:
        lock.acquire(timeout=PATIENCE_SECONDS)
    except filelock.Timeout as timeout:
        raise error from timeout
    try:
        yield
    finally:
        lock.release()


def is_held(path):
    """True while a process holds the lock; False where it cannot be asked."""
    if not path.is_file():
        return False
    lock = filelock.FileLock(path)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        return True
    except OSError:  # a folder that may only be read
        return False
    lock.release()
    return False
