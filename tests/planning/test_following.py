"""Following a plan: each stage in its turn, once; the same call goes on; a second one and a changed plan are
refused. The trainings are made up: what they leave in the folders is real."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mof.corpus.reading_report import CorpusError
from mof.planning import following
from mof.planning.following import COPY_NAME, changes, folder_of, follow, is_finished, is_followed, plan_in
from mof.planning.gate import WhenToTrain
from mof.planning.plan import Head, Plan, PlanError, Stage, StageText
from mof.planning.plan_file import read_plan, write_plan
from mof.training.checkpoint import list_checkpoints, save_checkpoint
from mof.training.run_folder import RunError, RunFolder
from tests.planning.conftest import write_talks, write_texts

SETTINGS = {"tokens_per_update": 128, "lengths": (16,), "num_streams": 8}


@pytest.fixture
def plan(tmp_path):
    """A plan of two stages of 12 and 10 updates."""
    texts, talks = write_texts(tmp_path / "a.jsonl"), write_talks(tmp_path / "b.jsonl")
    stages = (
        Stage.make("pretraining", StageText(corpus=(str(texts),), tokens=12 * 128), SETTINGS),
        Stage.make("chat", StageText(corpus=(str(talks),), tokens=10 * 128), SETTINGS),
    )
    return Plan(Head(folder=str(tmp_path / "plan")), "nano", "characters", {}, stages)


class Trainer:
    """Stands for `train`: makes a run of each stage and trains it up to a number of updates."""

    def __init__(self, make_run, most=100):
        self.make_run, self.most, self.seen = make_run, most, []

    def prepare(self, name, make):
        self.name = name
        return (SimpleNamespace(make=make),)

    def train(self, prepared):
        self.seen.append(self.name)
        plan, folder = self.plan, Path(self.plan.head.folder)
        stage = next(stage for stage in plan.stages if stage.name == self.name)
        update = min(self.most, stage.training.num_updates)
        if not (folder / self.name / "run.json").is_file():
            self.make_run(folder / self.name, stage.training, update)
        return SimpleNamespace(update=update, num_updates=stage.training.num_updates)

    def follow(self, plan):
        self.plan = plan
        return follow(plan, self.train, self.prepare, tell=lambda words: None)


@pytest.fixture
def trainer(make_run):
    return Trainer(make_run)


def test_stages_come_in_their_order_and_once(plan, trainer):
    assert trainer.follow(plan) is True
    assert trainer.seen == ["pretraining", "chat"]
    assert trainer.follow(plan) is True and trainer.seen == ["pretraining", "chat"]
    copy = read_plan(Path(plan.head.folder) / "followed-plan.toml")
    assert changes(copy, plan) == []


def test_what_is_stopped_goes_on_where_it_stood(plan, make_run):
    stopping = Trainer(make_run, most=5)
    assert stopping.follow(plan) is False and stopping.seen == ["pretraining"]
    assert not is_finished(Path(plan.head.folder) / "pretraining")
    again = Trainer(make_run)
    again.follow(plan)
    assert again.seen == ["pretraining", "chat"]


def test_a_stop_while_preparing_trains_nothing(plan, trainer):
    trainer.prepare = lambda name, make: None
    assert trainer.follow(plan) is False and trainer.seen == []


def test_a_finished_stage_whose_last_weights_are_damaged_is_not_finished(plan, trainer):
    trainer.follow(plan)
    run = Path(plan.head.folder) / "pretraining"
    assert is_finished(run)
    weights = list_checkpoints(run / "checkpoints")[0] / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(ValueError, match="damaged"):
        is_finished(run)


def test_where_the_one_before_is_whole_the_end_is_trained_again(plan, trainer):
    trainer.follow(plan)
    run = RunFolder(Path(plan.head.folder) / "pretraining")
    newest = run.newest_checkpoint()
    earlier = {**newest.state, "progress": {"update": 11, "num_updates": 12}}
    save_checkpoint(run.checkpoints, {"weights": {"a": np.zeros(3, "float32")}}, earlier, 11)
    assert is_finished(run.path)
    (newest.path / "weights.safetensors").write_bytes(b"spoiled")
    told = []
    assert not is_finished(run.path, told.append)
    assert "Refused the checkpoint update-00000012" in told[0]


def test_a_second_process_is_refused(plan, trainer):
    second = Trainer(trainer.make_run)
    seen = []

    def train(prepared):
        assert is_followed(plan.head.folder)
        with pytest.raises(RunError, match="another process follows a plan in"):
            second.follow(plan)
        seen.append(1)
        return SimpleNamespace(update=0, num_updates=9)

    follow(plan, train, lambda name, make: (make,), tell=lambda words: None)
    assert seen == [1] and second.seen == [] and not is_followed(plan.head.folder)


def with_tokens(plan, tokens):
    first = plan.stages[0]
    stage = Stage.make("pretraining", first.text.replace(tokens=tokens), SETTINGS)
    return dataclasses.replace(plan, stages=(stage, plan.stages[1]))


def test_a_plan_that_was_changed_on_the_way_is_refused(plan, make_run):
    Trainer(make_run, most=5).follow(plan)
    longer = with_tokens(plan, 20 * 128)
    with pytest.raises(PlanError) as caught:
        Trainer(make_run).follow(longer)
    assert "follows another plan already: stages pretraining text tokens: 1536 then, 2560 now" in str(
        caught.value
    )
    assert "Only [when], and the folder that a text lies in, may change" in str(caught.value)


def test_hours_may_change_on_the_way(plan, make_run):
    Trainer(make_run, most=5).follow(plan)
    nightly = dataclasses.replace(plan, when=WhenToTrain(day_hours="22-7"))
    assert Trainer(make_run).follow(nightly)
    assert read_plan(Path(plan.head.folder) / "followed-plan.toml").when.day_hours == "22-7"


def test_before_anything_is_trained_a_plan_may_be_replaced(plan, trainer):
    trainer.prepare = lambda name, make: None
    trainer.follow(plan)
    assert trainer.follow(with_tokens(plan, 20 * 128)) is False


@pytest.mark.parametrize("number", [0, 1])
def test_missing_text_is_told_before_days_have_passed(plan, trainer, number):
    path = Path(plan.stages[number].text.corpus[0])
    path.unlink()
    with pytest.raises(FileNotFoundError) as caught:
        trainer.follow(plan)
    name = plan.stages[number].name
    assert f"[{name}] the corpus path {path} does not exist" in str(caught.value)
    assert "Nothing is lost" in str(caught.value) and trainer.seen == []


def test_text_of_a_finished_stage_is_not_asked_for(plan, make_run):
    stopping = Trainer(make_run)
    stopping.follow(dataclasses.replace(plan, stages=plan.stages[:1]))
    Path(plan.stages[0].text.corpus[0]).unlink()
    folder = Path(plan.head.folder)
    (folder / "followed-plan.toml").unlink()
    assert Trainer(make_run).follow(plan)


def test_an_empty_folder_of_text_is_told(plan, trainer, tmp_path):
    (tmp_path / "empty").mkdir()
    text = plan.stages[0].text.replace(corpus=(str(tmp_path / "empty"),))
    stage = Stage.make("pretraining", text, SETTINGS)
    with pytest.raises(CorpusError, match="holds no readable file"):
        trainer.follow(dataclasses.replace(plan, stages=(stage, plan.stages[1])))


def test_an_old_request_to_stop_is_forgotten(plan, trainer):
    folder = Path(plan.head.folder)
    folder.mkdir()
    (folder / "stop-asked").touch()
    assert trainer.follow(plan) is True


def test_text_that_was_moved_goes_on_and_other_text_does_not(plan, make_run, tmp_path):
    stopping = Trainer(make_run, most=5)
    assert stopping.follow(plan) is False
    first = plan.stages[0]
    old = Path(first.text.corpus[0])

    def reading(path):
        stage = dataclasses.replace(first, text=first.text.replace(corpus=(str(path),)))
        return dataclasses.replace(plan, stages=(stage, *plan.stages[1:]))

    (tmp_path / "elsewhere").mkdir()
    moved = old.rename(tmp_path / "elsewhere" / old.name)
    assert changes(plan, reading(moved)) == []
    assert changes(plan, reading(tmp_path / "other.jsonl")) != []
    with pytest.raises(FileNotFoundError, match="write its new place into the file that the command names"):
        Trainer(make_run).follow(plan)
    assert Trainer(make_run).follow(reading(moved)) is True


def test_the_copy_of_a_plan_is_about_the_folder_that_it_lies_in(plan, trainer, tmp_path):
    assert trainer.follow(plan)
    old = Path(plan.head.folder)
    new = old.rename(tmp_path / "moved")
    assert plan_in(new / "followed-plan.toml").head.folder == new.as_posix()
    assert plan_in(new / "followed-plan.toml").stages == plan.stages


def test_a_run_that_the_plan_did_not_make_is_refused(plan, make_run):
    folder = Path(plan.head.folder)
    other = plan.stages[0].training.replace(seed=9)
    make_run(folder / "pretraining", other, 3)
    with pytest.raises(PlanError, match="holds a run that this plan did not make"):
        follow(plan, lambda *_: None, lambda name, make: make(), tell=lambda words: None)


def test_a_folder_that_was_moved_finds_its_text_at_its_new_place(tmp_path, make_run, monkeypatch):
    """Paths in the plan are relative to the project; the run's own are not."""
    from mof.training import assembly

    old, new = tmp_path / "old", tmp_path / "new"
    write_texts(old / "texts" / "a.jsonl")
    monkeypatch.chdir(old)
    text = StageText(corpus=("texts",), tokens=12 * 128)
    plan = Plan(Head(folder="plan"), "nano", "characters", {}, (Stage.make("pretraining", text, SETTINGS),))
    run = make_run(Path("plan/pretraining"), plan.stages[0].training, 5)
    run.change_corpus(["texts"])
    assert run.facts["corpus"] == [str(old / "texts")]
    old.rename(new)
    monkeypatch.chdir(new)
    opened = []

    def open_run(path, report, corpus):
        opened.append((RunFolder(path).find_corpus() if corpus is None else None, corpus))

    monkeypatch.setattr(assembly, "existing_run", open_run)
    follow(plan, lambda *_: None, lambda name, make: make(), tell=lambda words: None)
    assert opened == [([str(new / "texts")], None)], "found beside it; its tokens are not made again"
    (new / "elsewhere").mkdir()
    (new / "texts").rename(new / "elsewhere" / "texts")
    stage = dataclasses.replace(plan.stages[0], text=text.replace(corpus=("elsewhere/texts",)))
    moved = dataclasses.replace(plan, stages=(stage,))
    follow(moved, lambda *_: None, lambda name, make: make(), tell=lambda words: None)
    assert opened[1:] == [(None, [str(new / "elsewhere" / "texts")])]


