"""What the recorder writes, and that a run's numbers are the same with it and without it, bit for bit."""

import types

import pytest

from mof.generation import sample_marks
from mof.generation.sample_marks import SampleMarks
from mof.panel.run_reader import RunReader
from mof.training import run_recorder
from mof.training.observer import Observer, Observers
from mof.training.run_recorder import RunRecorder, thought_alphas
from tests.training.small_run import MODEL, SHORT
from tests.training.test_resume import outcome


def exact(training):
    """`outcome` of a run, with the lines of its updates alone."""
    lines = [entry for entry in training.run.read_log() if "event" not in entry]
    run = types.SimpleNamespace(read_log=lambda: lines)
    return outcome(types.SimpleNamespace(**{**vars(training), "run": run}))


def events(training, kind):
    return [entry for entry in training.run.read_log() if entry.get("event") == kind]


@pytest.fixture
def always(monkeypatch):
    """A state after each update."""
    monkeypatch.setattr(run_recorder, "SECONDS_BETWEEN_STATES", 0.0)


def test_a_watched_run_is_bit_identical_to_one_that_is_not(make_training, make_run, always):
    """With states after each update and samples at each checkpoint, saved after each update."""
    settings = dict(lengths=(SHORT,), checkpoint_updates=1, checkpoint_seconds=1e9)
    alone = make_training(**settings)
    alone.run_to_end()
    expected = exact(alone)

    run = make_run(**settings)
    marks = SampleMarks(run, pytest.fail, least_seconds=0.0)
    watched = make_training(run=run, observer=Observers(RunRecorder(), marks))
    watched.run_to_end()
    assert len(events(watched, "state")) == 6 and len(events(watched, "checkpoint")) >= 5
    assert RunReader(run.path).snapshot().marks, "samples were written, or this proves nothing"
    actual = exact(watched)
    for part, value in expected.items():
        assert actual[part] == value, part


def test_a_state_tells_model_and_machine(make_training, always):
    training = make_training(observer=RunRecorder())
    training.run_to_end()
    (session,) = events(training, "session")
    assert session["update"] == 1 and session["fingerprint"] == training.batches.cursor["fingerprint"]
    assert session["num_parameters"] == training.model.num_parameters()
    states = events(training, "state")
    assert [state["update"] for state in states] == [1, 2, 3, 4, 5, 6]
    last = states[-1]
    (alpha,) = last["alphas"]
    assert alpha == pytest.approx(
        float(training.model.experts[1].blocks[0].thought_space.alpha.numpy()), abs=1e-5
    )
    assert alpha != MODEL.thought_alpha, "six updates have moved it"
    assert last["num_updates"] == 6 and last["tokens"] == training.progress.num_tokens
    assert 1e7 < last["memory_bytes"] < 1e12 and last["free_disk_bytes"] > 0 < last["free_memory_bytes"]
    assert 0 < last["processor_seconds"] and last["time"] > 1.7e9


def test_states_come_now_and_then_and_at_the_end(make_training, monkeypatch):
    monkeypatch.setattr(run_recorder, "SECONDS_BETWEEN_STATES", 1e9)
    training = make_training(observer=RunRecorder())
    training.run_to_end()
    assert [state["update"] for state in events(training, "state")] == [1, 6]


def test_a_checkpoint_tells_its_seconds_and_bytes(make_training):
    training = make_training(observer=RunRecorder())
    training.run_to_end()
    (saved,) = events(training, "checkpoint")
    (path,) = training.run.checkpoints.iterdir()
    assert saved["num_bytes"] == sum(file.stat().st_size for file in path.iterdir())
    assert saved["update"] == 6 and 0 < saved["save_seconds"] < 60


def test_what_is_rewound_is_forgotten(make_training, always):
    training = make_training(observer=RunRecorder())
    training.run_to_end()
    training.run.rewind_log(3)
    assert [state["update"] for state in events(training, "state")] == [1, 2, 3]
    assert len(RunReader(training.run.path).snapshot().states) == 3


def test_a_model_without_thought_has_no_alphas(make_training):
    training = make_training(model_changes={"thought_width": 0})
    assert thought_alphas(training.engine) == []


def test_several_observers_are_one():
    class Said(Observer):
        def __init__(self, stops):
            self.heard, self.stops = [], stops

        def wants_stop(self):
            self.heard.append("stop?")
            return self.stops

        def updated(self, training):
            self.heard.append(training)

        def saved(self, path):
            self.heard.append(path)

    first, second = Said(True), Said(False)
    both = Observers(first, second)
    both.updated("update")
    both.saved("path")
    assert both.wants_stop() and first.heard == second.heard == ["update", "path", "stop?"]
    assert not Observers(second).wants_stop() and not Observers().wants_stop()


def test_marks_come_ten_minutes_or_a_fiftieth_apart(make_run, monkeypatch, tmp_path):
    run = make_run()
    marks, written = SampleMarks(run), []
    monkeypatch.setattr(marks, "_write", lambda path: written.append(marks._training.progress.seconds))
    training = types.SimpleNamespace(progress=types.SimpleNamespace(seconds=0.0), paused=lambda: _nothing())
    for seconds in [*range(0, 3000, 120), *range(100_000, 110_000, 500)]:
        training.progress.seconds = float(seconds)
        marks.updated(training)
        marks.saved(tmp_path)
    assert written[:4] == [600.0, 1200.0, 1800.0, 2400.0]
    late = [seconds for seconds in written if seconds > 100_000]
    assert all(b - a >= 2000 for a, b in zip(late, late[1:], strict=False)) and len(late) >= 3


def test_a_resumed_run_goes_on_from_its_last_mark(make_run):
    run = make_run()
    (run.path / sample_marks.SAMPLES_NAME).write_text('{"seconds": 700.0}\n{"sec', encoding="utf-8")
    assert SampleMarks(run)._written_at == 700.0
    (run.path / sample_marks.SAMPLES_NAME).write_text("[]\n", encoding="utf-8")
    assert SampleMarks(run)._written_at == 0.0


def test_samples_that_cannot_be_written_end_nothing(make_run, make_training, monkeypatch):
    """Told once, and the training goes on."""
    run, told = make_run(checkpoint_updates=1), []

    def broken(*_):
        raise RuntimeError("no graph")

    monkeypatch.setattr("mof.inference.run_graphs.open_run", broken)
    training = make_training(run=run, observer=SampleMarks(run, told.append, least_seconds=0.0))
    training.run_to_end()
    assert training.progress.update == 6 and len(told) == 1 and "no graph" in told[0]
    assert not (run.path / sample_marks.SAMPLES_NAME).exists()


def _nothing():
    import contextlib

    return contextlib.nullcontext()


def test_what_writes_passes_through_all_of_them():
    class Around(Observer):
        def __init__(self, name, said):
            self.name, self.said = name, said

        def write(self, training, action, num_bytes):
            self.said.append((self.name, training, num_bytes))
            return action() + self.name

    said = []
    both = Observers(Around("a", said), Around("b", said))
    assert both.write("training", lambda: "done ", 7) == "done ba"
    assert said == [("a", "training", 7), ("b", "training", 7)]
