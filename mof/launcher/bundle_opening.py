"""A participant's start.py, inside a workshop bundle: the course goes to a folder of the participant's own.

Into the home folder, always: a bundle may be a read-only share that twenty machines start at once, or a stick
on which two gigabytes of small files would take an hour. The bundle is only read. The working folder is a
project like any other, whose `.start/bundle.json` says where its packages come from.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

from mof.launcher.bundle import COPY_AGAIN, PROJECT, RECORD, SITE, SUMS, Bundle, copy_file, digest, read_sums
from mof.launcher.console import become_program
from mof.launcher.index_settings import HARMFUL
from mof.launcher.machine import check_disk, check_machine, describe_machine
from mof.launcher.problem import Problem
from mof.patient_files import replace

FOLDER_NAME = "mof-workshop"
ANOTHER_FOLDER = "Name another one: python start.py --folder FOLDER, with the rest of the command after it."


def open_bundle(source: Path, folder: Path | None, installer: str, arguments: list[str]) -> int:
    """Brings the working folder up to date and runs the command in it.

    Args:
        source: the bundle's folder.
        folder: the working folder; None: `mof-workshop` in the home folder.
        installer: "auto", "uv" or "pip".
        arguments: the command, for the working folder's own start.py.

    Raises:
        Problem: not finished, damaged, for another machine; or a working folder that cannot be used.
    """
    bundle = Bundle.read(source)
    machine = describe_machine()
    check_machine(machine, ())
    bundle.check_machine(machine.system, f"{sys.version_info[0]}.{sys.version_info[1]}")
    folder = (folder or Path.home() / FOLDER_NAME).expanduser().absolute()
    prepare(bundle, folder)
    print(f"Working in {folder}: from now on you can start there, without the bundle.", flush=True)
    command = [sys.executable, folder / "start.py", "--installer", installer, *arguments]
    variables = {name: value for name, value in os.environ.items() if name.upper() not in HARMFUL}
    return become_program(command, folder, variables)


def prepare(bundle: Bundle, folder: Path) -> None:
    """Makes a working folder, completes one, or brings one of an older bundle up to date.

    Every file is compared with its checksum as it is copied. Of the same bundle, only what is missing is
    copied; a newer one replaces the course's files. `my-work`, `runs` and the environment stay.
    """
    check_working_folder(bundle, folder)
    sums = read_sums(bundle.folder)
    version = hashlib.sha256(repr(sorted(sums.items())).encode("utf-8")).hexdigest()
    record = read_record(folder)
    wanted = {}  # path in the working folder -> (path in the bundle, SHA-256)
    for name, content_hash in sums.items():
        part, _, inner = name.partition("/")
        if part == PROJECT:
            wanted[inner] = (name, content_hash)
        elif part == SITE:
            wanted[name] = (name, content_hash)
    is_same = record.get("version") == version
    to_copy = [
        name
        for name, (_, content_hash) in wanted.items()
        if not (folder / name).is_file() or (not is_same and digest(folder / name) != content_hash)
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if to_copy:
            num_bytes = sum((bundle.folder / wanted[name][0]).stat().st_size for name in to_copy)
            check_disk(folder, num_bytes)
            print(
                f"Copying the course to {folder}: {len(to_copy)} files, {num_bytes / 1e6:.0f} MB", flush=True
            )
        files = sorted({*record.get("files", ()), *wanted})
        write_record(folder, {"bundle": str(bundle.folder), "files": files})  # not complete yet
        for name in to_copy:
            copy_checked(bundle.folder / wanted[name][0], folder / name, wanted[name][1])
        for name in set(files) - set(wanted):
            (folder / name).unlink(missing_ok=True)
        record = {"bundle": str(bundle.folder), "version": version, "files": sorted(wanted)}
        write_record(folder, record)
    except OSError as error:
        raise Problem(
            f"The course could not be copied from {bundle.folder} to {folder}: {error}",
            f"If the bundle cannot be read: {COPY_AGAIN} If the folder cannot be written: {ANOTHER_FOLDER}",
        ) from None


def check_working_folder(bundle: Bundle, folder: Path) -> None:
    """Refuses a folder that holds something else, or lies in the bundle."""
    if folder == bundle.folder or bundle.folder in folder.parents:
        raise Problem(f"{folder} lies in the bundle, which is only read.", ANOTHER_FOLDER)
    if folder.exists() and not folder.is_dir():
        raise Problem(f"{folder} is a file, not a folder.", ANOTHER_FOLDER)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / RECORD).is_file():
        raise Problem(f"{folder} holds something else: it was not made from a bundle.", ANOTHER_FOLDER)


def copy_checked(source: Path, target: Path, content_hash: str) -> None:
    """Copies a file and refuses it if it is not the one of the checksum."""
    if copy_file(source, target) != content_hash:
        target.unlink()
        raise Problem(f"{source} is damaged: its SHA-256 is not the one in {SUMS}.", COPY_AGAIN)


def read_record(folder: Path) -> dict:
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def write_record(folder: Path, record: dict) -> None:
    path = folder / RECORD
    path.parent.mkdir(exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(record, indent=1, ensure_ascii=False), encoding="utf-8")
    replace(partial, path)
