"""`mof abilities`: what is checked before the backend starts, what is printed and written."""

import contextlib
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

from mof.cli import abilities as abilities_module
from mof.cli.app import main
from mof.evaluation.task_accuracy import FamilyAccuracy

RESULT = FamilyAccuracy(
    "doubling", "reasoning", "value", 2, 1, 0.09, 0.91, 0.0, 0.5, [["一", "二", "<三>", False]]
)
POOLED = {"num_questions": 2, "num_right": 1, "low": 0.09, "high": 0.91, "majority": 0.0, "nearest": 0.5}
REPORT = {
    "date": "2026-11-25",
    "num_questions": 2,
    "seed": 0,
    "families": [RESULT._asdict()],
    "kinds": {"reasoning": {"value": POOLED}},
    "router": {"reasoning": {"mean": [0.25, 0.75], "half": [0.01, 0.01], "sheets": 40}},
}


ASKED = {"weights": "hash of the weights", "tokenizer": "hash of the tokenizer"}
WRITING = {"num_texts": 3, "num_characters": 60, "written": 0.25, "real": 0.125, "examples": []}


def memory(split, length):
    """What a judge of memory would give; it is judged on held-out text, from the longest row in training."""
    assert split == "its held-out text"
    return {"trained_length": length, "needle": [], "positions": None}


class HeldOutText(str):
    """A text that knows whether it is held."""

    is_held, num_documents = False, 1

    @contextlib.contextmanager
    def in_use(self):
        self.is_held = True
        yield
        self.is_held = False


def call(*words):
    """The command alone, with these words after its name."""
    app = typer.Typer()
    app.command()(abilities_module.abilities)
    return CliRunner().invoke(app, list(map(str, words)))


@pytest.fixture
def no_backend(monkeypatch):
    """The backend must not start."""

    def fail():
        raise AssertionError("the backend was started")

    monkeypatch.setattr(abilities_module, "start_backend", fail)


@pytest.fixture
def asked(monkeypatch):
    """A run and a report that are there already; returns what judge_abilities was called with."""
    from mof.cli import engine, judged_model
    from mof.evaluation import ability_report, memory_report, writing_report
    from mof.training import assembly, run_folder, saved_model

    calls = []
    model = SimpleNamespace(config=SimpleNamespace(experts=("recurrent", "transformer")))

    def judge(model, tokenizer, families, num_questions, on_family, generator, answered):
        names = [family.name for family in families]
        calls.append((model, tokenizer, names, num_questions, generator))
        if not answered:
            on_family(1, 1, RESULT)
        assert list(answered) in ([], [RESULT])
        return dict(REPORT)

    monkeypatch.setattr(ability_report, "judge_abilities", judge)
    newest = SimpleNamespace(state={"cursor": {"fingerprint": "of its text"}})
    folder = SimpleNamespace(
        training_config=SimpleNamespace(lengths=(128, 512, 256)),
        newest_checkpoint=lambda parts, warn: pytest.fail("looked for another checkpoint"),
    )
    cache = SimpleNamespace(validation=HeldOutText("its held-out text"))

    def open_cache(run, tokenizer, expected_fingerprint):
        assert run is folder and expected_fingerprint == "of its text"
        return cache

    def load_model(run, checkpoint):
        assert checkpoint is newest
        return model, "its tokenizer", folder

    monkeypatch.setattr(judged_model, "choose_weights", lambda run: (newest, dict(ASKED)))
    monkeypatch.setattr(ability_report, "asking_hash", lambda: "hash of the program")
    monkeypatch.setattr(saved_model, "load_model", load_model)
    monkeypatch.setattr(run_folder, "RunFolder", lambda run: None)
    monkeypatch.setattr(assembly, "open_cache", open_cache)

    def judge_memory(model, tokenizer, text, length, reader):
        assert text.is_held
        return memory(text, length)

    monkeypatch.setattr(memory_report, "judge_memory", judge_memory)
    monkeypatch.setattr(memory_report, "held_out_texts", lambda split, tokenizer: [split])
    monkeypatch.setattr(writing_report, "judge_writing", lambda generator, texts: {**WRITING, "of": texts})

    def open_generator(run, name, checkpoint):
        assert checkpoint is newest
        return f"a generator by {name}"

    monkeypatch.setattr(engine, "open_generator", open_generator)
    calls.append(model)
    return calls


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("official_langage", "there is no family 'official_langage': did you mean 'official_language'?"),
        ("zzzz", "there is no family 'zzzz'. Families: "),
    ],
)
def test_unknown_family_names_the_nearest(no_backend, capsys, name, words):
    with pytest.raises(SystemExit) as end:
        main(["abilities", "--family", "dialogue_name", "--family", name])
    assert end.value.code == 1 and f"Error: {words}" in capsys.readouterr().err


@pytest.mark.parametrize("flag", ["--output", "--page"])
def test_file_that_cannot_be_written_is_told_before_the_backend_starts(no_backend, tmp_path, flag):
    path = tmp_path / "absent" / "x"
    answer = call(flag, path)
    assert isinstance(answer.exception, FileNotFoundError)
    assert str(answer.exception) == f"the folder of {path} does not exist: make it, or name another file."
    answer = call(flag, tmp_path)
    assert isinstance(answer.exception, IsADirectoryError)
    assert str(answer.exception) == f"{tmp_path} is a folder: name a file in it."


