"""What this machine is, and whether the course can run on it: asked before anything is downloaded.

Whether an environment still has the Python that it was made from, too.
"""

import ctypes
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mof.launcher.problem import Problem

OLDEST_GLIBC = (2, 28)  # requirements/lock.py resolves Linux with manylinux_2_28
SYSTEM_NAMES = {  # (sys.platform, machine in lower case) -> the name used in requirements/wheels.json
    ("linux", "x86_64"): "linux-x86_64",
    ("linux", "aarch64"): "linux-aarch64",
    ("win32", "amd64"): "windows-amd64",
    ("darwin", "arm64"): "macos-arm64",
}
WINDOWS_AVX = 39  # PF_AVX_INSTRUCTIONS_AVAILABLE of IsProcessorFeaturePresent
RUNTIME_LIBRARIES = ("vcruntime140_1.dll", "msvcp140.dll", "msvcp140_1.dll")  # TensorFlow's, on Windows
# The longest path of an installed environment has 188 characters from the project's folder on (a header file
# in tensorflow/include); Windows allows 259 in all unless long paths are switched on.
LONGEST_WINDOWS_FOLDER = 259 - 188


@dataclass(frozen=True)
class Machine:
    """The facts that decide whether the wheels of requirements/locks fit."""

    platform: str  # sys.platform
    architecture: str  # platform.machine(), as it comes
    address_bits: int
    implementation: str  # "cpython"
    python_tag: str  # the build's own platform name: "linux-x86_64", "mingw_x86_64_ucrt"
    is_free_threaded: bool
    is_musl: bool
    glibc: tuple[int, ...]  # () where there is none
    macos: tuple[int, ...]  # () elsewhere
    is_translated: bool  # an Intel Python on Apple silicon
    has_avx: bool  # True where it cannot be asked

    @property
    def system(self) -> str | None:
        """This machine's name in requirements/wheels.json; None where there are no wheels."""
        return SYSTEM_NAMES.get((self.platform, self.architecture.lower()))


def describe_machine() -> Machine:
    libc, libc_version = platform.libc_ver() if sys.platform == "linux" else ("", "")
    soabi = sysconfig.get_config_var("SOABI") or ""
    return Machine(
        platform=sys.platform,
        architecture=platform.machine(),
        address_bits=64 if sys.maxsize > 2**32 else 32,
        implementation=sys.implementation.name,
        python_tag=sysconfig.get_platform(),
        is_free_threaded=bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        is_musl="musl" in soabi or "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or ""),
        glibc=parse_version(libc_version) if libc == "glibc" else (),
        macos=parse_version(platform.mac_ver()[0]),
        is_translated=sys.platform == "darwin" and _is_translated(),
        has_avx=_has_avx(),
    )


def parse_version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:2])


def _is_translated() -> bool:
    command = ["sysctl", "-n", "sysctl.proc_translated"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10).stdout.strip() == "1"
    except OSError:
        return False


def _has_avx() -> bool:
    if sys.platform == "win32":
        return bool(ctypes.windll.kernel32.IsProcessorFeaturePresent(WINDOWS_AVX))
    if sys.platform == "linux" and platform.machine() == "x86_64":
        try:
            flags = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.M)
        except OSError:
            return True
        return flags is None or "avx" in flags.group(1).split()
    return True


def check_machine(machine: Machine, oldest_macos: tuple[int, ...]) -> None:
    """Refuses, in words, a machine for which TensorFlow has no wheel.

    Raises:
        Problem: with the fix, or the nearest way out where there is none.
    """
    elsewhere = "Use another computer, or a free online notebook service that offers Linux on x86-64."
    python_org = (
        "Install Python 3.13 (64-bit) from https://www.python.org/downloads/ and run this again with it."
    )
    if machine.implementation != "cpython":
        raise Problem(
            f"This is {machine.implementation}; TensorFlow needs CPython, the usual Python.", python_org
        )
    if machine.is_free_threaded:
        raise Problem(
            "This is the free-threaded build of Python; TensorFlow has no package for it.", python_org
        )
    if "mingw" in machine.python_tag or machine.platform in ("cygwin", "msys"):
        raise Problem(
            f"This Python belongs to MSYS2 or Cygwin ({machine.python_tag}); the packages need the Python "
            f"for Windows.",
            python_org,
        )
    if machine.address_bits != 64:
        raise Problem("This is a 32-bit Python; TensorFlow needs a 64-bit one.", python_org)
    if machine.platform == "darwin" and machine.architecture == "x86_64":
        if machine.is_translated:
            raise Problem(
                "This Mac has Apple silicon, but this Python is the one for Intel Macs.",
                "Install Python 3.13 from https://www.python.org/downloads/ (its installer is for both "
                "kinds), "
                "open a new terminal without Rosetta, and run this again.",
            )
        raise Problem(
            "This is an Intel Mac; TensorFlow has had no package for it since version 2.16.", elsewhere
        )
    if machine.platform == "win32" and machine.architecture.upper() == "ARM64":
        raise Problem(
            "This is Windows on ARM; TensorFlow has no package for it.",
            "Install Ubuntu in the Windows Subsystem for Linux (`wsl --install`) and run the course in "
            "there.",
        )
    if machine.is_musl:
        raise Problem(
            "This Linux uses musl (Alpine and its like); TensorFlow's packages need glibc.",
            "Use Debian, Ubuntu, Fedora or another Linux with glibc, also in a container.",
        )
    if machine.system is None:
        raise Problem(
            f"TensorFlow has no package for {machine.platform} on {machine.architecture}.", elsewhere
        )
    if machine.platform == "linux" and machine.glibc and machine.glibc < OLDEST_GLIBC:
        raise Problem(
            f"This Linux has glibc {'.'.join(map(str, machine.glibc))}; the packages need 2.28 or newer "
            f"(2018).",
            "Update the system, or use a container with Debian 12 or Ubuntu 22.04.",
        )
    if machine.macos and machine.macos < oldest_macos:
        needed = ".".join(map(str, oldest_macos))
        raise Problem(
            f"This is macOS {'.'.join(map(str, machine.macos))}; the packages need {needed} or newer.",
            "Update macOS in System Settings, General, Software Update.",
        )
    if not machine.has_avx:
        raise Problem(
            "This processor has no AVX instructions, which TensorFlow needs (2011 and later).", elsewhere
        )


