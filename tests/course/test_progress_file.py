"""Progress on disk: by one rule, whole or as it was, alive after damage."""

import functools
import json
import multiprocessing
import os
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from mof.course import progress_file
from mof.course.progress_file import ENTRY, ProgressFile, progress_path, read_entries
from mof.patient_files import patiently


def try_once(entry):
    entry["attempts"] += 1


@pytest.fixture
def path(tmp_path):
    return tmp_path / "my-work" / "progress.json"


def test_the_rule_for_where_it_lies(tmp_path, monkeypatch):
    monkeypatch.delenv("MOF_PROGRESS")
    assert progress_path() == progress_file.ROOT / "my-work" / "progress.json"
    monkeypatch.setattr(progress_file, "ROOT", tmp_path)  # no start.py there: an installed package
    monkeypatch.chdir(tmp_path)
    assert progress_path() == tmp_path / "my-work" / "progress.json"
    monkeypatch.setenv("MOF_PROGRESS", str(tmp_path / "mine.json"))
    assert progress_path() == tmp_path / "mine.json"
    monkeypatch.setenv("MOF_PROGRESS", str(tmp_path))
    assert progress_path() == tmp_path / "progress.json"
    monkeypatch.setenv("MOF_PROGRESS", "OFF")
    assert progress_path() is None


def test_what_is_written_is_read(path):
    file = ProgressFile(path)
    assert file.read() == ({}, "")
    for count in (1, 2):
        assert file.change("05.1", try_once) == (dict(ENTRY, attempts=count), "")
    assert ProgressFile(path).read() == ({"05.1": dict(ENTRY, attempts=2)}, "")
    names = sorted(entry.name for entry in path.parent.iterdir() if not entry.name.endswith(".lock"))
    assert names == [".progress.backup.json", "progress.json"]
    assert json.loads(path.read_text(encoding="utf-8"))["format"] == 1


def test_exercises_of_a_later_version_stay(path):
    ProgressFile(path).change("77.1", try_once)
    ProgressFile(path).change("05.1", try_once)
    assert set(read_entries(path)) == {"77.1", "05.1"}


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b"[]", b'{"exercises": 3}', b"[" * 50_000])
def test_a_damaged_file_is_kept_and_its_backup_goes_on(path, damage):
    file = ProgressFile(path)
    file.change("05.1", try_once)
    path.write_bytes(damage)
    entry, words = file.change("05.1", try_once)
    assert entry["attempts"] == 2 and "was damaged or gone; the copy before it was taken" in words
    (aside,) = path.parent.glob("progress.damaged-*.json")
    assert aside.read_bytes() == damage
    assert file.change("05.1", try_once) == (dict(ENTRY, attempts=3), "")


def test_where_the_backup_is_damaged_too_it_begins_anew(path):
    file = ProgressFile(path)
    file.change("05.1", try_once)
    for name in ("progress.json", ".progress.backup.json"):
        path.with_name(name).write_text("{", encoding="utf-8")
    entry, words = file.change("05.1", try_once)
    assert entry["attempts"] == 1 and "begins anew. The old one: " in words


