"""Record for chapter 11: the parts of an update, the model's operations under the roof, and each piece of CPU
advice, measured.

    python benchmarks/where_time_goes.py

About a quarter of an hour on two cores, on a machine with no other work (estimate: 4 minutes in this process,
then 14 trainings of half a minute, each in a process of its own). A busy machine is refused, at the start and
at the end; with --keep what was measured stands anyway. Each measurement is written to
runs/where_time_goes.json at once, so after an error --keep goes on from there; without it all begins anew.
"""

import argparse
import json
import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

from benchmarks.stored_results import write_results  # noqa: E402
from mof.lessons import records  # noqa: E402

NOTES = ROOT / "runs" / "where_time_goes.json"
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


def measure(seconds, num_rounds, tell, found, store):
    """All measurements that are not there yet.

    Args:
        seconds: of each training with something switched. num_rounds: of these. tell: called with a line.
        found: dict from kinds, as `mof.lessons.time_study.show` names them, to what was found; filled.
        store: called without an argument after each piece.
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

    def writing():
        with both_formats() as (readers, sizes):
            return {
                "formats": {**time_formats(readers, num_turns=NUM_TURNS), "sizes": sizes},
                "texts": time_rows(readers[INT8], TEXTS),
                "contexts": time_contexts(readers[INT8], CONTEXTS),
            }

    def update():
        limits = {name: found["operations"][name] for name in ("peak", "bandwidth")}
        with prepared_update() as prepared:
            return {
                "parts": {**measure_parts(prepared, num_turns=NUM_TURNS), **limits},
                "batches": measure_batches(prepared, STREAMS, num_turns=5),
            }

    def switches():
        try:
            return {"switches": measure_switches(seconds, num_rounds, tell=tell)}
        except RuntimeError as error:  # minutes of measurements shall not be lost with one process
            tell(f"left out: {error}")
            return {}

    pieces = {
        "operations": (
            "the roof and the model's operations",
            lambda: {"operations": measure_operations(preset("tiny").model, num_turns=NUM_TURNS)},
        ),
        "forms": ("products", lambda: {"forms": time_forms(num_turns=NUM_TURNS)}),
        "chain": ("chains", lambda: {"chain": time_chain(num_turns=NUM_TURNS)}),
        "blocks": ("blocks", lambda: {"blocks": time_blocks(num_turns=5)}),
        "threads": ("threads", lambda: {"threads": time_threads(num_turns=NUM_TURNS)}),
        "contexts": ("writing", writing),
        "batches": ("an update and its parts", update),
        "switches": ("trainings with something switched", switches),
    }
    for last_kind, (words, piece) in pieces.items():
        if last_kind not in found:
            tell(words)
            found |= piece()
            store()


def main(arguments=None):
    """Measure, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0, help="of each training (20)")
    parser.add_argument("--rounds", type=int, default=2, help="of the trainings (2)")
    parser.add_argument(
        "--keep", action="store_true", help="go on from what is there, and write the record on a busy machine"
    )
    parser.add_argument("--notes", type=Path, default=NOTES, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    from mof.cli.backend import start_backend

    start_backend()
    from mof.lessons.time_study import RECORD, show_verdicts
    from mof.training.conditions import bit_identity_conditions

    settings = {"seconds": options.seconds, "rounds": options.rounds, "machine": bit_identity_conditions()}
    before = refuse_busy(options.keep, "Nothing was measured")
    notes = {"settings": settings, "stamps": [], "busy_cores": [], "found": {}}
    if options.keep and options.notes.is_file():
        old = json.loads(options.notes.read_text(encoding="utf-8"))
        if old["settings"] == settings:
            notes = old
            print(f"Measured before: {', '.join(notes['found']) or 'nothing'}.", flush=True)
        else:
            print(f"{options.notes} was measured with {old['settings']}: all begins anew.", flush=True)
    notes["stamps"].append(records.new_stamp(CODE))
    notes["busy_cores"].append(before)

    def store():
        write_results(options.notes, notes)

    found = notes["found"]
    measure(options.seconds, options.rounds, lambda words: print(words, flush=True), found, store)
    notes["busy_cores"].append(refuse_busy(options.keep, "No record was written"))
    # those that other programs kept busy at each start and at the end
    machine = {**settings["machine"], "busy_cores": notes["busy_cores"]}
    path = records.write_record(RECORD, found, record_command(options), machine, CODE, stamps=notes["stamps"])
    print(f"wrote {path}")
    options.notes.unlink()
    show_verdicts(found)
    return 0


def record_command(options):
    """The command that repeats the measurement."""
    command = ["python", "benchmarks/where_time_goes.py"]
    if options.seconds != 20.0:
        command += ["--seconds", f"{options.seconds:g}"]
    if options.rounds != 2:
        command += ["--rounds", str(options.rounds)]
    return shlex.join([*command, *(["--keep"] if options.keep else [])])


def refuse_busy(keep, words):
    """Stop where other programs keep a core busy.

    Args:
        keep: True to go on all the same. words: what was not done.

    Returns:
        float, the cores that they keep busy.

    Raises:
        SystemExit.
    """
    from mof.machine.advice import give_advice
    from mof.machine.facts import describe_facts

    facts = describe_facts(ROOT)
    if not keep and any(advice.name == "busy" for advice in give_advice(facts)):
        raise SystemExit(f"{words}: other programs keep this machine busy. Close them, or say --keep.")
    return round(facts.busy_cores, 2)


if __name__ == "__main__":
    sys.exit(main())
