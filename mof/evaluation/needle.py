"""A needle in a haystack: is a fact from far back still in the state? Book: chapters 16 and 21.

A document begins with a made-up fact, `小敏的号码是4827。` (Xiaomin's number is 4827.), goes on with
held-out text, and then asks for the fact in the same words: `小敏的号码是`. What is judged is the
number's tokens, and the full stop only where a token holds both: their loss, and whether the likeliest ones
are right. The same document without its first sentence says what a guess costs, so a model that has never met
a question is judged too.
"""

import math
from typing import NamedTuple

import numpy as np

from mof.evaluation.reader_loss import token_nats
from mof.evaluation.student_t import t_quantile
from mof.evaluation.task_accuracy import wilson_interval
from mof.tasks.vocabulary import NAMES
from mof.tokenizer.special_tokens import DOCUMENT

FACT, CLOSING = "{name}的号码是{number}", "。"


class NeedleResult(NamedTuple):
    """What a model still knows after some distance.

    distance: tokens between the fact and the question. num_trials: documents.
    num_right: documents in which every token of the number was the likeliest one. low, high: 95% interval of
        that share.
    nats, nats_half: mean loss of the whole number, and half of its 95% interval's width.
    nats_without, nats_without_half: the same where the fact was never told.
    """

    distance: int
    num_trials: int
    num_right: int
    low: float
    high: float
    nats: float
    nats_half: float
    nats_without: float
    nats_without_half: float


def needle_results(reader, tokenizer, filler, distances, num_trials=32, seed=0):
    """Ask for a fact after each of some distances.

    Args:
        reader: `mof.generation.reading.StateReader` or `mof.inference.onnx_reader.OnnxReader`.
        tokenizer: Tokenizer of its model.
        filler: 1-D int array, tokens of held-out text without special tokens; longer than the longest
            distance.
        distances: list of int, tokens.
        num_trials: documents for each distance, with different facts and filler. seed: int.

    Returns:
        list of NeedleResult, in the order of `distances`.

    Raises:
        ValueError: the filler is too short, or a distance below 0.
    """
    filler = np.asarray(filler, dtype=np.int32)
    if not distances or min(distances) < 0 or max(distances) >= len(filler):
        raise ValueError(
            f"distances are {list(distances)} and the filler has {len(filler)} tokens, expected distances "
            "from 0 to one less than that: give more held-out text, or ask for shorter distances."
        )
    return [_at_distance(reader, tokenizer, filler, d, num_trials, seed) for d in distances]


def _at_distance(reader, tokenizer, filler, distance, num_trials, seed):
    draw = np.random.Generator(np.random.Philox([seed, distance]))
    told, untold, answers = [], [], []
    closing = tokenizer.encode(CLOSING)
    for _ in range(num_trials):
        name, number = NAMES[draw.integers(len(NAMES))], str(draw.integers(1000, 10_000))
        start = draw.integers(len(filler) - distance)
        between = filler[start : start + distance]
        fact = FACT.format(name=name, number=number)
        question = FACT.format(name=name, number="")
        asked = np.asarray(tokenizer.encode(question), dtype=np.int32)
        answer = np.asarray(tokenizer.encode(question + number + CLOSING), dtype=np.int32)
        if not np.array_equal(answer[: len(asked)], asked):  # a token spans the border: ask one token earlier
            asked = asked[:-1]
        fact_ids = np.asarray(tokenizer.encode(fact + CLOSING), dtype=np.int32)
        if np.array_equal(answer, [*tokenizer.encode(question + number), *closing]):
            answer = answer[: -len(closing)]  # no token spans number and full stop: how it goes on is free
        told.append(np.concatenate([[DOCUMENT], fact_ids, between, asked]).astype(np.int32))
        untold.append(np.concatenate([[DOCUMENT], between, asked]).astype(np.int32))
        answers.append(answer[len(asked) :])
    nats, right = score_continuations(reader, told, answers)
    nats_without, _ = score_continuations(reader, untold, answers)
    num_right = int(right.sum())
    low, high = wilson_interval(num_right, num_trials)
    return NeedleResult(
        distance, num_trials, num_right, low, high, *_mean_and_half(nats), *_mean_and_half(nats_without)
    )


def score_continuations(reader, rows, answers):
    """The loss of given continuations, one token after the other.

    Args:
        reader: as in `needle_results`. rows: list of B int arrays, what is read first.
        answers: list of B int arrays, what follows each.

    Returns:
        (nats [B] float64, summed over each answer; right [B] bool: every token was the likeliest one).
    """
    logits, state = reader.read(rows)
    nats, right = np.zeros(len(rows)), np.ones(len(rows), dtype=bool)
    for i in range(max(map(len, answers))):
        is_there = np.array([i < len(answer) for answer in answers])
        token = np.array([answer[i] if i < len(answer) else 0 for answer in answers], dtype=np.int32)
        nats += np.where(is_there, token_nats(logits, token), 0.0)
        right &= ~is_there | (logits.argmax(axis=1) == token)
        logits, state = reader.step(token, state)
    return nats, right


def _mean_and_half(values):
    if len(values) < 2:
        return float(values.mean()), math.nan
    half = t_quantile(len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values))
    return float(values.mean()), float(half)
