"""Makes the folder from which a class installs without a network: `python start.py bundle`.

What is right already is kept, so the same command goes on after an interruption, and brings an older bundle
up to date. SHA256SUMS goes first and comes back last: without it a bundle counts as unfinished.
"""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mof import __version__
from mof.launcher.bundle import (
    FACTS,
    PROJECT,
    SITE,
    SUMS,
    WHEELS,
    Bundle,
    copy_file,
    describe,
    digest,
    is_right,
    write_sums,
)
from mof.launcher.bundle_text import start_here
from mof.launcher.locks import Wheel, WheelFacts, read_wheels
from mof.launcher.machine import SYSTEM_NAMES, check_disk
from mof.launcher.problem import Problem
from mof.launcher.project_files import files_new_to_git, list_project_files
from mof.patient_files import replace

PYTHONS = ("3.11", "3.12", "3.13")
SHORT_NAMES = {"linux": "linux-x86_64", "macos": "macos-arm64", "windows": "windows-amd64"}
ALWAYS = ("core", "uv")  # without these nothing starts
MARGIN_BYTES = 200_000_000
GUIDE = "START-HERE.txt"

Fetch = Callable[[list[Wheel], Path], None]


@dataclass(frozen=True)
class BundlePlan:
    """What a bundle will hold.

    Args:
        bundle: where it will lie and for which machines.
        wheels: the packages of all its machines, each file once.
        project_files: paths in the project.
        site_files: paths in the built book; empty where none was built.
    """

    bundle: Bundle
    wheels: tuple[Wheel, ...]
    project_files: tuple[str, ...]
    site_files: tuple[str, ...]


def find_system(name: str) -> str:
    """The system of requirements/wheels.json that "linux", "macos", "windows" or its full name means."""
    system = SHORT_NAMES.get(name.lower(), name.lower())
    if system not in SYSTEM_NAMES.values():
        raise Problem(
            f'There are no packages for a system "{name}".',
            f"Choose from: {', '.join(SHORT_NAMES)}, or in full: {', '.join(SYSTEM_NAMES.values())}. Intel "
            "Macs and Windows on ARM have no TensorFlow.",
        )
    return system


def plan_bundle(
    root: Path, folder: Path, machines: tuple[tuple[str, str], ...], extras: tuple[str, ...]
) -> BundlePlan:
    """What a bundle of this project would hold.

    Args:
        root: the project's folder.
        folder: where the bundle goes.
        machines: pairs (system, Python).
        extras: locks beside the core's.

    Raises:
        Problem: a lock has no wheels for one of the machines, or the folder holds something else.
    """
    facts = WheelFacts.read(root)
    locks = tuple(dict.fromkeys((*ALWAYS, *extras)))
    wheels = {}
    for lock in locks:
        own = read_wheels(root, lock)
        for system, python in machines:
            chosen = [wheel for wheel in own if wheel.is_for(system, python)]
            if not chosen or len(chosen) != facts.download(lock, system, python)[0]:
                raise Problem(
                    f"`{lock}` has no packages for {system} with Python {python}.",
                    "requirements/wheels.json says which machines have them. Choose another Python with "
                    "--python, or leave this one out.",
                )
            wheels |= {wheel.file: wheel for wheel in chosen}
    check_target(root, folder)
    site = root / "_build" / "html"
    site_files = list_files(site) if (site / "index.html").is_file() else []
    return BundlePlan(
        Bundle(folder, __version__, machines, locks),
        tuple(wheels.values()),
        tuple(list_project_files(root)),
        tuple(site_files),
    )


