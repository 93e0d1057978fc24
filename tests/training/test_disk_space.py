"""A full disk: nothing half written stays; the training waits, goes on, and comes out the same to the bit."""

import errno
import io
import os
import subprocess

import pytest

from mof.training import checkpoint, disk_space, json_lines, run_folder
from mof.training.checkpoint import list_checkpoints, load_newest_checkpoint, save_checkpoint
from mof.training.disk_space import RoomWaiter, free_bytes, is_full_disk
from mof.training.observer import Observer
from tests.training.small_run import SHORT
from tests.training.test_checkpoint import arrays_of
from tests.training.test_resume import outcome


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_what_a_full_disk_says():
    assert is_full_disk(OSError(errno.ENOSPC, "full")) and is_full_disk(OSError(errno.EDQUOT, "quota"))
    assert not is_full_disk(OSError(errno.EACCES, "no")) and not is_full_disk(ValueError("28"))


def test_room_is_that_of_the_nearest_folder_there_is(tmp_path):
    assert free_bytes(tmp_path / "a" / "b") == pytest.approx(free_bytes(tmp_path), rel=0.2)


class Waits:
    """Stands for a wait: asks the condition until it holds, freeing more and more of the disk."""

    def __init__(self, monkeypatch, room, stops=False):
        self.said, self.room, self.num_looks, self.stops = [], iter(room), 0, stops
        monkeypatch.setattr(disk_space, "free_bytes", self.look)

    def look(self, folder):
        self.num_looks += 1
        return next(self.room)

    def __call__(self, words, is_over, seconds):
        self.said.append(words)
        while not self.stops:
            if is_over():
                return True
        return False


def test_it_is_done_again_when_there_is_room(tmp_path, monkeypatch):
    waits = Waits(monkeypatch, [0, 0, 2_000_000, 6_000_000])  # the first is told
    done = []

    def action():
        done.append(1)
        if len(done) == 1:
            full()
        return "written"

    assert RoomWaiter(tmp_path, waits).do(action, 4_000_000) == "written"
    assert len(done) == 2 and waits.num_looks == 4
    assert (
        "is full: 0.0 MB are free, 5.0 MB are needed." in waits.said[0]
        and "goes on by itself" in waits.said[0]
    )


def test_room_that_cannot_be_used_is_tried_again_after_a_while(tmp_path, monkeypatch):
    """A limit on one user: the disk has room, and yet it is full. Each try is a wait, never a busy loop."""
    waits = Waits(monkeypatch, [10**9] * 100)
    errors = iter([True, True, False])
    RoomWaiter(tmp_path, waits).do(lambda: full() if next(errors) else None)
    assert len(waits.said) == 2 and waits.num_looks == 2 * 3


def test_other_errors_and_a_stop_end_it(tmp_path, monkeypatch):
    def forbidden():
        raise PermissionError(errno.EACCES, "no")

    waits = Waits(monkeypatch, [0] * 9, stops=True)
    with pytest.raises(PermissionError):
        RoomWaiter(tmp_path, waits).do(forbidden)
    assert waits.said == []
    with pytest.raises(OSError, match="No space left"):
        RoomWaiter(tmp_path, waits).do(full)


class SmallDisk:
    """Opens files that take a few more bytes and are then full."""

    def __init__(self, num_bytes):
        self.num_bytes = num_bytes

    def open(self, path, mode, buffering):
        file = io.FileIO(path, mode.replace("b", ""))
        write = file.write
        disk = self

        class Limited:
            def __enter__(self):
                return self

            def __exit__(self, *_):
                file.close()

            def write(self, data):
                if not disk.num_bytes:
                    full()
                count = write(data[: disk.num_bytes])
                disk.num_bytes -= count
                return count

            read, seek, truncate = file.read, file.seek, file.truncate

        return Limited()


@pytest.mark.parametrize("num_bytes", [0, 1, 10])
def test_a_line_that_does_not_fit_leaves_the_log_as_it_was(make_run, monkeypatch, num_bytes):
    run = make_run()
    run.append_log({"update": 1, "text": "春天"})
    run.append_event("started", 0, "春")
    before = [(run.path / name).read_bytes() for name in ("log.jsonl", "events.jsonl")]
    with monkeypatch.context() as patch:
        patch.setattr(json_lines, "open", SmallDisk(num_bytes).open, raising=False)
        for write in (lambda: run.append_log({"update": 2}), lambda: run.append_event("paused", 2, "x")):
            with pytest.raises(OSError, match="No space left"):
                write()
    assert [(run.path / name).read_bytes() for name in ("log.jsonl", "events.jsonl")] == before
    run.append_log({"update": 2})
    assert [entry["update"] for entry in run.read_log()] == [1, 2]


def test_a_line_that_is_written_in_pieces_is_whole(make_run, monkeypatch):
    run = make_run()
    disk = SmallDisk(10**6)
    monkeypatch.setattr(json_lines, "open", disk.open, raising=False)
    run.append_log({"update": 1, "text": "春天" * 100})
    monkeypatch.undo()
    assert run.read_log() == [{"update": 1, "text": "春天" * 100}]


