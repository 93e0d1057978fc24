"""Where a run's text and the run that it goes on from lie, also after a project was moved as a whole.

run.json holds each path twice: whole, and as seen from the run's folder. The first that exists is taken.
"""

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
        list of str; empty where one of them lies on another drive (Windows), which no folder can see.
    """
    folder = Path(folder).resolve()
    try:
        return [Path(os.path.relpath(Path(path).resolve(), folder)).as_posix() for path in paths]
    except ValueError:
        return []


def find(folder, stored, seen):
    """Where the paths lie now.

    Args:
        folder: of the run, where it lies now. stored: their whole paths. seen: as `seen_from` gave them; may
            be empty.

    Returns:
        list of str: `stored` where all of it exists, else whole paths beside the folder where all of those
        exist, else None.
    """
    if all(Path(path).exists() for path in stored):
        return list(stored)
    beside = [whole(Path(folder) / path) for path in seen]
    return beside if beside and all(Path(path).exists() for path in beside) else None