def test_a_whole_number_for_a_fraction_is_no_other_plan(plan, make_run):
    """A reader writes 0 where the field is a float; the copy says 0.0."""
    file = Path(plan.head.folder).parent / "plan.toml"
    write_plan(file, dataclasses.replace(plan, model_changes={"embedding_residual": 0}))
    file.write_text(
        file.read_text(encoding="utf-8").replace("embedding_residual = 0.0", "embedding_residual = 0"),
        encoding="utf-8",
    )
    for most, seen in ((5, ["pretraining"]), (100, ["pretraining", "chat"])):
        trainer = Trainer(make_run, most)
        trainer.follow(read_plan(file))
        assert trainer.seen == seen


def test_the_copy_is_not_written_again_where_nothing_has_changed(plan, trainer, monkeypatch):
    trainer.follow(plan)
    monkeypatch.setattr(following, "write_plan", lambda *arguments: pytest.fail("written again"))
    trainer.follow(plan)


def test_a_copy_that_a_power_cut_emptied_says_what_to_do(plan, trainer):
    trainer.follow(plan)
    copy = Path(plan.head.folder) / COPY_NAME
    copy.write_bytes(b"")
    with pytest.raises(PlanError, match="is missing. It is the copy .* delete that file and give the same"):
        trainer.follow(plan)
    copy.unlink()
    trainer.follow(plan)
    assert not changes(read_plan(copy), plan)


def test_a_plan_given_from_elsewhere_is_found_in_the_folder_beside_it(plan, trainer, tmp_path, monkeypatch):
    near = dataclasses.replace(plan, head=plan.head.replace(folder="plan"))
    write_plan(tmp_path / "plan.toml", near)
    with monkeypatch.context() as patch:
        patch.chdir(tmp_path)
        trainer.follow(near)
        assert folder_of("plan.toml") == Path("plan")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert folder_of("../plan.toml") == Path("../plan")
    write_plan(tmp_path / "plan.toml", dataclasses.replace(near, preset_name="tiny"))
    assert folder_of("../plan.toml") == Path("plan")  # another plan: not begun
