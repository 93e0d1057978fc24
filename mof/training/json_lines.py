"""Files with one JSON value in each line, to which a process adds that may be killed or find a full disk."""

import json
import os

from mof.patient_files import patiently


def append_entry(path, entry):
    """Add one line: whole, or where the disk is full not at all. A last line that a kill cut is ended first,
    so that it alone is lost.

    Args:
        path: pathlib.Path, made if missing. entry: JSON value.

    Raises:
        OSError: it cannot be written; the file is as it was.
    """
    # no buffer: it would write again when the file is closed
    with patiently(lambda: open(path, "a+b", buffering=0)) as file:
        end = file.seek(0, os.SEEK_END)
        is_cut = False
        if end:
            file.seek(end - 1)
            is_cut = file.read(1) != b"\n"
        data = (("\n" if is_cut else "") + json.dumps(entry, ensure_ascii=False) + "\n").encode("utf-8")
        try:
            while data:
                data = data[file.write(data) :]
        except OSError:
            file.truncate(end)
            raise
