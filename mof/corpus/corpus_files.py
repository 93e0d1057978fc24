"""Finds the files of a corpus: the paths given, and what lies in the folders among them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mof.corpus.reading_report import CorpusError

SUFFIXES = (".txt", ".jsonl", ".txt.zst", ".jsonl.zst")

PathLike = str | os.PathLike[str]


@dataclass(frozen=True)
class CorpusFile:
    """A file to read.

    Attributes:
        path: where it is.
        name: its path inside the folder that was given (with "/"), or its file name.
    """

    path: Path
    name: str

    @property
    def is_compressed(self) -> bool:
        """Whether the file is a Zstandard stream."""
        return self.path.name.lower().endswith(".zst")

    @property
    def is_json_lines(self) -> bool:
        """Whether each line is a JSON object (else the file is plain text)."""
        return self.path.name.lower().endswith((".jsonl", ".jsonl.zst"))


def find_corpus_files(paths: PathLike | Sequence[PathLike]) -> list[CorpusFile]:
    """Lists the readable files, in an order that is the same on every system.

    Paths keep the order given; the files of a folder are sorted by their path inside it, subfolders
    included, hidden ones (a name that starts with a dot) left out. A file that two paths reach is read once.

    Args:
        paths: a path or several; files that end in .txt, .jsonl, .txt.zst or .jsonl.zst, or folders of them.

    Raises:
        FileNotFoundError: a path does not exist.
        CorpusError: no path was given, a file has another ending, or a folder holds no readable file.
    """
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    if not paths:
        raise CorpusError("no corpus path was given. Give at least one file or folder.")
    found: dict[Path, CorpusFile] = {}
    for path in map(Path, paths):
        if path.is_dir():
            files = _files_of_folder(path)
            if not files:
                raise CorpusError(
                    f"the folder {path} holds no readable file. "
                    f"Expected files that end in {', '.join(SUFFIXES)}."
                )
        elif not path.exists():
            raise FileNotFoundError(
                f"the corpus path {path} does not exist (looked in {Path.cwd()}). Check its spelling."
            )
        elif not _is_readable_name(path.name):
            raise CorpusError(
                f"cannot read {path}: expected a file that ends in {', '.join(SUFFIXES)}, or a folder "
                "of them. Convert the file, or rename it if it is one of these."
            )
        else:
            _check_name(path)
            files = [CorpusFile(path, path.name)]
        for file in files:
            found.setdefault(file.path.resolve(), file)
    return list(found.values())


def _files_of_folder(folder: Path) -> list[CorpusFile]:
    files = []
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        is_hidden = any(part.startswith(".") for part in inside.parts)
        if not is_hidden and _is_readable_name(path.name) and path.is_file():
            _check_name(path)
            files.append(CorpusFile(path, inside.as_posix()))
    return sorted(files, key=lambda file: file.name)


def _check_name(path: Path) -> None:
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError as error:  # on Linux, from an archive that was packed in GBK
        raise CorpusError(
            f"the name of {os.fsencode(path)!r} is no UTF-8. Rename the file, or unpack its archive anew "
            "with the right encoding."
        ) from error


def _is_readable_name(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)
