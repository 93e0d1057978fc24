"""Makes the lock files, and checks that every supported machine finds a wheel for every line of them.

    python requirements/lock.py              newest versions inside the ranges, then the check
    python requirements/lock.py --check      the check alone: the locks stay as they are

Needs `uv` and a network. The locks are universal (one file serves every system and Python), hold the
SHA-256 of every wheel, and name no index: the reader's own is used. All extras are resolved together, so
any of them can be installed beside the others; only JAX has an environment of its own, without TensorFlow.

The check asks uv, for each system and Python, which wheels it would install, and compares their hashes
with the lock. Its result, with the bytes to download, is requirements/wheels.json: `start.py` reads there
what it will download and the oldest macOS that works, and the README's table of systems rests on it. The
wheels themselves, file by file, stand in requirements/wheel_files.json: `start.py bundle` fetches them.
"""

import argparse
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
LOCKS = FOLDER / "locks"
RESULT = FOLDER / "wheels.json"
WHEEL_FILES = FOLDER / "wheel_files.json"

PYTHONS = ("3.11", "3.12", "3.13")
# The name used by mof/launcher/machine.py, and uv's name of the same platform with its oldest C library.
SYSTEMS = {
    "linux-x86_64": "x86_64-manylinux_2_28",
    "linux-aarch64": "aarch64-manylinux_2_28",
    "windows-amd64": "x86_64-pc-windows-msvc",
    "macos-arm64": "aarch64-apple-darwin",
}
MACOS_VERSIONS = ("12.0", "13.0", "14.0", "15.0")  # tried in this order; TensorFlow 2.21 starts at 12
SOURCES = {
    "core": ("../requirements.txt", "build.txt"),
    "test": ("test.txt",),
    "lab": ("lab.txt",),
    "book": ("book.txt",),
    "cluster": ("cluster.txt",),
    "uv": ("uv.txt",),
    "jax": ("../requirements.txt", "test.txt", "jax.txt"),
}
LEFT_OUT = {"jax": ("tensorflow", "tensorflow-cpu")}

COMMON = ("--universal", "--python-version", PYTHONS[0], "--fork-strategy", "fewest", "--no-annotate",
          "--only-binary", ":all:", "--no-header", "--quiet")  # fmt: skip


def run_uv(*arguments: str | Path, macos: str = MACOS_VERSIONS[0]) -> None:
    """Runs `uv pip compile`; a failure raises CalledProcessError with uv's words in `stderr`."""
    command = ["uv", "pip", "compile", *map(str, arguments)]
    environment = os.environ | {"MACOSX_DEPLOYMENT_TARGET": macos}
    subprocess.run(command, check=True, cwd=FOLDER, env=environment, capture_output=True, text=True)


def make_locks() -> None:
    """Resolves everything together, then writes one lock for each entry of SOURCES."""
    LOCKS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        together = Path(scratch, "together.txt")
        sources = dict.fromkeys(name for lock, names in SOURCES.items() if lock != "jax" for name in names)
        run_uv(*sources, *COMMON, "--output-file", together)
        for lock, names in SOURCES.items():
            left_out = Path(scratch, "left-out.txt")
            left_out.write_text("\n".join(LEFT_OUT.get(lock, ())), encoding="utf-8")
            path = LOCKS / f"{lock}.txt"
            path.unlink(missing_ok=True)  # uv keeps the versions of a file that is there
            run_uv(*names, *COMMON, "--generate-hashes", "--constraints", together, "--excludes", left_out,
                   "--output-file", path)  # fmt: skip
            print(
                f"locked {lock}: {len(re.findall(r'^[a-z0-9].*==', path.read_text('utf-8'), re.M))} packages"
            )


