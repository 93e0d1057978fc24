"""Training text made of questions with their answers, endless and the same everywhere for the same seed.

A document is a sheet of some questions, one in each line: half of the sheets keep to one family, the others
mix all. No sheet holds a question that `mof.tasks.held_out` keeps out of training.
"""

import random

from mof.tasks.held_out import has_questions, judged_split, split_of

FEWEST_QUESTIONS, MOST_QUESTIONS = 4, 12  # on a sheet
ONE_FAMILY_SHARE = 0.5  # of the sheets
_NONE = (
    "has a question in the split {!r}: knowledge holds out wordings and directions, completion and reasoning "
    "hold out values."
)


class TaskWriter:
    """Writes sheets of questions.

    Any document can be written alone, so a text of any size is a list of numbers, and two writers with the
    same families and seed write the same bytes on every machine.

    Args:
        families: list of Family; each gets the same share of the questions. Of those without a question in
            the split none is asked.
        seed: int.
        split: which questions: "train", or one of the held-out ones for a look at them.

    Raises:
        ValueError: without a family that has such questions.

    Example:
        >>> from mof.tasks.reasoning import REASONING_FAMILIES
        >>> TaskWriter(REASONING_FAMILIES).document(0) == TaskWriter(REASONING_FAMILIES).document(0)
        True
    """

    def __init__(self, families, seed=0, split="train"):
        if not families:
            raise ValueError("families is empty, expected at least one family to ask about.")
        self.families = tuple(family for family in families if has_questions(family, split))
        if not self.families:
            raise ValueError(f"no family of {[family.name for family in families]} {_NONE.format(split)}")
        self.seed = seed
        self.split = split

    def document(self, number):
        """Sheet `number` as text: a question with its answer in each line."""
        draw = random.Random(f"{self.seed}/{number}").random  # the one method that no Python version changes
        families = self.families
        if draw() < ONE_FAMILY_SHARE:
            families = (_choose(families, draw),)
        num_questions = FEWEST_QUESTIONS + int(draw() * (MOST_QUESTIONS - FEWEST_QUESTIONS + 1))
        return "\n".join(
            draw_question(_choose(families, draw), self.split, draw).text for _ in range(num_questions)
        )

    def documents(self, num_bytes, first=0):
        """Sheets from number `first` on, until they hold `num_bytes` of UTF-8 together.

        Yields:
            str, one sheet at a time.
        """
        written, number = 0, first
        while written < num_bytes:
            text = self.document(number)
            written += len(text.encode("utf-8"))
            number += 1
            yield text


def draw_question(family, split, draw, max_tries=10_000):
    """A random question of one split.

    Args:
        family: Family.
        split: one of `mof.tasks.held_out.SPLITS`.
        draw: function without arguments that returns floats in [0, 1).
        max_tries: how many questions to look at.

    Returns:
        Question.

    Raises:
        ValueError: if the family has no such question (among so many tries).
    """
    num_facts, num_wordings = family.num_facts, len(family.wordings)
    split_by = split_of if split == "train" else judged_split
    for _ in range(max_tries):
        index, wording = int(draw() * num_facts), int(draw() * num_wordings)
        if split_by(family, index, wording) == split:
            return family.question(index, wording)
    raise ValueError(
        f"none of {max_tries:,} draws from {family.name!r} ({family.kind}) {_NONE.format(split)}"
    )


def _choose(items, draw):
    return items[int(draw() * len(items))]