def check_folder(folder: Path) -> None:
    """Refuses a project folder in which nothing can be written, or whose path is too long for Windows."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Problem(
            f"Nothing can be written in {folder} ({error.strerror}).",
            "Copy the whole project to a folder of your own, such as your home folder, and start it there.",
        ) from None
    if (
        sys.platform == "win32"
        and len(str(folder)) > LONGEST_WINDOWS_FOLDER
        and not _windows_has_long_paths()
    ):
        raise Problem(
            f"The path {folder} has {len(str(folder))} characters; TensorFlow's files then go beyond the "
            f"259 that "
            f"Windows allows. At most {LONGEST_WINDOWS_FOLDER} are safe.",
            r"Move the project to a short path such as C:\mof, or switch on long paths (as "
            r"administrator): set "
            r"HKLM\SYSTEM\CurrentControlSet\Control\FileSystem, LongPathsEnabled to 1.",
        )


def _windows_has_long_paths() -> bool:
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return winreg.QueryValueEx(key, "LongPathsEnabled")[0] == 1
    except OSError:
        return False


def read_venv_settings(folder: Path) -> dict[str, str]:
    """pyvenv.cfg, in which `venv` wrote what an environment was made from; {} where it cannot be read."""
    try:
        lines = (folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = [line.partition("=") for line in lines]
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def python_version(folder: Path) -> str | None:
    """The Python that an environment was made from, such as "3.12"; None where it does not say."""
    found = re.match(r"\d+\.\d+", read_venv_settings(folder).get("version", ""))
    return found[0] if found else None


def base_python_fault(folder: Path, python: Path, is_windows: bool = os.name == "nt") -> str | None:
    """Why an environment's Python cannot be used any more, in words; None if it can.

    On Windows its python.exe is a launcher, which stays when the Python it was made from is removed.
    Elsewhere it is a link, often to a name without a version, behind which an upgrade of the system puts
    another Python, and that one sees none of the packages.

    Args:
        folder: of the environment.
        python: the environment's own Python.
        is_windows: whether this is Windows.
    """
    gone = "the Python it was made from is gone"
    if not python.exists():
        return gone
    settings = read_venv_settings(folder)
    if is_windows and settings.get("home"):
        places = (Path(settings["home"], "python.exe"), Path(settings.get("executable", "")))
        # lexists: the Python of the Microsoft Store is a kind of link that cannot be followed
        return None if any(place.name and os.path.lexists(place) for place in places) else gone
    before, now = python_version(folder), re.fullmatch(r"python(\d+\.\d+)[a-z]*", python.resolve().name)
    if before and now and now[1] != before:
        return f"it was made from Python {before}, and in its place there is Python {now[1]} now"
    return None


def check_disk(folder: Path, needed_bytes: int, disk_usage=shutil.disk_usage) -> int:
    """The free bytes where `folder` lies; a Problem where they are fewer than needed."""
    free_bytes = disk_usage(folder).free
    if free_bytes < needed_bytes:
        raise Problem(
            f"There are {free_bytes / 1e9:.1f} GB free where {folder} lies; {needed_bytes / 1e9:.1f} GB "
            f"are needed.",
            "Free some disk, or move the project to a larger one.",
        )
    return free_bytes


def check_windows_runtime(load_library=None) -> None:
    """Refuses a Windows without the Visual C++ runtime, whose absence breaks `import tensorflow`."""
    if load_library is None:
        if os.name != "nt":
            return
        load_library = ctypes.WinDLL
    missing = []
    for name in RUNTIME_LIBRARIES:
        try:
            load_library(name)
        except OSError:
            missing.append(name)
    if missing:
        raise Problem(
            f"Windows has no Visual C++ runtime ({', '.join(missing)} not found); TensorFlow cannot start "
            f"without it.",
            "Install the Microsoft Visual C++ Redistributable (x64) from "
            "https://aka.ms/vs/17/release/vc_redist.x64.exe "
            "and run this again.",
        )