def check_target(root: Path, folder: Path) -> None:
    """Refuses a folder that holds something else, or the project itself."""
    if folder.exists() and not folder.is_dir():
        raise Problem(f"{folder} is a file.", "Name a folder that is new or empty.")
    if root == folder or folder in root.parents:
        raise Problem(f"{folder} holds this project itself.", "Name a folder that is new or empty.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / FACTS).is_file():
        raise Problem(
            f"{folder} holds something else: it is not empty, and no bundle.",
            "Name a folder that is new or empty.",
        )


def announce(root: Path, plan: BundlePlan, missing: list[Wheel], makes_zip: bool) -> int:
    """Says what will be fetched and how much disk it takes; returns the bytes that are still to come."""
    fetched = sum(wheel.num_bytes for wheel in missing)
    total = sum(wheel.num_bytes for wheel in plan.wheels)
    project = sum((root / name).stat().st_size for name in plan.project_files)
    site = sum((root / "_build" / "html" / name).stat().st_size for name in plan.site_files)
    print(f"A workshop bundle for {describe(plan.bundle.machines)}")
    print(f"  Into      {plan.bundle.folder}")
    print(f"  Packages  {len(plan.wheels)} of {', '.join(plan.bundle.locks)}: {total / 1e6:.0f} MB, of "
          f"which {fetched / 1e6:.0f} MB are to be fetched")  # fmt: skip
    print(f"  Course    {len(plan.project_files)} files, {project / 1e6:.0f} MB")
    if left_out := files_new_to_git(root):
        print(f"            left out, for git does not know them: {', '.join(left_out[:5])}"
              f"{f' and {len(left_out) - 5} more' if len(left_out) > 5 else ''}")  # fmt: skip
    if plan.site_files:
        print(f"  Site      {len(plan.site_files)} files, {site / 1e6:.0f} MB: the book as it was last built")
    else:
        print("  Site      none: no book was built here. `python start.py book` and then this command "
              "again add it")  # fmt: skip
    whole = total + project + site
    print(f"  In all    {whole / 1e6:.0f} MB{', and a zip file of about the same' if makes_zip else ''}",
          flush=True)  # fmt: skip
    return fetched + project + site + (whole if makes_zip else 0)


def make_bundle(root: Path, plan: BundlePlan, fetch: Fetch, makes_zip: bool, only_says: bool = False) -> Path:
    """Makes a bundle, or completes one; returns its folder, or the zip file.

    Args:
        fetch: (wheels, folder) -> None: brings what is missing.
        makes_zip: pack it too, beside the folder.
        only_says: say what it would take, and stop there.

    Raises:
        Problem: too little disk, a drive that is not there, or what `fetch` raises.
    """
    folder = plan.bundle.folder
    missing = [wheel for wheel in plan.wheels if not is_right(folder / WHEELS, wheel)]
    to_come = announce(root, plan, missing, makes_zip)
    if only_says:
        return folder
    there = next((path for path in (folder, *folder.parents) if path.is_dir()), None)
    if there is None:
        raise Problem(f"{folder.anchor} is not there.", "Plug the drive in, or name a folder elsewhere.")
    check_disk(there, to_come + MARGIN_BYTES)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / SUMS).unlink(missing_ok=True)
        plan.bundle.write()  # by which the next run knows the folder as a bundle
        (folder / WHEELS).mkdir(exist_ok=True)
        for wheel in missing:
            (folder / WHEELS / wheel.file).unlink(missing_ok=True)
        if missing:
            fetch(missing, folder / WHEELS)
        write_sums(folder, fill(root, plan))
        result = pack(folder) if makes_zip else folder
    except OSError as error:
        raise Problem(
            f"The bundle could not be written: {error}",
            "Look whether the disk is full or write-protected, and run the same command again.",
        ) from None
    return result


def fill(root: Path, plan: BundlePlan) -> dict[str, str]:
    """Copies project and site, removes what an older bundle had, writes the guide; returns all checksums."""
    folder = plan.bundle.folder
    sums = {f"{WHEELS}/{wheel.file}": wheel.sha256 for wheel in plan.wheels}
    for name in plan.project_files:
        sums[f"{PROJECT}/{name}"] = copy_file(root / name, folder / PROJECT / name)
    for name in plan.site_files:
        sums[f"{SITE}/{name}"] = copy_file(root / "_build" / "html" / name, folder / SITE / name)
    for part in (WHEELS, PROJECT, SITE):
        for name in list_files(folder / part):
            if f"{part}/{name}" not in sums:
                (folder / part / name).unlink()
    sums["start.py"] = copy_file(root / "start.py", folder / "start.py")
    (folder / GUIDE).write_text(start_here(plan.bundle, root, bool(plan.site_files)), encoding="ascii")
    return sums | {name: digest(folder / name) for name in (GUIDE, FACTS)}


def list_files(folder: Path) -> list[str]:
    """All files below a folder, as paths with "/" from there; sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def pack(folder: Path) -> Path:
    """The bundle as one zip file beside its folder. Wheels are compressed already and are only stored."""
    target = folder.with_name(folder.name + ".zip")
    partial = target.with_name(target.name + ".partial")
    print(f"  packing {target.name}", flush=True)
    with zipfile.ZipFile(partial, "w", strict_timestamps=False) as archive:
        for name in list_files(folder):
            kind = zipfile.ZIP_STORED if name.endswith(".whl") else zipfile.ZIP_DEFLATED
            archive.write(folder / name, f"{folder.name}/{name}", kind)
    replace(partial, target)
    return target
