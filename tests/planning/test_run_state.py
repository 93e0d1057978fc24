"""How a plan stands, from files that are made up: what is done, what is left, when it ends."""

import datetime
from pathlib import Path

import pytest

from mof.planning.gate import WhenToTrain
from mof.planning.plan import Expected, Head, Plan, Stage, StageText
from mof.planning.plan_file import write_plan
from mof.planning.run_state import look
from mof.training.folder_lock import held
from mof.training.run_folder import RunError

SETTINGS = {"tokens_per_update": 128, "lengths": (16,), "num_streams": 8}
NOON = datetime.datetime(2026, 11, 26, 12)


@pytest.fixture
def folder(tmp_path):
    """A folder with the copy of a plan of 100 and 50 updates; nothing is trained."""
    stages = (
        Stage.make("pretraining", StageText(corpus=("a",), tokens=100 * 128), SETTINGS),
        Stage.make("chat", StageText(corpus=("b",), tokens=50 * 128), SETTINGS),
    )
    expected = Expected(tokens_per_second=64.0, tokens_per_second_low=32.0, tokens_per_second_high=128.0)
    plan = Plan(Head(folder=str(tmp_path / "plan")), "nano", "characters", {}, stages, expected=expected)
    write_plan(tmp_path / "plan" / "followed-plan.toml", plan)
    return tmp_path / "plan", plan


def test_before_it_begins_the_plans_own_forecast_is_told(folder):
    path, plan = folder
    state = look(path, NOON)
    assert not state.is_running and [stage.update for stage in state.stages] == [0, 0]
    assert [stage.num_updates for stage in state.stages] == [100, 50]
    tokens = 150 * 128
    assert state.seconds_left == pytest.approx((tokens / 128, tokens / 64, tokens / 32))
    assert state.end[1] == NOON + datetime.timedelta(seconds=tokens / 64)


def test_under_way_its_own_log_tells(folder, make_run):
    path, plan = folder
    make_run(path / "pretraining", plan.stages[0].training, 60, seconds_each=4.0)
    state = look(path, NOON)
    first, chat = state.stages
    assert first.update == 60 and first.tokens == 60 * 128 and first.newest == "update-00000060"
    low, middle, high = state.seconds_left
    # 40 updates of 4 s, and the chat by the plan's pace: nothing before it is finished, but it has a pace
    pace = 60 * 128 / 240
    assert middle == pytest.approx(40 * 4 + 50 * 128 / pace, rel=0.05)
    assert low < middle < high and chat.left is None


def test_finished_stages_leave_nothing(folder, make_run):
    path, plan = folder
    for stage in plan.stages:
        make_run(path / stage.name, stage.training, stage.training.num_updates)
    state = look(path / "followed-plan.toml", NOON)
    assert all(stage.is_finished for stage in state.stages) and state.seconds_left == (0.0, 0.0, 0.0)


def test_a_last_update_that_was_not_saved_is_not_the_end(folder, make_run):
    path, plan = folder
    make_run(path / "pretraining", plan.stages[0].training, 100)
    chat = make_run(path / "chat", plan.stages[1].training, 30)
    last = chat.read_log()[-1]
    for update in range(31, 51):
        chat.append_log({**last, "update": update})
    first, chat = look(path, NOON).stages
    assert first.is_finished and first.unsaved == 0
    assert chat.update == 50 and not chat.is_finished and chat.unsaved == 20


def test_the_end_lies_in_the_chosen_hours(folder):
    path, plan = folder
    import dataclasses

    write_plan(path / "followed-plan.toml", dataclasses.replace(plan, when=WhenToTrain(day_hours="22-7")))
    state = look(path, NOON)
    assert state.end[1] == NOON.replace(hour=22) + datetime.timedelta(seconds=state.seconds_left[1])


def test_what_runs_and_what_waits_is_told(folder, make_run):
    path, plan = folder
    run = make_run(path / "pretraining", plan.stages[0].training, 30)
    run.append_event("paused", 30, "The disk is full.", reason="disk")
    assert look(path).pause is None  # nothing runs, so nothing waits
    with held(path / "plan.lock", RuntimeError()):
        state = look(path)  # the plan's process waits for its hours: the old pause is not its
        assert state.is_running and not state.is_training and state.pause is None
    with held(path / "plan.lock", RuntimeError()), held(run.path / "run.lock", RuntimeError()):
        state = look(path)
        assert state.is_running and state.is_training and state.pause["reason"] == "disk"
        run.append_event("continued", 30, "on", reason="disk", seconds=3.0)
        assert look(path).pause is None
    assert not look(path).is_running
    with held(run.path / "run.lock", RuntimeError()):  # trained by itself, without its plan
        assert look(path).is_running and look(path).is_training


def test_a_single_run_is_told_too(tmp_path, make_run, folder):
    training = folder[1].stages[0].training
    make_run(tmp_path / "run", training, 50)
    state = look(tmp_path / "run", NOON)
    assert state.plan is None and state.stages[0].update == 50
    assert state.seconds_left[1] == pytest.approx(50 * 2.0, rel=0.05)


def test_a_log_whose_last_line_is_being_written_is_read(folder, make_run):
    path, plan = folder
    make_run(path / "pretraining", plan.stages[0].training, 30)
    with open(path / "pretraining" / "log.jsonl", "a", encoding="utf-8") as file:
        file.write('{"update": 31, "lo')
    assert look(path).stages[0].update == 30


def test_nothing_there_is_told(tmp_path):
    with pytest.raises(RunError, match="holds neither a plan nor a run"):
        look(Path(tmp_path))
