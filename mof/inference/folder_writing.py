"""Folders of files of which one, the mark, says that the others are whole: made aside, then put in place.

The files are written into `unfinished/` inside the folder, on the same disk wherever that is. What was in the
folder before stays whole until all of the new is; a process that is killed leaves `unfinished/`, by which the
next one knows the folder as its own.
"""

import contextlib
import os
import shutil

from mof.patient_files import replace

UNFINISHED_NAME = "unfinished"


def is_foreign(folder, mark, names):
    """True if the folder holds something that was not written here.

    Args:
        folder: pathlib.Path; it may be missing.
        mark: name of the file that says that the folder is whole. names: of the other files.
    """
    if not folder.exists():
        return False
    found = set(os.listdir(folder))
    if mark in found:
        return False
    return bool(found) and (UNFINISHED_NAME not in found or not found <= {*names, UNFINISHED_NAME})


@contextlib.contextmanager
def made_aside(folder, mark):
    """A folder to write the files into; at the end they replace those of `folder`, the mark last.

    Args:
        folder: pathlib.Path, made if missing. mark: as in `is_foreign`.
    """
    aside = folder / UNFINISHED_NAME
    if aside.exists():  # left by a process that was killed
        shutil.rmtree(aside)
    aside.mkdir(parents=True)
    try:
        yield aside
    except BaseException:  # most likely a full disk: what was begun would keep it full
        shutil.rmtree(aside, ignore_errors=True)
        if not (folder / mark).exists() and os.listdir(folder):
            aside.mkdir(exist_ok=True)  # a kill left files without their mark: they stay known as its own
        raise
    (folder / mark).unlink(missing_ok=True)
    for name in sorted(os.listdir(aside), key=lambda name: (name == mark, name)):
        replace(aside / name, folder / name)
    aside.rmdir()
