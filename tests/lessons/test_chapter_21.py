"""The figures that stand in the prose of chapter 21, worked out again."""

import json
import math
import re

import numpy as np
import pytest

from mof.lessons.four_days import recorded_plans, recorded_recipes, shipped_looks
from mof.lessons.machine_study import read_machine
from mof.lessons.practice_training import FOLDER, PLAN
from mof.lessons.records import ROOT, load_record
from mof.planning import making
from mof.planning.plan import Head
from mof.planning.sizes import SHIPPED_SHAPE, best_size, candidates, size_of
from mof.training.config import TrainingConfig
from tests.lessons.chapter_prose import NOTEBOOKS, flat_prose

NAME = "21_the_four_day_training"
FLAT = flat_prose(NAME)
CELLS = json.loads((NOTEBOOKS / f"{NAME}.ipynb").read_text(encoding="utf-8"))["cells"]
CODE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code")
TEXT = (4, 8, 2, 6)


def said(words):
    assert words in FLAT, f"the chapter does not say: {words}"


def number(value):
    """As the tables write it: with a minus sign, whole."""
    assert value == int(value)
    return f"{int(value)}".replace("-", "−")


def update(weight, memory, x):
    gradient = weight - x
    memory = memory / 2 + gradient
    return weight - memory / 2, memory, gradient


def test_four_updates_by_hand():
    weight, memory, states = 0.0, 0.0, []
    for i, x in enumerate(TEXT, start=1):
        weight, memory, gradient = update(weight, memory, x)
        said(f"| {i} | {x} | {number(gradient)} | {number(memory)} | {number(weight)} |")
        states.append((weight, memory))
    assert states[-1][0] == 6


@pytest.mark.parametrize(
    ("row", "keeps_memory", "place"),
    [
        ("weight, memory and place in the text", True, 2),
        ("weight and place; the memory begins at 0", False, 2),
        ("weight and memory; the text begins anew, with 4 and 8", True, 0),
    ],
)
def test_what_comes_of_what_was_kept(row, keeps_memory, place):
    weight, memory = 6.0, -8.0 if keeps_memory else 0.0
    for x in TEXT[place : place + 2]:
        weight, memory, _ = update(weight, memory, x)
    said(f"| {row} | {number(weight)} |")


def test_how_often_to_save():
    said("three seconds for a checkpoint and one end a day, that is 720 seconds, twelve minutes")
    assert math.sqrt(2 * 3 * 24 * 3600) == 720 == 12 * 60
    said("half or double of it costs a quarter more")
    assert (2 + 1 / 2) / 2 == 1.25
    said("In a stage of hours it saves every two to fifteen minutes, and gives about a hundredth of the time")
    said("a short stage it saves twenty times")
    assert making.FEWEST_CHECKPOINTS == 20
    assert making.CHECKPOINT_SECONDS == (120.0, 900.0) and making.CHECKPOINT_SHARE == 0.01


def test_a_plan_is_as_it_is_told():
    said("The dialogues are read twice, but get a third of all tokens at most")
    assert (making.CHAT_PASSES, making.CHAT_SHARE) == (2.0, 1 / 3)
    said("with a tenth of its step sizes")
    assert making.CHAT_STEP_SHARE == 0.1
    said("a plateau with a fall over the last 40%")
    assert making.LONGEST_RECORD_SCHEDULE["decay_share"] == 0.4
    said("Our longest run read its text 15 times")
    assert round(making.LONGEST_RECORD_PASSES) == 15
    said("runs/four-days")
    assert Head().folder == "runs/four-days"


def test_the_text_that_ships():
    page = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert "| 81,784 |" in page and "310 conversations" in page and "| 42,694 |" in page
    said("on the 82,000 characters that ship")
    said("has read our 310 conversations")
    assert "(81_784, 42_694)" in CODE


def test_the_practice_lies_where_the_commands_say():
    assert PLAN == f"{FOLDER}/plan.toml" and f"--folder {FOLDER}" in CODE and f"mof status {FOLDER}" in CODE


