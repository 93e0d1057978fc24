"""What `mof abilities` has asked so far, beside the file that it will write."""

import json
from pathlib import Path

from mof.evaluation.task_accuracy import FamilyAccuracy
from mof.training.json_lines import append_entry


class KeptAnswers:
    """Results in a file of JSON lines; the first line says of what. A file of something else is begun anew.

    Args:
        output: str, the file that is written in the end, or None: then nothing is kept.
        asked: dict of JSON values, all that the results depend on.

    Attributes:
        path: pathlib.Path of the JSON lines, or None.
        answers: list of FamilyAccuracy that were there.

    Raises:
        OSError: the file cannot be read or written.
    """

    def __init__(self, output, asked):
        self.path, self.answers = None, []
        if output is None:
            return
        output = Path(output)
        self.path = output.with_name(f"{output.name}.partial.jsonl")
        entries = _entries(self.path)
        if entries[:1] == [asked]:
            self.answers = [FamilyAccuracy(**entry) for entry in entries[1:]]
        else:
            self.remove()
            append_entry(self.path, asked)

    def add(self, result):
        """Keep one more FamilyAccuracy."""
        if self.path is not None:
            append_entry(self.path, result._asdict())

    def remove(self):
        """Delete the file: what was kept is written elsewhere, or no longer right."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


def _entries(path):
    """The JSON values of the file's whole lines; a line that a kill cut is passed over."""
    if not path.is_file():
        return []
    entries = []
    for line in path.read_bytes().split(b"\n"):
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    return entries
