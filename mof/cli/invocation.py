"""Commands as the reader has to type them."""

import sys
from pathlib import Path


def command_line(*words):
    """A `mof` command for the terminal that this process was started from.

    Args:
        words: str, what follows `mof`.

    Returns:
        str: "mof train ..." where the reader typed `mof`, and in a notebook, where a path of this
        machine would only confuse; else "PYTHON -m mof train ...", the path as short as it can be.
    """
    if Path(sys.argv[0]).stem in ("mof", "ipykernel_launcher"):
        return " ".join(["mof", *words])
    python = Path(sys.executable)
    try:
        python = python.relative_to(Path.cwd())
    except ValueError:
        pass
    return " ".join([_quoted(str(python)), "-m", "mof", *words])


def _quoted(word):
    return f'"{word}"' if " " in word else word
