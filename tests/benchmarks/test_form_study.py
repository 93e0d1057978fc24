"""Studies of forms: their plan, what is not done again, their record. No training but in the slow test."""

import json
from types import SimpleNamespace

import pytest

from benchmarks import (
    attention_forms,
    form_study,
    position_forms,
    recurrence_forms,
    thought_forms,
    transformer_shapes,
)
from mof.lessons import records
from mof.lessons.attention_study import form_row

STUDIES = (
    attention_forms.STUDY,
    recurrence_forms.STUDY,
    transformer_shapes.STUDY,
    position_forms.STUDY,
    thought_forms.STUDY,
)
studies = pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Stores results where a training would, and lists the trainings that a study asks for."""
    trainings = []

    def run(command, check):
        (study,) = [study for study in STUDIES if command[1].endswith(study.program.split("/")[-1])]
        form, seed = command[-2], int(command[-1])
        trainings.append((form, seed))
        store(study, tmp_path, form, seed)

    monkeypatch.setattr(form_study.subprocess, "run", run)
    monkeypatch.setattr(
        form_study, "write_record", lambda *arguments: records.write_record(*arguments, tmp_path)
    )
    return trainings


def store(study, folder, form, seed, bits=2.5):
    place = study.training_folder(folder, form, seed)
    place.mkdir(parents=True)
    row = {**form_row(form, seed, bits, 600.0), "passes": 3.0, "conditions": {"cores": 2}}
    (place / form_study.RESULT_NAME).write_text(json.dumps(row), encoding="utf-8")


@pytest.mark.parametrize(
    ("study", "number", "hours"),
    [
        (STUDIES[0], 12, 2.4),
        (STUDIES[1], 15, 3.0),
        (STUDIES[2], 15, 3.0),
        (STUDIES[3], 18, 3.6),
        (STUDIES[4], 12, 2.4),
    ],
)
def test_the_hours_are_told_beforehand(study, number, hours, asked, tmp_path, capsys):
    assert study.main(["--folder", str(tmp_path), "--plan"]) == 0
    assert capsys.readouterr().out.startswith(
        f"{number} of {number} trainings are left: about {hours:.1f} hours"
    )
    assert not asked and not (tmp_path / "settings.json").exists()


@studies
def test_finished_trainings_are_not_done_again(study, asked, tmp_path, capsys):
    done, num_forms = (study.forms[1], 1), len(study.forms)
    store(study, tmp_path, *done)
    arguments = ["--folder", str(tmp_path), "--seeds", "0", "1", "--minutes", "3"]
    assert study.main(arguments) == 0
    left = 2 * num_forms - 1
    assert capsys.readouterr().out.startswith(f"{left} of {left + 1} trainings are left: about 0.")
    assert len(asked) == left and done not in asked
    assert [seed for _, seed in asked] == [0] * num_forms + [1] * (num_forms - 1), "a whole comparison first"
    assert study.main(arguments) == 0 and len(asked) == left
    record = records.load_record(study.name, tmp_path)
    assert record.command == f"python benchmarks/{study.name}.py --minutes 3.0 --seeds 0 1"
    assert [(row["seed"], row["form"]) for row in record.data["runs"]] == [
        (seed, form) for seed in (0, 1) for form in study.forms
    ]
    assert record.machine == {"cores": 2} and "conditions" not in record.data["runs"][0]
    assert set(record.code) == set(study.code) and not record.changed_files()


@studies
def test_the_record_tells_the_corpus_and_not_where_it_lies(study, asked, tmp_path):
    study.main(["--folder", str(tmp_path), "--seeds", "0", "--corpus", "/home/someone/poems", "data"])
    command = records.load_record(study.name, tmp_path).command
    assert command == f"python benchmarks/{study.name}.py --corpus poems data --seeds 0"


@studies
def test_a_folder_with_another_study_is_refused(study, asked, tmp_path):
    study.main(["--folder", str(tmp_path), "--seeds", "0"])
    with pytest.raises(SystemExit, match="give the same settings, or another --folder"):
        study.main(["--folder", str(tmp_path), "--seeds", "0", "--minutes", "1"])


@studies
def test_the_program_and_the_sources_that_are_measured_are_there(study):
    assert all((records.ROOT / file).is_file() for file in (*study.code, study.program))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("study", "form"),
    [
        (STUDIES[0], "+ decay"),
        (STUDIES[1], "GRU"),
        (STUDIES[1], "minimal GRU (ours)"),
        (STUDIES[2], "2 blocks"),
        (STUDIES[3], "neither, but sines"),
        (STUDIES[4], "mean of the row (leaks)"),
    ],
)
def test_a_training_of_a_study_is_judged_and_stored(study, form, tmp_path):
    options = SimpleNamespace(minutes=0.03, preset="nano", corpus=form_study.DATA, validation_fraction=0.05)
    folder = study.training_folder(tmp_path, form, 1)
    form_study.train(study, folder, form, 1, options)
    result = study.read_result(tmp_path, form, 1)
    assert result["form"] == form and result["seed"] == 1 and 1 < result["bits_per_byte"] < 8
    assert result["passes"] > 0 and result["parameters"] > 10_000 and result["loss_curve"]
    if study is STUDIES[0]:
        assert 1 <= result["sharpness"]["softmax"] <= result["sharpness"]["tokens"] == 14
    elif study is STUDIES[2]:
        assert len(result["thought_alphas"]) == 2
    elif study is STUDIES[3]:
        assert len(result["along"]["nats"]) >= 4 and min(result["along"]["nats"]) > 1
    elif study is STUDIES[4]:
        assert len(result["thought_alphas"]) == 2 and result["whole_bits"] != result["stepwise_bits"]
    else:
        assert len(result["embedding_shares"]) == 2 and result["embedding_shares"][0] == 0.0
        assert ("half_lives" in result) == (form != "GRU")
        for low, middle, high in result.get("half_lives", ()):
            assert 0 < low <= middle <= high
    assert not (folder / "checkpoints").exists() and study.read_result(tmp_path, form, 0) is None
