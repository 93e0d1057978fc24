"""`mof plan` from its flags to its files, on measurements that are played."""

import pytest

from mof.machine import examination, facts
from mof.machine.measurements import Bandwidths
from mof.machine.measuring import Findings
from mof.planning.plan_file import read_plan
from tests.machine.quiet_machine import make_facts, make_rates, make_steps
from tests.planning.conftest import write_talks, write_texts


@pytest.fixture(autouse=True)
def quiet(monkeypatch, tmp_path):
    """A quiet machine, text, and a folder of one's own; a function that changes the facts."""
    steps = (make_steps(), make_steps("small", (2.5, 2.6, 2.55), (1.1,), peak_bytes=2_400_000_000))
    measured = []

    def measure(*_):
        measured.append(1)
        return Findings(make_rates(), steps, ())

    def make(**changes):
        for module in (examination, facts):
            monkeypatch.setattr(module, "describe_facts", lambda folder: make_facts(**changes))

    make()
    make.measured = measured
    monkeypatch.setattr(examination, "measure_bandwidths", lambda *_: Bandwidths())
    monkeypatch.setattr(examination, "measure", measure)
    monkeypatch.chdir(tmp_path)
    write_texts(tmp_path / "texts" / "a.jsonl", num_documents=3000, length=300)
    write_talks(tmp_path / "talks" / "b.jsonl", num_documents=500)
    return make


WORDS = ("--corpus", "texts", "--dialogues", "talks", "--hours", "1")


def test_two_recipes_side_by_side(mof, quiet, tmp_path):
    answer = mof("plan", *WORDS)
    assert answer.status == 0, answer
    assert quiet.measured == [1] and (tmp_path / "runs" / "machine.json").is_file()
    a, b = (read_plan(tmp_path / "runs" / "four-days" / f"plan-{name}.toml") for name in "ab")
    assert (a.preset_name, a.head.recipe) == ("full", "A") and (b.preset_name, b.head.recipe) == ("tiny", "B")
    assert (a.head.folder, b.head.folder) == ("runs/four-days/recipe-a", "runs/four-days/recipe-b")
    assert a.head.hours == b.head.hours == 1.0
    assert a.expected.seconds == b.expected.seconds  # equal compute
    for words in ("recipe A", "recipe B", "80% intervals", "closest to 20", "no forecast", "--background"):
        assert words in answer.output
    text = (tmp_path / "runs" / "four-days" / "plan-b.toml").read_text(encoding="utf-8")
    assert text.startswith("# A plan of `mof plan`.") and "# pretraining: " in text
    again = mof("plan", *WORDS)
    assert again.status == 0 and quiet.measured == [1]  # the report is there


def test_a_size_and_a_shape_of_ones_own(mof, tmp_path):
    answer = mof(
        "plan",
        *WORDS,
        "--preset",
        "nano",
        "--width",
        "32",
        "--folder",
        "runs/own",
        "--day-hours",
        "22-7",
        "--hours",
        "0.05",
    )
    assert answer.status == 0, answer
    plan = read_plan(tmp_path / "runs" / "own" / "plan.toml")
    assert plan.model_changes == {"width": 32} and plan.when.day_hours == "22-7"
    assert plan.tokenizer == "characters" and "A" not in plan.head.recipe


def test_a_recipe_that_does_not_fit_is_refused_alone(mof, quiet, tmp_path):
    quiet(available_bytes=3_000_000_000)
    answer = mof("plan", *WORDS)
    assert answer.status == 0 and "No plan A: full may take" in answer.output
    assert not (tmp_path / "runs" / "four-days" / "plan-a.toml").exists()
    quiet(available_bytes=500_000_000)
    answer = mof("plan", *WORDS)
    assert answer.status == 1 and "no plan could be made" in answer.errors


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--hours", "-3"], "hours are -3.0, expected above 0"),
        (["--hours", "nan"], "expected above 0"),
        (["--corpus", "none"], "the corpus path none does not exist"),
        (["--preset", "smal"], "preset is 'smal'"),
        (["--width", "32"], "give --preset too"),
        (["--day-hours", "25-3"], "expected such as 22-7"),
        (["--hours", "96", "--preset", "tiny"], "more than 60: it would learn it by heart"),
        (["--hours", "0.001"], "expected at least 10"),
    ],
)
def test_nonsense_is_refused(mof, words, told):
    answer = mof("plan", *WORDS, *words)
    assert answer.status == 1 and told in answer.errors + answer.output and "Traceback" not in answer.errors


@pytest.mark.parametrize(
    ("texts", "dialogues", "told"),
    [
        ("talks", "talks/../talks", "talks is given as text and as dialogues"),
        (".", "talks", "talks lies in ., and so is given as text and as dialogues"),
        ("talks/b.jsonl", "talks", "talks/b.jsonl lies in talks, and so"),
    ],
)
def test_text_that_is_given_twice_is_refused(mof, texts, dialogues, told):
    answer = mof("plan", "--corpus", texts, "--dialogues", dialogues, "--hours", "1")
    assert answer.status == 1 and told in answer.errors


def test_a_plan_that_was_edited_is_kept(mof, tmp_path):
    words = ("plan", *WORDS, "--preset", "tiny", "--folder", "runs/own")
    file = tmp_path / "runs" / "own" / "plan.toml"
    mof(*words)
    again = mof(*words)
    assert "held another plan" not in again.output and len(list(file.parent.iterdir())) == 1
    edited = file.read_text(encoding="utf-8").replace("learning_rate", "seed = 7\nlearning_rate", 1)
    file.write_text(edited, encoding="utf-8")
    answer = mof(*words)
    (kept,) = set(file.parent.iterdir()) - {file}
    assert f"held another plan, which is kept as {kept.relative_to(tmp_path)}" in answer.output.replace(
        "\n", ""
    )
    assert kept.read_text(encoding="utf-8") == edited and read_plan(file).stages[0].training.seed == 0


def test_hours_of_the_day_make_days_by_the_clock(mof):
    answer = mof("plan", *WORDS, "--preset", "tiny", "--day-hours", "22-4")
    assert "0.167 days by the clock" in " ".join(answer.output.split())


def test_a_corpus_of_three_lines_is_refused(mof, tmp_path):
    write_texts(tmp_path / "few.jsonl", num_documents=3)
    answer = mof("plan", "--corpus", "few.jsonl", "--hours", "1")
    assert answer.status == 1 and "the texts hold 3 documents with 1,200 characters" in answer.errors


def test_no_disk_is_refused(mof, quiet):
    quiet(free_disk_bytes=50_000_000)
    answer = mof("plan", *WORDS)
    assert answer.status == 1 and "0.05 GB of disk are free" in answer.errors


def test_the_report_of_another_machine_is_refused(mof, quiet):
    assert mof("plan", *WORDS).status == 0
    quiet(processor="Another processor")
    answer = mof("plan", *WORDS)
    assert answer.status == 1 and "of another machine" in answer.errors and "mof doctor" in answer.errors


def test_the_table_fits_an_ordinary_terminal(mof):
    answer = mof("plan", *WORDS)
    assert "…" not in answer.output
