"""Sheets of questions as a corpus file: a JSON object with a `text` in each line, read by `mof train`."""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from mof.patient_files import replace
from mof.tasks.writing import TaskWriter


class SheetFile(NamedTuple):
    """What was written: path (pathlib.Path), num_sheets, num_bytes (UTF-8 bytes of the texts alone), sha256
    (of the file)."""

    path: Path
    num_sheets: int
    num_bytes: int
    sha256: str


def write_sheets(path, families, num_bytes, seed=0, split="train", on_sheet=None):
    """Write sheets until their texts hold `num_bytes` together: the same file everywhere.

    A file that is there and holds just this is left alone, so that what was made from it is still right.

    Args:
        path: of the .jsonl file; its folder is made.
        families: list of Family. num_bytes: UTF-8 bytes of text. seed: int. split: see `TaskWriter`.
        on_sheet: called after each sheet with the bytes of text written and those asked for; or None.

    Returns:
        SheetFile.

    Raises:
        ValueError: num_bytes below 1, no families, or a name that does not end in .jsonl.
        IsADirectoryError: the path is a folder.
    """
    if num_bytes < 1:
        raise ValueError(f"num_bytes is {num_bytes}, expected at least 1.")
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: name a file in it that ends in .jsonl.")
    if path.suffix != ".jsonl":
        raise ValueError(
            f"{path.name} does not end in .jsonl, but the file holds a JSON object in each line: under "
            f"another name a training reads it as plain text. Name it {path.name.split('.')[0]}.jsonl."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".partial")
    num_sheets = num_text_bytes = 0
    digest = hashlib.sha256()
    try:
        with open(unfinished, "wb") as file:
            for text in TaskWriter(families, seed, split).documents(num_bytes):
                line = (json.dumps({"text": text}, ensure_ascii=False) + "\n").encode("utf-8")
                file.write(line)
                digest.update(line)
                num_sheets += 1
                num_text_bytes += len(text.encode("utf-8"))
                if on_sheet is not None:
                    on_sheet(num_text_bytes, num_bytes)
        if not path.is_file() or _sha256(path) != digest.hexdigest():
            replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    return SheetFile(path, num_sheets, num_text_bytes, digest.hexdigest())


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
