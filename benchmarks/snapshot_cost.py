"""What it costs to go on from a snapshot, in held-out bits per byte beside the training that was never lost.

    python benchmarks/snapshot_cost.py

Trains `nano` on the text that ships, three seeds, and saves at the half. From there each training is made a
second time, out of a snapshot of that moment (`mof snapshot`, `mof restore`): weights in int8, an optimiser
that begins empty, step sizes that rise again. Both are judged at marks of the second half and at the end.
Takes about seven minutes; nothing is timed, so it may share the machine. Writes
benchmarks/results/snapshot_cost.json.
"""

import argparse
import datetime
import shutil
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from pace import mof  # noqa: E402
from stored_results import write_results  # noqa: E402

from mof.inference.weights_snapshot import restore_snapshot, write_snapshot  # noqa: E402
from mof.training.conditions import bit_identity_conditions  # noqa: E402
from mof.training.run_folder import RunFolder  # noqa: E402

TEXTS = ("data/prose", "data/dialogues")
HALF, WHOLE, LOOKS_AFTER = 400, 800, (5, 20, 50, 100, 200)


def pair(seed, folder):
    """One training and its second half again from a snapshot; returns the dict of figures."""
    whole, half, again = folder / f"whole-{seed}", folder / f"half-{seed}", folder / f"again-{seed}"
    words = [word for text in TEXTS for word in ("--corpus", ROOT / text)]
    words += ["--preset", "nano", "--num-updates", WHOLE, "--checkpoint-updates", HALF, "--seed", seed]
    words += ["--validation-fraction", 0.1, "--evaluate-seconds", 1e9]
    mof("train", "--run", whole, *words)
    shutil.copytree(whole, half)
    for checkpoint in sorted((half / "checkpoints").iterdir())[1:]:
        shutil.rmtree(checkpoint)
    num_bytes = write_snapshot(RunFolder(half), folder / f"snapshot-{seed}")
    size = sum(file.stat().st_size for file in (half / "checkpoints").rglob("*") if file.is_file())
    restore_snapshot(folder / f"snapshot-{seed}", again, [ROOT / text for text in TEXTS])
    mof("train", "--resume", "--run", again)
    losses = [
        {e["update"]: e["loss"] for e in RunFolder(run).read_log() if "loss" in e} for run in (whole, again)
    ]
    return {
        "seed": seed,
        "snapshot_bytes": num_bytes,
        "checkpoint_bytes": size,
        "training_loss_more": {
            str(after): statistics.fmean(
                losses[1][update] - losses[0][update] for update in range(HALF + after - 4, HALF + after + 1)
            )
            for after in LOOKS_AFTER
        },
        "bits_per_byte": {"whole": judged(whole), "again": judged(again)},
    }


def judged(run):
    """Held-out bits per byte of a run's last weights."""
    from mof.evaluation.held_out import HeldOutEvaluation
    from mof.training.assembly import open_cache
    from mof.training.saved_model import load_model

    model, tokenizer, folder = load_model(run)
    return HeldOutEvaluation(model, open_cache(folder, tokenizer).validation)().bits_per_byte


def main():
    """Train, go on from snapshots, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "runs" / "snapshot_cost", help="for the runs")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results" / "snapshot_cost.json")
    options = parser.parse_args()
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    pairs = [pair(seed, options.folder.resolve()) for seed in range(options.seeds)]
    result = {
        "command": "python benchmarks/snapshot_cost.py",
        "date": datetime.date.today().isoformat(),
        "machine": bit_identity_conditions(),
        "updates": {"snapshot": HALF, "whole": WHOLE},
        "pairs": pairs,
    }
    write_results(options.output, result)
    for each in pairs:
        print(each)


if __name__ == "__main__":
    main()
