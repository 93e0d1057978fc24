"""A run in a few megabytes: its weights in int8, its log, and where it stood; no optimiser, no memory.

A checkpoint of a long run is too large to be sent by mail or kept in a repository: float32 weights and the
optimiser's slots. A snapshot is a tenth of it. What it leaves out has to grow again, so a run that goes on
from one is not the run that was lost: the weights are rounded, the slots are empty, the streams have
forgotten what they read, and the step sizes rise again over `thaw_updates`. Its events say where.

run.json          as in the run; of paths only the last names
tokenizer.json, log.jsonl, events.jsonl
weights.safetensors   large matrices in int8, as an export has them
snapshot.json     where the run stood, shapes, and the hash of every other file; last to come
"""

import json
import shutil
from pathlib import Path

from mof.inference.export import rounded, widened
from mof.inference.exported_folder import describe_file
from mof.inference.folder_writing import is_foreign, made_aside
from mof.inference.graph_builder import WEIGHTS_NAME
from mof.patient_files import replace
from mof.training.checkpoint import checkpoint_name, list_checkpoints, save_checkpoint
from mof.training.run_folder import (
    EVENTS_NAME,
    LOG_NAME,
    RUN_NAME,
    TOKENIZER_NAME,
    RunError,
    RunFolder,
    corpus_facts,
)
from mof.training.tensor_file import StoredTensors, write_tensors

SNAPSHOT_NAME = "snapshot.json"
FILE_NAMES = (RUN_NAME, TOKENIZER_NAME, LOG_NAME, EVENTS_NAME, WEIGHTS_NAME)
FORMAT_VERSION = 1
DIFFERENCE = "weights rounded to int8, and an optimiser and a memory that begin empty (a snapshot)"


class SnapshotError(ValueError):
    """A folder that is no whole snapshot; the message names the file and what to do."""


def write_snapshot(run, output, warn=print):
    """Write a run's newest checkpoint as a snapshot.

    Args:
        run: RunFolder.
        output: path of the folder to make, or of an older snapshot, which is replaced when the new one is
            whole.
        warn: called with a sentence for each damaged checkpoint that is passed over.

    Returns:
        Number of bytes written.

    Raises:
        RunError, CheckpointError: the run has no checkpoint that is whole.
        ValueError: the folder holds something else.
    """
    output = Path(output)
    if is_foreign(output, SNAPSHOT_NAME, FILE_NAMES):
        raise ValueError(f"{output} is not empty and holds no snapshot: choose another folder with --output.")
    checkpoint = run.newest_checkpoint(parts=("weights",), warn=warn)
    if checkpoint is None:
        raise RunError(f"{run.path} has no checkpoint yet: wait for the first one to be saved.")
    weights, state = checkpoint.arrays["weights"], checkpoint.state
    update = state["progress"]["update"]
    facts = {name: fact for name, fact in run.facts.items() if not name.endswith("_from_run")}
    facts["corpus"] = [Path(path).name for path in facts.get("corpus", ())]
    if facts.get("base"):
        facts["base"] = Path(facts["base"]).name
    with made_aside(output, SNAPSHOT_NAME) as aside:
        _write_json(aside / RUN_NAME, facts)
        run.tokenizer().save(aside / TOKENIZER_NAME)
        _write_lines(aside / LOG_NAME, [entry for entry in run.read_log() if entry["update"] <= update])
        _write_lines(aside / EVENTS_NAME, run.read_events())
        write_tensors(aside / WEIGHTS_NAME, rounded(weights))
        files = {name: describe_file(aside / name) for name in FILE_NAMES}
        snapshot = {
            "format_version": FORMAT_VERSION,
            "progress": state["progress"],
            "cursor": state["cursor"],
            "trainable": state["trainable"],
            "conditions": state["conditions"],
            "shapes": {name: list(weights[name].shape) for name in weights},
            "files": files,
        }
        _write_json(aside / SNAPSHOT_NAME, snapshot)
    return sum(file["num_bytes"] for file in files.values())