def test_the_two_recipes():
    a, b = recorded_recipes().values()
    said("A on an H100, which had time for 62 million tokens, B on an H200, for 524 million")
    assert "H100" in a.device and "H200" in b.device
    assert (round(a.tokens / 1e6), round(b.tokens / 1e6)) == (62, 524)
    said("390 for A, 1,742 for B")
    assert (round(a.tokens_per_second), b.tokens_per_second) == (390, 1742)
    said("B lies lower at first, because in the time of one token of A it reads four and a half")
    said("below, somewhere between hours 21 and 38")
    hours = [a.hours(num_tokens) for num_tokens in a.looks[0]]
    before, after = (
        min(range(len(hours)), key=lambda i, hour=hour: abs(hours[i] - hour)) for hour in (21, 38)
    )
    assert after == before + 1 and (round(hours[before]), round(hours[after])) == (21, 38)
    assert hours[before] < a.hours(a.fall_tokens) < hours[after]
    theirs = np.interp([hours[before], hours[after]], [b.hours(n) for n in b.looks[0]], b.looks[1])
    assert a.looks[1][before] > theirs[0] and a.looks[1][after] < theirs[1]
    assert b.tokens_per_second / a.tokens_per_second == pytest.approx(4.5, abs=0.05)
    said(
        "A's run was planned for 44 hours and has had its fall, B's for 84; at hour 44 B's steps are still "
        "large"
    )
    assert (round(a.hours()), round(b.hours())) == (44, 84) and b.hours(b.fall_tokens) > 44
    said("1.445 bits per byte after 46% of the tokens")
    assert (round(a.looks[1][-1], 3), round(100 * a.hours() / 96)) == (1.445, 46)
    said("It does a fifth of the work for each token that it writes")
    assert b.num_parameters / a.num_parameters == pytest.approx(0.2, abs=0.01)


def test_the_rule_on_the_recorded_machine():
    report = read_machine(load_record("machine").data)[1]
    small, shipped = size_of(report, "small"), size_of(report, "small", SHIPPED_SHAPE)
    best, _ = best_size(candidates(report), report.facts.available_bytes, 96)
    said("the rule takes `small`, with 13 tokens for each of its parameters")
    said("the shape of the model that ships, would get 35")
    each = [size.prediction.tokens_per_parameter(96) for size in (small, shipped)]
    assert best.label == small.label == "small" and [round(number) for number in each] == [13, 35]
    said("they miss 20 by factors of 1.5 and 1.75")
    assert (round(20 / each[0], 1), round(each[1] / 20 / 0.05) * 0.05) == (1.5, pytest.approx(1.75))
    said("The two intervals overlap, so it decides nothing")
    text, _note = recorded_plans(hours=96)
    lows = re.findall(r"bits per byte \((\d\.\d+) to", text)
    highs = re.findall(r"(\d\.\d+)\) on held-out text", text)
    assert len(lows) == len(highs) == 2 and max(map(float, lows)) < min(map(float, highs))


def lead(hours):
    a, b = (recipe.plateau_bits(hours) for recipe in recorded_recipes().values())
    return a - b


def test_the_lead_of_b_as_far_as_both_are_on_their_plateaus():
    said("B is ahead, and its lead shrinks: 0.25, 0.20, 0.12")
    assert "(3.5, 10, 21)" in CODE
    assert [round(lead(hours), 2) for hours in (3.5, 10, 21)] == [0.25, 0.20, 0.12]
    said("the two would meet after 66 or 110 hours, about the end of the four days")
    ends = [
        math.exp(math.log(21) + lead(21) * math.log(21 / first) / (lead(first) - lead(21)))
        for first in (3.5, 10)
    ]
    assert [round(end) for end in ends] == [66, 110] or [round(end) for end in ends] == [110, 66]
    a, b = recorded_recipes().values()
    assert a.plateau_bits(a.hours()) is None and b.plateau_bits(b.hours()) is None


