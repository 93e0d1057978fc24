"""How long the chapters take here: the seconds on their cards, scaled by how fast this machine trains.

A card says how long its notebook ran on two cores of a machine whose speed on `tiny` is stored
(benchmarks/results/hour_run.json: 12,689,408 tokens in 3,685.6 seconds of training). Predicted, and roughly:
a chapter that waits for TensorFlow's start more than it trains scales less.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

from mof.launcher.course import read_course
from mof.lessons.records import ROOT

CARD_TOKENS_PER_SECOND = 12_689_408 / 3_685.631
_CARD = re.compile(r"^\|[^|\n]*\|\s*([\d.,]+)\s*(second|minute|hour)s?[^|\n]*\|\s*([\d.]+)\s*GB", re.M)
_SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0}


class ChapterTime(NamedTuple):
    """number and title of a chapter; seconds its card says, and seconds predicted here; memory_bytes its card
    says."""

    number: str
    title: str
    card_seconds: float
    seconds: float
    memory_bytes: int


def chapter_times(tokens_per_second, root=ROOT):
    """The chapters that are written and have a card.

    Args:
        tokens_per_second: of training `tiny` with float32 products on this machine.
        root: the project's folder; without a course in it there are no chapters.

    Returns:
        list of ChapterTime, in the course's order.
    """
    root = Path(root)
    if not (root / "book" / "chapters.json").is_file():
        return []
    found = []
    for page in read_course(root).chapters:
        source = page.source(root)
        card = None if source is None else read_card(source)
        if card is not None:
            seconds, memory_bytes = card
            here = seconds * CARD_TOKENS_PER_SECOND / tokens_per_second
            found.append(ChapterTime(page.number, page.title, seconds, here, memory_bytes))
    return found


def read_card(path):
    """(seconds to run, bytes of memory) of a notebook's card, or None where it has none."""
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    match = _CARD.search("".join(cells[0]["source"])) if cells else None
    if match is None:
        return None
    seconds = float(match[1].replace(",", "")) * _SECONDS[match[2]]
    return seconds, round(float(match[3]) * 1e9)
