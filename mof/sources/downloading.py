"""Brings the wanted files of a source to this disk, goes on where it was stopped, and checks every byte."""

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mof.patient_files import replace
from mof.sources.catalogue import Source
from mof.sources.git_command import CommandStore
from mof.sources.git_objects import (
    DamagedObjectError,
    FetchError,
    ObjectStore,
    list_files,
    object_id,
    read_checked,
)
from mof.sources.git_python import PythonStore
from mof.sources.mirrors import address

FILES_AT_ONCE = 400  # object names on one command line: Windows allows 32,767 characters
# A host that cannot send parts of a commit sends all of it: pictures, code, gigabytes.
MAX_TIMES_EXPECTED = 3
SPARE_BYTES = 30_000_000

Watch = Callable[[int, float], None]


@dataclass(frozen=True)
class Download:
    """The files of a source, all here.

    Attributes:
        store: that holds them.
        files: (path, object id), sorted by path.
        patterns_without_file: of the source's paths, those that no file matches.
    """

    store: ObjectStore
    files: list[tuple[str, str]]
    patterns_without_file: list[str]

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """(path, content) of each file, checked against its hash.

        Raises:
            DamagedObjectError: the copy on the disk has changed.
        """
        contents = read_checked(self.store, [name for _, name in self.files], "blob")
        for (path, _), content in zip(self.files, contents, strict=True):
            yield path, content


@contextlib.contextmanager
def downloaded(
    source: Source, cache: Path, mirrors: Sequence[str], git: str | None, watch: Watch
) -> Iterator[Download]:
    """Fetches what is missing of a source; what is here already is not fetched again.

    Args:
        source: what to fetch.
        cache: folder for the repositories.
        mirrors: see `address`; empty for the real hosts.
        git: path of the program; None for the one written in Python.
        watch: called with the bytes that have come since the call and the share of the files that is here.

    Raises:
        FetchError: the host is not there, refuses, or sends something damaged.
        DamagedObjectError: the copy on the disk is damaged; `discard` it and call again.
    """
    folder = repository_folder(source, cache, git)
    _remove_leftovers(folder)
    watcher = _Watcher(source, watch, folder_bytes(folder))
    if not folder.is_dir():
        _begin(source, folder, mirrors, git, watcher)
    _remove_leftovers(folder)
    store = watcher.opened(folder, git)
    try:
        every_file = list_files(store, source.commit)
        files = [(path, name) for path, name in every_file if source.is_wanted(path)]
        if not files:
            raise FetchError(f"the commit holds no file that matches {' or '.join(source.paths)}")
        try:
            _fetch_missing(store, [name for _, name in files], source, mirrors, watcher)
        except FetchError:
            check_all(store)  # a damaged copy on this disk can be the reason too
            raise
        paths = [path for path, _ in every_file]
        empty = [pattern for pattern in source.paths if not any(re.search(pattern, path) for path in paths)]
        yield Download(store, files, empty)
    finally:
        store.close()


def repository_folder(source: Source, cache: Path, git: str | None) -> Path:
    """Where the copy of a source's repository lies; each of the two programs has its own."""
    program = "python" if git is None else "git"
    return Path(cache) / f"{source.repository.replace('/', '+')}-{source.commit[:12]}.{program}"


def discard(source: Source, cache: Path, git: str | None) -> None:
    """Deletes the copy of a source's repository."""
    _delete(repository_folder(source, cache, git))


def check_all(store: ObjectStore) -> None:
    """Reads every object of a copy.

    Raises:
        DamagedObjectError: one is not what its name promises.
    """
    names = sorted(store.object_ids())
    for name, (kind, content) in zip(names, store.read(names), strict=True):
        if object_id(kind, content) != name:
            raise DamagedObjectError(name, "has another content than its name promises")


def folder_bytes(folder: Path) -> int:
    """Bytes of the files in a folder, as far as they can be seen."""
    total = 0
    for path in _files(folder):
        with contextlib.suppress(OSError):  # a temporary file may vanish meanwhile
            total += path.stat().st_size
    return total


class _Watcher:
    """Looks at the folder while something arrives: tells how much, and stops what grows too large."""

    def __init__(self, source: Source, watch: Watch, num_bytes_before: int) -> None:
        self._expected = source.download_megabytes
        self._watch = watch
        self._folder = Path()
        self._num_bytes_before = num_bytes_before  # by another source of the repository, or by an earlier try
        self.share = 0.0

    def opened(self, folder: Path, git: str | None) -> ObjectStore:
        """The store in a folder, watched from now on."""
        self._folder = folder
        return PythonStore(folder) if git is None else CommandStore(folder, git, self.look)

    def look(self) -> None:
        num_bytes = max(0, folder_bytes(self._folder) - self._num_bytes_before)
        if num_bytes > max(MAX_TIMES_EXPECTED * self._expected * 1e6, SPARE_BYTES):
            raise FetchError(
                f"stopped at {num_bytes / 1e6:.0f} MB where about {self._expected:g} were expected: the host "
                "may be unable to send parts of a commit. Give a local copy with --mirror"
            )
        self._watch(num_bytes, self.share)


def _begin(source: Source, folder: Path, mirrors: Sequence[str], git: str | None, watcher: _Watcher) -> None:
    """Fetches the commit and its trees: the folder appears under its name only when all have arrived."""
    for leftover in folder.parent.glob(f"{folder.name}.partial-*"):
        _delete(leftover)
    # a name of its own, for a fetch that outlived a killed command may still write to the other
    unfinished = folder.with_name(f"{folder.name}.partial-{secrets.token_hex(4)}")
    store = watcher.opened(unfinished, git)
    try:
        store.fetch_commit(address(source, mirrors), source.commit)
    finally:
        store.close()
    replace(unfinished, folder)


def _fetch_missing(
    store: ObjectStore, wanted: Sequence[str], source: Source, mirrors: Sequence[str], watcher: _Watcher
) -> None:
    here = store.object_ids()
    missing = [name for name in dict.fromkeys(wanted) if name not in here]
    num_wanted = len(set(wanted))
    for start in range(0, len(missing), FILES_AT_ONCE):
        watcher.share = 1 - (len(missing) - start) / num_wanted
        watcher.look()
        store.fetch_files(address(source, mirrors), missing[start : start + FILES_AT_ONCE])
    watcher.share = 1.0
    watcher.look()
    lost = sorted(set(missing) - store.object_ids()) if missing else []
    if lost:
        raise FetchError(f"the host did not send {len(lost)} of the files, the first: object {lost[0]}")


def _remove_leftovers(folder: Path) -> None:
    """What a killed git leaves: locks that would stop the next, and halves of packs."""
    for path in _files(folder):
        if path.name.startswith("tmp_") or path.suffix in (".lock", ".keep"):
            with contextlib.suppress(OSError):
                path.unlink()


def _delete(folder: Path) -> None:
    for path in _files(folder):
        with contextlib.suppress(OSError):
            path.chmod(0o600)  # git's packs are read-only, which on Windows keeps them from being deleted
    shutil.rmtree(folder, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    # os.walk and not glob: a git that outlived a killed command may be deleting at the same time
    return [Path(parent) / name for parent, _, names in os.walk(folder) for name in names]
