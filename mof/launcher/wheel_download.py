"""Fetching wheels for any machine, by pip, from the index that the reader's pip knows.

requirements/wheel_files.json names every file, so nothing is resolved here: pip is told the one hash that it
may take, and the tags in the file's name as the platform to fetch for. It works in batches. What a batch
brought stays, so an interrupted download goes on at the batch, not at the beginning.
"""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mof.launcher.bundle import is_right
from mof.launcher.console import run_logged
from mof.launcher.failures import installation_problem, recognize_failure
from mof.launcher.locks import Wheel
from mof.launcher.machine import parse_version
from mof.launcher.problem import Problem

BATCH_BYTES = 40_000_000  # a larger file is a batch of its own
BATCH_FILES = 40
FIRST_THAT_RESUMES = (25, 1)  # from this pip on, a broken connection goes on in the middle of a file


@dataclass(frozen=True)
class WheelTags:
    """What the name of a wheel tells (the naming of wheels: PEP 427)."""

    package: str
    version: str
    platforms: tuple[str, ...]

    @classmethod
    def of(cls, file: str) -> "WheelTags":
        parts = file.removesuffix(".whl").split("-")
        if not file.endswith(".whl") or len(parts) not in (5, 6):
            raise ValueError(f"{file!r} is no name of a wheel: NAME-VERSION-PYTHON-ABI-PLATFORM.whl")
        return cls(parts[0], parts[1], tuple(parts[-1].split(".")))


def batches(
    wheels: Iterable[Wheel], machines: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, list[Wheel]]]:
    """Wheels that pip can fetch in one call, with the Python they are for: small files first."""
    by_machine = {}
    for wheel in sorted(wheels, key=lambda wheel: wheel.num_bytes):
        machine = next(machine for machine in machines if wheel.is_for(*machine))
        by_machine.setdefault(machine, []).append(wheel)
    for (_, python), own in by_machine.items():
        batch, num_bytes = [], 0
        for wheel in own:
            if batch and (len(batch) == BATCH_FILES or num_bytes + wheel.num_bytes > BATCH_BYTES):
                yield python, batch
                batch, num_bytes = [], 0
            batch.append(wheel)
            num_bytes += wheel.num_bytes
        yield python, batch


def download_options(python: str, batch: list[Wheel]) -> list[str]:
    """pip's options that let it take these files, whatever machine it runs on."""
    platforms = {platform for wheel in batch for platform in WheelTags.of(wheel.file).platforms} - {"any"}
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--progress-bar", "off"]
    options += ["--python-version", python, "--implementation", "cp", "--abi", f"cp{python.replace('.', '')}"]
    return options + [part for platform in sorted(platforms) for part in ("--platform", platform)]


def requirement_lines(batch: list[Wheel]) -> str:
    tags = [(WheelTags.of(wheel.file), wheel.sha256) for wheel in batch]
    return "".join(f"{tag.package}=={tag.version} --hash=sha256:{sha256}\n" for tag, sha256 in tags)


def find_pip(pythons: Iterable[Path | str]) -> tuple[list[str], tuple[int, ...]]:
    """The first of these Pythons that has pip, as the start of a command; and pip's version."""
    for python in pythons:
        command = [str(python), "-m", "pip"]
        try:
            result = subprocess.run([*command, "--version"], capture_output=True, text=True, errors="replace")
        except OSError:
            continue
        if result.returncode == 0:
            return command, parse_version(result.stdout)
    raise Problem(
        "No pip was found, which fetches the packages of the bundle.",
        "Run `python start.py install lab`, which brings it along, and then the same command again.",
    )


def fetch_wheels(
    wheels: list[Wheel],
    machines: tuple[tuple[str, str], ...],
    folder: Path,
    pythons: Iterable[Path | str],
    environment: Mapping[str, str],
    log: Path,
) -> None:
    """Fetches wheels into a folder.

    Args:
        wheels: files that the folder lacks, each for at least one of the machines.
        machines: pairs (system, Python).
        pythons: one of them has to have pip.
        environment: variables for pip, from `installer_environment`.
        log: file to which pip's output is added.

    Raises:
        Problem: no pip, no network, an index that lacks a file or sends another.
    """
    pip, version = find_pip(pythons)
    resuming = ["--resume-retries", "20"] if version >= FIRST_THAT_RESUMES else []
    total, done = sum(wheel.num_bytes for wheel in wheels), 0
    for python, batch in batches(wheels, machines):
        label = f"fetching {len(batch)} packages ({done / 1e6:.0f} of {total / 1e6:.0f} MB are there)"
        with tempfile.TemporaryDirectory() as scratch:
            lines = Path(scratch, "wheels.txt")
            lines.write_text(requirement_lines(batch), encoding="utf-8")
            command = [*pip, "download", *download_options(python, batch), *resuming]
            command += ["--dest", folder, "-r", lines]
            status, output = run_logged(command, environment, log, label)
        if status:
            raise installation_problem(recognize_failure(output), output, log)
        if wrong := [wheel.file for wheel in batch if not is_right(folder, wheel)]:
            raise Problem(
                f"The package index sent other files than those that were tested, instead of: "
                f"{', '.join(wrong[:4])}",
                "Use another index, or the public one, in your pip settings (`pip config list`), and run "
                "the command again.",
            )
        done += sum(wheel.num_bytes for wheel in batch)
