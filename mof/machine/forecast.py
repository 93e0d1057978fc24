"""How long a run that has begun will still take, from its own log, with an 80% interval.

    seconds left = sum over the updates left of the seconds of an update of that length
                 + the graphs of lengths that have not come up yet
                 + the share that saving has cost so far
    wait left    = seconds left + evaluations left * the seconds of one

Which length each update draws is known beforehand: it is a function of the seed and the update's number
(`mof.training.schedule`). The first share of a run draws the shortest length alone; until a length has been
seen, its updates count like the others, for an update holds equal tokens whatever the length. The interval is
wide where the speed has wandered, and wider the further there is to go: see `_spread`. Used by
`mof info --run`; `benchmarks/forecast_accuracy.py` holds it against runs that have ended.
"""

import array
import collections
import functools
import math
from typing import NamedTuple

from mof.training.freezing import change_updates, parse_freezing
from mof.training.schedule import draw_length

Z_80 = 1.2816  # 80% of a normal distribution lie within so many standard deviations
NUM_BLOCKS = 12  # the past is cut into so many stretches of updates, whose speeds are compared
FEWEST_UPDATES = 24  # two in each block; before that there is no forecast
LEAST_SPREAD = 0.03  # logarithm, at the least; with it 17 of 19 forecasts of five calm runs held what came
MOST_CORRELATION = 0.8  # a dozen blocks cannot show more
# an update that takes so many times the usual, and so long, is a pause: the machine slept
PAUSE_FACTOR, PAUSE_SECONDS = 30.0, 60.0
GRAPH_SHARE = 0.65  # measured: 7 of the 10.6 s that the first update of `tiny` took beyond the usual


class Forecast(NamedTuple):
    """Seconds still to come: of training (as the log counts them), and by the clock with its evaluations;
    low and high bound an 80% interval."""

    training_seconds: float
    training_low: float
    training_high: float
    clock_seconds: float
    clock_low: float
    clock_high: float


def forecast_run(entries, config, num_updates):
    """Forecast the rest of a run.

    Args:
        entries: the log's dicts in their order, as `RunFolder.read_log` gives them.
        config: TrainingConfig of the run.
        num_updates: updates of the whole run, from the progress of its newest checkpoint; or None where the
            minutes have not been turned into a number yet.

    Returns:
        Forecast, or None: while there are too few updates, counted from the last freeze or thaw; and before
        a freeze or a thaw, after which an update takes nobody knows how long. Zeros at the end of a run.
    """
    updates = [entry for entry in entries if "event" not in entry]
    if len(updates) < FEWEST_UPDATES or num_updates is None:
        return None
    done, first = updates[-1]["update"], updates[0]
    if done >= num_updates:
        return Forecast(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    changes = change_updates(parse_freezing(config.freeze), num_updates)
    begin = max((change for change in changes if change < done), default=0)
    updates = [entry for entry in updates if entry["update"] > begin]
    if len(updates) < FEWEST_UPDATES or any(change >= done for change in changes):
        return None
    steps = _without_pauses(_steps(updates))
    plain = [step for step in steps if not step.is_first]
    recent = plain[len(plain) // 2 :]  # a machine that has become slower or faster is believed soon
    usual = {**_usual_seconds(plain), **_usual_seconds(recent)}
    lengths_left = _count_lengths(config, done, num_updates)
    mean = sum(usual[step.length] for step in recent) / len(recent)
    left = sum(usual.get(length, mean) * count for length, count in lengths_left.items())
    left *= sum(step.seconds for step in recent) / (mean * len(recent))  # saving, delays
    left += _graph_seconds(first, steps, usual) * sum(length not in usual for length in lengths_left)
    factor = math.exp(Z_80 * _spread(plain, num_updates - done))
    bounds = [left, left / factor, left * factor]
    looks = _evaluation_seconds(entries) * (left // config.evaluate_seconds + 1)
    return Forecast(*bounds, *(bound + looks for bound in bounds))


class _Step(NamedTuple):
    length: int
    seconds: float
    is_first: bool  # of its length: it made the graph


def _steps(updates):
    steps, seen = [], {updates[0]["length"]}  # the first update of the log made a graph too, and has no start
    for before, entry in zip(updates, updates[1:], strict=False):
        seconds = max(entry["seconds"] - before["seconds"], 1e-6)
        steps.append(_Step(entry["length"], seconds, entry["length"] not in seen))
        seen.add(entry["length"])
    return steps


def _usual_seconds(steps):
    """Median seconds of an update by length."""
    by_length = {}
    for step in steps:
        by_length.setdefault(step.length, []).append(step.seconds)
    return {length: _median(seconds) for length, seconds in by_length.items()}


def _without_pauses(steps):
    """The steps without those in which the machine slept or the process was held."""
    limit = max(PAUSE_FACTOR * _median([step.seconds for step in steps]), PAUSE_SECONDS)
    return [step for step in steps if step.seconds <= limit]


def _graph_seconds(first, steps, usual):
    """Seconds to make the graph of a new length: as the last new length showed, else a share of what the
    first update took beyond the usual; the rest went to the start and to the update's own graph."""
    seen = [step.seconds - usual[step.length] for step in steps if step.is_first and step.length in usual]
    if seen:
        return max(0.0, seen[-1])
    return max(0.0, GRAPH_SHARE * (first["seconds"] - max(usual.values())))


def _count_lengths(config, done, num_updates):
    return collections.Counter(_drawn_lengths(config, num_updates)[done:])


@functools.lru_cache(maxsize=8)  # a panel asks again and again, and a long run has many
def _drawn_lengths(config, num_updates):
    return array.array("i", (draw_length(config, update, num_updates) for update in range(num_updates)))


def _spread(steps, num_left):
    """Standard deviation of the logarithm of the seconds left.

    The past is cut into blocks; x_b is how slow block b was. If blocks were independent, the mean of those to
    come would differ from the mean so far by s sqrt(1 / past + 1 / future). Slow stretches come together,
    though (another program, heat), so s is widened by the correlation r of neighbouring blocks, by
    sqrt((1 + r) / (1 - r)), as for the mean of an autoregressive series. Beside it stands what the past
    cannot show: a machine may change, the more so the less of it has been seen.
    """
    usual = _usual_seconds(steps)
    size = max(1, len(steps) // NUM_BLOCKS)
    blocks = [steps[i : i + size] for i in range(0, len(steps) - size + 1, size)]
    slowness = [
        math.log(sum(step.seconds for step in block) / sum(usual[step.length] for step in block))
        for block in blocks
    ]
    mean = sum(slowness) / len(slowness)
    variance = sum((x - mean) ** 2 for x in slowness) / max(1, len(slowness) - 1)
    pairs = zip(slowness, slowness[1:], strict=False)
    together = sum((a - mean) * (b - mean) for a, b in pairs) / max(variance * (len(slowness) - 1), 1e-12)
    correlation = min(max(together, 0.0), MOST_CORRELATION)
    of_means = variance * (1.0 / len(slowness) + size / num_left)
    unseen = LEAST_SPREAD**2 * (1.0 + num_left / len(steps))
    return math.sqrt(of_means * (1 + correlation) / (1 - correlation) + unseen)


def _evaluation_seconds(entries):
    """Mean seconds of a look at held-out text: its line is written within the look, an update's before it."""
    costs, before = [], None
    for entry in entries:
        if entry.get("event") == "evaluation" and before is not None:
            costs.append(max(0.0, entry["seconds"] - before))
        elif "event" not in entry:
            before = entry["seconds"]
    return sum(costs) / len(costs) if costs else 0.0


def _median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else 0.5 * (ordered[middle - 1] + ordered[middle])
