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
NUM_UPDATES, NUM_ROUNDS = 40, 2


def mof(*words):
    """Run a command of the package to its end."""
    subprocess.run([sys.executable, "-m", "mof", *map(str, words)], cwd=ROOT, check=True)


def read_log(run):
    """The lines of a run's log."""
    return [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]


def seconds_by_length(log):
    """Median seconds of an update at each row length, the first of each left out: it makes the graph.

    Args:
        log: list of dicts with "length" and "seconds" since the start, one for each update; lines without a
            length, such as evaluations, are passed over.

    Returns:
        dict from tokens of a row to seconds.
    """
    times, seen = {}, set()
    for before, entry in itertools.pairwise(line for line in log if "length" in line):
        seen.add(before["length"])
        if entry["length"] in seen:
            times.setdefault(entry["length"], []).append(entry["seconds"] - before["seconds"])
    return {length: statistics.median(values) for length, values in times.items()}


def seconds_of_update(by_length, config):
    """Mean seconds of an update over a whole run, whose first share has the shortest rows alone.

    Args:
        by_length: dict from a row's tokens to seconds.
        config: TrainingConfig.

    Raises:
        ValueError: a length of the config was not timed.
    """
    missing = [length for length in config.lengths if length not in by_length]
    if missing:
        raise ValueError(f"no update with rows of {missing} tokens was timed: measure more updates.")
    drawn = statistics.fmean(by_length[length] for length in config.lengths)
    return config.short_share * by_length[min(config.lengths)] + (1 - config.short_share) * drawn


def measured_pace(folder, trainings):
    """Seconds of an update of each training, measured in turns, or read where they are known.

    Args:
        folder: Path for the short runs and for pace.json; what stands there is not measured again.
        trainings: dict from a name to the words of `mof train`, without those for the length and the run.

    Returns:
        dict from each name to {"seconds_of_update": mean over the rounds, "rounds": [seconds]}.
    """
    from mof.training.run_folder import RunFolder

    path = folder / "pace.json"
    rounds = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    for number, (name, words) in itertools.product(range(NUM_ROUNDS), trainings.items()):
        if len(rounds.setdefault(name, [])) > number:
            continue
        run = folder / "pace" / f"{''.join(c if c.isalnum() else '_' for c in name)}-{number}"
        shutil.rmtree(run, ignore_errors=True)
        quiet = ["--evaluate-seconds", 3600, "--checkpoint-seconds", 3600, "--seed", number]
        mof("train", "--run", run, *words, "--num-updates", NUM_UPDATES, *quiet)
        config = RunFolder(run).training_config
        rounds[name].append(seconds_of_update(seconds_by_length(read_log(run)), config))
        path.write_text(json.dumps(rounds, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(run)
    return {
        name: {"seconds_of_update": statistics.fmean(rounds[name]), "rounds": rounds[name]}
        for name in trainings
    }


def updates_in(minutes, pace):
    """Updates that fit into the minutes at a pace from `measured_pace`."""
    return max(1, round(60 * minutes / pace["seconds_of_update"]))