def wheels_for(lock: Path, system: str, python: str, macos: str) -> dict[str, dict]:
    """The wheels that this machine downloads for a lock: file name -> its SHA-256 and bytes.

    Where several wheels of a package fit, the largest is taken.

    Raises:
        CalledProcessError: a package of the lock has no wheel for this machine.
        ValueError: uv would take a wheel whose hash is not in the lock.
    """
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch, "pylock.toml")
        run_uv(lock, "--no-deps", "--python-platform", SYSTEMS[system], "--python-version", python,
               "--only-binary", ":all:", "--format", "pylock.toml", "--quiet", "--output-file", output,
               macos=macos)  # fmt: skip
        packages = tomllib.loads(output.read_text(encoding="utf-8"))["packages"]
    known = set(re.findall(r"sha256:([0-9a-f]{64})", lock.read_text(encoding="utf-8")))
    chosen = {}
    for package in packages:
        fitting = [wheel for wheel in package.get("wheels", []) if wheel["hashes"]["sha256"] in known]
        if not fitting:
            raise ValueError(
                f"{lock.name}: {package['name']} has no wheel with a locked hash on {system} {python}"
            )
        wheel = max(fitting, key=lambda wheel: wheel["size"])
        name = urllib.parse.unquote(wheel["url"].split("#")[0].split("?")[0].rsplit("/", 1)[-1])
        chosen[name] = {"sha256": wheel["hashes"]["sha256"], "bytes": wheel["size"]}
    return chosen


def check_lock(lock: Path) -> tuple[dict, dict[str, dict]]:
    """One lock on every system and Python: what is downloaded, or why it cannot be installed.

    Returns:
        Its entry of wheels.json, and its wheels: file name -> SHA-256, bytes, machines.
    """
    systems, wheels = {}, {}
    for system in SYSTEMS:
        versions = MACOS_VERSIONS if system.startswith("macos") else MACOS_VERSIONS[:1]
        for macos in versions:
            found, refused, chosen = {}, {}, {}
            for python in PYTHONS:
                try:
                    chosen[python] = wheels_for(lock, system, python, macos)
                    num_bytes = sum(wheel["bytes"] for wheel in chosen[python].values())
                    found[python] = {"packages": len(chosen[python]), "download_bytes": num_bytes}
                except (subprocess.CalledProcessError, ValueError) as error:
                    refused[python] = getattr(error, "stderr", None) or str(error)
            if not refused:
                break
        for python, files in chosen.items():
            for name, facts in files.items():
                wheels.setdefault(name, facts | {"machines": []})["machines"].append(f"{system} {python}")
        systems[system] = {"ok": not refused, "pythons": found, "refused": refused}
        if system.startswith("macos") and not refused:
            systems[system]["oldest_macos"] = macos
    entry = {
        "sha256": hashlib.sha256(lock.read_text(encoding="utf-8").encode("utf-8")).hexdigest(),
        "systems": systems,
    }
    return entry, wheels


def wheel_files_text(wheels: dict[str, dict[str, dict]]) -> str:
    """requirements/wheel_files.json: for each lock its files, one a line; "all" stands for all machines."""
    num_machines = len(SYSTEMS) * len(PYTHONS)
    parts = []
    for lock, files in wheels.items():
        rows = []
        for name, facts in sorted(files.items()):
            machines = "all" if len(facts["machines"]) == num_machines else facts["machines"]
            rows.append(json.dumps({"file": name} | facts | {"machines": machines}))
        parts.append(f' "{lock}": [\n  ' + ",\n  ".join(rows) + "\n ]")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="leave the locks as they are")
    if not parser.parse_args().check:
        make_locks()
    version = subprocess.run(["uv", "--version"], check=True, capture_output=True, text=True).stdout.split()[
        1
    ]
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    result = {"command": "python requirements/lock.py --check", "date": today, "uv": version, "locks": {}}
    num_refused = 0
    with ThreadPoolExecutor(len(SOURCES)) as pool:  # the time goes into waiting for the index
        reports = dict(
            zip(SOURCES, pool.map(check_lock, [LOCKS / f"{lock}.txt" for lock in SOURCES]), strict=True)
        )
    for lock, (report, _) in reports.items():
        result["locks"][lock] = report
        for system, entry in report["systems"].items():
            num_refused += len(entry["refused"])
            sizes = [
                f"{python} {row['download_bytes'] / 1e6:.0f} MB" for python, row in entry["pythons"].items()
            ]
            print(f"{lock:8} {system:14} {'  '.join(sizes)}", *entry["refused"].values())
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    wheels = {lock: files for lock, (_, files) in reports.items()}
    WHEEL_FILES.write_text(wheel_files_text(wheels), encoding="utf-8")
    print(f"{RESULT.relative_to(ROOT)}: {num_refused} combinations refused")
    return 1 if num_refused else 0


if __name__ == "__main__":
    sys.exit(main())
