"""Comparing speeds on a machine that other work disturbs: each thing in its turn, again and again, and the
median. Chapter 11.

A disturbance lasts longer than one call. If first all calls of one thing run and then all of the other, it
hits one of them. In turns it hits both.
"""

import statistics
import time

# the threads of an onnxruntime session wait a little for more work, and keep a core busy
SECONDS_BETWEEN_SESSIONS = 0.02


def time_in_turns(actions, num_turns=7, rest=0.0):
    """Seconds of each action in each turn; a first call of each, which may make graphs, is not counted.

    Args:
        actions: dict from names to functions without arguments that return when their work is done.
        num_turns: how often all of them run, forwards and backwards in alternation.
        rest: seconds to wait before each call; they are not counted.

    Returns:
        dict from names to lists of `num_turns` seconds.

    Raises:
        ValueError: no actions, or fewer than 1 turn.
    """
    if not actions or num_turns < 1:
        raise ValueError(f"{len(actions)} actions, {num_turns} turns: expected at least one of each.")
    for action in actions.values():
        action()
    seconds, order = {name: [] for name in actions}, list(actions)
    for _ in range(num_turns):
        for name in order:
            time.sleep(rest)
            start = time.perf_counter()
            actions[name]()
            seconds[name].append(max(time.perf_counter() - start, 1e-9))
        order.reverse()
    return seconds


def medians(seconds_in_turns):
    """The median seconds of each: dict from names to floats."""
    return {name: statistics.median(seconds) for name, seconds in seconds_in_turns.items()}


def times_as_long(seconds_in_turns, name, reference):
    """How many times as long as the reference it takes: the median of the turns' own ratios.

    Args:
        seconds_in_turns: as `time_in_turns` gives. name, reference: two of its names.
    """
    pairs = zip(seconds_in_turns[name], seconds_in_turns[reference], strict=True)
    return statistics.median(one / other for one, other in pairs)
