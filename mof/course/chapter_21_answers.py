"""Definitions that the answers of chapter 21 are compared with, and ways to get them wrong."""

import math

import numpy as np

from mof.course.quantities import as_tuple
from mof.course.translation import _

HOUR = 3600.0
CHAT_PASSES, CHAT_SHARE = 2.0, 1 / 3  # of the chapter's plan
Z_80 = 1.28  # 80% of a normal distribution lie within so many standard deviations


def cost_of_saving(seconds, save_seconds, hours):
    """Share of the time that saving every so many seconds costs: writing, and what an end loses on average.

    Args:
        seconds: between two checkpoints. save_seconds: to write one. hours: between two ends of the process.
    """
    return save_seconds / seconds + seconds / 2 / (HOUR * hours)


def best_seconds(save_seconds, hours):
    """21.1: the seconds between two checkpoints that cost least; searched by thirds of a logarithm."""
    low, high = math.log(1e-3), math.log(1e9)
    for _round in range(200):
        third = (high - low) / 3
        a, b = low + third, high - third
        if cost_of_saving(math.exp(a), save_seconds, hours) < cost_of_saving(
            math.exp(b), save_seconds, hours
        ):
            high = b
        else:
            low = a
    return math.exp((low + high) / 2)


def stage_tokens(tokens_per_second, hours, dialogue_tokens):
    """21.2: (tokens of the pre-training, tokens of the chat)."""
    whole = tokens_per_second * HOUR * hours
    chat = min(CHAT_PASSES * dialogue_tokens, CHAT_SHARE * whole)
    return whole - chat, chat


def better_recipe(recipes, hours):
    """21.3: name of the recipe with the fewest bits per byte after so many hours.

    Args:
        recipes: dict from names to (tokens of the looks, bits per byte at them, tokens a second).
        hours: of training.
    """
    found = {}
    for name, (tokens, bits, tokens_per_second) in recipes.items():
        wanted = HOUR * hours * tokens_per_second
        place = next(i for i, number in enumerate(tokens) if number >= wanted)
        before, after = tokens[place - 1], tokens[place]
        share = math.log(wanted / before) / math.log(after / before)
        found[name] = bits[place - 1] + share * (bits[place] - bits[place - 1])
    return min(found, key=found.get)


def time_left(seconds, num_left):
    """21.5: (low, high) of the seconds of `num_left` more stretches, an 80% interval.

    Args:
        seconds: [N] of the stretches so far. num_left: int.
    """
    seconds = [float(value) for value in seconds]
    mean = math.fsum(seconds) / len(seconds)
    variance = math.fsum((value - mean) ** 2 for value in seconds) / (len(seconds) - 1)
    half = Z_80 * math.sqrt(variance * num_left + variance / len(seconds) * num_left**2)
    return num_left * mean - half, num_left * mean + half


def run_tokens(function, case):
    """One call; the result must be a pair."""
    words = _("Return two numbers: tokens of the pre-training, tokens of the chat.")
    first, chat = as_tuple(function(*case), 2, words)
    return {_("Your number for the pre-training"): first, _("Your number for the chat"): chat}


def run_left(function, case):
    """One call; the result must be a pair."""
    low, high = as_tuple(function(*case), 2, _("Return two numbers: `return low, high`."))
    return {_("The lower end"): low, _("The upper end"): high}


def wrong_seconds(half=True, root=True, hour=HOUR, turned=False):
    """An answer to 21.1 with something changed.

    Args:
        half: False takes a whole stretch for what an end loses. root: False leaves the root out.
        hour: seconds of an hour. turned: True divides by the seconds of saving.
    """

    def answer(save_seconds, hours):
        square = (2.0 if half else 1.0) * hour * hours * (1 / save_seconds if turned else save_seconds)
        return math.sqrt(square) if root else square

    return answer


def wrong_tokens(hour=HOUR, chat="least", subtracts=True, swapped=False):
    """An answer to 21.2 with something changed.

    Args:
        hour: seconds of an hour.
        chat: "least" of both limits; the "passes", the "share" or the "most" alone; or "once".
        subtracts: False gives the pre-training all tokens. swapped: True returns the chat first.
    """

    def answer(tokens_per_second, hours, dialogue_tokens):
        whole = tokens_per_second * hour * hours
        limits = CHAT_PASSES * dialogue_tokens, whole * CHAT_SHARE
        talked = {
            "least": min(limits),
            "passes": limits[0],
            "share": limits[1],
            "most": max(limits),
            "once": min(dialogue_tokens, limits[1]),
        }[chat]
        first = whole - talked if subtracts else whole
        return (talked, first) if swapped else (first, talked)

    return answer


def wrong_recipe(scale="logarithm", at="hours", hour=HOUR, chooses=min):
    """An answer to 21.3 with something changed.

    Args:
        scale: what the line between two looks runs over: "logarithm" or "tokens"; "none" takes the look
            before, "nearest" the nearest look by the logarithm.
        at: equal "hours"; equal "tokens", those of the slowest; or the "end" of each.
        hour: seconds of an hour. chooses: min or max.
    """

    def answer(recipes, hours):
        found = {}
        for name, (tokens, bits, speed) in recipes.items():
            slowest = min(entry[2] for entry in recipes.values())
            wanted = hour * hours * {"hours": speed, "tokens": slowest, "end": math.inf}[at]
            if scale == "none":
                found[name] = bits[max(0, int(np.searchsorted(tokens, wanted, side="right")) - 1)]
            elif scale == "nearest":
                found[name] = bits[int(np.argmin(np.abs(np.log(tokens) - math.log(wanted))))]
            elif scale == "tokens":
                found[name] = np.interp(wanted, tokens, bits)
            else:
                found[name] = np.interp(math.log(wanted), np.log(tokens), bits)
        return chooses(found, key=found.get)

    return answer


def wrong_left(future=True, past=True, grows="root", freedom=1, quantile=Z_80, doubled=False):
    """An answer to 21.5 with something changed.

    Args:
        future, past: which of the two doubts is counted.
        grows: with the "root" of the stretches to come, or with their "number".
        freedom: taken from the count in the variance. quantile: standard deviations of half an interval.
        doubled: True adds the doubts themselves, not their squares.
    """

    def answer(seconds, num_left):
        count, spread = len(seconds), float(np.std(seconds, ddof=freedom))
        ahead = spread * (num_left if grows == "number" else math.sqrt(num_left)) if future else 0.0
        behind = spread * num_left / math.sqrt(count) if past else 0.0
        half = quantile * (ahead + behind if doubled else math.hypot(ahead, behind))
        middle = num_left * float(np.mean(seconds))
        return middle - half, middle + half

    return answer
