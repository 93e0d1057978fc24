"""Record for chapter 11: the parts of an update, the model's operations under the roof, and each piece of CPU
advice, measured.

    python benchmarks/where_time_goes.py

About a quarter of an hour on two cores, on a machine with no other work (estimate: 4 minutes in this process,
then 14 trainings of half a minute, each in a process of its own). A busy machine is refused, at the start and
at the end; with --keep what was measured stands anyway.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

CODE = (
    "mof/lessons/cache_speed.py",
    "mof/lessons/chain_speed.py",
    "mof/lessons/operation_speed.py",
    "mof/lessons/product_forms.py",
    "mof/lessons/thread_speed.py",
    "mof/lessons/training_switches.py",
    "mof/lessons/turns.py",
    "mof/lessons/update_parts.py",
    "mof/lessons/writing_speed.py",
    "mof/ops/fusion_tensorflow.py",
    "mof/ops/head_loss_tensorflow.py",
    "mof/ops/products.py",
    "mof/training/engine_tensorflow.py",
)
STREAMS = (1, 2, 4, 8, 16)
TEXTS = (1, 2, 4, 8, 16, 32, 64)
CONTEXTS = (64, 128, 256, 512, 1024, 2048)
NUM_TURNS = 15


def measure(seconds, num_rounds, tell):
    """All measurements.

    Args:
        seconds: of each training with something switched. num_rounds: of these. tell: called with a line.

    Returns:
        dict from kinds, as `mof.lessons.time_study.show` names them, to what was found.
    """
    from mof.lessons.cache_speed import time_blocks
    from mof.lessons.chain_speed import time_chain
    from mof.lessons.operation_speed import measure_operations
    from mof.lessons.product_forms import time_forms
    from mof.lessons.thread_speed import time_threads
    from mof.lessons.training_switches import measure_switches
    from mof.lessons.update_parts import measure_batches, measure_parts, prepared_update
    from mof.lessons.writing_speed import INT8, both_formats, time_contexts, time_formats, time_rows
    from mof.presets import preset

    found = {}
    tell("the roof and the model's operations")
    found["operations"] = measure_operations(preset("tiny").model, num_turns=NUM_TURNS)
    tell("products, chains, blocks, threads")
    found["forms"] = time_forms(num_turns=NUM_TURNS)
    found["chain"] = time_chain(num_turns=NUM_TURNS)
    found["blocks"] = time_blocks(num_turns=5)
    found["threads"] = time_threads(num_turns=NUM_TURNS)
    tell("writing")
    with both_formats() as (readers, sizes):
        found["formats"] = {**time_formats(readers, num_turns=NUM_TURNS), "sizes": sizes}
        found["texts"] = time_rows(readers[INT8], TEXTS)
        found["contexts"] = time_contexts(readers[INT8], CONTEXTS)
    tell("an update and its parts")
    limits = {name: found["operations"][name] for name in ("peak", "bandwidth")}
    with prepared_update() as update:
        found["parts"] = {**measure_parts(update, num_turns=NUM_TURNS), **limits}
        found["batches"] = measure_batches(update, STREAMS, num_turns=5)
    tell("trainings with something switched")
    try:
        found["switches"] = measure_switches(seconds, num_rounds, tell=tell)
    except RuntimeError as error:  # minutes of measurements shall not be lost with one process
        tell(f"left out: {error}")
    return found


def main(arguments=None):
    """Measure, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0, help="of each training (20)")
    parser.add_argument("--rounds", type=int, default=2, help="of the trainings (2)")
    parser.add_argument("--keep", action="store_true", help="write the record on a busy machine too")
    options = parser.parse_args(arguments)
    from mof.cli.backend import start_backend

    start_backend()
    from mof.lessons.records import write_record
    from mof.lessons.time_study import RECORD, show_verdicts
    from mof.training.conditions import bit_identity_conditions

    refuse_busy(options.keep, "Nothing was measured")
    found = measure(options.seconds, options.rounds, lambda words: print(words, flush=True))
    refuse_busy(options.keep, "Nothing was written")
    command = "python benchmarks/where_time_goes.py"
    print(f"wrote {write_record(RECORD, found, command, bit_identity_conditions(), CODE)}")
    show_verdicts(found)
    return 0


def refuse_busy(keep, words):
    """Stop where other programs keep a core busy.

    Args:
        keep: True to go on all the same. words: what was not done.

    Raises:
        SystemExit.
    """
    from mof.machine.advice import give_advice
    from mof.machine.facts import describe_facts

    if not keep and any(advice.name == "busy" for advice in give_advice(describe_facts(ROOT))):
        raise SystemExit(f"{words}: other programs keep this machine busy. Close them, or say --keep.")


if __name__ == "__main__":
    sys.exit(main())
