"""Models on one test text: rows, words, and the record that a chapter shows."""

import json
import math
from types import SimpleNamespace

import pytest

from benchmarks import first_language_model as benchmark
from mof.evaluation.ngram_baseline import NgramModel
from mof.lessons import first_model_study as study
from mof.lessons import records
from mof.lessons.attention_study import form_row
from mof.lessons.bigram import count_pairs, smooth_counts, table_bits_per_byte
from mof.lessons.prose_parts import ProseParts, prose_tokenizer

PARTS = ProseParts(
    ("春眠不觉晓，处处闻啼鸟。", "夜来风雨声，花落知多少。", "春风又绿江南岸，春江水暖鸭先知。"),
    ("春风花落。",),
    ("夜来春江水暖，又闻啼鸟。",),
)


def test_counting_models_are_measured_on_the_test_texts():
    rows = {row["form"]: row["bits_per_byte"] for row in study.counting_rows(PARTS)}
    assert list(rows) == [study.UNIFORM, study.COUNTED, study.GRAMS[2], study.GRAMS[5]]
    tokenizer = prose_tokenizer(PARTS.training)
    (text,) = PARTS.test
    targets = len(tokenizer.encode(text)) + 1
    bits = targets * math.log2(tokenizer.vocabulary_size)
    assert rows[study.UNIFORM] == pytest.approx(bits / len(text.encode()))
    for order in (2, 5):
        expected = NgramModel.train(PARTS.training, order).bits_per_byte(PARTS.test)
        assert rows[study.GRAMS[order]] == pytest.approx(expected)
    counts = count_pairs(PARTS.training, tokenizer)
    by_hand = {
        k: table_bits_per_byte(smooth_counts(counts, k), PARTS.held_out, tokenizer) for k in study.SMOOTHINGS
    }
    k = min(by_hand, key=by_hand.get)
    assert study.best_smoothing(counts, PARTS.held_out, tokenizer) == (k, by_hand)
    assert rows[study.COUNTED] == table_bits_per_byte(smooth_counts(counts, k), PARTS.test, tokenizer)


def test_the_held_out_texts_choose_and_the_test_texts_do_not(monkeypatch):
    asked = []

    def choose(counts, texts, tokenizer):
        asked.append(texts)
        return 0.7, {}

    monkeypatch.setattr(study, "best_smoothing", choose)
    rows = {row["form"]: row["bits_per_byte"] for row in study.counting_rows(PARTS)}
    tokenizer = prose_tokenizer(PARTS.training)
    table = smooth_counts(count_pairs(PARTS.training, tokenizer), 0.7)
    assert asked == [PARTS.held_out]
    assert rows[study.COUNTED] == table_bits_per_byte(table, PARTS.test, tokenizer)


def rows(five, gru):
    return [
        form_row(study.GRAMS[5], 0, five, 0.0),
        *(form_row(study.STOPPED, seed, bits, 9.0) for seed, bits in enumerate(gru)),
    ]


def test_the_winner_is_named_whoever_it_is():
    lines = study.describe_rows(rows(3.0, [3.0, 3.2]))
    assert lines == [
        "3.000 bits per byte  5-gram, Kneser-Ney",
        "3.100 bits per byte  GRU, stopped in time",
        "The 5-gram wins: the GRU needs 0.100 more.",
    ]
    assert study.describe_rows(rows(3.25, [3.0]))[-1] == "The GRU wins: the 5-gram needs 0.250 more."
    assert study.describe_rows(rows(3.0, [3.0001]))[-1] == "The 5-gram and the GRU are even."
    assert len(study.describe_rows(rows(3.0, []))) == 1 and study.describe_rows([]) == []


def looks(*held_out):
    return [
        {"update": 10 * i, "passes": i / 2, "training": 4.0 - i, "held_out": bits, "sample": "天"}
        for i, bits in enumerate(held_out)
    ]


def test_a_run_that_learns_too_much_is_told():
    assert study.describe_run(looks(4.0, 3.0, 3.5), 1) == [
        "Before: 4.00 bits per byte on held-out text.",
        "Best after 10 updates, 0.5 passes: 3.00 held-out, 3.00 on the text it learns from.",
        "At the end, 1.0 passes: 3.50 held-out, 0.50 worse, and 2.00 on its own text.",
    ]


def test_a_run_that_was_too_short_is_told():
    assert study.describe_run(looks(4.0, 3.0), 1)[-1].startswith("The last look is the best")