def test_the_equal_fine_tuning():
    said(
        "two million tokens of the same dialogues, less than a tenth of what a plan of four days gives to "
        "its chat"
    )
    talks = shipped_looks()[1]
    assert 64 * 32_768 < 0.1 * making.CHAT_PASSES * talks.num_tokens
    said("Nine times seven is 63 for neither")
    assert 9 * 7 == 63


def test_the_article_beside_ours():
    texts, talks = shipped_looks()
    said("48 million characters of texts and 18 million of dialogues, 0.15 GB and 0.05 GB")
    assert (round(texts.num_characters / 1e6), round(talks.num_characters / 1e6)) == (48, 18)
    assert (round(3 * texts.num_characters / 1e9, 2), round(3 * talks.num_characters / 1e9, 2)) == (
        0.15,
        0.05,
    )


def test_the_band_of_nano():
    checks = load_record("track_nano").data["checks"]
    said("three further seeds stayed inside")
    assert [check["place"] for name, check in checks.items() if name.startswith("seed")] == ["within"] * 3
    said(
        "a learning rate ten times too large was out of it at update 40, the tokens of a wrong tokenizer at "
        "update 80"
    )
    assert (checks["learning rate x 10"]["since"], checks["wrong tokenizer"]["since"]) == (40, 80)


def test_the_study_of_kills():
    said("A study killed a small training twenty times")
    study = json.loads((ROOT / "benchmarks" / "results" / "kill_study.json").read_text(encoding="utf-8"))
    assert len(study["kills"]) == 20 and study["identical"] and not study["differences"]


def test_what_a_snapshot_costs():
    said("over 50 updates, and a mark in the run's events shows the seam")
    assert TrainingConfig().thaw_updates == 50
    study = json.loads((ROOT / "benchmarks/results/snapshot_cost.json").read_text(encoding="utf-8"))
    said(
        "In three small trainings (`benchmarks/snapshot_cost.py`: `nano`, restored at the half of 800 "
        "updates)"
    )
    assert len(study["pairs"]) == 3 and study["updates"] == {"snapshot": 400, "whole": 800}
    after = {
        number: [round(pair["training_loss_more"][number], 2) for pair in study["pairs"]]
        for number in ("20", "100")
    }
    said("by 0.21 nats after 20 updates, and 0.03 to 0.04 nats higher after 100")
    assert set(after["20"]) == {-0.21} and (min(after["100"]), max(after["100"])) == (0.03, 0.04)
    said("At their ends held-out text was 0.02 bits per byte *lower* than without the break, in all three")
    ends = [pair["bits_per_byte"] for pair in study["pairs"]]
    assert [round(end["whole"] - end["again"], 2) for end in ends] == [0.02] * 3


def test_power_and_forgetting_and_size():
    said("At 40 watts, an assumption, 96 hours are 3.8 kWh")
    assert round(40 * 96 / 1000, 1) == 3.8
    card = re.sub(r"\s+", " ", (ROOT / "data" / "models" / "README.md").read_text(encoding="utf-8"))
    said("from 1.70 to 2.85 bits per byte on twelve texts of our prose")
    assert "twelve texts of `data/prose`: from 1.70 to 2.85 bits per byte" in card
    said("took 0.15, then 0.1 of them, and still went from 1.65 to 2.36 on all of that prose")
    prose = json.loads((ROOT / "benchmarks" / "results" / "prose_loss.json").read_text(encoding="utf-8"))
    assert [f"{prose['bits_per_byte'][name]:.2f}" for name in ("base", "chat")] == ["1.65", "2.36"]
    base, chat = prose["bits_per_byte"]["base"], prose["bits_per_byte"]["chat"]
    assert f"the {prose['texts']} texts of `data/prose`" in card
    assert f"bits per byte | {base:.3f} | {chat:.3f} |" in card
    size = sum(file.stat().st_size for file in (ROOT / "data" / "models" / "base").iterdir())
    said("For B the whole folder takes 18 MB")
    assert round(size / 1e6) == 18
