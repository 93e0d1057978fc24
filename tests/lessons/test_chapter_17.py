"""The figures that stand in the prose of chapter 17, worked out again."""

import json

import pytest

from mof.lessons import small_scaling
from mof.lessons.coordinate_check import NUM_UPDATES
from mof.lessons.records import find_record
from mof.lessons.scaling_study import HOUR_RUN, LONG_RUNS, long_points
from mof.lessons.width_rules import BASE_WIDTH
from mof.planning import scaling_law
from mof.planning.loss_forecast import MOST_PASS_STRETCH, MOST_STRETCH
from mof.planning.scaling_law import Law, effective_tokens
from tests.lessons.chapter_prose import flat_prose

FLAT = flat_prose("17_predicting_before_paying")
PRETRAINING = json.loads(LONG_RUNS["16.7 M, H200"].read_text(encoding="utf-8"))["runs"]["pretraining"]


def said(words):
    assert words in FLAT, f"the chapter does not say: {words}"


def test_the_three_trainings():
    law = Law(1.0, 0.0, 1.0, 2.0, 0.5)
    for tokens, bits in ((1, 3.0), (4, 2.0), (16, 1.5)):
        assert float(law.bits_per_byte(1e6, 1e6 * tokens)) == bits
        said(f"| {tokens} million | {bits} |")
    said("16 million would have reached 1.33 and 64 million would reach 0.89")
    assert (round(3 * (2 / 3) ** 2, 2), round(3 * (2 / 3) ** 3, 2)) == (1.33, 0.89)
    said("64 million reach 1.25, 256 million 1.125")
    assert [float(law.bits_per_byte(1e6, 1e6 * tokens)) for tokens in (64, 256)] == [1.25, 1.125]
    said("gets $1 + 0.25 + 1 = 2.25$")
    assert float(Law(1.0, 0.5, 1.0, 2.0, 0.5).bits_per_byte(2e6, 4e6)) == 2.25


def test_the_unlucky_training():
    steps = 3.0 - 2.0, 2.0 - 1.56
    share = steps[1] / steps[0]
    further = 1.56 - steps[1] * share
    floor = 1.56 - steps[1] * share / (1 - share)
    said("so the next takes off 0.19, and 64 million tokens should reach 1.37")
    assert (round(steps[1] * share, 2), round(further, 2)) == (0.19, 1.37)
    said(r"$0.44 \cdot 0.44 / 0.56 = 0.35$, so the floor is 1.21")
    assert (round(steps[1] * share / (1 - share), 2), round(floor, 2)) == (0.35, 1.21)
    said("| too high by | 4% | 9% | 21% |")
    assert [round(100 * (x - 1)) for x in (1.56 / 1.5, further / 1.25, floor / 1.0)] == [4, 9, 21]


def test_what_the_interval_assumes():
    said("Do it 60 times")
    assert scaling_law.NUM_RESAMPLED == 60
    said("Another seed alone changes a loss by about half a percent")
    assert scaling_law.LEAST_SPREAD == 0.005
    said("for each factor of e (2.718) beyond the trainings we add 2%")
    assert scaling_law.FORM_SPREAD == 0.02
    said("more than ten times beyond the trainings of the fit, in size or in tokens, and passes more")
    assert MOST_STRETCH == 10 and MOST_PASS_STRETCH == 2


def test_what_is_trained_just_now():
    said("four updates each, seed 0")
    assert NUM_UPDATES == 4
    said(r"\left( \frac{64}{D} \right)^{p}")
    assert BASE_WIDTH == 64
    assert len(small_scaling.WIDTHS) * len(small_scaling.UPDATES) == 9
    said("Where would you put the tenth: width 128, 120 updates?")
    assert small_scaling.FURTHER == (128, 120)
    said("two and a half times as long as any of these")
    assert small_scaling.FURTHER[1] / max(small_scaling.UPDATES) == 2.5


def test_the_long_training():
    looks = {round(look["tokens"] / 1e6): look["bits_per_byte"] for look in PRETRAINING["held_out"]}
    said("From 156 to 254 million tokens, almost nothing")
    assert 0 < looks[156] - looks[254] < 0.011
    said("the last 40% of the schedule begin, the steps shrink, and the loss falls by 0.146")
    assert PRETRAINING["training"]["decay_share"] == 0.4 and 254 < 0.6 * 524
    assert looks[254] - looks[524] == pytest.approx(0.146, abs=5e-4)
    said("well below 1.545")
    assert looks[254] == pytest.approx(1.545, abs=1e-3)
    hour = json.loads(HOUR_RUN.read_text(encoding="utf-8"))
    said("ended at 1.854 bits per byte")
    assert hour["evaluations"][-1]["bits_per_byte"] == pytest.approx(1.854, abs=1e-3)


def test_repeats():
    passes = PRETRAINING["epochs"]
    said("has 34.3 million tokens, and was read 15.3 times")
    assert (round(PRETRAINING["tokens"] / passes / 1e6, 1), round(passes, 1)) == (34.3, 15.3)
    said("four passes count as 3.7, and no number of passes is ever worth more than 16")
    assert round(effective_tokens(4, 1), 1) == 3.7
    assert effective_tokens(1e6, 1) == pytest.approx(16) and scaling_law.REPEATS_WORTH == 15


def test_the_recorded_study_is_of_the_long_trainings_text():
    record = find_record("scaling_study")
    if record is None:
        pytest.skip("the study has not been recorded")
    assert record.data["unique_tokens"] == 34_259_329
    said(f"{len(record.data['trainings'])} small trainings")
    assert {name: list(point) for name, (point, _) in long_points().items()} == {
        name: pytest.approx(point) for name, point in record.data["long"].items()
    }
