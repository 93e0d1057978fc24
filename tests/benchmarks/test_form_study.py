"""Studies of forms: their plan, what is not done again, their record. No training but in the slow test."""

import contextlib
import dataclasses
import json
import math
import subprocess
from types import SimpleNamespace

import pytest

from benchmarks import (
    article_ablation,
    attention_forms,
    form_study,
    pace,
    position_forms,
    questions_and_prose,
    recurrence_forms,
    thought_forms,
    training_ideas,
    transformer_shapes,
)
from mof.lessons import records
from mof.lessons.ablation_study import STUDIES as STUDIES_OF_THE_PAGE
from mof.lessons.article_forms import NO_ROUTER
from mof.lessons.attention_study import form_row
from mof.presets import preset
from mof.training.config import TrainingConfig
from mof.training.loop import TrainingDiverged
from mof.training.run_folder import RunFolder
from mof.training.schedule import draw_length
from tests.training.small_run import TOKENIZER

STUDIES = (
    attention_forms.STUDY,
    recurrence_forms.STUDY,
    transformer_shapes.STUDY,
    position_forms.STUDY,
    thought_forms.STUDY,
    article_ablation.STUDY,
    training_ideas.STUDY,
)
PACED = STUDIES[5:]  # and they print a table of changes
SECONDS_OF_UPDATE = 2.0
studies = pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Stores results where a training would, and lists the trainings that a study asks for."""
    trainings = []

    def run(command, check, env):
        threads.add(env.get("OMP_NUM_THREADS"))
        (study,) = [study for study in STUDIES if command[1].endswith(study.program.split("/")[-1])]
        flag, form, seed, folder, updates = command[-5:]
        assert flag == "--worker"
        assert folder == str(study.training_folder(tmp_path, form, int(seed)))
        trainings.append((form, int(seed)))
        trainings_updates.append(int(updates))
        store(study, tmp_path, form, int(seed))

    def measured_pace(folder, forms, train, num_rounds):
        assert folder == tmp_path and list(forms) == list(forms.values())
        with pytest.raises(AssertionError):  # by a worker of its own kind, which stores no result
            train(folder / "pace" / "a", next(iter(forms)), 0)
        return {form: {"seconds_of_update": SECONDS_OF_UPDATE, "rounds": [2.0, 2.0]} for form in forms}

    trainings_updates.clear()
    threads.clear()
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(form_study, "cores_here", lambda: 4)
    monkeypatch.setattr(form_study, "measured_pace", measured_pace)
    for study in STUDIES:
        monkeypatch.setitem(vars(study), "make_corpus", study.make_corpus and (lambda folder: ["questions"]))
    monkeypatch.setattr(form_study.subprocess, "run", run)
    monkeypatch.setattr(
        form_study,
        "write_record",
        lambda *arguments, **more: records.write_record(*arguments, folder=tmp_path, **more),
    )
    return trainings


trainings_updates = []
threads = set()  # that workers were kept to


def store(study, folder, form, seed, bits=2.5):
    place = study.training_folder(folder, form, seed)
    place.mkdir(parents=True)
    row = {**form_row(form, seed, bits, 600.0), "passes": 3.0, "conditions": {"cores": 2}}
    row |= {"tokens": 4096 * 90, "updates": 90, records.STAMP: records.new_stamp(study.code)}
    row |= {} if bits is None else {"bits_by_text": {"prose": bits + 1}}
    (place / form_study.RESULT_NAME).write_text(json.dumps(row), encoding="utf-8")


@pytest.mark.parametrize(
    ("study", "number", "hours"),
    [
        (STUDIES[0], 12, 0.8),
        (STUDIES[1], 15, 1.1),
        (STUDIES[2], 15, 1.1),
        (STUDIES[3], 18, 1.3),
        (STUDIES[4], 12, 0.8),
        (STUDIES[5], 30, 2.6),
        (STUDIES[6], 39, 3.4),
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
    arguments = ["--folder", str(tmp_path), "--seeds", "0", "1", "--minutes", "4"]
    assert study.main(arguments) == 0
    left = 2 * num_forms - 1
    assert capsys.readouterr().out.startswith(f"{left} of {left + 1} trainings are left: about ")
    assert len(asked) == left and done not in asked
    assert [seed for _, seed in asked] == [0] * num_forms + [1] * (num_forms - 1), "a whole comparison first"
    assert study.main(arguments) == 0 and len(asked) == left
    record = records.load_record(study.name, tmp_path)
    assert record.command == f"python benchmarks/{study.name}.py --minutes 4.0 --seeds 0 1"
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
def test_each_training_has_a_folder_by_its_forms_words(study, tmp_path):
    folders = {study.training_folder(tmp_path, form, seed) for form in study.forms for seed in (0, 1)}
    assert len({folder.name.lower() for folder in folders}) == 2 * len(study.forms)
    turned = dataclasses.replace(study, forms=study.forms[::-1])
    form = study.forms[0]
    assert turned.training_folder(tmp_path, form, 0) == study.training_folder(tmp_path, form, 0)


def test_a_training_of_a_form_that_was_changed_since_is_refused(tmp_path, asked):
    study, form = article_ablation.STUDY, "with the crop, 130 tokens"
    words = ["--folder", str(tmp_path), "--seeds", "0"]
    options = SimpleNamespace(minutes=study.minutes, preset=study.preset)
    shape, changes, config = form_study.form_configs(study, form, 0, options)
    place = study.training_folder(tmp_path, form, 0)
    RunFolder.create(place, shape.model.replace(**changes), config.replace(num_updates=90), TOKENIZER, {})
    assert study.main([*words, "--plan"]) == 0
    other = config.replace(lengths=(64,), num_updates=90)
    (place / "run.json").unlink()
    RunFolder.create(place, shape.model.replace(**changes), other, TOKENIZER, {})
    with pytest.raises(SystemExit, match=r"was trained with lengths \(64,\) and not .*'with the crop"):
        study.main([*words, "--plan"])
    assert not asked


@pytest.mark.parametrize("study", PACED, ids=lambda study: study.name)
def test_a_training_that_diverged_is_stored_as_that_and_the_others_go_on(study, asked, tmp_path, capsys):
    wrong, base = study.forms[2], study.forms[0]
    store(study, tmp_path, wrong, 0, bits=None)
    words = ["--folder", str(tmp_path), "--seeds", "0", "1", "--minutes", "3"]
    assert study.main(words) == 0
    assert (wrong, 0) not in asked and (wrong, 1) in asked, "it would diverge again"
    assert f"{wrong}: diverged with seed 0 after update 90" in " ".join(capsys.readouterr().out.split())
    data = records.load_record(study.name, tmp_path).data
    (row,) = [row for row in data["runs"] if (row["form"], row["seed"]) == (wrong, 0)]
    assert row["bits_per_byte"] is None
    assert [entry["bits_per_byte"]["count"] for entry in data["table"]["all"] if entry["form"] == wrong] == [
        1
    ]
    for seed in (0, 1):
        place = study.training_folder(tmp_path, base, seed) / form_study.RESULT_NAME
        place.write_text(json.dumps({**row, "form": base, "seed": seed, "conditions": {}}), encoding="utf-8")
    assert study.main(words) == 0
    assert f"Nothing is compared: {base} diverged." in capsys.readouterr().out
    assert records.load_record(study.name, tmp_path).data["table"] == {}


@pytest.mark.parametrize("bits", [None, math.nan])
def test_a_worker_whose_training_diverges_stores_it(tmp_path, monkeypatch, bits):
    study, form = training_ideas.STUDY, "no clipping"
    folder = study.training_folder(tmp_path, form, 1)
    (folder / "checkpoints").mkdir(parents=True)

    class Run:
        training_config = model_config = None
        locked = contextlib.nullcontext

        def read_log(self):
            return [{"update": 1, "loss": 5.0, "seconds": 1.5, "tokens": 4096}, {"event": "checkpoint"}]

    class Diverging:
        def run_to_end(self):
            if bits is None:
                raise TrainingDiverged("the loss is nan: the training has diverged.")

    model = SimpleNamespace(num_parameters=lambda: 7)
    cache = SimpleNamespace(train=SimpleNamespace(num_tokens=1024), validation=None)
    monkeypatch.setattr("mof.training.assembly.new_run", lambda *_: (Run(), model, cache))
    monkeypatch.setattr("mof.training.assembly.begin_training", lambda *_: Diverging())
    held_out = SimpleNamespace(bits_per_byte=bits)
    monkeypatch.setattr("mof.evaluation.held_out.HeldOutEvaluation", lambda *_: lambda: held_out)
    options = SimpleNamespace(minutes=1.0, preset="nano", corpus=[], validation_fraction=0.05)
    form_study.train(study, folder, form, 1, options, num_updates=3)
    found = study.read_result(tmp_path, form, 1)
    assert found["bits_per_byte"] is None and found["updates"] == 1 and found["passes"] == 4.0
    assert found[records.STAMP] == records.new_stamp(study.code) and not (folder / "checkpoints").exists()
    assert "bits_by_text" not in found


@studies
def test_a_record_is_as_old_as_its_trainings(study, asked, tmp_path):
    words = ["--folder", str(tmp_path), "--seeds", "0"]
    store(study, tmp_path, study.forms[0], 0)
    place = study.training_folder(tmp_path, study.forms[0], 0) / form_study.RESULT_NAME
    row = json.loads(place.read_text(encoding="utf-8"))
    row[records.STAMP]["code"][study.code[0]] = "another state"
    place.write_text(json.dumps(row), encoding="utf-8")
    study.main(words)
    record = records.load_record(study.name, tmp_path)
    assert record.changed_files() == [study.code[0]] and records.STAMP not in record.data["runs"][0]


@studies
def test_the_program_and_the_sources_that_are_measured_are_there(study):
    assert all((records.ROOT / file).is_file() for file in (*study.code, study.program))


@pytest.mark.parametrize("study", PACED, ids=lambda study: study.name)
def test_a_paced_study_gives_updates_and_stores_its_table(study, asked, tmp_path, capsys):
    study.main(["--folder", str(tmp_path), "--seeds", "0", "1", "--minutes", "3"])
    assert set(trainings_updates) == {90}  # three minutes at two seconds an update
    said = capsys.readouterr().out
    assert "from here on the machine may do other work" in said and "change on" in said
    data = records.load_record(study.name, tmp_path).data
    assert data["minutes"] == 3.0 and data["pace"][study.forms[0]]["rounds"] == [2.0, 2.0]
    assert {row["seconds"] for row in data["runs"]} == {180.0}
    assert data["base"] == study.forms[0] == data["table"]["all"][0]["form"]
    assert [entry["form"] for entry in data["table"]["prose"]] == list(study.forms)
    assert "pace" not in records.load_record(study.name, tmp_path).data["runs"][0]


def test_two_at_once_share_the_cores(asked, tmp_path):
    study = article_ablation.STUDY
    words = ["--folder", str(tmp_path), "--seeds", "0", "1"]
    study.main([*words, "--at-once", "2"])
    assert sorted(asked) == sorted((form, seed) for form in study.forms for seed in (0, 1))
    assert threads == {None, "2"}  # the pace is measured with all of them
    assert "at-once" not in records.load_record(study.name, tmp_path).command


def test_a_failure_stops_the_others(asked, tmp_path, monkeypatch):
    started = []

    def fail(command, **words):
        started.append(command)
        raise subprocess.CalledProcessError(1, command)

    pace = {"seconds_of_update": SECONDS_OF_UPDATE, "rounds": [2.0, 2.0]}
    monkeypatch.setattr(form_study.subprocess, "run", fail)
    monkeypatch.setattr(form_study, "measured_pace", lambda folder, forms, *_: dict.fromkeys(forms, pace))
    with pytest.raises(subprocess.CalledProcessError):
        article_ablation.STUDY.main(["--folder", str(tmp_path), "--at-once", "2"])
    assert 1 <= len(started) <= 2


def test_without_a_pace_only_one_at_a_time(tmp_path):
    with pytest.raises(SystemExit, match="here the seconds decide: leave it out"):
        dataclasses.replace(transformer_shapes.STUDY, is_paced=False).main(
            ["--folder", str(tmp_path), "--at-once", "2"]
        )


@pytest.mark.parametrize("study", PACED, ids=lambda study: study.name)
def test_what_is_left_of_the_pace_counts_in_the_hours(study, tmp_path):
    num_forms = len(study.forms)
    whole = study.hours(tmp_path, [0], 3.0)
    known = {form: [1.0, 1.0] for form in study.forms[1:]} | {study.forms[0]: [1.0]}
    (tmp_path / "pace.json").write_text(json.dumps(known), encoding="utf-8")
    saved = (2 * num_forms - 1) * form_study.PACE_MINUTES[study.preset] / 60
    assert study.hours(tmp_path, [0], 3.0) == pytest.approx(whole - saved)
    for form in study.forms:
        store(study, tmp_path, form, 0)
    assert study.hours(tmp_path, [0], 3.0) == 0.0


@pytest.mark.parametrize("study", PACED, ids=lambda study: study.name)
def test_the_hours_are_those_that_page_and_program_tell(study):
    hours = study.hours("nowhere", [0, 1, 2], study.minutes)
    program = (records.ROOT / study.program).read_text(encoding="utf-8")
    base, _own_bases, told = STUDIES_OF_THE_PAGE[study.name]
    assert (base, told) == (study.forms[0], f"{hours:.1f}")
    assert f"hours beforehand: {hours:.1f} with the defaults" in program and hours <= 6.0


@pytest.mark.parametrize("study", PACED, ids=lambda study: study.name)
def test_every_kind_of_update_is_met_twice_while_the_pace_is_measured(study):
    for form in study.forms:
        for seed in range(pace.NUM_ROUNDS):
            num_updates = form_study.PACE_UPDATES.get(study.preset, pace.NUM_UPDATES)
            config = TrainingConfig(seed=seed, num_updates=num_updates, **study.training(form))
            lengths = [draw_length(config, i, num_updates) for i in range(num_updates)]
            log = [{"update": i, "length": n, "seconds": float(i)} for i, n in enumerate(lengths, start=1)]
            by_kind = pace.seconds_by_kind(log, config)
            assert pace.seconds_of_update(by_kind, config) == pytest.approx(1.0), (form, seed)


@pytest.mark.parametrize("study", PACED, ids=lambda study: study.name)
def test_each_form_of_a_paced_study_changes_what_it_says(study):
    shape, plain = preset(study.preset).model, TrainingConfig()
    seen = set()
    for form in study.forms:
        model, training = shape.replace(**study.settings(form)), plain.replace(**study.training(form))
        seen.add((model, training, study.make_model is not None and form == NO_ROUTER))
    assert len(seen) == len(study.forms) and (shape, plain, False) in seen


@pytest.mark.slow
@pytest.mark.parametrize(
    ("study", "forms"),  # those that take other ways through the program; the rest change a number
    [
        (PACED[0], ("RNN expert alone", NO_ROUTER, "with the crop, 130 tokens", "with freezing, first half")),
        (PACED[1], ("AdamW for all, steps of 0.003", "memory not carried", "products in bfloat16")),
    ],
    ids=("article_ablation", "training_ideas"),
)
def test_a_form_of_a_paced_study_trains_and_is_judged(study, forms, tmp_path, monkeypatch):
    monkeypatch.setattr(questions_and_prose, "HELD_OUT_BYTES", 4000)  # judging takes most of the time
    monkeypatch.setattr(form_study, "EVALUATION_TOKENS", 4096)
    corpus = [str(records.ROOT / "data" / "prose")]
    options = SimpleNamespace(minutes=1.0, preset="nano", corpus=corpus, validation_fraction=0.05)
    for form in forms:
        folder = study.training_folder(tmp_path, form, 1)
        form_study.train(study, folder, form, 1, options, num_updates=3)
        result = study.read_result(tmp_path, form, 1)
        assert result["updates"] == 3 and 1 < result["bits_per_byte"] < 8
        assert set(result["bits_by_text"]) == {"prose", "knowledge", "completion", "reasoning"}


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
    assert result["passes"] > 0 and result["parameters"] > 10_000
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
