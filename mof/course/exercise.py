"""What an exercise is: words, wrong answers that are typical, and a check."""

import dataclasses
import re
from collections.abc import Callable

KINDS = ("predict", "change", "build")
_ID = re.compile(r"(\d\d)\.(\d+)")


@dataclasses.dataclass(frozen=True)
class WrongAnswer:
    """A typical wrong answer and what it is told. It serves twice: a check looks among them for the reader's
    mistake, and a test sees to it that each gets its own words.

    Attributes:
        answer: of the form that the exercise wants: a function, a number, a choice.
        message: `marked` English; what the reader is told, or a part of it that no other answer is told.
    """

    answer: object
    message: str


@dataclasses.dataclass(frozen=True)
class Exercise:
    """One exercise of a chapter. The notebook holds its text, its stub and its solution.

    Attributes:
        id: "05.2": chapter, number in the chapter.
        title: `marked` English, as in the notebook's heading.
        kind: "predict", "change" or "build".
        minutes: int, about how long it takes (our estimate).
        name: what the reader's cell defines, "my_attend".
        arguments: names of what the reader's function is called with; () where the answer is a value.
        hints: tuple of `marked` English, from a nudge to nearly all.
        wrong_answers: tuple of WrongAnswer, three at least.
        checker: takes an Attempt (or the value), returns praise; raises Wrong or Unwritten.

    Raises:
        ValueError: a field is not so.
    """

    id: str
    title: str
    kind: str
    minutes: int
    name: str
    arguments: tuple
    hints: tuple
    wrong_answers: tuple
    checker: Callable

    def __post_init__(self):
        if not _ID.fullmatch(self.id):
            raise ValueError(f'exercise id {self.id!r}, expected chapter and number, such as "05.2".')
        if self.kind not in KINDS:
            raise ValueError(f"exercise {self.id}: kind {self.kind!r}, expected one of {', '.join(KINDS)}.")
        if not isinstance(self.minutes, int) or not 1 <= self.minutes <= 240:
            raise ValueError(
                f"exercise {self.id}: minutes {self.minutes!r}, expected a number from 1 to 240."
            )
        if not self.name.isidentifier():
            raise ValueError(f"exercise {self.id}: name {self.name!r}, expected a name of Python.")
        for field in ("arguments", "hints", "wrong_answers"):
            if not isinstance(getattr(self, field), tuple):
                raise ValueError(f"exercise {self.id}: {field} is no tuple: is a comma missing?")
        if not self.hints:
            raise ValueError(f"exercise {self.id} has no hint.")

    @property
    def chapter(self):
        """ "05" """
        return self.id.split(".")[0]

    @property
    def number(self):
        """2, in its chapter."""
        return int(self.id.split(".")[1])
