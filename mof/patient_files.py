"""Files that another program may hold for a moment, renamed and opened; text written whole or not at all.

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


def flush(path):
    """See that a file's contents are on the disk, patiently."""
    with patiently(lambda: open(path, "rb+")) as file:
        os.fsync(file.fileno())


def write_whole(path, text):
    """Write a text file in UTF-8, aside and then renamed: after a kill or a power cut it is the old or the
    new one.

    Args:
        path: pathlib.Path. text: str, its line ends written as they are.

    Raises:
        OSError: it cannot be written; the file is as it was.
    """
    unfinished = path.with_name(f"{path.name}.partial")
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    flush(unfinished)
    replace(unfinished, path)
