"""The benchmark of the doctor: its words, its arithmetic, and that nothing finished is done again."""

import json

import pytest

from benchmarks import doctor_accuracy as benchmark
from mof.machine.prediction import PresetPrediction

PREDICTION = PresetPrediction(
    preset="tiny",
    is_measured=True,
    tokens_per_second=1000.0,
    tokens_per_second_low=900.0,
    tokens_per_second_high=1100.0,
    peak_bytes=2_000,
    peak_bytes_low=1_900,
    peak_bytes_high=2_100,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tiny:10", ("tiny", 10.0, 0, "float32")),
        ("small:2.5:bfloat16", ("small", 2.5, 0, "bfloat16")),
        ("full:3u", ("full", 0.0, 3, "float32")),
    ],
)
def test_trainings_are_parsed(text, expected):
    assert tuple(benchmark.parse_training(text)) == expected


@pytest.mark.parametrize("text", ["huge:10", "tiny", "tiny:", "tiny:2.5u", "full:1u", "tiny:10:int8"])
def test_other_words_are_refused(text):
    with pytest.raises(ValueError, match="training"):
        benchmark.parse_training(text)


def test_every_training_has_a_folder_of_its_own():
    texts = ("tiny:10", "tiny:10:bfloat16", "tiny:10u", "tiny:1", "small:10")
    assert len({benchmark.parse_training(text).name for text in texts}) == len(texts)


def test_the_speed_leaves_out_graphs():
    entries = [
        {"update": 1, "length": 128, "tokens": 100, "seconds": 30.0},  # the first graph
        {"update": 2, "length": 128, "tokens": 200, "seconds": 31.0},
        {"event": "evaluation", "seconds": 35.0},
        {"update": 3, "length": 512, "tokens": 300, "seconds": 45.0},  # another
        {"update": 4, "length": 512, "tokens": 400, "seconds": 48.0},
    ]
    assert benchmark.speed_of_log(entries) == pytest.approx(200 / 4.0)


def test_forecast_over_real():
    wanted = benchmark.parse_training("tiny:10")
    found = benchmark.compare(wanted, PREDICTION, {"tokens_per_second": 800.0, "peak_bytes": 2_050})
    assert found["forecast_over_real_speed"] == pytest.approx(1.25) and found["speed_in_interval"] is False
    assert (
        found["forecast_over_real_memory"] == pytest.approx(2000 / 2050)
        and found["memory_in_interval"] is True
    )


def test_what_is_finished_is_not_done_again(tmp_path, monkeypatch):
    wanted = benchmark.parse_training("tiny:10")
    monkeypatch.setattr(benchmark.subprocess, "run", lambda *a, **k: pytest.fail("it was run again"))
    (tmp_path / f"{wanted.name}.json").write_text(json.dumps({"peak_bytes": 7}), encoding="utf-8")
    assert benchmark.train(wanted, tmp_path, ["data"]) == {"peak_bytes": 7}


@pytest.mark.parametrize("has_begun", [False, True])
def test_a_training_that_has_begun_goes_on(tmp_path, monkeypatch, has_begun):
    wanted, commands = benchmark.parse_training("full:3u"), []
    run = tmp_path / wanted.name
    run.mkdir()
    if has_begun:
        (run / "run.json").write_text("{}", encoding="utf-8")
    lines = [{"length": 128, "tokens": 100 * n, "seconds": 2.0 * n} for n in (1, 2, 3)]

    def play(command, **more):
        commands.append(command)
        (run / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return benchmark.subprocess.CompletedProcess(command, 0, stdout="123\n")

    monkeypatch.setattr(benchmark.subprocess, "run", play)
    assert benchmark.train(wanted, tmp_path, ["data"]) == {"tokens_per_second": 50.0, "peak_bytes": 123}
    assert ("--resume" in commands[0]) is has_begun and ("--num-updates" in commands[0]) is not has_begun


def test_hours_are_stated():
    trainings = [benchmark.parse_training(text) for text in ("tiny:10", "small:20")]
    assert benchmark.stated_hours(trainings, 60.0) == pytest.approx((1 + 10 + 20 + 2 * 1.5) / 60)