def recorded(shares=(0.5, 1.0), seeds=(0, 1)):
    runs = [
        {
            "share": share,
            "seed": seed,
            "looks": looks(4.0, 3.0, 3.5),
            "best": 1,
            "test_best": 3.1 + seed / 10,
            "test_last": 3.6,
            "seconds": 60.0,
        }
        for share in shares
        for seed in seeds
    ]
    forms = (study.UNIFORM, 3.9), (study.COUNTED, 3.3), (study.GRAMS[2], 3.2), (study.GRAMS[5], 3.0)
    counting = [
        {
            "share": share,
            "num_characters": int(60_000 * share),
            "rows": [form_row(form, 0, bits, 0.0) for form, bits in forms],
        }
        for share in shares
    ]
    return {"runs": runs, "counting": counting}


def test_rows_of_a_record_are_those_of_one_share():
    found = study.recorded_rows(recorded(), 0.5)
    assert len(found) == 4 + 2 * 2
    assert found == study.recorded_rows(recorded(shares=(0.5,)), 0.5)


def test_sizes_in_a_table():
    assert study.describe_sizes(recorded()) == [
        "characters  best pass  bigram  5-gram     GRU",
        "    30,000        0.5   3.300   3.000   3.150",
        "    60,000        0.5   3.300   3.000   3.150",
    ]


SHOWN = (study.show_recorded_run, study.show_recorded_comparison, study.show_recorded_sizes)


@pytest.mark.parametrize("show", SHOWN)
def test_a_study_that_nobody_has_run_is_said_to_be_missing(show, monkeypatch, capsys):
    monkeypatch.setattr(study, "find_record", lambda name: None)
    show()
    said = capsys.readouterr().out
    assert "has not been run yet" in said and study.COMMAND in said


def test_a_recorded_study_is_drawn_and_put_in_words(monkeypatch, capsys):
    record = SimpleNamespace(data=recorded(), note="recorded on Sunday")
    shown = []
    monkeypatch.setattr(study, "find_record", {study.RECORD: record}.get)
    monkeypatch.setattr(study, "show_figure", lambda *arguments: shown.append(arguments))
    for show in SHOWN:
        show()
    (run, run_words), (comparison, words) = shown
    assert run.layout.title.text.startswith("Recorded, 0.0 passes") and run_words.endswith(
        "Recorded on Sunday."
    )
    forms = set(comparison.data[0].y)
    assert study.UNIFORM not in forms and {study.COUNTED, study.STOPPED, study.OVERTRAINED} < forms
    assert "seeds of the GRU: 2" in words and words.endswith("; recorded on Sunday.")
    said = capsys.readouterr().out
    assert "The 5-gram wins" in said and "best pass" in said and "Best after 10 updates" in said
    assert said.endswith("recorded on Sunday\n")  # under the sizes, which have no figure to say it


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """The benchmark with its measurements replaced: returns (folder of the record, what was asked for)."""
    asked = []

    def run(share, seed, updates):
        asked.append((share, seed, updates))
        return recorded(shares=(share,), seeds=(seed,))["runs"][0]

    monkeypatch.setattr(benchmark, "measure_run", run)
    monkeypatch.setattr(benchmark, "measure_counting", lambda share: recorded(shares=(share,))["counting"][0])
    monkeypatch.setattr(
        benchmark,
        "write_record",
        lambda *arguments, **more: records.write_record(*arguments, folder=tmp_path, **more),
    )
    return tmp_path, asked


def test_the_benchmark_measures_every_share_with_every_seed(measured, capsys):
    folder, asked = measured
    assert benchmark.main([]) == 0
    assert asked == [(share, seed, 600) for seed in (0, 1, 2) for share in (0.25, 0.5, 1.0)]
    record = records.load_record(study.RECORD, folder)
    assert record.command == study.COMMAND and not record.changed_files()
    assert "5-gram wins" in study.describe_rows(study.recorded_rows(record.data))[-1]


def test_the_command_tells_what_was_changed(measured):
    folder, _ = measured
    benchmark.main(["--shares", "0.5", "1", "--seeds", "3", "--updates", "20"])
    record = records.load_record(study.RECORD, folder)
    assert record.command == f"{study.COMMAND} --shares 0.5 1 --seeds 3 --updates 20"


@pytest.mark.slow
def test_a_training_of_the_benchmark_is_json(monkeypatch):
    monkeypatch.setattr(benchmark, "NUM_LOOKS", 2)
    row = benchmark.measure_run(0.25, 1, 40)
    assert json.loads(json.dumps(row, allow_nan=False)) == row
    assert [look["update"] for look in row["looks"]] == [0, 10, 20]
    assert row["num_parameters"] > 100_000 and 1 < row["test_best"] < 8
