"""What is said of the experts at equal time, from a tiny made record."""

from types import SimpleNamespace

import pytest

from mof.lessons import expert_comparison
from mof.lessons.expert_comparison import (
    describe_answers,
    describe_best,
    describe_routers,
    describe_runs,
    named_runs,
    show_comparison,
    show_routers,
)


def made_run(form, seed, bits, right, rnn_weights=None):
    router = {}
    if rnn_weights:
        router = {
            kind: {"mean": [weight, 1 - weight], "half": [0.01, 0.01], "sheets": 40}
            for kind, weight in zip(("knowledge", "reasoning"), rnn_weights, strict=True)
        }
    answers = {"num_questions": 100, "num_right": right, "nearest": 0.12, "majority": 0.1}
    return {
        "form": form,
        "seed": seed,
        "tokens": 2_000_000,
        "updates": 500,
        "bits_per_byte": {"all": bits, "prose": bits + 2},
        "kinds": {"knowledge": {"train": answers, "wording": answers}, "reasoning": {"value": answers}},
        "router": router,
    }


RUNS = [
    made_run("mixture", 0, 0.52, 9, (0.48, 0.47)),
    made_run("rnn", 0, 0.47, 22),
    made_run("transformer", 0, 0.50, 10),
    made_run("mixture", 1, 0.53, 7, (0.47, 0.48)),
    made_run("rnn", 1, 0.47, 20),
    made_run("transformer", 1, 0.50, 12),
]


def test_forms_come_in_one_order_with_names():
    assert [row["form"] for row in named_runs(RUNS)] == [
        name for name in ("RNN alone", "Transformer alone", "mixture") for _seed in range(2)
    ]


def test_updates_and_tokens_are_told():
    assert describe_runs(RUNS)[0] == "RNN alone: 500 updates, 2.0 million tokens, 2 seeds."
    assert len(describe_runs(RUNS[:2])) == 2


def test_the_mixture_is_compared_seed_by_seed():
    first, second = describe_best(RUNS)
    assert first.startswith(
        "All held-out text: RNN alone 0.470, Transformer alone 0.500, mixture 0.525 bits per byte; mixture "
        "less RNN alone +0.055 ± 0.064; mixture less Transformer alone +0.025 ± "
    )
    assert second.startswith("Prose: RNN alone 2.470")
    assert describe_best(RUNS[:2])[0] == "All held-out text: RNN alone 0.470, mixture 0.520 bits per byte."


def test_answers_are_told_beside_a_copy_of_the_nearest():
    sentence = describe_answers(RUNS)[0]
    assert sentence.startswith("Knowledge, right answers: RNN alone 21.0% ± ")
    assert sentence.endswith("copying the most similar question's answer gets 12.0%.")


def test_routers_of_all_seeds_and_the_interval():
    *weights, last = describe_routers(RUNS)
    assert weights[0] == "RNN expert's weight on knowledge: 48.0%, 47.0% (seed by seed)."
    assert last.startswith("Knowledge less reasoning: +1.0%, -1.0%; mean +0.0% ± ")
    assert last.endswith("(95% over 2 seeds). 0 lies inside.")
    far = [made_run("mixture", seed, 0.5, 1, (0.60 + seed / 1000, 0.40)) for seed in range(3)]
    assert describe_routers(far)[-1].endswith("(95% over 3 seeds). 0 lies outside.")
    assert describe_routers(RUNS[1:3]) == ["No mixture of this study has been watched."]
    assert describe_routers(RUNS[:1])[-1] == "Knowledge less reasoning: +1.0%."


@pytest.mark.parametrize("show", [show_comparison, show_routers])
def test_a_study_that_nobody_has_run_is_said_to_be_missing(show, monkeypatch, capsys):
    monkeypatch.setattr(expert_comparison, "find_record", lambda name: None)
    show()
    said = capsys.readouterr().out
    assert "has not been run yet" in said and "python benchmarks/compare_experts.py" in said


def test_a_recorded_study_is_drawn_and_put_in_words(monkeypatch, capsys):
    study = SimpleNamespace(data={"runs": RUNS}, note="recorded on Sunday", command="python a.py")
    shown = []
    monkeypatch.setattr(expert_comparison, "find_record", {"compare_experts": study}.get)
    monkeypatch.setattr(expert_comparison, "show_figure", lambda *arguments: shown.append(arguments))
    show_comparison()
    show_routers()
    ((figure, words),) = shown
    assert [frame.name for frame in figure.frames] == ["all", "prose"]
    assert words.endswith("; recorded on Sunday.")
    said = capsys.readouterr().out
    told = [*describe_runs(RUNS), *describe_best(RUNS), *describe_answers(RUNS), *describe_routers(RUNS)]
    assert said.split() == " ".join([*told, "recorded on Sunday"]).split()
    assert max(map(len, said.splitlines())) <= 72
