"""A log is followed while it is written, rewound and damaged: what was read equals what stands there."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mof.panel.log_tail import BefellTail, LogTail, MarksTail
from tests.panel.made_runs import calm_losses, make_run, updates, with_events, write_log, write_marks


def lines_of(entries):
    return "".join(json.dumps(entry) + "\n" for entry in entries).encode("utf-8")


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_way_of_growing_gives_the_whole_log(tmp_path_factory, data):
    """The file grows by pieces that end anywhere, also in the middle of a line."""
    entries = with_events(updates(calm_losses(40)), every=7)
    text = lines_of(entries)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    path = tmp_path_factory.mktemp("log") / "log.jsonl"
    tail = LogTail(path)
    for end in [*cuts, len(text)]:
        path.write_bytes(text[:end])
        tail.refresh()
        whole = [json.loads(line) for line in text[:end].split(b"\n")[:-1]]
        assert len(tail) == sum("event" not in entry for entry in whole)
    np.testing.assert_array_equal(tail.column("loss"), [e["loss"] for e in entries if "event" not in e])
    assert tail.events["state"] == [e for e in entries if e.get("event") == "state"]
    assert tail.num_bad_lines == 0 and tail.num_reads_from_start == 1


def test_what_was_read_is_not_read_again(tmp_path):
    path = tmp_path / "log.jsonl"
    entries = updates(calm_losses(1000))
    path.write_bytes(lines_of(entries[:999]))
    tail, taken = LogTail(path), []
    tail.refresh()
    take = tail.take
    tail.take = lambda entry: (taken.append(entry), take(entry))
    path.write_bytes(lines_of(entries))
    assert tail.refresh() and taken == entries[999:]
    assert not tail.refresh() and len(tail) == 1000


def test_a_rewound_log_is_read_anew_even_where_it_has_outgrown_the_old_one(tmp_path):
    run = make_run(tmp_path / "run")
    write_log(run, updates(calm_losses(50)))
    tail = LogTail(run.path / "log.jsonl")
    tail.refresh()
    run.rewind_log(20)
    for entry in updates(calm_losses(60, seed=1), first=21, start_seconds=20.0):
        run.append_log(entry)
    assert (run.path / "log.jsonl").stat().st_size > tail._offset
    assert tail.refresh()
    expected = [*calm_losses(50)[:20], *calm_losses(60, seed=1)]
    np.testing.assert_array_equal(tail.column("loss"), expected)
    assert tail.num_reads_from_start == 2


def test_a_shorter_log_and_a_log_that_comes_later(tmp_path):
    path = tmp_path / "log.jsonl"
    tail = LogTail(path)
    assert not tail.refresh() and np.isnan(tail.last("loss"))
    path.write_bytes(lines_of(updates([3.0, 2.0, 1.0])))
    assert tail.refresh() and tail.last("loss") == 1.0
    path.write_bytes(lines_of(updates([3.0])))
    assert tail.refresh() and list(tail.column("loss")) == [3.0]


def test_bad_lines_are_passed_over_and_counted(tmp_path):
    path = tmp_path / "log.jsonl"
    first, second = updates([3.0, 2.0])
    damaged = [
        b"{",
        b"[1]",
        b'"text"',
        b'{"loss": 1}',
        b'{"update": "x"}',
        b'{"update": 5, "loss": []}',
        b"\xff\xfe",
    ]
    path.write_bytes(lines_of([first]) + b"\n".join(damaged) + b"\n" + lines_of([second]))
    tail = LogTail(path)
    tail.refresh()
    assert list(tail.column("update")) == [1, 2] and tail.num_bad_lines == len(damaged)


def test_updates_that_are_done_again_in_the_same_file_replace_the_first_ones(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(lines_of([*updates([5.0, 4.0, 3.0]), *updates([2.0], first=2)]))
    tail = LogTail(path)
    tail.refresh()
    assert list(tail.column("loss")) == [5.0, 2.0]


def test_a_line_that_lacks_a_number_has_none_there(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"update": 1, "loss": 2.5}\n{"update": 2, "loss": NaN}\n')
    tail = LogTail(path)
    tail.refresh()
    assert tail.column("loss")[0] == 2.5 and np.isnan(tail.column("loss")[1])
    assert np.isnan(tail.column("seconds")).all()


def test_marks_come_in_order_and_once(tmp_path):
    run = make_run(tmp_path / "run")
    write_marks(run, [(10.0, 10), (30.0, 30), (20.0, 20), (30.0, 30)])
    tail = MarksTail(run.path / "samples.jsonl")
    tail.refresh()
    assert [mark["update"] for mark in tail.marks()] == [10, 20, 30]
    assert [mark["update"] for mark in tail.marks(last_update=20)] == [10, 20]
    assert tail.marks()[0]["samples"][0] == ("春天", "来了10")


@pytest.mark.parametrize("size", [200_000])
def test_a_log_of_four_days_costs_a_look_next_to_nothing(tmp_path, size, monkeypatch):
    """Counted, not timed: of 200,000 lines a look parses those that are new."""
    path = tmp_path / "log.jsonl"
    line = json.dumps(updates([4.0])[0])
    path.write_text("".join(line.replace('"update": 1', f'"update": {i + 1}') + "\n" for i in range(size)))
    tail = LogTail(path)
    tail.refresh()
    assert len(tail) == size
    parsed = []
    loads = json.loads
    monkeypatch.setattr("mof.panel.log_tail.json.loads", lambda text: (parsed.append(1), loads(text))[1])
    with open(path, "a", encoding="utf-8") as file:
        file.write(line.replace('"update": 1', f'"update": {size + 1}') + "\n")
    assert tail.refresh() and len(parsed) == 1 and len(tail) == size + 1


def test_what_befell_a_run(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text(
        '{"time": "x", "event": "paused", "update": 3, "words": "hot"}\n{"event": "x"}\n\n{"ev',
        encoding="utf-8",
    )
    tail = BefellTail(path)
    tail.refresh()
    (entry,) = tail.entries
    assert (entry["event"], entry["update"], entry["words"]) == (
        "paused",
        3,
        "hot",
    ) and tail.num_bad_lines == 2
