"""Checkpoints that a power cut cannot spoil: written aside, checked by SHA-256, renamed into place, newest
three kept.

    checkpoints/update-00001200/state.json              numbers, and the hash and size of every other file
                                weights.safetensors     float32 parameters
                                optimizer.safetensors   float32 slots
                                memory.safetensors      the memory each stream carries
                                sums.safetensors        gradients summed so far, where an update is half done

A file that does not match its hash is refused by name, and the checkpoint before it is used. Nothing is
unpickled.
"""

import hashlib
import json
import os
import re
import shutil
from typing import NamedTuple

from mof.patient_files import flush, patiently, replace
from mof.training.tensor_file import StoredTensors, write_tensors

NUM_KEPT = 3
STATE_NAME = "state.json"
FORMAT_VERSION = 1
_FOLDER_NAME = re.compile(r"update-(\d{8})(?:-(\d{4}))?")


class CheckpointError(ValueError):
    """A checkpoint that cannot be used; the message names the file and what to do."""


class OtherVersionError(CheckpointError):
    """A checkpoint of another format; nothing is wrong with it."""


class Checkpoint(NamedTuple):
    """`arrays` maps a part ("weights", "optimizer", ...) to its arrays by name, each read from the disk when
    it is looked up; `state` is the JSON beside them."""

    arrays: dict
    state: dict
    path: object


def checkpoint_name(update, micro_batch=0):
    """Folder name of the checkpoint taken after `update` updates and `micro_batch` batches of the next
    one."""
    return f"update-{update:08d}" + (f"-{micro_batch:04d}" if micro_batch else "")


def list_checkpoints(folder):
    """Finished checkpoints in `folder`, newest first: a list of paths."""
    if not folder.is_dir():
        return []
    found = [(match, path) for path in folder.iterdir() if (match := _FOLDER_NAME.fullmatch(path.name))]
    return [path for match, path in sorted(found, key=lambda item: _order(item[0]), reverse=True)]


def save_checkpoint(folder, arrays, state, update, micro_batch=0):
    """Write one checkpoint, then delete all but the newest three.

    Args:
        folder: pathlib.Path of the run's checkpoints; made if missing.
        arrays: dict from a part's name to a dict of arrays or tensors; see `write_tensors`.
        state: dict of JSON values.
        update, micro_batch: see `checkpoint_name`.

    Returns:
        Path of the new checkpoint.

    Raises:
        OSError: it cannot be written; those of before are untouched.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for unfinished in folder.glob("writing-*"):  # left by a process that was killed
        shutil.rmtree(unfinished, ignore_errors=True)
    aside = folder / f"writing-{checkpoint_name(update, micro_batch)}"
    try:
        _write_aside(aside, arrays, state)
    except OSError:  # most likely a full disk: what was begun would keep it full
        shutil.rmtree(aside, ignore_errors=True)
        raise
    final = folder / checkpoint_name(update, micro_batch)
    if final.exists():  # a damaged one of the same name, which was refused
        replace(final, folder / f"writing-over-{final.name}")
    replace(aside, final)
    _flush_folder(folder)
    shutil.rmtree(folder / f"writing-over-{final.name}", ignore_errors=True)
    reached = [path for path in list_checkpoints(folder) if _place(path) <= (update, micro_batch)]
    for old in reached[NUM_KEPT:]:  # later ones were refused as damaged: they do not push whole ones out
        shutil.rmtree(old, ignore_errors=True)
    return final


def _write_aside(aside, arrays, state):
    aside.mkdir(exist_ok=True)  # what was begun before, and could not be removed, is written over
    files = {}
    for part, tensors in arrays.items():
        path = aside / f"{part}.safetensors"
        write_tensors(path, tensors)
        flush(path)
        files[path.name] = {"sha256": _sha256(path), "num_bytes": path.stat().st_size}
    state = {"format_version": FORMAT_VERSION, **state, "files": files}
    text = json.dumps(state, ensure_ascii=False, indent=1)
    state["sha256"] = hashlib.sha256(text.encode("utf-8")).hexdigest()
    path = aside / STATE_NAME
    path.write_text(json.dumps(state, ensure_ascii=False, indent=1), encoding="utf-8")
    flush(path)


def load_checkpoint(path, parts=None):
    """Read and check one checkpoint.

    Args:
        path: pathlib.Path of its folder.
        parts: names of the parts to read; None for all.

    Returns:
        Checkpoint.

    Raises:
        CheckpointError: naming the file that is missing, cut short or changed.
    """
    state = _read_state(path / STATE_NAME)
    arrays = {}
    for name, facts in state["files"].items():
        part = name.removesuffix(".safetensors")
        if parts is not None and part not in parts:
            continue
        file = path / name
        if not file.is_file():
            raise CheckpointError(f"{file} is missing.")
        if file.stat().st_size != facts["num_bytes"]:
            raise CheckpointError(
                f"{file} is {file.stat().st_size} bytes long, its checkpoint says {facts['num_bytes']}."
            )
        if _sha256(file) != facts["sha256"]:
            raise CheckpointError(
                f"{file} has changed since it was written: its SHA-256 is not the one in {STATE_NAME}."
            )
        arrays[part] = StoredTensors(file)
    return Checkpoint(arrays, state, path)


def load_newest_checkpoint(folder, parts=None, warn=print):
    """The newest checkpoint that is whole.

    Args:
        folder: pathlib.Path of the run's checkpoints.
        parts: as for `load_checkpoint`.
        warn: called with a sentence for each damaged one that is passed over.

    Returns:
        Checkpoint, or None where there is none at all.

    Raises:
        CheckpointError: where there are some, and all are damaged or cannot be read.
    """
    paths = list_checkpoints(folder)
    refused, is_damage = [], True
    for path in paths:
        try:
            return load_checkpoint(path, parts)
        except (CheckpointError, OSError) as error:  # a bad sector is an OSError
            refused.append(f"{error}")
            is_damage = is_damage and not isinstance(error, OSError | OtherVersionError)
            warn(f"Refused the checkpoint {path.name}: {error} Trying the one before it.")
    if refused and is_damage:
        raise CheckpointError(
            f"all {len(refused)} checkpoints in {folder} are damaged: {' '.join(refused)} "
            "Delete the folder to start the run anew."
        )
    if refused:
        raise CheckpointError(
            f"none of the {len(refused)} checkpoints in {folder} can be used: {'; '.join(refused)} "
            "What cannot be read may be whole: look at the rights of the files and at the drive. A newer "
            "program's checkpoints want that program. Nothing was changed."
        )
    return None


def _order(match):
    return int(match[1]), int(match[2] or 0)


def _place(path):
    return _order(_FOLDER_NAME.fullmatch(path.name))


def _read_state(path):
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        said = state.pop("sha256")
        version = state["format_version"]
    except FileNotFoundError as error:
        raise CheckpointError(f"{path} is missing.") from error
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise CheckpointError(f"{path} is damaged: it is not the JSON that was written.") from error
    text = json.dumps(state, ensure_ascii=False, indent=1)
    if hashlib.sha256(text.encode("utf-8")).hexdigest() != said:
        raise CheckpointError(
            f"{path} has changed since it was written: its SHA-256 does not match its text."
        )
    if version != FORMAT_VERSION:
        raise OtherVersionError(f"{path} has format version {version}, this program reads {FORMAT_VERSION}.")
    return state


def _sha256(path):
    with patiently(lambda: open(path, "rb")) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush_folder(folder):
    if os.name == "posix":  # elsewhere a folder cannot be opened, and a rename is durable on its own
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
