"""Training from the command line: to the end, stopped and gone on with, on dialogues; and what is refused."""

import json
import shutil
import signal
import sys
from pathlib import Path

import pytest

from mof.config import ModelConfig
from mof.training.config import TrainingConfig
from tests.cli.conftest import TINY_MODEL, TINY_TRAINING


def test_training_to_the_end_shows_the_loss_and_what_comes_next(trained):
    assert trained.answer.output.splitlines()[-3:-1] == [
        "Done. Next:",
        next(line for line in trained.answer.output.splitlines() if "chat --run" in line),
    ]
    assert "100%  update 3  loss" in trained.answer.output
    assert "bits per byte on held-out text; the router gives RNN" in trained.answer.output
    assert "Preparing the graphs, about" in trained.answer.output


def test_flags_reach_the_configs(trained):
    facts = json.loads((Path(trained.path) / "run.json").read_text(encoding="utf-8"))
    assert facts["training"]["lengths"] == [16] and facts["training"]["num_updates"] == 3
    assert facts["model"]["transformer_layers"] == 1 and facts["validation_fraction"] == 0.2
    assert facts["preset"] == "nano"


def test_stopped_training_is_saved_and_gone_on_with(mof, data, tmp_path, monkeypatch):
    from mof.cli import training_session

    class Impatient(training_session.TerminalObserver):
        def updated(self, training):
            super().updated(training)
            signal.raise_signal(signal.SIGINT)

    run = str(tmp_path / "run")
    words = ["--corpus", str(data / "prose"), "--run", run, *TINY_MODEL, *TINY_TRAINING, "--num-updates", "3"]
    with monkeypatch.context() as patch:
        patch.setattr(training_session, "TerminalObserver", Impatient)
        stopped = mof("train", *words, "--validation-fraction", "0", "--no-carry-memory")
    assert stopped.status == 0
    assert "Stopping after this update; everything will be saved." in stopped.output
    assert f"train --resume --run {run}" in stopped.output.splitlines()[-1]
    assert "update 1 of 3" in mof("info", "--run", run).output
    resumed = mof("train", "--resume", "--run", run)
    assert resumed.status == 0 and "Resuming after update 1 from update-00000001." in resumed.output
    assert "Done. Next:" in resumed.output and "generate --prompt 春天 --run" in resumed.output
    assert "update 3 of 3" in mof("info", "--run", run).output
    facts = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert facts["training"]["carry_memory"] is False


def test_a_run_whose_text_was_moved_goes_on_with_its_new_place(mof, data, tmp_path):
    texts, run = tmp_path / "texts", str(tmp_path / "runs" / "run")
    shutil.copytree(data / "prose", texts)
    words = ["--corpus", str(texts), "--run", run, *TINY_MODEL, *TINY_TRAINING, "--num-updates", "2"]
    assert mof("train", *words).status == 0
    moved = texts.rename(tmp_path / "moved")
    refused = mof("train", "--resume", "--run", run)
    assert refused.status == 1 and f"--resume --run {run} --corpus PATH" in refused.errors
    refused = mof("train", "--resume", "--run", run, "--corpus", str(tmp_path / "absent"))
    assert refused.status == 1 and f"the corpus path {tmp_path / 'absent'} does not exist" in refused.errors
    refused = mof("train", "--resume", "--run", run, "--corpus", str(data / "dialogues"))
    assert refused.status == 1 and "the text is not the one that this training has read" in refused.errors
    answer = mof("train", "--resume", "--run", run, "--corpus", str(moved))
    assert answer.status == 0, answer.errors
    assert mof("train", "--resume", "--run", run).status == 0


def test_second_interrupt_stops_at_once(mof, data, tmp_path, monkeypatch):
    from mof.cli import training_session

    class Furious(training_session.TerminalObserver):
        def updated(self, training):
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(training_session, "TerminalObserver", Furious)
    run = str(tmp_path / "run")
    words = ["--corpus", str(data / "prose"), "--run", run, *TINY_MODEL, *TINY_TRAINING, "--num-updates", "3"]
    answer = mof("train", *words, "--validation-fraction", "0")
    assert answer.status == 130
    assert "Stopped at once." in answer.output and "Traceback" not in answer.output + answer.errors
    assert "no checkpoint yet" in mof("info", "--run", run).output


def test_a_training_that_diverges_says_so_to_whoever_watches(mof, data, tmp_path):
    from mof.panel.run_reader import RunReader
    from mof.panel.signal_words import signals_of

    run = str(tmp_path / "run")
    words = ["--corpus", str(data / "prose"), "--run", run, *TINY_MODEL, *TINY_TRAINING, "--num-updates", "9"]
    rates = ["--learning-rate", "1e30", "--muon-learning-rate", "1e30", "--warmup-updates", "1"]
    answer = mof("train", *words, "--validation-fraction", "0", *rates)
    assert answer.status == 1 and "has diverged" in answer.errors
    snapshot = RunReader(run).snapshot()
    assert [event["event"] for event in snapshot.befell] == ["started", "diverged"]
    assert [signal.kind for signal in signals_of(snapshot, "again")] == ["divergence"]


