"""Where a run's text and the run that it goes on from lie, also after a project was moved as a whole.

run.json holds each path twice: whole, and as seen from the run's folder. The first that exists is taken.
"""

import itertools
import os
from pathlib import Path


def whole(path):
    """The whole path of a file or folder, as str."""
    return str(Path(path).resolve())


def seen_from(folder, paths):
    """Paths as seen from a folder, with / between the parts.

    Args:
        folder: of the run. paths: list of paths.

    Returns:
        list of str; "" for one on another drive (Windows), which the folder cannot see.
    """
    folder = Path(folder).resolve()

    def seen(path):
        try:
            return Path(os.path.relpath(Path(path).resolve(), folder)).as_posix()
        except ValueError:
            return ""

    return [seen(path) for path in paths]


def find(folder, stored, seen):
    """Where the paths lie now.

    Args:
        folder: of the run, where it lies now. stored: their whole paths. seen: as `seen_from` gave them;
            empty where an older version wrote none.

    Returns:
        list of str or None: for each the stored path where that exists, else the one beside the folder, else
        None.
    """
    found = []
    for path, beside in itertools.zip_longest(stored, seen, fillvalue=""):
        options = [path, *([whole(Path(folder) / beside)] if beside else [])]
        # `Path.exists` raises where a folder above is closed to this user
        found.append(next((option for option in options if os.path.exists(option)), None))
    return found
