"""Sets everything up and trains a first model: `python start.py`. All commands: `python start.py --help`.

Needs only Python 3.11 to 3.13. This file looks at the Python version and hands over to mof/launcher/; it is
written so that an old Python, Python 2 too, can read it and say what to do.
"""

from __future__ import print_function

import os
import sys

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 13)


def python_problem(version, commands):
    """The message for a Python that cannot be used, or None.

    Args:
        version: (major, minor) of the Python that runs this.
        commands: commands for supported Pythons found on this machine, best first.
    """
    if OLDEST_PYTHON <= tuple(version[:2]) <= NEWEST_PYTHON:
        return None
    lines = [
        "This is Python {}.{}. The course needs Python 3.11, 3.12 or 3.13.".format(*version[:2]),
        "(TensorFlow publishes no package for other versions.)",
    ]
    if commands:
        lines.append("To fix it, run:  {} start.py".format(commands[0]))
    else:
        lines.append("To fix it, install Python 3.13 (64-bit) from https://www.python.org/downloads/,")
        lines.append("then open a new terminal and run the command again with that Python.")
    return "\n".join(lines)


def find_supported_pythons(search_path, is_windows):
    """Commands on this machine that start a supported Python, newest first (names only: none is run)."""
    commands = []
    for minor in range(NEWEST_PYTHON[1], OLDEST_PYTHON[1] - 1, -1):
        name = "python3.{}".format(minor)
        for folder in search_path.split(os.pathsep):
            if os.path.isfile(os.path.join(folder, name + ".exe" if is_windows else name)):
                commands.append(name)
                break
    local = os.path.join(os.environ.get("LOCALAPPDATA", ""), "Programs", "Python")
    if is_windows:  # the installer of python.org leaves python.exe here and registers it with `py`
        for minor in range(NEWEST_PYTHON[1], OLDEST_PYTHON[1] - 1, -1):
            if os.path.isfile(os.path.join(local, "Python3{}".format(minor), "python.exe")):
                commands.append("py -3.{}".format(minor))
    return commands


def project_folder(here):
    """The folder that holds mof/: in a workshop bundle one folder down, and only read."""
    if os.path.isdir(os.path.join(here, "project", "mof")):
        sys.dont_write_bytecode = True
        return os.path.join(here, "project")
    return here  # some settings of Python leave it out of the path


def main():
    commands = find_supported_pythons(os.environ.get("PATH", ""), os.name == "nt")
    problem = python_problem(sys.version_info, commands)
    if problem:
        print(problem)
        return 1
    sys.path.insert(0, project_folder(os.path.dirname(os.path.abspath(__file__))))
    from mof.launcher.commands import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
