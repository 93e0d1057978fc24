"""What is judged is what the run held out, or nothing; and its tokens stay while it is judged."""

import json
import shutil

import pytest

from mof.corpus.token_cache import is_in_use


@pytest.fixture
def project(trained, data, tmp_path):
    """The trained run and its text, in a folder of their own; the run's path as a str."""
    shutil.copytree(data, tmp_path / "data")
    run = shutil.copytree(trained.path, tmp_path / "runs" / "first")
    facts = json.loads((run / "run.json").read_text(encoding="utf-8"))
    facts["corpus"] = [str(tmp_path / "data" / name) for name in ("prose", "dialogues")]
    facts.pop("corpus_from_run")
    (run / "run.json").write_text(json.dumps(facts), encoding="utf-8")
    return str(run)


def data_folders(tmp_path):
    return sorted((tmp_path / "runs" / "tokens").glob("*/data-*"))


@pytest.mark.parametrize("change", ["new file", "changed file"])
def test_a_text_that_has_changed_is_refused_and_the_tokens_stay(mof, project, tmp_path, change):
    assert mof("evaluate", "--run", project).status == 0
    before = data_folders(tmp_path)
    file = tmp_path / "data" / "prose" / "a.jsonl"
    if change == "new file":
        (file.parent / "new.txt").write_text("春天来了，花开了。", encoding="utf-8")
        words = "new: new.txt"
    else:
        file.write_text(file.read_text(encoding="utf-8") + '{"text": "春"}\n', encoding="utf-8")
        words = f"changed: {file.resolve()}"
    for command in (["evaluate"], ["abilities", "--family", "larger_number", "--questions", "1"]):
        answer = mof(*command, "--run", project)
        assert answer.status == 1 and f"({words}). Put it back" in answer.errors, answer
        assert "To judge on other text, name it with --corpus PATH." in answer.errors
    assert len(before) == 1 and data_folders(tmp_path) == before
    assert mof("evaluate", "--run", project, "--corpus", str(file)).status == 0


def test_a_training_that_goes_on_changes_neither_who_answers_nor_who_is_judged(
    mof, project, tmp_path, monkeypatch
):
    """What was the newest checkpoint is none any more between the opening of the one and of the other."""
    from pathlib import Path

    from mof.cli import engine

    opened, real = [], engine.open_generator

    def open_generator(*arguments):
        generator = real(*arguments)
        for state in Path(project, "checkpoints").glob("*/state.json"):
            state.rename(state.with_name("before.json"))
        opened.append(generator)
        return generator

    monkeypatch.setattr(engine, "open_generator", open_generator)
    answer = mof("abilities", "--run", project, "--family", "larger_number", "--questions", "1")
    assert answer.status == 0 and opened, answer


def test_the_hashes_of_what_answers_are_those_of_its_files(project, mof, tmp_path):
    import hashlib
    from pathlib import Path

    from mof.cli.judged_model import choose_weights

    export = tmp_path / "export"
    assert mof("export", project, "--output", str(export)).status == 0
    newest = sorted((Path(project) / "checkpoints").glob("update-*"))[-1]
    tokenizer = json.loads((Path(project) / "tokenizer.json").read_text(encoding="utf-8"))["hash"]
    for path, folder in ((project, newest), (str(export), export)):
        checkpoint, hashes = choose_weights(path)
        weights = hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()
        assert hashes == {"weights": weights, "tokenizer": tokenizer}
        assert (checkpoint is None) == (folder is export)


def test_tokens_are_held_while_they_are_judged(mof, project, tmp_path, monkeypatch):
    from mof.evaluation import ability_report, held_out, writing_report

    seen = []

    def watched(module, name):
        real = getattr(module, name)

        def call(*arguments, **words):
            seen.append((name, [is_in_use(folder) for folder in data_folders(tmp_path)]))
            return real(*arguments, **words)

        monkeypatch.setattr(module, name, call)

    watched(held_out.HeldOutEvaluation, "__call__")
    watched(ability_report, "judge_abilities")
    watched(writing_report, "judge_writing")
    assert mof("evaluate", "--run", project).status == 0
    assert mof("abilities", "--run", project, "--family", "larger_number", "--questions", "1").status == 0
    assert seen == [(name, [True]) for name in ("__call__", "judge_abilities", "judge_writing")]
    assert [is_in_use(folder) for folder in data_folders(tmp_path)] == [False]


def test_what_is_read_and_how_far_it_is_are_told(mof, trained, data, monkeypatch):
    from mof.evaluation import held_out
    from mof.sources import progress_lines

    monkeypatch.setattr(progress_lines, "SECONDS_BETWEEN_LINES", 0.0)
    monkeypatch.setattr(held_out, "EVALUATION_LENGTH", 4)
    everything = mof("evaluate", "--run", trained.path, "--corpus", str(data / "prose"))
    assert "Reading 40 documents. Preparing" in everything.output
    assert "Turning the text into tokens" in everything.errors and "% read, 0:" in everything.errors
    some = mof("evaluate", "--run", trained.path, "--corpus", str(data / "prose"), "--max-tokens", "64")
    words = some.output.split("Reading ")[1]
    assert 0 < int(words.split()[0]) < 40 and ", of long ones the beginning. Preparing" in words
