"""The `.venv` folder: made once, repaired when an installation was cut off, left alone when it is right.

Inside it, `.mof/` records what is installed: one stamp for each lock (the lock's hash), one for the project
(hash of the files that its metadata come from), one for the folder (its path), and `changing`, which stands
there exactly while packages are being written.
Whoever finds `changing` at the start knows that the last run was killed, and builds the folder anew.
"""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from mof.launcher.bundle import WHEELS, Bundle, bundle_behind, describe
from mof.launcher.index_settings import HARMFUL, installer_environment, offline_environment
from mof.launcher.installer import InstallationFailed, Installer
from mof.launcher.locks import Lock, WheelFacts, find_lock
from mof.launcher.machine import (
    base_python_fault,
    check_disk,
    check_folder,
    check_machine,
    check_windows_runtime,
    describe_machine,
    python_version,
)
from mof.launcher.problem import Problem

STATE = ".mof"
PROJECT_FILES = ("pyproject.toml", "requirements.txt", "requirements/*.txt", "mof/__init__.py")
EXPANSION = 4.5  # bytes on disk for a byte downloaded, Linux x86-64: 1.63 GB from 354 MB, byte code included
MARGIN_BYTES = 500_000_000
# what a lock says that another process has: flock the first two, Windows the last two
HELD = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)


