"""Checkpoints: whole or refused by name, whatever a kill or a bad disk leaves behind."""

import errno
import json
import os
import re
import shutil

import numpy as np
import pytest

from mof.training import checkpoint as module
from mof.training.checkpoint import (
    CheckpointError,
    checkpoint_name,
    list_checkpoints,
    load_checkpoint,
    load_newest_checkpoint,
    save_checkpoint,
)

FILES = ("state.json", "weights.safetensors", "optimizer.safetensors", "memory.safetensors")


def arrays_of(value):
    """Three parts of the shapes that a run has."""
    return {
        "weights": {"model/kernel": np.full((3, 4), value, "float32"), "model/scalar": np.float32(value)},
        "optimizer": {"model/kernel/mean": np.full((3, 4), -value, "float32")},
        "memory": {"expert/position": np.full((2,), value, "int32")},
    }


def save(folder, update, micro_batch=0):
    state = {"progress": {"update": update, "loss": 0.1 + update}, "words": "春天"}
    return save_checkpoint(folder, arrays_of(update), state, update, micro_batch)


@pytest.fixture
def folder(tmp_path):
    """Holds three checkpoints, after updates 1, 2 and 3."""
    for update in (1, 2, 3):
        save(tmp_path / "checkpoints", update)
    return tmp_path / "checkpoints"


def refused_newest(folder, parts=None):
    """(update of the checkpoint that is used, the warnings)."""
    warnings = []
    checkpoint = load_newest_checkpoint(folder, parts, warnings.append)
    return checkpoint.state["progress"]["update"], warnings


def test_gives_back_what_was_saved(folder):
    checkpoint = load_newest_checkpoint(folder, warn=pytest.fail)
    assert checkpoint.path.name == "update-00000003"
    assert checkpoint.state["progress"] == {"update": 3, "loss": 3.1} and checkpoint.state["words"] == "春天"
    expected = arrays_of(3)
    assert checkpoint.arrays.keys() == expected.keys()
    for part, tensors in expected.items():
        assert checkpoint.arrays[part].keys() == tensors.keys()
        for name, array in tensors.items():
            np.testing.assert_array_equal(checkpoint.arrays[part][name], array)
            assert checkpoint.arrays[part][name].dtype == array.dtype


def test_reads_only_the_parts_that_are_asked_for(folder):
    (folder / "update-00000003" / "optimizer.safetensors").unlink()
    assert load_newest_checkpoint(folder, ("weights",), pytest.fail).arrays.keys() == {"weights"}
    assert load_newest_checkpoint(folder, (), pytest.fail).arrays == {}


def test_keeps_the_newest_three(folder):
    save(folder, 3, micro_batch=2)
    save(folder, 10)
    assert [path.name for path in list_checkpoints(folder)] == [
        "update-00000010",
        "update-00000003-0002",
        "update-00000003",
    ]
    assert sorted(path.name for path in folder.iterdir()) == [
        "update-00000003",
        "update-00000003-0002",
        "update-00000010",
    ]


def test_names_sort_by_update_then_by_batch():
    assert checkpoint_name(12) == "update-00000012"
    assert checkpoint_name(12, 3) == "update-00000012-0003"


def test_no_folder_and_an_empty_one_hold_nothing(tmp_path):
    assert load_newest_checkpoint(tmp_path / "none") is None
    (tmp_path / "update-00000001.txt").write_text("", encoding="utf-8")
    (tmp_path / "other").mkdir()
    assert load_newest_checkpoint(tmp_path) is None


class Killed(Exception):
    """The process ends here."""


@pytest.mark.parametrize("moment", ["first file", "state", "rename"])
def test_a_kill_while_saving_leaves_the_checkpoints_of_before(folder, monkeypatch, moment):
    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as patch:
        if moment == "first file":
            patch.setattr(module, "_sha256", die)
        elif moment == "state":
            patch.setattr(module.json, "dumps", die)
        else:
            patch.setattr(os, "replace", die)
        with pytest.raises(Killed):
            save(folder, 4)
    assert [path.name for path in folder.glob("writing-*")] == ["writing-update-00000004"]
    assert refused_newest(folder) == (3, [])
    save(folder, 5)
    assert sorted(path.name for path in folder.iterdir()) == [f"update-0000000{n}" for n in (2, 3, 5)]
    assert refused_newest(folder) == (5, [])


