"""What reading met: how much was read, and which lines were bad and why."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

_NUM_KEPT = 20  # bad lines kept in full; all are counted


class CorpusError(ValueError):
    """The corpus cannot be used as it is; the message names the file, the reason and the fix."""


@dataclass(frozen=True)
class BadLine:
    """A line that was skipped.

    Attributes:
        path: its file.
        line: its number, counted from 1.
        reason: the kind of fault, a few fixed words.
        detail: what exactly was found.
    """

    path: str
    line: int
    reason: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}: {self.reason}" + (f" ({self.detail})" if self.detail else "")


@dataclass
class ReadingReport:
    """Counts kept while documents are read.

    Attributes:
        num_documents: documents read.
        num_bad_lines: lines skipped.
        counts_by_reason: bad lines for each reason.
        first_bad_lines: the first 20 bad lines in full.
        empty_files: files that held nothing at all.
        bytes_of_file, bad_bytes_of_file: of the lines of a plain text file since `start_file`, and of those
            among them that are no UTF-8.
    """

    num_documents: int = 0
    num_bad_lines: int = 0
    counts_by_reason: Counter[str] = field(default_factory=Counter)
    first_bad_lines: list[BadLine] = field(default_factory=list)
    empty_files: list[str] = field(default_factory=list)
    bytes_of_file: int = field(default=0, repr=False, compare=False)
    bad_bytes_of_file: int = field(default=0, repr=False, compare=False)
    _first_of_file: list[BadLine] = field(default_factory=list, repr=False, compare=False)

    def start_file(self) -> None:
        """Forgets which bad lines belong to the file before; see `first_of_file`."""
        self._first_of_file = []
        self.bytes_of_file = self.bad_bytes_of_file = 0

    @property
    def first_of_file(self) -> tuple[BadLine, ...]:
        """The first bad lines since `start_file`, however many came before."""
        return tuple(self._first_of_file)

    def add_bad_line(self, bad_line: BadLine) -> None:
        """Counts a bad line, and keeps it if it is among the first."""
        self.num_bad_lines += 1
        self.counts_by_reason[bad_line.reason] += 1
        if len(self.first_bad_lines) < _NUM_KEPT:
            self.first_bad_lines.append(bad_line)
        if len(self._first_of_file) < _NUM_KEPT:
            self._first_of_file.append(bad_line)

    def as_dict(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "num_documents": self.num_documents,
            "num_bad_lines": self.num_bad_lines,
            "counts_by_reason": dict(sorted(self.counts_by_reason.items())),
            "first_bad_lines": [vars(bad_line) for bad_line in self.first_bad_lines],
            "empty_files": list(self.empty_files),
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "ReadingReport":
        """The report that `as_dict` gave."""
        return cls(
            num_documents=values["num_documents"],
            num_bad_lines=values["num_bad_lines"],
            counts_by_reason=Counter(values["counts_by_reason"]),
            first_bad_lines=[BadLine(**bad_line) for bad_line in values["first_bad_lines"]],
            empty_files=list(values["empty_files"]),
        )

    def __str__(self) -> str:
        """A summary for people: one line, and one more for each kind of bad line."""
        lines = [f"{self.num_documents:,} documents read, {self.num_bad_lines:,} bad lines skipped"]
        for reason, count in self.counts_by_reason.most_common():
            example = next((bad for bad in self.first_bad_lines if bad.reason == reason), None)
            lines.append(f"  {reason}: {count:,}" + (f", first: {example}" if example else ""))
        lines.extend(f"  empty file: {path}" for path in self.empty_files)
        return "\n".join(lines)
