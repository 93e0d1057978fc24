"""The reader's own copies of the chapters, in `my-work/`: added to, never overwritten.

`.copied.json` there remembers the hash of every file as it was copied. A copy that still has that hash was
not edited, and follows the course; an edited one stays as it is, and the new version is put beside it.
"""

import hashlib
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from mof.patient_files import replace

RECORD = ".copied.json"
SKIPPED_FOLDERS = {".ipynb_checkpoints", "__pycache__", "_build"}
FOR_AUTHORS = {"ruff.toml"}  # no part of a chapter


@dataclass
class CopyReport:
    """What `copy_chapters` did: paths relative to the working folder."""

    added: list[str] = field(default_factory=list)
    refreshed: list[str] = field(default_factory=list)  # not edited by the reader: now the new version
    beside: list[tuple[str, str]] = field(default_factory=list)  # (edited file, new version put beside it)


def copy_chapters(source: Path, target: Path) -> CopyReport:
    """Copies what is new in `source` to `target` without touching a file that the reader has edited.

    A file that the reader deleted comes back as it was published: that is how to start a chapter again.
    """
    report = CopyReport()
    target.mkdir(exist_ok=True)
    copied = _read_record(target / RECORD)
    for path in sorted(source.rglob("*")) if source.is_dir() else []:
        relative = path.relative_to(source)
        if path.is_dir() or SKIPPED_FOLDERS & set(relative.parts) or path.name in FOR_AUTHORS:
            continue
        name, own, published = relative.as_posix(), target / relative, _digest(path)
        if not own.exists():
            _copy(path, own)
            report.added.append(name)
        elif (present := _digest(own)) == published:
            pass
        elif present == copied.get(name):
            _copy(path, own)
            report.refreshed.append(name)
        elif copied.get(name) != published:
            beside = _free_name(own, published, copied, target)
            if not beside.exists() or _digest(beside) != published:
                _copy(path, beside)
            report.beside.append((name, beside.relative_to(target).as_posix()))
            copied[beside.relative_to(target).as_posix()] = published
        copied[name] = published
    _write_record(target / RECORD, copied)
    return report


def _free_name(own: Path, published: str, copied: dict[str, str], target: Path) -> Path:
    """NAME.new.ipynb, or NAME.new2.ipynb and so on where the reader has edited that one too."""
    number = 1
    while True:
        beside = own.with_name(f"{own.stem}.new{number if number > 1 else ''}{own.suffix}")
        recorded = copied.get(beside.relative_to(target).as_posix())
        if not beside.exists() or _digest(beside) in (recorded, published):
            return beside
        number += 1


def _copy(source: Path, target: Path) -> None:
    """A copy that is there in full or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    shutil.copyfile(source, partial)
    replace(partial, target)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_record(path: Path) -> dict[str, str]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # without a record every file that differs counts as edited
    return record if isinstance(record, dict) else {}


def _write_record(path: Path, record: dict[str, str]) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(record, indent=1, sort_keys=True), encoding="utf-8")
    replace(partial, path)