def restore_snapshot(snapshot, path, corpus):
    """Make the folder of a run that goes on from a snapshot.

    Args:
        snapshot: path of its folder. path: of the run to make; it must not exist, or be empty, or hold what
            a restoring that was cut off left.
        corpus: list of files and folders with the text that the run was reading; that it is the same text is
            checked when the training goes on.

    Returns:
        RunFolder with one checkpoint, which holds weights alone; its newest event is "restored".

    Raises:
        SnapshotError: a file is missing or changed, or is of another version.
        RunError: the folder is not empty.
    """
    snapshot, path = Path(snapshot), Path(path)
    facts = _read_facts(snapshot)
    update = facts["progress"]["update"]
    if path.exists() and not _is_restorable(path, update):
        raise RunError(f"{path} is not empty: choose another folder with --run.")
    path.mkdir(parents=True, exist_ok=True)
    for name in (TOKENIZER_NAME, LOG_NAME, EVENTS_NAME):
        shutil.copyfile(snapshot / name, path / name)
    weights = widened(StoredTensors(snapshot / WEIGHTS_NAME), facts["shapes"])
    run_facts = json.loads((snapshot / RUN_NAME).read_text(encoding="utf-8"))
    state = {
        "progress": _begun_anew(facts["progress"]),
        "cursor": facts["cursor"],
        "trainable": facts["trainable"],
        "tokenizer_hash": run_facts["tokenizer_hash"],
        "conditions": facts["conditions"],
        "difference": DIFFERENCE,
    }
    save_checkpoint(path / "checkpoints", {"weights": weights}, state, update)
    run_facts |= corpus_facts(path, corpus)
    _write_json(path / RUN_NAME, run_facts)
    run = RunFolder(path)
    words = f"From a snapshot of update {update}: weights in int8, the optimiser begins empty."
    run.append_event("restored", update, words)
    return run


def _is_restorable(path, update):
    """True if the folder holds nothing, or what a restoring of that update writes before it is whole."""
    own = {TOKENIZER_NAME, LOG_NAME, EVENTS_NAME, "checkpoints", f"{RUN_NAME}.partial"}
    if not {item.name for item in path.iterdir()} <= own:
        return False
    saved = list_checkpoints(path / "checkpoints")
    return [item.name for item in saved] in ([], [checkpoint_name(update, 0)])


def _begun_anew(progress):
    """The same place, with nothing summed; every parameter thaws there, so that its step size rises again."""
    num_parameters = len(progress["ages"])
    return {
        **progress,
        "micro_batch": 0,
        "cycle_loss": 0.0,
        "cycle_weight": 0.0,
        "ages": [0] * num_parameters,
        "thawed_at": [progress["update"]] * num_parameters,
    }


def _read_facts(snapshot):
    file = snapshot / SNAPSHOT_NAME
    if not file.is_file():
        raise SnapshotError(f"{snapshot} holds no snapshot ({SNAPSHOT_NAME} is missing).")
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
        version, files = facts["format_version"], dict(facts["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"{file} is damaged: {error}. Copy the snapshot again.") from error
    if version != FORMAT_VERSION:
        raise SnapshotError(f"{file} has format version {version}, this program reads {FORMAT_VERSION}.")
    for name, said in files.items():
        if not (snapshot / name).is_file() or describe_file(snapshot / name) != said:
            raise SnapshotError(
                f"{snapshot / name} is not the file that was written (its size or SHA-256 is not the one in "
                f"{SNAPSHOT_NAME}). Copy the snapshot again."
            )
    return facts


def _write_json(path, value):
    unfinished = path.with_name(f"{path.name}.partial")
    unfinished.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    replace(unfinished, path)


def _write_lines(path, entries):
    text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    path.write_text(text, encoding="utf-8", newline="\n")
