"""The study of the published form's faults: what is left, what is trained, what the record holds."""

import json

import pytest

from benchmarks import published_forms
from mof.lessons.mended_mixture import FAULTS
from mof.lessons.mixture_run import MixtureRun
from mof.lessons.mixture_study import FORMS
from mof.lessons.records import new_stamp


@pytest.fixture
def trained(monkeypatch, tmp_path):
    """Trainings without any: each result is made at once, in this process."""
    asked = []

    def train_mixture(label, faults, num_updates, seed):
        asked.append((label, faults, num_updates, seed))
        return MixtureRun("model", "tokenizer", [3.0] * num_updates, 1.0, label, seed)

    def reading_row(run, num_rows):
        assert num_rows is None, "all held-out rows"
        return {"form": run.label, "seed": run.seed, "seconds": 1.0, "whole_bits": 2.0, "stepwise_bits": 2.5}

    def run_worker(command, check):
        assert check and command[1].endswith("published_forms.py")
        published_forms.main(command[2:])

    monkeypatch.setattr("mof.lessons.mixture_run.train_mixture", train_mixture)
    monkeypatch.setattr("mof.lessons.mixture_run.reading_row", reading_row)
    monkeypatch.setattr("mof.training.conditions.bit_identity_conditions", lambda: {"cores": 2})
    monkeypatch.setattr(published_forms.subprocess, "run", run_worker)
    return asked


@pytest.fixture
def written(monkeypatch):
    records = []

    def write(*record, stamps):
        records.append((*record, stamps))
        return "record"

    monkeypatch.setattr(published_forms, "write_record", write)
    return records


def test_the_hours_are_told_beforehand(trained, written, tmp_path, capsys):
    published_forms.main(["--folder", str(tmp_path), "--plan"])
    assert capsys.readouterr().out == "24 of 24 trainings are left: about 1.5 hours, with no other work.\n"
    assert trained == written == []


def test_every_form_with_every_seed_and_none_twice(trained, written, tmp_path):
    arguments = ["--folder", str(tmp_path), "--updates", "4", "--seeds", "5", "6"]
    published_forms.main(arguments)
    assert trained == [(form, FORMS[form], 4, seed) for seed in (5, 6) for form in FORMS]
    assert trained[0][1] == FAULTS
    ((name, data, command, machine, code, stamps),) = written
    assert stamps == [new_stamp(code)] * 16
    assert name == "published_forms" and machine == {"cores": 2} and "mof/published/attention.py" in code
    assert command == "python benchmarks/published_forms.py --updates 4 --seeds 5 6"
    assert [(row["form"], row["seed"]) for row in data["runs"]] == [(f, s) for s in (5, 6) for f in FORMS]
    assert all(row["num_updates"] == 4 and "conditions" not in row for row in data["runs"])

    published_forms.main(arguments)
    assert len(trained) == 16, "what is done is not done again"


def test_results_of_another_length_are_no_part_of_it(trained, written, tmp_path):
    for updates in (4, 5):
        published_forms.main(["--folder", str(tmp_path), "--updates", str(updates), "--seeds", "0"])
    assert len(trained) == 16
    assert len(list(tmp_path.glob("*.json"))) == 16
    assert json.loads(next(tmp_path.glob("updates_5_*.json")).read_text(encoding="utf-8"))["num_updates"] == 5
