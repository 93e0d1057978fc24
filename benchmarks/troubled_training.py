"""A real training with real troubles, one after another, for the tests of `mof.panel.signals`.

    python benchmarks/troubled_training.py

trains `nano` on the text that ships for 1,000 updates and does to it what may befall a training:
three updates whose targets are shuffled (251 to 253), a processor that another has half of the time (351 to
850; the process is held and let go on by turns), and learning rates times a hundred (from 911 on). Its log,
reduced to a few columns, goes to tests/panel/troubled_training.json. It takes about four minutes on two quiet
cores, and is not resumed. POSIX alone: Windows has no signal that holds a process.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

NUM_UPDATES = 1000
SHUFFLED, HELD, TOO_FAST = range(251, 254), range(351, 851), range(911, 1001)
RATE_FACTOR = 100.0
TURN_SECONDS = 0.15  # the process runs for so long, then is held for so long
OUTPUT = ROOT / "tests" / "panel" / "troubled_training.json"
COLUMNS = ("update", "loss", "seconds", "length")
STATE_COLUMNS = ("update", "seconds", "time", "processor_seconds")


def work(folder):
    """Train in this process; tell each update."""
    import numpy as np

    from mof.presets import preset
    from mof.training import run_recorder
    from mof.training.assembly import begin_training, new_run
    from mof.training.config import TrainingConfig
    from mof.training.observer import Observer, Observers

    run_recorder.SECONDS_BETWEEN_STATES = 2.0
    config = TrainingConfig(
        num_updates=10_000, lengths=(128,), tokens_per_update=1024, checkpoint_seconds=1e9
    )
    run, model, cache = new_run(folder, preset("nano"), {}, config, [ROOT / "data"], report=_nobody)

    class Telling(Observer):
        is_enough = False

        def updated(self, training):
            self.is_enough = training.progress.update >= NUM_UPDATES
            print(training.progress.update, flush=True)

        def wants_stop(self):
            return self.is_enough

    training = begin_training(run, model, cache, Observers(Telling(), run_recorder.RunRecorder()), _nobody)
    accumulate, apply = training.engine.accumulate, training.engine.apply
    draw = np.random.default_rng(0)

    def troubled_accumulate(batch, *others):
        if training.progress.update + 1 in SHUFFLED:
            batch.targets[:] = draw.permutation(batch.targets.ravel()).reshape(batch.targets.shape)
        return accumulate(batch, *others)

    def troubled_apply(weight, rates, *others):
        factor = RATE_FACTOR if training.progress.update + 1 in TOO_FAST else 1.0
        return apply(weight, np.asarray(rates) * factor, *others)

    training.engine.accumulate, training.engine.apply = troubled_accumulate, troubled_apply
    training.run_to_end()


def main():
    """Train in a process, hold it by turns, write the columns."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(Path(options.worker))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        command = [sys.executable, __file__, "--worker", str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            told = []
            reader = threading.Thread(target=_listen, args=(process.stdout, told))
            reader.start()
            while process.poll() is None:
                if told and told[-1] + 1 in HELD:
                    process.send_signal(signal.SIGSTOP)
                    time.sleep(TURN_SECONDS)
                    process.send_signal(signal.SIGCONT)
                time.sleep(TURN_SECONDS)
            reader.join()
        entries = [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]
    lines = [entry for entry in entries if "event" not in entry]
    states = [entry for entry in entries if entry.get("event") == "state"]
    data = {
        "program": "benchmarks/troubled_training.py",
        "columns": {name: [round(entry[name], 4) for entry in lines] for name in COLUMNS},
        "states": {name: [round(entry[name], 3) for entry in states] for name in STATE_COLUMNS},
    }
    options.output.write_text(json.dumps(data) + "\n", encoding="utf-8", newline="\n")
    print(f"wrote {options.output}")


def _listen(stream, told):
    """Remember the updates that a training tells."""
    for line in stream:
        if line.strip().isdigit():
            told.append(int(line))


def _nobody(sentence):
    """What a terminal would show."""


if __name__ == "__main__":
    main()
