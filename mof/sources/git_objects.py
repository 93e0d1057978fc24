"""Git's objects, checked by their own names: commit, trees, files.

The name of an object is the SHA-1 of "TYPE LENGTH\\0CONTENT". So a commit's name covers its tree, that
tree's name every folder and file below: whoever checks each object on the way down knows every byte. All that
is read here is checked so, whichever program fetched it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

_FILE_MODES = {b"100644", b"100755", b"100664"}  # links and submodules are left out
_FOLDER_MODES = {b"40000", b"040000"}


class DamagedObjectError(ValueError):
    """An object of a local copy is missing or its content is not what its name promises.

    Attributes:
        object_id: its name, 40 hexadecimal digits.
    """

    def __init__(self, object_id: str, reason: str) -> None:
        super().__init__(f"object {object_id} {reason}")
        self.object_id = object_id


class FetchError(Exception):
    """The other side is not there, refuses, or sends something damaged; the message says what came."""


class ObjectStore(Protocol):
    """A local copy of parts of one repository, and how to get more of it."""

    folder: Path

    def close(self) -> None:
        """Closes its files."""

    def fetch_commit(self, url: str, commit: str) -> None:
        """Gets a commit and its trees, without history, and (where the host can do that) without files."""

    def fetch_files(self, url: str, object_ids: Sequence[str]) -> None:
        """Gets these objects."""

    def object_ids(self) -> set[str]:
        """Names of all objects that are here."""

    def read(self, object_ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """(type, content) of each object in turn, unchecked.

        Raises:
            DamagedObjectError: it cannot be read.
        """


def object_id(kind: str, content: bytes) -> str:
    """The name of an object.

    Example:
        >>> object_id("blob", b"")
        'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
    """
    header = f"{kind} {len(content)}\0".encode()
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


def read_checked(store: ObjectStore, object_ids: Sequence[str], kind: str) -> Iterator[bytes]:
    """Contents of objects, each checked against its name.

    Args:
        store: where they are.
        object_ids: in the order wanted.
        kind: "commit", "tree" or "blob".

    Raises:
        DamagedObjectError: one is missing, of another kind, or not what its name promises.
    """
    for name, (found, content) in zip(object_ids, store.read(object_ids), strict=True):
        if found != kind:
            raise DamagedObjectError(name, f"is a {found}, expected a {kind}")
        if object_id(found, content) != name:
            raise DamagedObjectError(name, "has another content than its name promises")
        yield content


def list_files(store: ObjectStore, commit: str) -> list[tuple[str, str]]:
    """(path, object id) of every file of a commit, sorted by path.

    Raises:
        DamagedObjectError: the commit or a tree is missing or damaged.
    """
    (content,) = read_checked(store, [commit], "commit")
    folders = [("", _tree_of(commit, content))]
    files = []
    while folders:  # level by level, so that each level is read at once
        contents = read_checked(store, [name for _, name in folders], "tree")
        below = []
        for (folder, name), content in zip(folders, contents, strict=True):
            for mode, child, child_id in tree_entries(name, content):
                path = folder + child
                if mode in _FOLDER_MODES:
                    below.append((path + "/", child_id))
                elif mode in _FILE_MODES:
                    files.append((path, child_id))
        folders = below
    return sorted(files)


def tree_entries(name: str, content: bytes) -> Iterable[tuple[bytes, str, str]]:
    """(mode, file name, object id) of a tree's entries: "MODE NAME\\0" and 20 bytes for each.

    Raises:
        DamagedObjectError: the content is no list of entries.
    """
    position = 0
    while position < len(content):
        end = content.find(b"\0", position)
        mode, space, child = content[position:end].partition(b" ")
        if end < 0 or not space or len(content) < end + 21:
            raise DamagedObjectError(name, "is no tree")
        yield mode, child.decode("utf-8", "replace"), content[end + 1 : end + 21].hex()
        position = end + 21


def _tree_of(commit: str, content: bytes) -> str:
    first = content.split(b"\n", 1)[0]
    if not first.startswith(b"tree ") or len(first) != 45:
        raise DamagedObjectError(commit, "is a commit without a tree")
    return first[5:].decode("ascii")