def test_nothing_is_deleted_before_the_new_one_is_in_place(folder, monkeypatch):
    """A kill while the oldest is deleted: the new one is whole, and the next save finishes the work."""

    def die(path, **_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", die)
        with pytest.raises(Killed):
            save(folder, 4)
    assert refused_newest(folder) == (4, [])


def test_a_damaged_one_of_the_same_name_is_replaced(folder):
    weights = folder / "update-00000003" / "weights.safetensors"
    weights.write_bytes(b"")
    save(folder, 3)
    assert refused_newest(folder) == (3, [])
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_is_refused_by_name_and_the_one_before_is_used(folder, name):
    path = folder / "update-00000003" / name
    whole = path.read_bytes()
    for place in sorted({0, len(whole) // 3, len(whole) // 2, len(whole) - 1}):
        damaged = bytearray(whole)
        damaged[place] ^= 4
        path.write_bytes(damaged)
        update, warnings = refused_newest(folder)
        assert update == 2
        assert len(warnings) == 1
        assert warnings[0].startswith(f"Refused the checkpoint update-00000003: {path}")
        assert warnings[0].endswith("Trying the one before it.")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("num_bytes", [0, 40])
def test_a_truncated_file_is_refused_by_name(folder, name, num_bytes):
    path = folder / "update-00000003" / name
    os.truncate(path, num_bytes)
    update, [warning] = refused_newest(folder)
    assert update == 2
    expected = (
        "is damaged: it is not the JSON that was written"
        if name == "state.json"
        else f"is {num_bytes} bytes long"
    )
    assert f"{path} {expected}" in warning


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused_by_name(folder, name):
    path = folder / "update-00000003" / name
    path.unlink()
    update, [warning] = refused_newest(folder)
    assert update == 2 and f"{path} is missing." in warning


@pytest.mark.parametrize("text", ["[]", "3", "null", "{}", '"x"', '{"sha256": 1}', "\ud800"])
def test_a_state_of_another_kind_is_refused(folder, text):
    path = folder / "update-00000003" / "state.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    update, [warning] = refused_newest(folder)
    assert update == 2 and f"{path} is damaged" in warning


def test_a_changed_number_in_the_state_is_refused(folder):
    path = folder / "update-00000003" / "state.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"loss": 3.1', '"loss": 3.2'), encoding="utf-8")
    with pytest.raises(CheckpointError, match=re.escape(f"{path} has changed since it was written")):
        load_checkpoint(path.parent)


def test_changed_contents_of_equal_length_are_refused(folder):
    a, b = (folder / f"update-0000000{n}" / "weights.safetensors" for n in (2, 3))
    assert a.stat().st_size == b.stat().st_size
    shutil.copyfile(a, b)
    update, [warning] = refused_newest(folder)
    assert update == 2 and f"{b} has changed since it was written: its SHA-256" in warning


def test_another_format_version_is_refused(folder, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(module, "FORMAT_VERSION", 2)
        save(folder, 4)
    update, [warning] = refused_newest(folder)
    assert update == 3 and "state.json has format version 2, this program reads 1." in warning


def test_the_third_is_used_where_two_are_damaged(folder):
    for number in (2, 3):
        (folder / f"update-0000000{number}" / "weights.safetensors").write_bytes(b"x")
    update, warnings = refused_newest(folder)
    assert update == 1
    assert [warning.split(":")[0] for warning in warnings] == [
        "Refused the checkpoint update-00000003",
        "Refused the checkpoint update-00000002",
    ]


def test_all_damaged_is_an_error_that_names_them(folder):
    for path in folder.iterdir():
        (path / "state.json").write_text(json.dumps({"sha256": ""}), encoding="utf-8")
    with pytest.raises(CheckpointError) as caught:
        load_newest_checkpoint(folder, warn=lambda _: None)
    message = str(caught.value)
    assert message.startswith(f"all 3 checkpoints in {folder} are damaged:")
    assert all(str(path) in message for path in folder.iterdir())
    assert message.endswith("Delete the folder to start the run anew.")


def test_one_that_the_disk_cannot_read_is_passed_over(folder, monkeypatch):
    read = module._sha256

    def failing(path):
        if path.parent.name == "update-00000003":
            raise OSError(errno.EIO, "Input/output error")
        return read(path)

    monkeypatch.setattr(module, "_sha256", failing)
    update, [warning] = refused_newest(folder)
    assert update == 2 and "Input/output error" in warning


def refuse_to_be_read(folder, patch):
    def failing(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    patch.setattr(module, "_sha256", failing)


def be_newer(folder, patch):
    with patch.context() as newer:
        newer.setattr(module, "FORMAT_VERSION", 2)
        for number in (1, 2, 3):
            save(folder, number)


@pytest.mark.parametrize(
    ("happens", "words"),
    [(refuse_to_be_read, "Permission denied"), (be_newer, "has format version 2, this program reads 1")],
)
def test_what_is_whole_and_cannot_be_read_is_not_called_damaged(folder, monkeypatch, happens, words):
    happens(folder, monkeypatch)
    with pytest.raises(CheckpointError) as caught:
        load_newest_checkpoint(folder, warn=lambda _: None)
    message = str(caught.value)
    assert message.startswith(f"none of the 3 checkpoints in {folder} can be used:") and words in message
    assert "damaged" not in message and "Delete" not in message and message.endswith("Nothing was changed.")


def test_a_folder_that_a_scanner_kept_is_written_over(folder, monkeypatch):
    kept = folder / "writing-update-00000004"
    kept.mkdir()
    (kept / "weights.safetensors").write_bytes(b"begun")
    with monkeypatch.context() as patch:
        patch.setattr(module.shutil, "rmtree", lambda *arguments, **options: None)
        save(folder, 4)
    assert refused_newest(folder) == (4, [])


def test_damaged_ones_of_later_do_not_push_whole_ones_out(folder):
    for number in (2, 3):
        (folder / f"update-0000000{number}" / "weights.safetensors").write_bytes(b"x")
    save(folder, 1, micro_batch=5)  # resumed at 1, saved before 2 comes again
    assert {path.name for path in list_checkpoints(folder)} >= {"update-00000001", "update-00000001-0005"}
    assert refused_newest(folder)[0] == 1
    for micro_batch in (6, 7):
        save(folder, 1, micro_batch)
    whole = [path.name for path in list_checkpoints(folder) if path.name < "update-00000002"]
    assert whole == ["update-00000001-0007", "update-00000001-0006", "update-00000001-0005"]
