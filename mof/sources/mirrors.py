"""Where a repository is fetched from: its own address, or a mirror the reader has."""

from collections.abc import Sequence
from pathlib import Path

from mof.sources.catalogue import Source
from mof.sources.git_objects import FetchError


def address(source: Source, mirrors: Sequence[str]) -> str:
    """The address to fetch from.

    Args:
        source: with the repository "owner/name".
        mirrors: folders, or addresses that "/owner/name" is appended to; the first that has the repository
            is taken, and none but these. In a folder the repository lies in owner/name, owner+name or name,
            with or without ".git" at the end.

    Returns:
        An address with "://", or the absolute path of a folder.

    Raises:
        FetchError: no mirror has it.
    """
    if not mirrors:
        return source.url
    tried = []
    for mirror in mirrors:
        if "://" in mirror and not mirror.startswith("file://"):
            return f"{mirror.rstrip('/')}/{source.repository}"
        root = Path(mirror.removeprefix("file://"))
        for name in folder_names(source.repository):
            if (root / name).is_dir():
                return str((root / name).resolve())
        tried.append(str(root))
    names = ", ".join(folder_names(source.repository)[::2])
    raise FetchError(f"no mirror has it: looked in {', '.join(tried)} for a folder {names} (also with .git)")


def folder_names(repository: str) -> list[str]:
    """The names that a repository may have in a mirror's folder, the surest first."""
    owner, name = repository.split("/")
    return [found + end for found in (f"{owner}/{name}", f"{owner}+{name}", name) for end in ("", ".git")]
