"""Rows of the study of tokenizers, what is said of them, and its program, without a training."""

import json
import math
from types import SimpleNamespace

import pytest

from benchmarks import tokenizer_study as program
from mof.lessons import records, tokenizer_study
from mof.lessons.tokenizer_study import (
    IN_THE_CHAPTER,
    VOCABULARIES,
    YARDSTICK,
    describe,
    means_by_tokenizer,
    show_study,
    study_row,
    table_lines,
    yardstick_row,
)


def row(name, seed=0, nats=2.0, bits=3.0, seconds=60.0):
    return {
        "tokenizer": name,
        "seed": seed,
        "vocabulary_size": 264,
        "bytes_per_token": 1.0,
        "nats_per_token": nats,
        "bits_per_byte": bits,
        "seconds": seconds,
    }


def test_the_chapter_trains_some_of_the_study():
    assert set(IN_THE_CHAPTER) <= set(VOCABULARIES) and len(IN_THE_CHAPTER) == 3
    assert VOCABULARIES["bytes"]["vocabulary_size"] == 264


def test_a_short_run_becomes_a_row():
    held_out = SimpleNamespace(num_bytes=600, num_tokens=200, nats_per_token=4.0, bits_per_byte=1.9)
    tokenizer = SimpleNamespace(vocabulary_size=300)
    run = SimpleNamespace(label="BPE", held_out=held_out, tokenizer=tokenizer, seconds=20.0)
    expected = {**row("BPE", 3, 4.0, 1.9, 20.0), "vocabulary_size": 300, "bytes_per_token": 3.0}
    assert study_row(run, seed=3) == expected


def test_both_units_of_the_yardstick_are_one_result():
    found = yardstick_row(["春眠不觉晓", "春风又绿江南岸", "春江水暖鸭先知"] * 2, ["春江水"], order=3)
    assert found["tokenizer"] == YARDSTICK and found["bytes_per_token"] == 9 / 4  # three characters, one end
    bits = found["nats_per_token"] / math.log(2) / found["bytes_per_token"]
    assert bits == pytest.approx(found["bits_per_byte"])


def test_means_and_the_order_in_each_unit():
    rows = [row("a", 0, 2.0, 3.0), row("a", 1, 3.0, 4.0), row("b", 0, 6.0, 2.5)]
    assert means_by_tokenizer(rows)["a"] == {"nats_per_token": 2.5, "bits_per_byte": 3.5}
    assert describe(rows) == [
        "In nats per token, best first: a (2.50), b (6.00).",
        "In bits per byte, best first: b (2.50), a (3.50).",
    ]
    assert describe([]) == []


def test_the_table_has_a_line_for_each_row():
    lines = table_lines([row("bytes"), row("BPE, 2,048", nats=6.25)])
    assert len(lines) == 3 and len(set(map(len, lines))) == 1
    assert lines[2].split()[-2:] == ["6.25", "3.000"]


def test_a_study_that_nobody_has_run_is_said_to_be_missing(monkeypatch, capsys):
    monkeypatch.setattr(tokenizer_study, "find_record", lambda name: None)
    show_study()
    said = capsys.readouterr().out
    assert "has not been run yet" in said and "python benchmarks/tokenizer_study.py" in said


def test_a_recorded_study_is_drawn_and_put_in_words(monkeypatch, capsys):
    rows = [row("a"), row("b", nats=6.0, bits=2.0), row(YARDSTICK, None, 5.0, 2.5, None)]
    stored = SimpleNamespace(data={"runs": rows}, note="recorded on Sunday")
    shown = []
    monkeypatch.setattr(tokenizer_study, "find_record", {"tokenizer_study": stored}.get)
    monkeypatch.setattr(tokenizer_study, "show_figure", lambda *arguments: shown.append(arguments))
    show_study()
    ((figure, words),) = shown
    assert figure.layout.title.text.startswith("Recorded: 1 minutes for each training: in nats per token, a")
    assert words.endswith("; recorded on Sunday.")
    assert capsys.readouterr().out == "\n".join(describe(rows)) + "\n"