def test_trained_model_is_trained_further_on_dialogues(mof, trained, data, tmp_path):
    run = str(tmp_path / "chat")
    words = ["--base", trained.path, "--corpus", str(data / "dialogues"), "--run", run]
    answer = mof("train", *words, *TINY_TRAINING, "--num-updates", "1", "--validation-fraction", "0")
    assert answer.status == 0 and f"chat --run {run}" in answer.output
    assert f"went on from: {trained.path}" in mof("info", "--run", run).output


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        ("small", [], (8192, 0)),
        ("small", ["--tokens-per-update", "4096"], (4096, 0)),
        ("full", [], (16384, 1024)),
        ("full", ["--tokens-at-once", "0"], (16384, 0)),
    ],
)
def test_a_preset_brings_the_tokens_of_its_updates(name, words, expected, mof, data, tmp_path, monkeypatch):
    from mof.cli import training_session
    from mof.training.progress import Progress

    monkeypatch.setattr(training_session, "train_to_end", lambda *_, **__: Progress(update=1, num_updates=1))
    shape = ["--preset", name, *TINY_MODEL[2:], "--vocabulary-size", "300", "--num-heads", "4"]
    run = tmp_path / "run"
    answer = mof("train", "--corpus", str(data / "prose"), "--run", str(run), *shape, *words)
    assert answer.status == 0, answer.errors
    facts = json.loads((run / "run.json").read_text(encoding="utf-8"))
    training = facts["training"]
    assert (training["tokens_per_update"], training["tokens_at_once"]) == expected


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "there is no text to train on: give --corpus PATH"),
        (["--corpus", "absent.txt"], "the corpus path absent.txt does not exist"),
        (["--corpus", "x", "--preset", "tinny"], "preset is 'tinny', expected one of ('nano', 'tiny'"),
        (["--corpus", "x", "--lengths", "16,x"], "--lengths is '16,x', expected whole numbers with commas"),
        (["--corpus", "x", "--lengths", "1"], "expected at least one length of 2 tokens or more"),
        (["--corpus", "x", "--optimizer", "muom"], "did you mean 'muon'?"),
        (["--corpus", "x", "--num-heads", "3"], "width 256 is no multiple of num_heads 3"),
        (["--corpus", "x", "--base", "b", "--preset", "nano"], "--base brings its own model"),
        (["--resume", "--run", "absent"], "absent holds no run"),
        (
            ["--resume", "--corpus", "x", "--seed", "1", "--width", "8", "--validation-fraction", "0.1"],
            "leave out --validation-fraction, --width, --seed.",
        ),
        (["--resume", "--preset", "nano", "--base", "b"], "leave out --preset, --base."),
    ],
)
def test_refusals_are_one_sentence(mof, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    answer = mof("train", *words)
    assert answer.status == 1 and message in answer.errors
    told = [line for line in answer.errors.splitlines() if not line.startswith("Starting")]
    assert len(told) == 1 and told[0].startswith("Error: ")


def test_finished_run_is_not_overwritten(mof, trained, data):
    answer = mof("train", "--corpus", str(data / "prose"), "--run", trained.path, "--preset", "nano")
    assert answer.status == 1 and "holds a run already: resume it with --resume" in answer.errors


def test_help_shows_every_setting_in_full(mof):
    answer = mof("train", "--help")
    for config in (ModelConfig, TrainingConfig):
        for name in config.__dataclass_fields__:
            assert f"--{name.replace('_', '-')}" in answer.output
    assert "--optimizer muon|adamw" in answer.output and "…" not in answer.output
    assert "Default: 128,256,512." in answer.output and "--carry-memory / --no-carry-memory" in answer.output


def test_tokenizer_can_be_another_than_the_preset_s(mof, data, tmp_path):
    run = tmp_path / "run"
    words = ["--corpus", str(data / "prose"), "--run", str(run), *TINY_MODEL, *TINY_TRAINING]
    answer = mof("train", *words, "--num-updates", "1", "--validation-fraction", "0", "--tokenizer", "bpe")
    assert answer.status == 0, answer
    saved = json.loads((run / "tokenizer.json").read_text(encoding="utf-8"))
    assert saved["kind"] == "bpe"  # nano has characters


def test_unknown_tokenizer_is_refused_with_the_known_ones(mof):
    answer = mof("train", "--corpus", "x", "--tokenizer", "words")
    assert answer.status == 1 and "'words'" in answer.errors and "'characters', 'bpe'" in answer.errors


@pytest.mark.parametrize("flag", [("--preset", "nano"), ("--tokenizer", "bpe")])
def test_base_brings_its_own_model_and_tokenizer(mof, flag):
    answer = mof("train", "--corpus", "x", "--base", "y", *flag)
    assert answer.status == 1 and f"leave out {flag[0]}" in answer.errors


def test_training_that_computes_products_again_saves_memory(mof, data, tmp_path, monkeypatch):
    asked, train_module = [], sys.modules["mof.cli.train"]  # the package's name for it is the command
    start = train_module.start_backend
    monkeypatch.setattr(train_module, "start_backend", lambda **words: [asked.append(words), start()])
    words = ["--corpus", str(data / "prose"), "--run", str(tmp_path / "run"), *TINY_MODEL, *TINY_TRAINING]
    words += ["--num-updates", "1", "--validation-fraction", "0", "--recompute", "--recompute-products"]
    assert mof("train", *words).status == 0
    mof("train", "--resume", "--run", str(tmp_path / "run"))
    assert asked == [{"saves_memory": True}] * 2


@pytest.mark.parametrize(
    ("flags", "saves_memory"),
    [
        ([], False),
        (["--recompute"], True),
        (["--recompute-products"], True),
        (["--preset", "full"], True),
    ],
)
def test_memory_is_saved_where_anything_is_computed_again(mof, monkeypatch, flags, saves_memory):
    asked = []

    def start(**words):
        asked.append(words)
        raise ValueError("no further")

    monkeypatch.setattr(sys.modules["mof.cli.train"], "start_backend", start)
    assert "no further" in mof("train", "--corpus", "x", *flags).errors
    assert asked == [{"saves_memory": saves_memory}]
