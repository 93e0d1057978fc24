"""Fetching without the program `git`: the same objects by dulwich, a git written in Python."""

import contextlib
import errno
from collections.abc import Iterator, Sequence
from pathlib import Path

from mof.sources.git_objects import (
    DamagedObjectError,
    FetchError,
    object_id,
    tree_entries,
)

_KINDS = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}


class PythonStore:
    """A bare repository, written and read by dulwich."""

    def __init__(self, folder: Path) -> None:
        """Makes the folder ready.

        Args:
            folder: of the repository; created where missing.
        """
        from dulwich.repo import Repo

        self.folder = Path(folder)
        if not (self.folder / "HEAD").exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            Repo.init_bare(str(self.folder), mkdir=False).close()
        self._repository = Repo(str(self.folder))

    def close(self) -> None:
        """Closes the files, which Windows would otherwise not let anyone delete."""
        with contextlib.suppress(BufferError):  # an error on its way still looks into the file
            self._repository.close()

    def fetch_commit(self, url: str, commit: str) -> None:
        """See `ObjectStore`."""
        if _is_local(url):
            self._copy_commit(url, commit)
        else:
            self._fetch(url, [commit], depth=1, filter_spec=b"blob:none")

    def fetch_files(self, url: str, object_ids: Sequence[str]) -> None:
        """See `ObjectStore`."""
        if _is_local(url):
            with _opened(url) as mirror:
                self._add([_read_mirror(mirror, name) for name in object_ids])
        else:
            self._fetch(url, object_ids)

    def object_ids(self) -> set[str]:
        """See `ObjectStore`."""
        return {name.decode("ascii") for name in self._repository.object_store}

    def read(self, object_ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """See `ObjectStore`."""
        for name in object_ids:
            yield _read_raw(self._repository, name)

    def _fetch(self, url: str, object_ids: Sequence[str], **options) -> None:
        from dulwich.client import get_transport_and_path
        from dulwich.config import ConfigDict

        wants = [name.encode("ascii") for name in object_ids]
        try:
            client, path = get_transport_and_path(url, config=ConfigDict())
            client.fetch(path, self._repository, lambda refs, depth=None: wants, **options)
        except Exception as error:  # dulwich and urllib3 raise many kinds
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise
            raise FetchError(f"{type(error).__name__}: {error}") from error

    def _copy_commit(self, url: str, commit: str) -> None:
        with _opened(url) as mirror:
            kind, content = _read_mirror(mirror, commit)
            found = [(kind, content)]
            names = [content[5:45].decode("ascii", "replace")]
            seen = set(names)
            while names:
                name = names.pop()
                kind, content = _read_mirror(mirror, name)
                found.append((kind, content))
                for mode, _, child in tree_entries(name, content):
                    if mode in (b"40000", b"040000") and child not in seen:
                        seen.add(child)
                        names.append(child)
        self._add(found)

    def _add(self, objects: Sequence[tuple[str, bytes]]) -> None:
        from dulwich.objects import ShaFile

        numbers = {kind: number for number, kind in _KINDS.items()}
        self._repository.object_store.add_objects(
            [(ShaFile.from_raw_string(numbers[kind], content), None) for kind, content in objects]
        )


def _is_local(url: str) -> bool:
    return "://" not in url


@contextlib.contextmanager
def _opened(folder: str):
    from dulwich.errors import NotGitRepository
    from dulwich.repo import Repo

    try:
        repository = Repo(folder)
    except NotGitRepository as error:
        raise FetchError(f"{folder} is no git repository") from error
    try:
        yield repository
    finally:
        with contextlib.suppress(BufferError):
            repository.close()


def _read_raw(repository, name: str) -> tuple[str, bytes]:
    try:
        number, content = repository.object_store.get_raw(name.encode("ascii"))
    except KeyError:
        reason = "is missing"
    except Exception as error:  # zlib, struct, assertion: whatever a damaged pack leads to
        reason = f"cannot be read ({type(error).__name__})"
    else:
        return _KINDS[number], content
    # Raised out here, for the error caught above holds on to the open file: it could not be deleted.
    raise DamagedObjectError(name, reason)


def _read_mirror(mirror, name: str) -> tuple[str, bytes]:
    """An object of a mirror, checked before it is copied."""
    try:
        kind, content = _read_raw(mirror, name)
    except DamagedObjectError as error:
        raise FetchError(f"in the mirror, {error}") from error
    if object_id(kind, content) != name:
        raise FetchError(f"in the mirror, object {name} has another content than its name promises")
    return kind, content
