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
