"""Equal time, measured once: how long an update of each training takes, so that the runs may share a machine.

A machine's speed wavers, and is shared. The pace is measured in short trainings, in turns, with nothing
beside them; then each run gets the number of updates that fit into the time.
"""

import itertools
import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from stored_results import write_results  # noqa: E402

NUM_UPDATES, NUM_ROUNDS = 40, 2


def mof(*words):
    """Run a command of the package to its end."""
    subprocess.run([sys.executable, "-m", "mof", *map(str, words)], cwd=ROOT, check=True)


def read_log(run):
    """The lines of a run's log."""
    return [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]


def seconds_by_kind(log, config):
    """Median seconds of each kind of update, the first of each left out: it makes the graph.

    Args:
        log: list of dicts with "update" (from 1), "length" and "seconds" since the start, one for each
            update; lines without a length, such as evaluations, are passed over.
        config: TrainingConfig of the run, with its number of updates.

    Returns:
        dict from (tokens of a row, names of the frozen groups) to seconds.
    """
    from mof.training.freezing import frozen_groups, parse_freezing

    stretches = parse_freezing(config.freeze)

    def kind(entry):
        return entry["length"], frozen_groups(stretches, (entry["update"] - 1) / config.num_updates)

    times, seen = {}, set()
    for before, entry in itertools.pairwise(line for line in log if "length" in line):
        seen.add(kind(before))
        if kind(entry) in seen:
            times.setdefault(kind(entry), []).append(entry["seconds"] - before["seconds"])
    return {kind: statistics.median(values) for kind, values in times.items()}


def seconds_of_update(by_kind, config):
    """Mean seconds of an update over a whole run, whose first share has the shortest rows alone, and part of
    which may be frozen.

    Args:
        by_kind: dict as `seconds_by_kind` gives.
        config: TrainingConfig.

    Raises:
        ValueError: a kind of update that the run has was not timed.
    """
    from mof.training.freezing import frozen_groups, parse_freezing

    stretches = parse_freezing(config.freeze)
    ends = {0.0, config.short_share, 1.0}.union(*((s.start, s.end) for s in stretches))
    total, missing = 0.0, set()
    for start, end in itertools.pairwise(sorted(ends)):
        frozen = frozen_groups(stretches, start)
        lengths = [min(config.lengths)] if start < config.short_share else sorted(set(config.lengths))
        missing |= {(length, frozen) for length in lengths} - set(by_kind)
        if not missing:
            total += (end - start) * statistics.fmean(by_kind[length, frozen] for length in lengths)
    if missing:
        words = ", ".join(
            f"rows of {length} tokens" + (f" with {', '.join(frozen)} frozen" if frozen else "")
            for length, frozen in sorted(missing)
        )
        raise ValueError(f"no update with {words} was timed: measure more updates.")
    return total


def train_by_command(run, words, number):
    """A training for the pace, by `mof train` and some more words of it."""
    quiet = ["--evaluate-seconds", 3600, "--checkpoint-seconds", 3600, "--seed", number]
    mof("train", "--run", run, *words, "--num-updates", NUM_UPDATES, *quiet)


def measured_pace(folder, trainings, train=train_by_command, num_rounds=NUM_ROUNDS):
    """Seconds of an update of each training, measured in turns, or read where they are known.

    Args:
        folder: Path for the short runs and for pace.json; what stands there is not measured again.
        trainings: dict from a name to what `train` makes a training of.
        train: makes one; from (Path of the run, what stands in `trainings`, number of the round). By default
            those are the words of `mof train`, without the ones for the length and the run.
        num_rounds: of each training.

    Returns:
        dict from each name to {"seconds_of_update": median of the rounds, "rounds": [seconds]}.
    """
    from mof.training.run_folder import RunFolder

    folder = folder.resolve()  # a command runs in another one
    path = folder / "pace.json"
    rounds = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    for number, (name, what) in itertools.product(range(num_rounds), trainings.items()):
        if len(rounds.setdefault(name, [])) > number:
            continue
        run = folder / "pace" / f"{''.join(c if c.isalnum() else '_' for c in name)}-{number}"
        shutil.rmtree(run, ignore_errors=True)
        train(run, what, number)
        config = RunFolder(run).training_config
        rounds[name].append(seconds_of_update(seconds_by_kind(read_log(run), config), config))
        write_results(path, rounds)
        shutil.rmtree(run)
    return {
        name: {"seconds_of_update": statistics.median(rounds[name]), "rounds": rounds[name]}
        for name in trainings
    }


def updates_in(minutes, pace):
    """Updates that fit into the minutes at a pace from `measured_pace`."""
    return max(1, round(60 * minutes / pace["seconds_of_update"]))