@pytest.fixture
def finished(tmp_path, monkeypatch):
    """Stores results where a training would, and counts the trainings that the study asks for."""
    asked = []

    def run(command, check):
        name, seed = command[-2], int(command[-1])
        asked.append((name, seed))
        store(tmp_path, name, seed)

    monkeypatch.setattr(program.subprocess, "run", run)
    monkeypatch.setattr(
        program,
        "write_record",
        lambda *given, **more: records.write_record(*given, folder=tmp_path, **more),
    )
    return tmp_path, asked


def store(folder, name, seed, minutes=3.0, with_stamp=True):
    settings = {"corpus": [str(program.PROSE)], "minutes": minutes}
    stamp = {records.STAMP: records.new_stamp(program.CODE)} if with_stamp else {}
    result = {"row": row(name, seed) | stamp, "settings": settings, "machine": {"cores": 2}}
    program.result_file(folder, name, seed).write_text(json.dumps(result), encoding="utf-8")


def test_the_hours_are_told_beforehand(finished, capsys):
    folder, asked = finished
    assert program.main(["--folder", str(folder), "--plan"]) == 0
    assert capsys.readouterr().out.startswith("18 of 18 trainings are left: about 1.2 hours") and not asked


def test_finished_trainings_are_not_done_again(finished):
    folder, asked = finished
    store(folder, "characters", 1)
    arguments = ["--folder", str(folder), "--seeds", "0", "1"]
    assert program.main(arguments) == 0
    assert len(asked) == 11 and ("characters", 1) not in asked
    assert [seed for _, seed in asked] == [0] * 6 + [1] * 5, "a whole comparison first"
    assert program.main(arguments) == 0 and len(asked) == 11
    record = records.load_record("tokenizer_study", folder)
    assert record.command == "python benchmarks/tokenizer_study.py --seeds 0 1"
    assert len(record.data["runs"]) == 13 and record.data["runs"][-1]["tokenizer"] == YARDSTICK
    assert record.machine == {"cores": 2} and not record.changed_files() and not record.unknown_files()
    assert not any(records.STAMP in row for row in record.data["runs"])


def test_a_training_from_before_the_stamps_is_taken_and_its_code_is_unknown(finished):
    folder, asked = finished
    store(folder, "characters", 0, with_stamp=False)
    assert program.main(["--folder", str(folder), "--seeds", "0"]) == 0
    assert len(asked) == len(VOCABULARIES) - 1
    record = records.load_record("tokenizer_study", folder)
    assert record.unknown_files() == sorted(program.CODE)
    assert len(record.data["runs"]) == len(VOCABULARIES) + 1


def test_the_record_tells_the_corpus_and_not_where_it_lies():
    options = SimpleNamespace(corpus=["/home/someone/poems", "data"], minutes=3.0, seeds=[0, 1, 2])
    assert program.record_command(options) == "python benchmarks/tokenizer_study.py --corpus poems data"


def test_results_of_other_settings_are_refused(finished):
    folder, _asked = finished
    store(folder, "bytes", 0, minutes=1.0)
    with pytest.raises(SystemExit, match="give the same settings, or another --folder"):
        program.main(["--folder", str(folder)])


@pytest.mark.slow
def test_a_training_of_the_study_is_judged_and_stored(tmp_path):
    options = SimpleNamespace(minutes=0.03, corpus=[str(program.PROSE)], folder=tmp_path)
    program.train("BPE, 512", 1, options)
    (result,) = program.read_results(tmp_path, [("BPE, 512", 1)], program.settings(options))
    found = result["row"]
    assert found["vocabulary_size"] == 512 and 1.5 < found["bytes_per_token"] < 3
    bits = found["nats_per_token"] / math.log(2) / found["bytes_per_token"]
    assert bits == pytest.approx(found["bits_per_byte"], rel=1e-6) and 1 < bits < 8