class Environment:
    """One virtual environment of the project.

    Args:
        root: the project's folder.
        name: the environment's folder in it.
        core: the lock that the environment always holds.
        installs_project: whether `mof` itself is installed into it.
    """

    def __init__(self, root: Path, name: str = ".venv", core: str = "core", installs_project: bool = True):
        self.root = root
        self.folder = root / name
        self.core = core
        self.installs_project = installs_project
        self.state = self.folder / STATE
        self.log = root / ".start" / "install.log"

    @property
    def programs(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        return self.programs / ("python.exe" if os.name == "nt" else "python")

    def child_variables(self) -> dict[str, str]:
        """Variables for a program of this environment: UTF-8, and nothing from other Pythons, nor from the
        reader's own settings of Keras."""
        variables = {name: value for name, value in os.environ.items() if name.upper() not in HARMFUL}
        variables["PATH"] = os.pathsep.join([str(self.programs), variables.get("PATH", "")])
        backend = "jax" if self.core == "jax" else "tensorflow"
        variables |= {"VIRTUAL_ENV": str(self.folder), "PYTHONUTF8": "1", "PYTHONNOUSERSITE": "1"}
        # Keras writes its settings there, and takes its number format and epsilon from them
        variables |= {"KERAS_BACKEND": backend, "KERAS_HOME": str(self.folder / ".keras")}
        return variables | {"JUPYTER_PREFER_ENV_PATH": "1"}

    def missing_locks(self, extras: tuple[str, ...]) -> list[Lock]:
        """The locks to install for the core and these extras; with a new core, the older extras too."""
        locks = {name: find_lock(self.root, name) for name in (self.core, *extras)}
        if self._stamp(self.core) not in (None, locks[self.core].digest):
            stamped = [path.stem for path in sorted(self.state.glob("*.stamp")) if path.stem != "project"]
            known = [find_lock(self.root, name) for name in stamped]
            locks |= {lock.name: lock for lock in known if lock.path.is_file()}
        return [lock for lock in locks.values() if self._stamp(lock.name) != lock.digest]

    def project_is_current(self) -> bool:
        return not self.installs_project or self._stamp("project") == self._project_stamp()

    def needs_rebuild(self) -> str | None:
        """Why the folder cannot be kept, in words; None if it can, or if there is none."""
        if not self.folder.exists():
            return None
        if (self.state / "changing").exists():
            return "the last set-up did not finish"
        if fault := base_python_fault(self.folder, self.python):
            return fault
        if self._stamp("folder") not in (None, str(self.folder)):
            return "the project was moved"
        return None

    def ensure(self, extras: tuple[str, ...] = (), installer: str = "auto") -> None:
        """Makes the environment hold the core, the project and the extras; returns at once if it does.

        Raises:
            Problem: with the reason and the fix, in words.
        """
        with one_at_a_time(self.root) as lock_descriptor:
            reason = self.needs_rebuild()
            is_ours = self.state.exists() or (self.folder.is_dir() and not any(self.folder.iterdir()))
            if self.folder.exists() and not is_ours:
                raise Problem(
                    f"There is a folder {self.folder} that `start.py` did not make.",
                    "Rename it or delete it, and run the command again.",
                )
            missing = (
                [find_lock(self.root, n) for n in (self.core, *extras)]
                if reason
                else self.missing_locks(extras)
            )
            if not missing and self.project_is_current() and not reason:
                return
            source = bundle_behind(self.root)
            if source:
                environment, taken = offline_environment(), []
            else:
                environment, taken = installer_environment()
            self._check_and_announce(missing, reason, taken, source)
            if reason:
                self._remove()
            was_there = self.folder.exists()
            wheels = source / WHEELS if source else None
            self._install(missing, environment, installer, was_there, lock_descriptor, wheels)

    def _install(
        self,
        missing: list[Lock],
        environment: Mapping[str, str],
        choice: str,
        was_there: bool,
        lock_descriptor: int,
        wheels: Path | None,
    ) -> None:
        self.state.mkdir(parents=True, exist_ok=True)
        changing = self.state / "changing"
        changing.write_text(str(os.getpid()), encoding="utf-8")
        if not was_there:
            self._make()
        worker = Installer(
            self.python,
            environment,
            self.log,
            choice,
            find_lock(self.root, "uv"),
            (lock_descriptor,),
            wheels,
        )
        try:
            worker.install(missing, None if self.project_is_current() else self.root)
        except InstallationFailed as failure:
            if was_there and not failure.changed:
                changing.unlink()  # what was installed before is as good as it was
            raise failure.problem from None
        for lock in missing:
            self._write_stamp(lock.name, lock.digest)
        self._write_stamp("folder", str(self.folder))
        if self.installs_project:
            self._write_stamp("project", self._project_stamp())
        changing.unlink()

    def _make(self) -> None:
        base = getattr(sys, "_base_executable", None) or sys.executable
        command = [base, "-m", "venv", "--without-pip", str(self.folder)]
        result = subprocess.run(command, capture_output=True, text=True, errors="replace")
        if result.returncode:
            raise Problem(
                f"Python could not make {self.folder}: {(result.stderr or result.stdout).strip()[-300:]}",
                "On Debian or Ubuntu run `sudo apt install python3-venv`; elsewhere install Python from "
                "https://www.python.org/downloads/ and run the command again.",
            )

    def _check_and_announce(
        self, missing: list[Lock], reason: str | None, taken: list[str], source: Path | None
    ) -> None:
        facts = WheelFacts.read(self.root)
        machine = describe_machine()
        check_machine(machine, max(facts.oldest_macos(lock.name) for lock in missing) if missing else ())
        check_folder(self.root)
        check_windows_runtime()
        # what is kept has a Python of its own, which may be another than the one that runs this
        own = None if reason else python_version(self.folder)
        python = own or f"{sys.version_info[0]}.{sys.version_info[1]}"
        sizes = [facts.download(lock.name, machine.system, python) for lock in missing]
        num_packages, download_bytes = sum(size[0] for size in sizes), sum(size[1] for size in sizes)
        needed_bytes = int(download_bytes * (1 + EXPANSION)) + MARGIN_BYTES
        free_bytes = check_disk(self.root, needed_bytes)
        names = ", ".join(lock.name for lock in missing) or "only the mof command"
        print(f"Setting up ({names}){': ' + reason + ', so it is made anew' if reason else ''}")
        print(f"  Python    {python} ({self.python if own else sys.executable})")
        if source and missing:
            print(f"  Packages  {num_packages}, from {source}: checking them", flush=True)
            bundle = Bundle.read(source)
            if own and (machine.system, own) not in bundle.machines:
                raise Problem(
                    f"{self.folder} holds Python {own}; the bundle holds packages for "
                    f"{describe(bundle.machines)}.",
                    "Run `python start.py clean environment`, and then the command again with such a Python.",
                )
            bundle.check_packages(self.root, [lock.name for lock in missing], machine.system, python)
        elif not source:
            told = f" (through your {', '.join(taken)} settings of pip)" if taken else ""
            size = f"{download_bytes / 1e6:.0f} MB at most, {num_packages} packages"
            print(f"  Download  about {size}, once{told}")
        print(f"  Into      {self.folder}: about {download_bytes * EXPANSION / 1e9:.1f} GB; "
              f"{free_bytes / 1e9:.0f} GB are free")  # fmt: skip
        print(f"  Log       {self.log}", flush=True)

    def _remove(self) -> None:
        if Path(sys.prefix) == self.folder:
            raise Problem(
                "The environment has to be made anew, but this very Python runs from it.",
                "Run `deactivate` (or open a new terminal) and run the command again.",
            )
        try:
            remove_environment(self.folder)
        except OSError as error:
            raise Problem(
                f"{self.folder} cannot be removed: {error}",
                "Close JupyterLab and every program that uses this folder, and run the command again.",
            ) from None

    def _project_stamp(self) -> str:
        paths = [path for pattern in PROJECT_FILES for path in sorted(self.root.glob(pattern))]
        text = "\0".join(f"{path.name}\0{path.read_text(encoding='utf-8')}" for path in paths)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()

    def _stamp(self, name: str) -> str | None:
        try:
            return json.loads((self.state / f"{name}.stamp").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _write_stamp(self, name: str, value: str) -> None:
        (self.state / f"{name}.stamp").write_text(json.dumps(value), encoding="utf-8")


@contextlib.contextmanager
def one_at_a_time(root: Path) -> Iterator[int]:
    """Waits while another process sets this project up or cleans it; the block then has its lock to itself.

    The system frees the lock of a process that is killed. Gives the lock's file descriptor.
    """
    try:
        (root / ".start").mkdir(exist_ok=True)
        file = (root / ".start" / "lock").open("a+b")
    except OSError:
        check_folder(root)
        raise
    with file:
        if not try_lock(file):
            print(
                "Another `start.py` sets this project up or cleans it; waiting for it (Ctrl+C gives up)",
                flush=True,
            )
            while not try_lock(file):
                time.sleep(1.0)
        yield file.fileno()


def remove_environment(folder: Path) -> None:
    """Removes an environment so that whoever finds what a removal left, should it be cut off, knows it as
    one of ours that has to be made anew: marked first, the mark last to go.

    Raises:
        OSError: something in it is in use.
    """
    state = folder / STATE
    state.mkdir(exist_ok=True)
    (state / "changing").touch()
    for entry in folder.iterdir():
        if entry != state:
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    shutil.rmtree(state)
    folder.rmdir()


def try_lock(file: BinaryIO) -> bool:
    """Takes the lock on an open file, for as long as it is open; False if another process has it. True, with
    no lock, on a file system that knows none: to wait there would be to wait for ever."""
    file.seek(0)
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in HELD
    return True
