"""The lock files, and what requirements/wheels.json knows of them."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from mof.launcher.machine import parse_version


@dataclass(frozen=True)
class Lock:
    """One file of requirements/locks: the exact packages of one purpose, with their hashes."""

    name: str
    path: Path

    @property
    def digest(self) -> str:
        """SHA-256 of the text (line ends do not count: git may turn them on Windows)."""
        text = self.path.read_text(encoding="utf-8")
        return hashlib.sha256(text.encode("utf-8")).hexdigest()


def find_lock(root: Path, name: str) -> Lock:
    return Lock(name, root / "requirements" / "locks" / f"{name}.txt")


@dataclass(frozen=True)
class WheelFacts:
    """The stored result of `python requirements/lock.py`."""

    locks: dict

    @classmethod
    def read(cls, root: Path) -> "WheelFacts":
        text = (root / "requirements" / "wheels.json").read_text(encoding="utf-8")
        return cls(json.loads(text)["locks"])

    def download(self, name: str, system: str, python: str) -> tuple[int, int]:
        """(packages, bytes) that a machine downloads for a lock; (0, 0) where that is not known."""
        row = self.locks.get(name, {}).get("systems", {}).get(system, {}).get("pythons", {}).get(python, {})
        return row.get("packages", 0), row.get("download_bytes", 0)

    def oldest_macos(self, name: str) -> tuple[int, ...]:
        entry = self.locks.get(name, {}).get("systems", {}).get("macos-arm64", {})
        return parse_version(entry.get("oldest_macos", "0"))


@dataclass(frozen=True)
class Wheel:
    """One file that a lock installs.

    Args:
        file: its name, which tells package, version, Python, binary interface and platform.
        sha256: of its content, as in the lock.
        num_bytes: its size.
        machines: the machines that install it, such as "linux-x86_64 3.11"; None: all of them.
    """

    file: str
    sha256: str
    num_bytes: int
    machines: frozenset[str] | None

    def is_for(self, system: str, python: str) -> bool:
        return self.machines is None or f"{system} {python}" in self.machines


def read_wheels(root: Path, lock: str) -> list[Wheel]:
    """The files of a lock for all machines, as `python requirements/lock.py` found them."""
    record = json.loads((root / "requirements" / "wheel_files.json").read_text(encoding="utf-8"))
    return [
        Wheel(
            row["file"],
            row["sha256"],
            row["bytes"],
            None if row["machines"] == "all" else frozenset(row["machines"]),
        )
        for row in record[lock]
    ]