@pytest.mark.parametrize("moment", ["write_tensors", "flush", "_sha256", "_flush_folder"])
def test_a_checkpoint_that_does_not_fit_leaves_no_trace(tmp_path, monkeypatch, moment):
    folder = tmp_path / "checkpoints"
    for update in (1, 2, 3):
        save_checkpoint(folder, arrays_of(update), {"progress": {"update": update}}, update)
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, moment, full)
        with pytest.raises(OSError, match="No space left"):
            save_checkpoint(folder, arrays_of(4), {"progress": {"update": 4}}, 4)
    assert list(folder.glob("writing-*")) == []
    assert load_newest_checkpoint(folder, warn=pytest.fail) is not None
    save_checkpoint(folder, arrays_of(4), {"progress": {"update": 4}}, 4)
    assert load_newest_checkpoint(folder, warn=pytest.fail).state["progress"]["update"] == 4
    assert len(list(folder.iterdir())) == 3


class Patient(Observer):
    """Waits for room as the terminal does, without the waiting."""

    def __init__(self, monkeypatch):
        self.num_waits = 0
        monkeypatch.setattr(disk_space, "free_bytes", lambda folder: 10**9)

    def write(self, training, action, num_bytes):
        def wait(words, is_over, seconds):
            self.num_waits += 1
            return True

        return RoomWaiter(".", wait).do(action, num_bytes)


def sometimes_full(function, period):
    """`function`, which finds the disk full at each call but every `period`-th."""
    calls = []

    def limited(*arguments, **more):
        calls.append(1)
        if len(calls) % period:
            full()
        return function(*arguments, **more)

    return limited


@pytest.mark.slow
def test_a_run_on_a_disk_that_fills_again_and_again_is_bit_identical(make_training, monkeypatch):
    settings = dict(lengths=(SHORT,), checkpoint_updates=2)
    whole = make_training(**settings)
    whole.run_to_end()
    expected = outcome(whole)
    observer = Patient(monkeypatch)
    training = make_training(observer=observer, **settings)
    with monkeypatch.context() as patch:
        patch.setattr(run_folder, "append_entry", sometimes_full(run_folder.append_entry, 3))
        patch.setattr(checkpoint, "_write_aside", sometimes_full(checkpoint._write_aside, 4))
        training.run_to_end()
    assert observer.num_waits == 6 * 2 + 3 * 3
    actual = outcome(training)
    for part, value in expected.items():
        assert actual[part] == value, part
    assert len(list_checkpoints(training.run.checkpoints)) == 3


def test_without_an_observer_that_waits_the_error_is_told_and_the_run_can_go_on(make_training, monkeypatch):
    training = make_training(lengths=(SHORT,), checkpoint_updates=2)
    training.update()
    training.update()
    with monkeypatch.context() as patch:
        patch.setattr(run_folder, "append_entry", full)
        with pytest.raises(OSError, match="No space left"):
            training.update()
    resumed = make_training(run=training.run)
    resumed.restore(training.run.newest_checkpoint())
    resumed.run_to_end()
    whole = make_training(lengths=(SHORT,), checkpoint_updates=2)
    whole.run_to_end()
    assert outcome(resumed)["arrays"] == outcome(whole)["arrays"]


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of 6 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if mounted.returncode:
        pytest.skip("only root may make a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.slow
def test_a_really_full_disk(small_disk, make_training, make_run, monkeypatch, cache):
    """A file fills the disk at update 2; it is deleted when the run says that it waits."""
    from mof.cli import terminal
    from mof.training.run_folder import RunFolder
    from tests.training.small_run import MODEL, TOKENIZER, TRAINING

    monkeypatch.setattr(disk_space, "SECONDS_BETWEEN_TRIES", 0.2)
    filler = small_disk / "filler"
    said = []

    class Watched(terminal.TerminalObserver):
        def updated(self, training):
            super().updated(training)
            if training.progress.update == 2:
                with open(filler, "wb", buffering=0) as file, pytest.raises(OSError):
                    while True:
                        file.write(os.urandom(1 << 12))

        def _say(self, words):
            said.append(words)
            if "is full" in words:
                filler.unlink()

    settings = dict(lengths=(SHORT,), checkpoint_updates=1)
    whole = make_training(**settings)
    whole.run_to_end()
    expected = outcome(whole)
    config = TRAINING.replace(**settings)
    run = RunFolder.create(small_disk / "run", MODEL, config, TOKENIZER, {"preset": "nano", "base": None})
    observer = Watched(config, None, 1.0, 3.0, [], run=run)
    training = make_training(run=run, observer=observer)
    training.run_to_end()
    assert outcome(training) == expected
    assert sum("is full" in words for words in said) == 1 and "Going on after a pause" in "".join(said)
    observer.events.note("finished", "all of it")
    assert [event["event"] for event in run.read_events()] == ["paused", "continued", "finished"]
