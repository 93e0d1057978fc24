"""A run as a record, and replayed under a slider."""

import json

import numpy as np
import pytest

from benchmarks import run_record
from mof.lessons.records import load_record
from mof.panel.quantities import quantities_of
from mof.panel.recorded_run import (
    NUM_MOMENTS,
    open_recorded,
    record_of,
    replay_of,
    replay_words,
    samples_html,
    snapshot_of,
)
from mof.panel.run_reader import RunReader
from tests.panel.made_runs import (
    CONFIG,
    calm_losses,
    make_run,
    updates,
    with_events,
    write_log,
    write_marks,
)


@pytest.fixture
def run(tmp_path):
    run = make_run(tmp_path / "four-days", CONFIG.replace(num_updates=2000))
    write_log(run, with_events(updates(calm_losses(2000), step_seconds=20.0), num_updates=2000))
    write_marks(run, [(20.0 * update, update) for update in range(500, 2001, 500)])
    return run


def test_a_record_is_small_and_holds_the_run(run):
    snapshot = RunReader(run.path).snapshot()
    data = json.loads(json.dumps(record_of(snapshot, num_points=100)))
    assert len(data["columns"]["loss"]) == 100 and len(data["events"]["state"]) == 66
    back = snapshot_of(data)
    assert back.update == 2000 and back.seconds == 40_000 and back.is_finished and back.silent_seconds is None
    assert back.experts == snapshot.experts and len(back.marks) == 4
    assert np.mean(back.columns["loss"]) == pytest.approx(calm_losses(2000).mean(), rel=1e-5)
    drawn = {quantity.title: quantity.lines[0] for quantity in quantities_of([back], "hours")}
    np.testing.assert_allclose(drawn["speed"].y, 1024 / 20, rtol=1e-4)


def test_no_path_of_the_machine_and_no_text_enters_a_record(run):
    text = json.dumps(record_of(RunReader(run.path).snapshot()), ensure_ascii=False)
    assert str(run.path.parent) not in text and '"corpus"' not in text


def test_the_slider_stops_at_the_marks_and_tells_what_was_written(run):
    figure = replay_of(RunReader(run.path).snapshot())
    assert [frame.name for frame in figure.frames] == ["2.78 h", "5.56 h", "8.33 h", "11.11 h"]
    assert [step.label for step in figure.layout.sliders[0].steps] == [f.name for f in figure.frames]
    title = figure.frames[1].layout.title.text
    assert (
        title.startswith("four-days, loss 4.") and "bits per byte" in title and "51 tokens a second" in title
    )
    assert "春天来了1000" in title and "&lt;b&gt;" in title and "<b>" not in title
    dot, line = figure.frames[1].data
    assert list(dot.x) == [pytest.approx(5.5556, abs=1e-3)] and list(line.x) == [dot.x[0]] * 2
    assert list(figure.frames[1].traces) == [3, 4] and figure.data[1].yaxis == "y2"


def test_each_stop_tells_its_own_look_and_none_of_later(run):
    """Looks every five seconds, each of which takes two: the loss and the bits are those of the stop."""
    (run.path / "samples.jsonl").unlink()
    entries, seconds = [], 0.0
    for entry in updates(calm_losses(40), step_seconds=1.0):
        seconds += 1.0
        entries.append({**entry, "seconds": seconds})
        if entry["update"] % 5 == 0:
            seconds += 2.0
            bits = 3.0 + entry["update"] / 1000
            entries.append({"event": "evaluation", "update": entry["update"], "seconds": seconds,
                            "bits_per_byte": bits, "route_weights": [0.5, 0.5]})  # fmt: skip
    write_log(run, entries)
    figure = replay_of(RunReader(run.path).snapshot())
    titles = [frame.layout.title.text for frame in figure.frames]
    assert len(titles) == 8
    for number, title in enumerate(titles, start=1):
        assert f"{3 + 5 * number / 1000:.3f} bits per byte" in title
    hours = [frame.data[0].x[0] for frame in figure.frames]
    assert hours == pytest.approx([(7 * number - 2) / 3600 for number in range(1, 9)], abs=1e-4)


def test_the_dot_of_a_record_stands_where_its_stop_is(run):
    """Of a record only the ends of blocks are left; a stop lies between them."""
    snapshot = RunReader(run.path).snapshot()
    figure = replay_of(snapshot_of(record_of(snapshot, num_points=7)))
    hours = [frame.data[0].x[0] for frame in figure.frames]
    assert hours == pytest.approx([20.0 * update / 3600 for update in range(500, 2001, 500)], abs=1e-3)


def test_a_run_without_marks_stops_at_its_looks_and_one_without_looks_at_equal_times(run):
    (run.path / "samples.jsonl").unlink()
    looked = replay_of(RunReader(run.path).snapshot())
    assert 30 < len(looked.frames) <= NUM_MOMENTS
    write_log(run, updates(calm_losses(300), step_seconds=1.0))
    bare = replay_of(RunReader(run.path).snapshot())
    assert len(bare.frames) == 12 and len({frame.name for frame in bare.frames}) == 12
    assert "yaxis2" not in bare.layout.to_plotly_json(), "nothing is known of the router"


def test_a_run_without_updates_says_so(tmp_path):
    with pytest.raises(ValueError, match="no update yet"):
        replay_of(RunReader(make_run(tmp_path / "new").path).snapshot())


def test_all_samples_stand_in_a_table(run):
    snapshot = RunReader(run.path).snapshot()
    table = samples_html(snapshot)
    assert table.count("<tr>") == 3 and "来了500" in table and "来了2000" in table and "来了1000" not in table
    assert "&lt;b&gt;" in table and "<b>" not in table
    assert "11 h" in replay_words(snapshot) and replay_words(snapshot, "recorded x").endswith("Recorded x")


def test_the_caption_tells_of_nothing_that_is_not_drawn(run):
    words = replay_words(RunReader(run.path).snapshot())
    assert "the router's shares on held-out text below" in words and "what the model wrote then" in words
    (run.path / "samples.jsonl").unlink()
    words = replay_words(RunReader(run.path).snapshot())
    assert "router" in words and "wrote" not in words
    write_log(run, updates(calm_losses(100)))
    words = replay_words(RunReader(run.path).snapshot())
    assert "router" not in words and "the loss on the training text." in words


def test_the_program_writes_a_record_that_can_be_opened(run, tmp_path, capsys):
    words = [str(run.path), "--name", "made_up", "--title", "made up", "--records", str(tmp_path / "records")]
    run_record.main([*words, "--date", "2026-01-02"])
    assert "run_made_up.json" in capsys.readouterr().out
    record = load_record("run_made_up", tmp_path / "records")
    assert record.date == "2026-01-02" and record.changed_files() == []
    snapshot, note = open_recorded("made_up", tmp_path / "records")
    assert snapshot.name == "made up" and "2026-01-02" in note
    assert open_recorded(run.path)[1] == ""


def test_what_is_no_record_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="no record"):
        open_recorded("nowhere", tmp_path)
    with pytest.raises(ValueError, match="no record of a run"):
        snapshot_of({"name": "x"})


def test_where_a_training_went_on_there_is_a_seam(run):
    place = {"update": 1001, "seconds": 20_020.0, "tokens": 1001 * 1024}
    run.append_log({"event": "session", **place, "time": 1.9e9, "fingerprint": "f" * 8})
    snapshot = snapshot_of(record_of(RunReader(run.path).snapshot()))
    (seams,) = [trace for trace in replay_of(snapshot).data if trace.name == "stopped and resumed"]
    assert seams.x[0] == pytest.approx(20_020 / 3600, abs=1e-3)
