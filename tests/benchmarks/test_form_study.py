"""A study of forms: its plan, what is not done again, its record. No training but in the slow test."""

import json
from types import SimpleNamespace

import pytest

from benchmarks import form_study, recurrence_forms
from mof.lessons import records
from mof.lessons.attention_study import form_row
from mof.lessons.recurrence_forms import FORMS, OURS
from mof.lessons.recurrence_study import describe_forms

STUDY = recurrence_forms.STUDY


@pytest.fixture
def finished(tmp_path, monkeypatch):
    """Stores results where a training would, and counts the trainings that the study asks for."""
    asked = []

    def run(command, check):
        form, seed = command[-2], int(command[-1])
        asked.append((form, seed))
        store(tmp_path, form, seed)

    monkeypatch.setattr(form_study.subprocess, "run", run)
    monkeypatch.setattr(
        form_study, "write_record", lambda *arguments: records.write_record(*arguments, tmp_path)
    )
    return tmp_path, asked


def store(folder, form, seed, bits=2.5):
    place = STUDY.training_folder(folder, form, seed)
    place.mkdir(parents=True)
    row = {**form_row(form, seed, bits, 600.0), "passes": 3.0, "conditions": {"cores": 2}}
    (place / form_study.RESULT_NAME).write_text(json.dumps(row), encoding="utf-8")


def test_the_hours_are_told_beforehand(finished, capsys):
    folder, asked = finished
    assert STUDY.main(["--folder", str(folder), "--plan"]) == 0
    assert capsys.readouterr().out.startswith("15 of 15 trainings are left: about 3.0 hours")
    assert not asked and not (folder / "settings.json").exists()


def test_finished_trainings_are_not_done_again(finished, capsys):
    folder, asked = finished
    store(folder, OURS, 1)
    arguments = ["--folder", str(folder), "--seeds", "0", "1", "--minutes", "4"]
    assert STUDY.main(arguments) == 0
    assert capsys.readouterr().out.startswith("9 of 10 trainings are left: about 0.9 hours")
    assert len(asked) == 9 and (OURS, 1) not in asked
    assert [seed for _, seed in asked] == [0] * 5 + [1] * 4, "a whole comparison first"
    assert STUDY.main(arguments) == 0 and len(asked) == 9
    record = records.load_record("recurrence_forms", folder)
    assert record.command == "python benchmarks/recurrence_forms.py --minutes 4.0 --seeds 0 1"
    assert len(record.data["runs"]) == 10 and record.machine == {"cores": 2}
    assert "conditions" not in record.data["runs"][0] and not record.changed_files()
    assert describe_forms(record.data["runs"])[1] == f"{OURS}: 2.500 bits per byte over 2 seeds."


def test_the_record_tells_the_corpus_and_not_where_it_lies(finished):
    folder, _ = finished
    STUDY.main(["--folder", str(folder), "--seeds", "0", "--corpus", "/home/someone/poems", "data"])
    command = records.load_record("recurrence_forms", folder).command
    assert command == "python benchmarks/recurrence_forms.py --corpus poems data --seeds 0"


def test_a_folder_with_another_study_is_refused(finished):
    folder, _ = finished
    STUDY.main(["--folder", str(folder), "--seeds", "0"])
    with pytest.raises(SystemExit, match="give the same settings, or another --folder"):
        STUDY.main(["--folder", str(folder), "--seeds", "0", "--minutes", "1"])


def test_the_sources_that_are_measured_are_there():
    assert all((records.ROOT / file).is_file() for file in (*STUDY.code, STUDY.program))
    assert STUDY.forms == tuple(FORMS)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["GRU", OURS])
def test_a_training_of_the_study_is_judged_and_stored(tmp_path, form):
    options = SimpleNamespace(minutes=0.03, preset="nano", corpus=form_study.DATA, validation_fraction=0.05)
    folder = STUDY.training_folder(tmp_path, form, 1)
    form_study.train(STUDY, folder, form, 1, options)
    result = STUDY.read_result(tmp_path, form, 1)
    assert result["form"] == form and result["seed"] == 1 and 1 < result["bits_per_byte"] < 8
    assert result["passes"] > 0 and result["parameters"] > 10_000 and result["loss_curve"]
    assert len(result["embedding_shares"]) == 2 and result["embedding_shares"][0] == 0.0
    if form == OURS:
        assert all(0 < low <= middle <= high for low, middle, high in result["half_lives"])
    else:
        assert "half_lives" not in result
    assert not (folder / "checkpoints").exists() and STUDY.read_result(tmp_path, form, 0) is None
