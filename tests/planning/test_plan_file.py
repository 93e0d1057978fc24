"""A plan survives its file, obeys a reader's edits, and refuses what it does not know."""

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.planning.gate import WhenToTrain
from mof.planning.plan import Expected, Head, Plan, PlanError, Stage, StageText, decided
from mof.planning.plan_file import plan_text, read_plan, write_plan
from mof.presets import preset


def make_plan(corpus=("文本/春.jsonl", 'C:\\my "texts"\\a.txt'), folder="runs/four-days"):
    """A plan of two stages with nothing usual about it."""
    text = StageText(corpus=corpus, tokens=5_000_000, validation_fraction=0.02)
    settings = {
        "tokens_per_update": 8192,
        "lengths": (128, 256),
        "learning_rate": 3e-3,
        "freeze": ("rnn@0-0.5",),
    }
    stages = (
        Stage.make("pretraining", text, settings),
        Stage.make("chat", text.replace(tokens=100_000), {"tokens_per_update": 4096}),
    )
    changes = {"width": 384, "num_heads": 6, "recompute": True, "experts": ("transformer", "recurrent")}
    return Plan(
        Head(recipe="B", folder=folder, hours=8.5, made="today"),
        "small",
        "bpe",
        changes,
        stages,
        WhenToTrain(day_hours="22-7", niceness=19),
        Expected(tokens_per_second=1742.5, loss_from="none"),
    )


@pytest.fixture
def file(tmp_path):
    """A written plan."""
    write_plan(tmp_path / "deep" / "plan.toml", make_plan(), ["first", "second"])
    return tmp_path / "deep" / "plan.toml"


def edit(file, before, after):
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    return file


def test_what_is_written_is_read(file):
    assert decided(read_plan(file)) == decided(make_plan())
    assert dataclasses.replace(read_plan(file), model_changes={}) == dataclasses.replace(
        make_plan(), model_changes={}
    )
    assert [path.name for path in file.parent.iterdir()] == ["plan.toml"]


def test_every_field_says_what_it_is(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["# first", "# second"]
    fields = [line for line in lines if re.match(r"\w+ = ", line)]
    assert len(fields) > 25 and all("  # " in line for line in fields)
    assert "tokens = 5_000_000  # tokens to read, repeats included; they decide when the stage ends" in lines


def test_updates_follow_from_tokens(file):
    pretraining, chat = read_plan(file).stages
    assert pretraining.training.num_updates == 5_000_000 // 8192
    assert chat.training.num_updates == 100_000 // 4096
    plan = read_plan(edit(file, "tokens = 5_000_000", "tokens = 10_000_000"))
    assert plan.stages[0].training.num_updates == 10_000_000 // 8192


def test_the_shape_is_the_presets_with_the_changes(file):
    shape = read_plan(file).shape
    assert shape.model == preset("small").model.replace(
        width=384, num_heads=6, recompute=True, experts=("transformer", "recurrent")
    )
    assert shape.tokens_per_update == preset("small").tokens_per_update


def test_a_reader_may_add_any_setting(file):
    edit(file, "[chat]", "[chat]\nseed = 7\nfinal_share = 0")
    edit(file, "[model]", "[model]\nthought_width = 0")
    plan = read_plan(file)
    assert plan.stages[1].training.seed == 7 and plan.stages[1].training.final_share == 0.0
    assert plan.shape.model.thought_width == 0


def test_a_plan_may_have_one_stage_and_leave_all_else_out(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_bytes(b'\xef\xbb\xbf[model]\n[pretraining]\ncorpus = ["a.txt"]\ntokens = 100_000\n')
    plan = read_plan(file)
    assert plan.preset_name == "tiny" and len(plan.stages) == 1 and plan.when == WhenToTrain()


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("hours = 8.5", "hour = 8.5", "a plan has no field 'hour': did you mean 'hours'?"),
        ("[when]", "[wen]", "did you mean 'when'?"),
        ("corpus =", "corpsu =", "the section [pretraining] has no field 'corpsu': did you mean 'corpus'?"),
        ("learning_rate =", "learning_rat =", "did you mean 'learning_rate'?"),
        ("width = 384", "widht = 384", "the section [model] has no field 'widht': did you mean 'width'?"),
        ("tokens = 5_000_000", "minutes = 5.0\ntokens = 5_000_000", "has no field 'minutes'"),
        ("niceness = 19", "niceness = 99", "[when] niceness is 99, expected from 0 to 19."),
        ("niceness = 19", "niceness = 'much'", "[when] niceness is 'much', expected int."),
        ("niceness = 19", "niceness = 2026-11-26", "[when] "),
        ("width = 384", "width = 383", "[model] width 383 is no multiple of num_heads 6"),
        ('preset = "small"', 'preset = "smal"', "[model] preset is 'smal', expected one of"),
        ('tokenizer = "bpe"', 'tokenizer = "words"', "[model] tokenizer is 'words'"),
        ('recipe = "B"', 'recipe = "C"', "recipe is 'C'"),
        ("format = 1", "format = 2", "format is 2, this program reads 1."),
        ("tokens = 5_000_000", "tokens = 5_000", "[pretraining] tokens is 5,000: that is 0 updates"),
        ("tokens = 5_000_000", "tokens = -5", "[pretraining] tokens is -5, expected at least 1."),
        ("tokens = 5_000_000", "tokens = many", "is no plan"),
        ("lengths = [128, 256]", "lengths = [100]", "is no multiple of length 100"),
        ("[model]", "[modell]", "did you mean 'model'?"),
        ('recipe = "B"', 'folder = "D:\\my texts"', "Write paths with / in place of \\, as in D:/texts."),
    ],
)
def test_a_wrong_edit_is_refused_by_name(file, before, after, words):
    with pytest.raises(PlanError) as caught:
        read_plan(edit(file, before, after))
    assert str(caught.value).startswith(str(file)) and words in str(caught.value)


def test_what_is_missing_is_named(file, tmp_path):
    with pytest.raises(PlanError, match=r"the section \[pretraining\] is missing"):
        (tmp_path / "a.toml").write_text("[model]\n", encoding="utf-8")
        read_plan(tmp_path / "a.toml")
    with pytest.raises(PlanError, match="there is no plan"):
        read_plan(tmp_path / "none.toml")
    with pytest.raises(PlanError, match="is a folder: name the plan in it"):
        read_plan(tmp_path)
    with pytest.raises(PlanError, match="model must be a section"):
        (tmp_path / "b.toml").write_text("model = 3\n", encoding="utf-8")
        read_plan(tmp_path / "b.toml")


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1), min_size=1, max_size=3))
def test_any_path_survives(paths):
    import tomllib

    plan = make_plan(corpus=tuple(paths))
    sections = tomllib.loads(plan_text(plan, [f"Go on with: mof train --plan {paths[0]}"]))
    assert sections["pretraining"]["corpus"] == paths
