"""Commands as the reader has to type them."""

import shutil
import sys
from pathlib import Path

from mof.quoting import quoted


def command_line(*words):
    """A `mof` command for the terminal that this process was started from.

    Args:
        words: str, what follows `mof`.

    Returns:
        str: "mof train ..." where the system finds `mof`, and in a notebook, where a path of this machine
        would only confuse; else the program's path as short as it can be, or "PYTHON -m mof train ...".
    """
    rest = " ".join(map(quoted, words))
    program = Path(sys.argv[0])
    if program.stem == "ipykernel_launcher" or (program.stem == "mof" and shutil.which("mof")):
        return f"mof {rest}"
    if program.stem == "mof":
        return f"{quoted(_short(program))} {rest}"
    return f"{quoted(_short(Path(sys.executable)))} -m mof {rest}"


def _short(path):
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
