"""A training in the background: it outlives the terminal, the notebook and its kernel that started it.

A first process starts the second and ends at once, so that nobody's list of children holds the training: a
Jupyter kernel ends its own when it is shut down. The training gets a session of its own (Linux, macOS) or no
console (Windows; not checked there yet), and writes what it says into a file.

    python -m mof.planning.background OUTPUT WORDS...    # the first process; prints the second's number
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from mof.planning.following import OUTPUT_NAME, folder_of, is_followed, plan_in
from mof.planning.plan import STAGE_NAMES
from mof.quoting import quoted
from mof.training.folder_lock import is_held
from mof.training.run_folder import LOCK_NAME, STOP_NAME, RunError

PATIENCE_SECONDS = 180.0  # until the training has begun to follow its plan: Python's start on a busy machine
COLOUR_VARIABLES = ("FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE")
# detached, the launcher python.exe of a virtual environment would open a console window for its child
WINDOWS_FLAGS = ("CREATE_NEW_PROCESS_GROUP", "CREATE_NO_WINDOW", "CREATE_BREAKAWAY_FROM_JOB")


def start(plan_path, *words, where="."):
    """Follow a plan in the background, from a notebook or from the command line.

    Args:
        plan_path: of the plan's file. words: further words of `mof train`, such as "--day-hours", "22-7".
        where: folder in which all relative paths begin, those in the plan too: in a notebook the project's.

    Returns:
        (number of the process, Path of the file that it writes to).

    Raises:
        PlanError: the file holds no plan.
        RunError: a process follows a plan in its folder already, or the new one ended at once; the message
            holds its last lines.

    Example:
        ::

            from mof.planning.background import start, stop

            start("runs/four-days/plan-b.toml", where="..")
    """
    where = Path(where).resolve()
    folder = where / plan_in(where / plan_path).head.folder
    if is_followed(folder):
        raise RunError(
            f"another process follows a plan in {folder}: `mof status {quoted(folder)}` shows what it does."
        )
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / OUTPUT_NAME
    size_before = output.stat().st_size if output.is_file() else 0
    command = [sys.executable, "-m", "mof.planning.background", str(output)]
    command += ["train", "--plan", str(plan_path), *words]
    first = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", cwd=where)
    if first.returncode:
        raise RunError(f"the training could not be started: {first.stderr.strip()[-1000:]}")
    number = int(first.stdout)
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_followed(folder) and time.monotonic() < end:
        if not is_alive(number) and not is_followed(folder):
            said = output.read_bytes()[size_before:].decode("utf-8", "replace").strip()
            if said.endswith("Done."):
                break
            raise RunError(f"the training ended at once: {said[-1000:]}")
        time.sleep(0.2)
    return number, output


def stop(path, seconds=600.0):
    """Ask what trains in a folder to stop after its present update, and wait for it.

    Args:
        path: of a plan's file, of its folder, or of a run. seconds: to wait.

    Returns:
        True once nothing trains there any more.

    Raises:
        RunError: nothing trains there now.
    """
    folder = Path(folder_of(path))
    busy = [place for place in _places(folder) if _is_busy_itself(place)]
    if not busy:
        raise RunError(f"nothing trains in {folder} now.")
    asked = busy[0]  # the folder of a plan before its stages: who follows it would go on with the next
    (asked / STOP_NAME).touch()
    end = time.monotonic() + seconds
    while is_busy(folder):
        if time.monotonic() >= end:
            return False
        time.sleep(0.2)
    (asked / STOP_NAME).unlink(missing_ok=True)
    return True


def is_busy(folder):
    """True while a process follows a plan in the folder, or trains a run: in it, or one of its stages."""
    return any(_is_busy_itself(place) for place in _places(folder))


def _places(folder):
    return [folder, *(folder / name for name in STAGE_NAMES)]


def _is_busy_itself(folder):
    return is_followed(folder) or is_held(folder / LOCK_NAME)


def is_alive(number):
    """True while the process of that number runs."""
    import psutil

    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def plain_environment():
    """The environment for a process whose output goes to a file or to a program: UTF-8, and without the words
    by which a Jupyter kernel asks for colours and moving lines."""
    kept = {name: value for name, value in os.environ.items() if name not in COLOUR_VARIABLES}
    return {**kept, "PYTHONIOENCODING": "utf-8"}


def main(arguments):
    """Start `mof WORDS` with its output in a file, and print its number. See the head of this file."""
    output, *words = arguments
    options = {"start_new_session": True}
    if os.name == "nt":
        options = {"creationflags": sum(getattr(subprocess, name) for name in WINDOWS_FLAGS)}
    environment = {**plain_environment(), "PYTHONUNBUFFERED": "1"}
    with open(output, "ab") as file:
        command = [sys.executable, "-m", "mof", *words]
        streams = {
            "stdin": subprocess.DEVNULL,
            "stdout": file,
            "stderr": subprocess.STDOUT,
            "env": environment,
        }
        try:
            process = subprocess.Popen(command, **streams, **options)
        except PermissionError:  # a job that lets nobody out: then the training lives as long as the job
            options["creationflags"] -= subprocess.CREATE_BREAKAWAY_FROM_JOB
            process = subprocess.Popen(command, **streams, **options)
    print(process.pid)
    process.returncode = 0  # it goes on: no warning that it was left behind


if __name__ == "__main__":
    main(sys.argv[1:])
