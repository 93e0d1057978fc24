"""How many questions a model answers, by family, beside what an answer costs that understands nothing.

The model continues each prompt greedily to the end of the line; `Family.is_right` reads the answer. A prompt
has an open end (`mof.generation.open_end`): where training joins its last characters and the answer's first
ones in one token, as in 第三 ("third") after 答：第, the model can write that token. Two
answers without understanding are scored on the same questions: the commonest answer to such questions in the
training text, and the answer of the training question in the same wording that looks most alike.
Interval: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
"""

import collections
import math
import random
from typing import NamedTuple

from mof.evaluation.student_t import NORMAL_QUANTILE
from mof.generation.config import GenerationConfig
from mof.tasks.writing import draw_question

GREEDY = GenerationConfig(max_tokens=32, temperature=0.0, stop=("\n",))
SPARE_TOKENS = 16  # beyond the longest right answer's: it may be spelled in smaller tokens


class FamilyAccuracy(NamedTuple):
    """One family's result in one split.

    family, kind, split: what was asked. num_questions, num_right: counts. low, high: 95% interval of the
        share.
    majority, nearest: shares that the two answers without understanding get right.
    examples: list of (prompt, right answer, what the model wrote, bool).
    """

    family: str
    kind: str
    split: str
    num_questions: int
    num_right: int
    low: float
    high: float
    majority: float
    nearest: float
    examples: list

    @property
    def share(self):
        """Share of right answers."""
        return self.num_right / self.num_questions


def wilson_interval(num_right, num_questions):
    """95% interval of a share, right also near 0 and 1.

    Args:
        num_right, num_questions: counts, 0 <= num_right <= num_questions, num_questions >= 1.

    Returns:
        (low, high), floats in [0, 1].
    """
    share, z = num_right / num_questions, NORMAL_QUANTILE
    middle = share + z * z / (2 * num_questions)
    spread = z * math.sqrt(share * (1 - share) / num_questions + z * z / (4 * num_questions**2))
    scale = 1 + z * z / num_questions
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def sample_questions(family, split, num_questions, seed=0):
    """Different questions of one split, as the seed draws them.

    Args:
        family: Family. split: one of SPLITS. num_questions: how many at most. seed: int.

    Returns:
        List of Question; shorter where the family has no more.

    Raises:
        ValueError: if the family has no question in this split.
    """
    draw = random.Random(f"{family.name}/{split}/{seed}").random
    found = {}
    for _ in range(20 * num_questions):
        question = draw_question(family, split, draw)
        found.setdefault(question.prompt, question)
        if len(found) == num_questions:
            break
    return list(found.values())


def family_accuracy(generator, family, split, num_questions=100, seed=0):
    """Ask one family's questions.

    Args:
        generator: TextGenerator, or anything with its `generate` and `tokenizer`.
        family: Family. split: "train", "value", "wording" or "direction".
        num_questions: how many at most. seed: int.

    Returns:
        FamilyAccuracy.
    """
    questions = sample_questions(family, split, num_questions, seed)
    config = GREEDY.replace(max_tokens=_max_tokens(questions, generator.tokenizer))
    results = generator.generate([q.prompt for q in questions], config, open_end=True)
    written = [result.text + "\n" for result in results]
    right = [family.is_right(q, text) for q, text in zip(questions, written, strict=True)]
    baselines = BlindAnswers(family, seed)
    low, high = wilson_interval(sum(right), len(right))
    return FamilyAccuracy(
        family.name,
        family.kind,
        split,
        len(right),
        sum(right),
        low,
        high,
        _mean(family.is_right(q, baselines.majority(q) + q.closing) for q in questions),
        _mean(family.is_right(q, baselines.nearest(q) + q.closing) for q in questions),
        [
            (q.prompt, q.answer, text.strip(), flag)
            for q, text, flag in zip(questions, written, right, strict=True)
        ],
    )


class BlindAnswers:
    """Answers taken from training questions of the same family, without understanding.

    Args:
        family: Family. seed: int. num_seen: training questions to take them from.
    """

    def __init__(self, family, seed=0, num_seen=2000):
        draw = random.Random(f"{family.name}/seen/{seed}").random
        self.by_wording = collections.defaultdict(list)
        self.counts = collections.defaultdict(collections.Counter)
        for _ in range(num_seen):
            question = draw_question(family, "train", draw)
            self.by_wording[question.wording].append((_bigrams(question.prompt), question.answer))
            self.counts[question.direction][question.answer] += 1

    def majority(self, question):
        """The commonest answer to questions in this direction."""
        return self.counts[question.direction].most_common(1)[0][0]

    def nearest(self, question):
        """The answer of the training question in the same wording that shares most pairs of characters."""
        seen = self.by_wording[question.wording] or [(set(), self.majority(question))]
        asked = _bigrams(question.prompt)
        return max(seen, key=lambda entry: len(asked & entry[0]) / (len(asked | entry[0]) or 1))[1]


def _max_tokens(questions, tokenizer):
    """Enough for every right answer and its closing, however many tokens its letters take."""
    answers = sorted({answer + q.closing for q in questions for answer in q.accepted})
    longest = max(map(len, tokenizer.encode_batch(answers)))
    return max(GREEDY.max_tokens, longest + SPARE_TOKENS)


def _bigrams(text):
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _mean(flags):
    flags = list(flags)
    return sum(flags) / len(flags)
