"""Renaming and opening files that another program may hold for a moment.

On Windows a scanner, an indexer or a synchronised folder opens what was just written, and a rename or an
append then fails with "access denied" until it is done. A training of days must not end by that. Other
systems let both happen, so there a refusal is told at once.
"""

import os
import time

MOST_SECONDS = 30.0
WAIT_SECONDS = 0.2


def patiently(action, is_windows=os.name == "nt", most_seconds=MOST_SECONDS):
    """Do something with a file; where Windows refuses, try again for a while.

    Args:
        action: called without arguments. is_windows: whether to try again.
        most_seconds: after which the refusal is raised.

    Returns:
        What the action returns.

    Raises:
        PermissionError: the file is still held. OSError: anything else, at once.
    """
    end = time.monotonic() + most_seconds
    while True:
        try:
            return action()
        except PermissionError:
            if not is_windows or time.monotonic() > end:
                raise
        time.sleep(WAIT_SECONDS)


def replace(source, target):
    """`os.replace`, patiently."""
    patiently(lambda: os.replace(source, target))
