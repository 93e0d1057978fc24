"""A workshop bundle: what lies where in it, for which machines it is, and its checksums.

    START-HERE.txt   for participants
    start.py         the project's own; it finds the project one folder down
    project/         the course, with its data
    wheels/          the packages
    site/            the built book, where there was one
    bundle.json      for which machines the packages are
    SHA256SUMS       of all of these, in the form of `sha256sum`; written last

`python start.py bundle` makes it (bundle_making.py). Nobody writes into it afterwards: a participant's
start.py copies the course to a folder of the participant's own (bundle_opening.py), which remembers in
`.start/bundle.json` where its packages are.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mof.launcher.locks import Wheel, read_wheels
from mof.launcher.problem import Problem
from mof.patient_files import replace

PROJECT, WHEELS, SITE = "project", "wheels", "site"
FACTS, SUMS = "bundle.json", "SHA256SUMS"
RECORD = Path(".start") / "bundle.json"  # of a working folder
COPY_AGAIN = (
    "Copy the bundle again from where it was made. `python start.py bundle --check` in it names every "
    "damaged file."
)


@dataclass(frozen=True)
class Bundle:
    """A bundle that is there.

    Args:
        folder: where it lies.
        version: of the course.
        machines: pairs (system as in requirements/wheels.json, Python "3.11").
        locks: the locks whose packages it holds.
    """

    folder: Path
    version: str
    machines: tuple[tuple[str, str], ...]
    locks: tuple[str, ...]

    @classmethod
    def read(cls, folder: Path) -> "Bundle":
        """The bundle in a folder.

        Raises:
            Problem: it is not there any more, or was not finished.
        """
        try:
            facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
            machines = tuple((system, python) for system, python in facts["machines"])
            bundle = cls(folder, facts["version"], machines, tuple(facts["locks"]))
        except (OSError, ValueError, KeyError, TypeError):
            raise Problem(
                f"The workshop bundle is not at {folder}, or its {FACTS} cannot be read.",
                "Put the stick in or connect to the share again, or run start.py in the bundle where it is "
                "now. Without the bundle: delete .start/bundle.json in this folder, and packages come from "
                "the network.",
            ) from None
        if not (folder / SUMS).is_file():
            raise Problem(
                f"The bundle in {folder} is not finished: {SUMS} is missing.",
                "Where it was made, run the same `python start.py bundle` again: what is there is kept. If "
                "this is a copy, copy it again.",
            )
        return bundle

    def write(self) -> None:
        facts = {"version": self.version, "machines": self.machines, "locks": self.locks}
        text = json.dumps(facts, indent=1) + "\n"
        (self.folder / FACTS).write_text(text, encoding="utf-8", newline="\n")

    def check_machine(self, system: str, python: str) -> None:
        """Refuses, in words, a machine whose packages are not in the bundle."""
        pythons = [own_python for own_system, own_python in self.machines if own_system == system]
        if not pythons:
            raise Problem(
                f"This machine is {system}; the bundle holds packages for {describe(self.machines)}.",
                "Ask for a bundle for your system: `python start.py bundle --system "
                f"{system} --python {python}` makes it.",
            )
        if python not in pythons:
            raise Problem(
                f"This is Python {python}; the bundle holds packages for Python {', '.join(pythons)}.",
                f"Start it with that Python: `py -{pythons[-1]} start.py` on Windows, "
                f"`python{pythons[-1]} start.py` elsewhere. Or ask for a bundle made with --python {python}.",
            )

    def check_packages(self, root: Path, locks: Iterable[str], system: str, python: str) -> None:
        """Reads every package that these locks need here and compares its SHA-256.

        Args:
            root: the project, which knows the files of each lock.

        Raises:
            Problem: the bundle is not for this machine, lacks a lock, or has a damaged file.
        """
        self.check_machine(system, python)
        wheels = []
        for lock in locks:
            if lock not in self.locks:
                raise Problem(
                    f"The bundle holds no packages for `{lock}`, only for {', '.join(self.locks)}.",
                    f"Ask for a bundle made with `--with {lock}`; or do this later, with a network: delete "
                    ".start/bundle.json in this folder, and packages come from there.",
                )
            wheels += [wheel for wheel in read_wheels(root, lock) if wheel.is_for(system, python)]
        damaged = [wheel.file for wheel in wheels if not is_right(self.folder / WHEELS, wheel)]
        if damaged:
            raise Problem(
                f"{len(damaged)} of {len(wheels)} packages in {self.folder / WHEELS} are missing or "
                f"damaged: {', '.join(damaged[:4])}",
                COPY_AGAIN,
            )


def describe(machines: Iterable[tuple[str, str]]) -> str:
    """ "linux-x86_64 with Python 3.11, 3.12; windows-amd64 with Python 3.13"."""
    by_system = {}
    for system, python in machines:
        by_system.setdefault(system, []).append(python)
    return "; ".join(f"{system} with Python {', '.join(pythons)}" for system, pythons in by_system.items())


def bundle_around(root: Path) -> Path | None:
    """The bundle that a project folder is a part of; None for a project that stands alone."""
    return root.parent if root.name == PROJECT and (root.parent / FACTS).is_file() else None


def bundle_behind(root: Path) -> Path | None:
    """The bundle from which this working folder was made; None where packages come from an index."""
    try:
        return Path(json.loads((root / RECORD).read_text(encoding="utf-8"))["bundle"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_right(folder: Path, wheel: Wheel) -> bool:
    """Whether a folder holds this wheel, and it is the one of the lock."""
    path = folder / wheel.file
    return path.is_file() and path.stat().st_size == wheel.num_bytes and has_digest(path, wheel.sha256)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def has_digest(path: Path, content_hash: str) -> bool:
    """Whether a file can be read and has this SHA-256."""
    try:
        return digest(path) == content_hash
    except OSError:
        return False


def copy_file(source: Path, target: Path) -> str:
    """Copies a file, in full or not at all, and returns the SHA-256 of what was written.

    Of its content alone: what came from a read-only disk is not read-only.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    with source.open("rb") as read, partial.open("wb") as written:
        content_hash = hashlib.sha256()
        while block := read.read(1 << 20):
            content_hash.update(block)
            written.write(block)
    replace(partial, target)
    return content_hash.hexdigest()


def read_sums(folder: Path) -> dict[str, str]:
    """Path in the bundle, with "/" -> SHA-256."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    return {name: content_hash for content_hash, _, name in (line.partition("  ") for line in lines)}


def write_sums(folder: Path, sums: dict[str, str]) -> None:
    text = "".join(f"{content_hash}  {name}\n" for name, content_hash in sorted(sums.items()))
    partial = folder / (SUMS + ".partial")
    partial.write_text(text, encoding="utf-8", newline="\n")
    replace(partial, folder / SUMS)


def check_bundle(folder: Path) -> tuple[int, int]:
    """Compares every file with its checksum; returns their number and bytes.

    Raises:
        Problem: no bundle, not finished, or damaged: every such file by name.
    """
    Bundle.read(folder)
    sums = read_sums(folder)
    damaged, num_bytes = [], 0
    for name, content_hash in sums.items():
        path = folder / name
        if not has_digest(path, content_hash):
            damaged.append(name)
        else:
            num_bytes += path.stat().st_size
    if damaged:
        raise Problem(
            f"{len(damaged)} of {len(sums)} files of the bundle are missing or damaged:\n    "
            + "\n    ".join(damaged),
            "Copy these files again from where the bundle was made.",
        )
    return len(sums), num_bytes
