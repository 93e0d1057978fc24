"""What the card of a chapter says: words to read, seconds to run, memory at the peak.

    python -m mof.lessons.chapter_cost notebooks/05_linear_attention.ipynb

Runs the notebook from top to bottom in a fresh kernel and stores nothing. Needs the packages of the book
(`python start.py book` installs them), and a machine with no other work.
"""

import json
import math
import os
import re
import sys
import time
from pathlib import Path
from typing import NamedTuple

from mof.lessons.records import ROOT
from mof.machine.peak_memory import PeakMemory

WORDS_PER_MINUTE = 100  # our assumption for prose with formulas and code, not a measurement of readers
_LETTER = re.compile(r"[^\W\d_]")


class ChapterCost(NamedTuple):
    """num_words: in all cells. reading_minutes: int. seconds: of running. peak_bytes: resident, kernel and
    its children."""

    num_words: int
    reading_minutes: int
    seconds: float
    peak_bytes: int


def count_words(path):
    """Words of a notebook, prose and code: what stands between blanks and holds a letter.

    Args:
        path: of the notebook.

    Returns:
        int.
    """
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells)
    text = re.sub(r"</?[a-zA-Z][^>]*>", " ", text)  # tags of the card and the hints
    return sum(_LETTER.search(word) is not None for word in text.split())


def measure_chapter(path):
    """Count a notebook's words, run it, and watch its memory.

    Args:
        path: of the notebook.

    Returns:
        ChapterCost.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell fails.
    """
    import nbformat
    from nbclient import NotebookClient

    words = count_words(path)
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=1200, resources={"metadata": {"path": str(Path(path).parent)}})
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PLOTLY_RENDERER": "plotly_mimetype"}
    variables["MOF_PROGRESS"] = "off"  # a measurement is no reader
    start = time.perf_counter()
    with PeakMemory(is_of_children=True, seconds_between=0.1) as peak:
        client.execute(env=variables)
    seconds = time.perf_counter() - start
    return ChapterCost(words, math.ceil(words / WORDS_PER_MINUTE / 5) * 5, seconds, peak.bytes())


def main(arguments=None):
    """Measure each notebook named and print a line for its card."""
    for path in sys.argv[1:] if arguments is None else arguments:
        cost = measure_chapter(path)
        print(
            f"{path}: {cost.num_words:,} words, {cost.reading_minutes} minutes to read; "
            f"{cost.seconds:.0f} s to run; {cost.peak_bytes / 1e9:.2f} GB"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