def test_missing_run_is_told_before_the_backend_starts(no_backend, tmp_path):
    answer = call("--run", tmp_path / "absent")
    assert isinstance(answer.exception, ValueError)
    assert "absent holds no run (run.json is missing)" in str(answer.exception)


def test_no_questions_are_refused(no_backend):
    answer = call("--questions", "0")
    assert answer.exit_code == 2 and "--questions" in answer.stderr


def test_checks_import_no_backend():
    code = """
import sys
from mof.cli.abilities import abilities
for named in ({"family": ["no such"]}, {"output": "absent/x"}, {"run": "absent"}):
    try:
        abilities(**named)
    except (ValueError, OSError):
        continue
    raise AssertionError(named)
assert not {"tensorflow", "keras", "jax"} & set(sys.modules)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert result.returncode == 0 and "Starting" not in result.stderr, result.stderr


def test_families_and_questions_reach_the_judge(asked):
    families, engine = ["letter_ending", "former_latter"], "tensorflow"
    named = ["--family", families[0], "--family", families[1], "--engine", engine]
    answer = call(*named, "--questions", "7", "--run", "r")
    assert answer.exit_code == 0, answer.exception
    assert asked[1:] == [(asked[0], "its tokenizer", families, 7, "a generator by tensorflow")]
    assert "Asking 2 families" in answer.stdout


def test_results_are_told_as_they_come_and_as_a_table(asked):
    lines = call().stdout.splitlines()
    assert lines[-3:] == [
        "A fact recalled, by tokens in between (trained at 512):",
        "  The held-out text is too short to look further.",
        "4-grams said again within 60 characters: 25.0% in 3 continuations, 12.5% in the real ones.",
    ]
    lines = lines[:-3]
    assert lines[1].startswith("  1 of 1  doubling ") and "50% (9% to 91%; blind 50%)" in lines[1]
    assert lines[-2].startswith("reasoning   value      50.0%   9.0% to 91.0%")
    assert lines[-1] == "router on reasoning   RNN 25.0% ± 1.0%, Transformer 75.0% ± 1.0%"


def test_figures_and_page_are_written(asked, tmp_path):
    figures, page = tmp_path / "figures.json", tmp_path / "page.html"
    answer = call("--run", "runs/x", "--output", figures, "--page", page)
    assert f"written to {figures}\nwritten to {page}\n" in answer.stdout
    text = figures.read_text(encoding="utf-8")
    judged = {"memory": memory("its held-out text", 512), "writing": {**WRITING, "of": ["its held-out text"]}}
    judged["left_out"] = []
    asked_of = {"asked": {**ASKED, "program": "hash of the program"}}
    assert json.loads(text) == {"run": "runs/x", **asked_of, **json.loads(json.dumps(REPORT)), **judged}
    assert sorted(tmp_path.iterdir()) == [figures, page]
    assert '"<三>"' in text
    text = page.read_text(encoding="utf-8")
    assert "<h1>What runs/x can do</h1>" in text and "一<b>&lt;三&gt;</b> ✗ (二)" in text
    assert '"name":"Transformer"' in text


def test_what_was_asked_is_kept_until_the_file_is_written(asked, tmp_path, monkeypatch):
    from mof.evaluation import memory_report

    figures, kept = tmp_path / "figures.json", tmp_path / "figures.json.partial.jsonl"

    def killed(*arguments, **words):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(memory_report, "judge_memory", killed)
        call("--output", figures)
    assert kept.is_file() and not figures.exists()
    before = kept.read_bytes()
    for words in (["--run", "other"], ["--questions", "7"], ["--engine", "tensorflow"]):
        assert "earlier call" not in call("--output", figures, *words).stdout
        assert not kept.exists()
        figures.unlink()
        kept.write_bytes(before)
    with monkeypatch.context() as patch:
        patch.setitem(ASKED, "weights", "of other weights")
        assert "earlier call" not in call("--output", figures).stdout
    kept.write_bytes(before + b'{"family": "cut in mid-')
    lines = call("--output", figures).stdout.splitlines()
    assert lines[1] == f"1 results of an earlier call are kept in {kept}: not asked again."
    assert not any(line.startswith("  1 of 1") for line in lines)
    assert json.loads(figures.read_text(encoding="utf-8"))["families"] and not kept.exists()


def test_time_left_is_told(asked, monkeypatch):
    from mof.evaluation import ability_report
    from mof.sources import progress_lines

    def judge(model, tokenizer, families, num_questions, on_family, generator, answered):
        for number in (1, 2, 3):
            on_family(number, 3, RESULT)
        return dict(REPORT)

    monkeypatch.setattr(ability_report, "judge_abilities", judge)
    monkeypatch.setattr(progress_lines, "SECONDS_BETWEEN_LINES", 0.0)
    assert "67% asked, 0:00" in call().stderr


def test_conversations_alone_are_no_short_text(asked, monkeypatch):
    from mof.evaluation import memory_report

    monkeypatch.setattr(memory_report, "held_out_texts", lambda split, tokenizer: [])
    said = call().stdout
    assert "Memory and writing were not judged: all documents to judge on are conversations." in said
    assert "--corpus PATH" in said and "too short" not in said and "long enough" not in said


def test_without_a_file_nothing_is_written(asked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "written" not in call().stdout and list(tmp_path.iterdir()) == []