def test_a_file_that_is_gone_comes_back(path):
    file = ProgressFile(path)
    file.change("05.1", try_once)
    path.unlink()
    assert file.read()[0]["05.1"]["attempts"] == 1 and path.is_file()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.dictionaries(st.text(), x)
    )
)
def test_entries_of_any_content_are_whole_or_left_out(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("progress") / "p.json"
    path.write_text(json.dumps({"exercises": {"05.1": content}}), encoding="utf-8")
    entries = read_entries(path)
    assert entries == ({"05.1": dict(ENTRY)} if isinstance(content, dict) else {})


def test_values_of_a_wrong_kind_are_as_at_first(path):
    path.parent.mkdir()
    odd = {"attempts": "3", "hints": True, "solved": 5, "last_try": "2026-01-01", "more": 1}
    path.write_text(json.dumps({"exercises": {"05.1": odd, "x" * 30: {}}}), encoding="utf-8")
    assert read_entries(path) == {"05.1": dict(ENTRY, last_try="2026-01-01")}


def test_a_folder_in_the_files_place_stays_with_all_that_is_in_it(path):
    notebook = path / "notebooks" / "mine.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text("{}", encoding="utf-8")
    entry, words = ProgressFile(path).change("05.1", try_once)
    assert entry["attempts"] == 1 and "is no file. Let MOF_PROGRESS name a file." in words
    assert "could not be read" in ProgressFile(path).read()[1]
    assert notebook.is_file() and [p.name for p in path.parent.glob("progress*")] == ["progress.json"]


def test_a_folder_that_cannot_be_written_is_told_and_stops_nothing(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    entry, words = ProgressFile(tmp_path / "file" / "progress.json").change("05.1", try_once)
    assert entry["attempts"] == 1 and words.startswith("Your progress could not be saved in ")


def test_a_failed_write_leaves_what_was(path, monkeypatch):
    file = ProgressFile(path)
    file.change("05.1", try_once)
    before = path.read_bytes()

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(progress_file.os, "fsync", full)
    entry, words = file.change("05.1", try_once)
    assert entry["attempts"] == 2 and "No space left on device" in words and path.read_bytes() == before


def test_a_backup_that_cannot_be_written_changes_nothing_else(path):
    file = ProgressFile(path)
    path.with_name(".progress.backup.json").mkdir(parents=True)
    assert file.change("05.1", try_once) == (dict(ENTRY, attempts=1), "")
    assert file.change("05.1", try_once) == (dict(ENTRY, attempts=2), "")
    assert ProgressFile(path).read() == ({"05.1": dict(ENTRY, attempts=2)}, "")


def test_a_lock_that_another_holds_is_told(path, monkeypatch):
    monkeypatch.setattr(progress_file, "LOCK_SECONDS", 0.1)
    file = ProgressFile(path)
    file.change("05.1", try_once)
    with FileLock(path.with_name(".progress.json.lock")):
        assert "could not be saved" in file.change("05.1", try_once)[1]


def test_a_scanner_that_holds_the_file_for_a_moment_is_waited_for(path, monkeypatch):
    replace, refused = os.replace, []

    def reluctant(*arguments):
        if len(refused) < 3:
            refused.append(1)
            raise PermissionError(13, "in use")
        return replace(*arguments)

    monkeypatch.setattr(progress_file.os, "replace", reluctant)
    monkeypatch.setattr(progress_file, "patiently", functools.partial(patiently, is_windows=True))
    assert ProgressFile(path).change("05.1", try_once)[1] == "" and len(refused) == 3


def held(monkeypatch, path, times):
    """Opening the file to read it is refused so often, as on Windows while a scanner has it."""
    read_bytes, refused = Path.read_bytes, []

    def reluctant(self):
        if self == path and len(refused) < times:
            refused.append(1)
            raise PermissionError(13, "in use")
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", reluctant)
    return refused


def test_a_good_file_that_is_held_for_a_moment_is_read_after_it(path, monkeypatch):
    ProgressFile(path).change("05.1", try_once)
    monkeypatch.setattr(progress_file, "patiently", functools.partial(patiently, is_windows=True))
    refused = held(monkeypatch, path, 3)
    assert ProgressFile(path).read() == ({"05.1": dict(ENTRY, attempts=1)}, "") and len(refused) == 3


@pytest.mark.parametrize("name", ["progress.json", ".progress.backup.json"])
def test_what_stays_held_is_neither_put_aside_nor_written_over(path, name, monkeypatch):
    file = ProgressFile(path)
    file.change("05.1", try_once)
    if name != "progress.json":
        path.write_text("{", encoding="utf-8")  # damaged, and its copy cannot be looked at now
    before = {p.name: p.read_bytes() for p in path.parent.glob("*.json")}
    held(monkeypatch, path.with_name(name), 10**6)
    entries, words = file.read()
    assert entries == ({"05.1": dict(ENTRY, attempts=1)} if name == "progress.json" else {})
    assert words.startswith("Your progress could not be read in ") and "in use" in words
    assert file.change("05.1", try_once)[1].startswith("Your progress could not be saved in ")
    monkeypatch.undo()
    assert {p.name: p.read_bytes() for p in path.parent.glob("*.json")} == before


def test_what_another_kernel_has_just_mended_is_not_put_aside(path, monkeypatch):
    """Looked at without the lock the file may be damaged, and whole a moment later."""
    file = ProgressFile(path)
    file.change("05.1", try_once)
    whole = path.read_bytes()
    path.write_text("{", encoding="utf-8")
    load, looks = progress_file._load, []

    def mended_after_the_first_look(looked_at):
        entries = load(looked_at)
        if not looks:
            path.write_bytes(whole)
        looks.append(looked_at)
        return entries

    monkeypatch.setattr(progress_file, "_load", mended_after_the_first_look)
    assert file.read() == ({"05.1": dict(ENTRY, attempts=1)}, "") and looks == [path, path]
    assert not list(path.parent.glob("*.damaged-*"))


def test_a_damaged_file_waits_for_the_lock(path, monkeypatch):
    monkeypatch.setattr(progress_file, "LOCK_SECONDS", 0.1)
    file = ProgressFile(path)
    file.change("05.1", try_once)
    path.write_text("{", encoding="utf-8")
    with FileLock(path.with_name(".progress.json.lock")):
        entries, words = file.read()
    assert entries["05.1"]["attempts"] == 1 and "could not be read" in words and path.read_bytes() == b"{"


def _try_often(path, times):
    for _ in range(times):
        ProgressFile(path).change("05.1", try_once)


def test_two_kernels_lose_nothing(path):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_try_often, args=(path, 15)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=300)
    assert read_entries(path)["05.1"]["attempts"] == 30


def test_without_a_path_it_lasts_as_long_as_the_process(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = ProgressFile(None)
    file.change("05.1", try_once)
    assert file.change("05.1", try_once)[0]["attempts"] == 2 and file.read()[0]["05.1"]["attempts"] == 2
    assert not list(tmp_path.iterdir())
