"""Installing locked packages into an environment, by uv where it can be had and by pip elsewhere."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from mof.launcher.console import run_logged
from mof.launcher.failures import UNKNOWN, environment_was_changed, installation_problem, recognize_failure
from mof.launcher.locks import Lock
from mof.launcher.machine import parse_version
from mof.launcher.problem import Problem

OLDEST_UV = (0, 5)  # the first that knows UV_DEFAULT_INDEX and UV_INDEX
LOCKED = ("--require-hashes", "--no-deps", "--only-binary", ":all:")


class InstallationFailed(Exception):
    """An installer gave up.

    Args:
        problem: what to tell the reader.
        changed: whether the environment may be half changed.
        worth_trying_pip: whether pip may succeed where uv failed.
    """

    def __init__(self, problem: Problem, changed: bool, worth_trying_pip: bool = False):
        super().__init__(problem.what)
        self.problem = problem
        self.changed = changed
        self.worth_trying_pip = worth_trying_pip


class Installer:
    """uv or pip, working on one environment.

    Args:
        python: the environment's own Python.
        environment: variables for the installer, from `installer_environment`.
        log: file to which all output is added.
        choice: "auto" (uv if it can be had), "uv" or "pip".
        uv_lock: the lock of uv itself.
        keep_open: file descriptors that the installers hold too (see `run_logged`).
        wheels: the folder that every package comes from; None: the package index.
    """

    def __init__(
        self,
        python: Path,
        environment: Mapping[str, str],
        log: Path,
        choice: str,
        uv_lock: Lock,
        keep_open: tuple[int, ...] = (),
        wheels: Path | None = None,
    ):
        self.python = python
        self.environment = environment
        self.log = log
        self.choice = choice
        self.uv_lock = uv_lock
        self.keep_open = keep_open
        self.wheels = wheels
        self.source = find_links_options(wheels) if wheels else []

    def install(self, locks: list[Lock], project: Path | None) -> None:
        """Installs the locks and then, if `project` is a folder, the project in it (editable, offline).

        Raises:
            InstallationFailed: with the reason in words.
        """
        uv = self._find_or_fetch_uv()
        if uv and locks:
            try:
                self._run(self._uv_command(uv, locks), "installing with uv", is_uv=True)
            except InstallationFailed as failure:
                if failure.changed or not failure.worth_trying_pip or self.choice == "uv":
                    raise
                print("  uv could not do it; trying pip")
                uv = None
        if not uv and locks:
            self._ensure_pip()
            sources = [part for lock in locks for part in ("-r", lock.path)]
            options = ["--progress-bar", "off", *LOCKED, *self.source]
            self._run([*self._pip, "install", *options, *sources], "installing with pip", is_uv=False)
        if project:
            self._install_project(uv, project)

    def _uv_command(self, uv: Path, locks: list[Lock]) -> list:
        sources = [part for lock in locks for part in ("-r", lock.path)]
        return [uv, "pip", "install", "--python", self.python, *LOCKED, *self.source, *sources]

    def _install_project(self, uv: Path | None, project: Path) -> None:
        options = ["--no-deps", "--no-build-isolation", "--no-index", "--editable", project]
        program = [uv, "pip", "install", "--python", self.python] if uv else [*self._pip, "install"]
        self._run([*program, *options], "adding the mof command", is_uv=uv is not None)

    @property
    def _pip(self) -> list:
        return [self.python, "-m", "pip"]

    def _run(self, command: list, label: str, is_uv: bool) -> None:
        status, output = self._run_logged(command, label)
        if status:
            kind = recognize_failure(output) if status > 0 else UNKNOWN
            problem = installation_problem(kind, output, self.log)
            changed = environment_was_changed(output, is_uv)
            raise InstallationFailed(problem, changed, kind.worth_trying_pip)

    def _run_logged(self, command: list, label: str) -> tuple[int, str]:
        return run_logged(command, self.environment, self.log, label, self.keep_open)

    def _find_or_fetch_uv(self) -> Path | None:
        """A uv that starts: the machine's, the environment's, or one fetched into it. None: use pip."""
        if self.choice == "pip":
            return None
        own = self.python.with_name("uv.exe" if sys.platform == "win32" else "uv")
        for candidate in (own, shutil.which("uv")):
            if candidate and self._uv_works(Path(candidate)):
                return Path(candidate)
        self._ensure_pip()
        command = [*self._pip, "install", "--progress-bar", "off", *LOCKED, *self.source]
        command += ["-r", self.uv_lock.path]
        status, output = self._run_logged(command, "fetching uv, a fast installer")
        if status == 0 and self._uv_works(own):
            return own
        kind = recognize_failure(output)
        if self.choice == "uv" or kind.name in (
            "disk",
            "name",
            "proxy",
            "certificate",
            "credentials",
            "permission",
        ):
            problem = installation_problem(kind, output, self.log)
            raise InstallationFailed(problem, environment_was_changed(output, is_uv=False))
        print("  uv cannot be had here; installing with pip, which takes some minutes")
        return None

    def _uv_works(self, uv: Path) -> bool:
        try:
            result = subprocess.run([uv, "--version"], capture_output=True, text=True, timeout=60)
        except (OSError, subprocess.TimeoutExpired):
            return False
        return result.returncode == 0 and parse_version(result.stdout) >= OLDEST_UV

    def _ensure_pip(self) -> None:
        if subprocess.run([*self._pip, "--version"], capture_output=True).returncode == 0:
            return
        command = [self.python, "-m", "ensurepip", "--default-pip"]
        status, output = self._run_logged(command, "adding pip")
        own = next(self.wheels.glob("pip-*.whl"), None) if self.wheels else None
        if status and own:  # a wheel of pip can be run as it is
            command = [self.python, own / "pip", "install", "--no-deps", *self.source, "pip"]
            status, output = self._run_logged(command, "adding pip from the bundle")
        if status:
            problem = Problem(
                "This Python comes without pip (Debian and Ubuntu split it off).",
                "Run `sudo apt install python3-venv python3-pip`; or, without administrator rights, "
                "install Python "
                "3.13 from https://www.python.org/downloads/ or uv, and run the command again.",
            )
            raise InstallationFailed(problem, environment_was_changed(output, is_uv=False))


def find_links_options(wheels: Path) -> list:
    """The options, of pip and of uv, by which packages come from a folder alone.

    uv splits the folder at commas; as an address it has none.
    """
    return ["--no-index", "--find-links", wheels.as_uri() if "," in str(wheels) else wheels]
