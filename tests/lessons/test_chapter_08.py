"""The figures that stand in the prose of chapter 08, worked out again."""

import itertools
import json
import re

import numpy as np

from mof.inference.exported_folder import read_facts
from mof.lessons.expert_comparison import FORMS
from mof.lessons.expert_cost import operations_by_part
from mof.lessons.more_experts import train_mixture
from mof.lessons.records import ROOT, load_record
from mof.lessons.router_measures import (
    MEAN,
    difference_and_half,
    entropy,
    mean_and_half,
    specialisation,
)
from mof.lessons.router_study import cost_rows, weight_rows
from mof.lessons.shipped_model import BASE
from mof.lessons.top_one import BLOCK_LENGTH
from mof.ops.normalization import rms_normalize
from mof.presets import preset
from mof.tasks.families import choose_families
from tests.lessons.chapter_prose import NOTEBOOKS, flat_prose

NAME = "08_the_router_and_the_mixture"
FLAT = flat_prose(NAME)
DATA = load_record("router_by_kind").data  # what the conclusions rest on
RUNS = load_record("compare_experts").data["runs"]
CODE = "\n".join(
    "".join(cell["source"])
    for cell in json.loads((NOTEBOOKS / f"{NAME}.ipynb").read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "code"
)
RNN, TRANSFORMER = np.array([1.0, 7.0]), np.array([70.0, 10.0])


def said(words):
    assert words in FLAT, f"the chapter does not say: {words}"


def pair(vector):
    return f"({vector[0]:g}, {vector[1]:g})"


def test_the_two_experts_by_hand():
    said(f"$0.3 \\cdot (1, 7) + 0.7 \\cdot (70, 10) = {pair(0.3 * RNN + 0.7 * TRANSFORMER)}$")
    said(f"$0.9 \\cdot (1, 7) + 0.1 \\cdot (70, 10) = {pair(0.9 * RNN + 0.1 * TRANSFORMER)}$")
    normed = [np.asarray(rms_normalize(x.astype("float32"))) for x in (RNN, TRANSFORMER)]
    for vector, root, words in zip((RNN, TRANSFORMER), (5, 50), ("0.2, 1.4", "1.4, 0.2"), strict=True):
        assert np.sqrt((vector**2).mean()) == root
        said(f"becomes $({words})$")
    np.testing.assert_allclose(normed[0], [0.2, 1.4], atol=1e-6)
    rows = 0.3 * normed[0], 0.7 * normed[1]
    for name, row in zip(("RNN expert, 0.3 times", "Transformer expert, 0.7 times"), rows, strict=True):
        said(f"| {name} | {row[0]:.2f} | {row[1]:.2f} |")
    total = rows[0] + rows[1]
    assert f"| {total[0]:.2f} | {total[1]:.2f} |" in FLAT


def test_logits_shares_and_temperature_by_hand():
    powers = np.exp([0.0, 0.85])
    said(f"$e^{{0.85}} = {powers[1]:.2f}$, of which the shares are 0.30 and 0.70")
    assert [f"{share:.2f}" for share in powers / powers.sum()] == ["0.30", "0.70"]
    squares = powers**2
    said(f"1 and {squares[1]:.2f}, or 0.15 and 0.85")
    assert [f"{share:.2f}" for share in squares / squares.sum()] == ["0.15", "0.85"]
    said(f"{preset('tiny').model.router_width} numbers wide in `tiny`")


def test_the_three_routers():
    routers = {"A": [0.5] * 4, "B": [1, 0, 1, 0], "C": [1] * 4}
    found = {}
    for name, first in routers.items():
        weights = np.stack([np.array(first, float), 1 - np.array(first, float)], axis=1)
        row = " | ".join(f"{x:g}" for x in (*first, np.mean(first)))
        said(f"| {name} | {row} |")
        found[name] = entropy(weights).mean(), entropy(weights.mean(axis=0)), specialisation(weights)
    said("A has 0.69; B and C have 0")
    said("A and B have 0.69; C has 0")
    assert [f"{x:.2f}" for x in found["A"]] == ["0.69", "0.69", "0.00"]
    assert [f"{abs(x):.2f}" for x in found["B"]] == ["0.00", "0.69", "0.69"]
    assert [f"{abs(x):.2f}" for x in found["C"]] == ["0.00", "0.00", "0.00"]


def test_what_is_said_of_the_shipped_model_and_its_questions():
    card = (ROOT / "data" / "models" / "README.md").read_text(encoding="utf-8")
    parameters = int(re.search(r"parameters \| ([\d,]+)", card)[1].replace(",", ""))
    tokens = int(re.search(r"all passes \| ([\d,]+)", card)[1].replace(",", ""))
    said(f"{parameters / 1e6:.1f} million parameters")
    said(f"trained on {tokens / 1e6:.0f} million tokens")
    assert read_facts(BASE)["model"]["experts"] == ["recurrent", "transformer"]
    said(f"from {len(choose_families())} families")


def test_the_sentence_of_the_first_figure_is_the_records():
    said(load_record("router_on_a_sentence").data["sentence"])


def test_blocks_seconds_and_the_balance():
    said(f"a **block** of {BLOCK_LENGTH} tokens")
    seconds = train_mixture.__defaults__[0]
    said(f"learn for {seconds:g} seconds each, seed 0: dense, top-1, and top-1 with a tenth of the balance")
    assert '("top-1, balanced", 0.1)' in CODE


def test_router_is_a_small_part_and_no_expert_is_twice_the_other():
    parts = operations_by_part(preset("tiny").model)
    total = sum(parts.values())
    assert parts["router"] < 0.02 * total


def test_studies_and_records_are_programs_of_the_project():
    for program in re.findall(r"`python (benchmarks/\w+\.py)", FLAT):
        assert (ROOT / program).is_file(), program


def test_weights_by_kind_are_the_records():
    rows = {row["row"].split()[0]: row for row in weight_rows(DATA)}
    said("The RNN expert has a third of the weight on knowledge, and a third on reasoning. Forty")
    for kind in ("knowledge", "reasoning"):
        assert abs(rows[kind]["mean"] - 1 / 3) < 0.01 and len(rows[kind]["values"]) == 40
    gap, half = difference_and_half(rows["knowledge"]["values"], rows["reasoning"]["values"])
    said("the interval of the difference holds 0, and its far end is half a hundredth")
    assert gap - half < 0 < gap + half and f"{max(gap + half, half - gap):.3f}" == "0.005"
    said("Completion does differ, by more than a hundredth")
    for kind in ("knowledge", "reasoning"):
        gap, half = difference_and_half(rows["completion"]["values"], rows[kind]["values"])
        assert abs(gap) - half > 0 and abs(gap) > 0.01


def test_what_the_weights_follow_is_the_records():
    said(f"{DATA['num_tokens']:,} of them")
    said(f"specialisation is {DATA['specialisation']:.4f} of at most {np.log(2):.2f} nats")
    said(f"By the kind of text: {DATA['explained']['kind']:.0%} of the spread")
    said(f"whatever stands around it: {DATA['explained']['token']:.0%}")
    assert [text for text, _weight, _count in DATA["most"][:2]] == ["", "."]
    assert all(text.isdigit() for text, _weight, _count in DATA["most"][2:])
    for text in ("后者", "答", "我"):
        said(text)
        assert text in [row[0] for row in DATA["least"]]
    said("even these ends lie between 29% and 38%")
    assert 0.285 < DATA["least"][0][1] < DATA["most"][0][1] < 0.38


def test_costs_are_the_records():
    def cost(name, kind):
        (row,) = [row for row in cost_rows(DATA, (name,)) if row["row"].endswith(kind)]
        return row

    said("A pair of constants, 0.33 and 0.67")
    assert [f"{share:.2f}" for share in DATA["mean"]] == ["0.33", "0.67"]
    said("it moves in the third decimal, and the interval of each kind holds 0")
    for kind in DATA["kinds"]:
        mean, half = mean_and_half(cost(MEAN, kind)["values"])
        assert abs(mean) < min(half, 0.005)
    silent = {kind: cost("1", kind) for kind in DATA["kinds"]}
    knowledge, reasoning = silent["knowledge"], silent["reasoning"]
    said(f"knowledge suffers by {knowledge['mean']:.2f} bits a token, reasoning by {reasoning['mean']:.2f}")
    gap, half = difference_and_half(knowledge["values"], reasoning["values"])
    said(f"the interval of the difference, {gap:.2f} ± {half:.2f}, does not hold 0")
    assert gap > half
    said("more than 7 bits a token, and on knowledge not less than on reasoning but")
    alone = {kind: cost("0", kind) for kind in DATA["kinds"]}
    assert min(row["mean"] for row in alone.values()) > 7
    gap, half = difference_and_half(alone["knowledge"]["values"], alone["reasoning"]["values"])
    said(f"but {gap:.2f} ± {half:.2f} more")
    assert 0 < gap - half
    times = [kinds["knowledge"]["mean"] / kinds["reasoning"]["mean"] for kinds in (silent, alone)]
    said(f"knowledge loses {times[0]:.1f} times as much as reasoning, without the Transformer expert")
    said(f"without the Transformer expert {times[1]:.1f} times. If")
    said(f"{times[0]:.1f} times as much without the RNN expert, {times[1]:.1f} times without the Transformer")


def mean_of(form, value):
    found = [value(run) for run in RUNS if run["form"] == form]
    assert len(found) == 3
    return np.mean(found)


def test_the_comparison_at_equal_time_is_the_records():
    bits = {
        text: {form: mean_of(form, lambda run, text=text: run["bits_per_byte"][text]) for form in FORMS}
        for text in ("all", "prose", "knowledge", "completion", "reasoning")
    }
    said(f"the RNN expert alone is best, with {bits['all']['rnn']:.3f} bits per byte")
    said(f"the Transformer expert alone follows with {bits['all']['transformer']:.3f}")
    said(f"the mixture is last, with {bits['all']['mixture']:.3f}")
    for text in bits:
        assert bits[text]["rnn"] < bits[text]["transformer"] < bits[text]["mixture"]
    said("It is last in each of the three seeds, and the intervals of its differences")
    one = {(run["form"], run["seed"]): run["bits_per_byte"]["all"] for run in RUNS}
    for form in ("rnn", "transformer"):
        mean, half = mean_and_half([one["mixture", seed] - one[form, seed] for seed in range(3)])
        assert mean - half > 0 and all(one["mixture", seed] > one[form, seed] for seed in range(3))
    lead = {text: bits[text]["transformer"] - bits[text]["rnn"] for text in bits}
    said(f"on completion it leads too, by {lead['completion']:.3f}")
    read = {form: mean_of(form, lambda run: run["tokens"]) for form in FORMS}
    said(f"it has read {read['rnn'] / read['transformer']:.1f} times as much as the Transformer expert")
    assert 524_288_000 / read["rnn"] > 100  # and more beside the mixture
    said("lie too close for three seeds")
    for text in ("prose", "reasoning"):
        each = {(run["form"], run["seed"]): run["bits_per_byte"][text] for run in RUNS}
        mean, half = mean_and_half([each["mixture", seed] - each["transformer", seed] for seed in range(3)])
        assert abs(mean) < half
    said("and there no two of the three are told apart")
    prose = {(run["form"], run["seed"]): run["bits_per_byte"]["prose"] for run in RUNS}
    for a, b in itertools.combinations(FORMS, 2):
        mean, half = mean_and_half([prose[a, seed] - prose[b, seed] for seed in range(3)])
        assert abs(mean) < half
    said(f"{lead['knowledge']:.3f} bits per byte on knowledge and {lead['reasoning']:.3f} on reasoning")
    updates = {form: mean_of(form, lambda run: run["updates"]) for form in FORMS}
    said(f"the RNN expert makes {updates['rnn']:,.0f} updates, and the mixture {updates['mixture']:,.0f}")
    assert 2 * updates["mixture"] < updates["rnn"]


def test_the_race_is_as_it_is_told():
    race = json.loads((ROOT / "benchmarks" / "results" / "paced_race.json").read_text(encoding="utf-8"))
    rows = race["summary"]
    whole, alone, one = (rows[name] for name in ("tiny", "tiny recurrent alone", "tiny one block"))
    said(f"the mixture of `tiny` ends at {whole['mean']:.3f} bits per byte with one seed")
    times = alone["tokens"] / whole["tokens"]
    said(f"alone at {alone['mean']:.3f} with three, after {times:.1f} times as many tokens, some of them")
    assert alone["passes"] > 1 > whole["passes"]
    said(f"one Transformer block in place of four ends at {one['mean']:.3f}, one seed again")
    assert one["mean"] - alone["mean"] < 0.5 * (whole["mean"] - alone["mean"])
    said("A race of twenty minutes")
    assert {row["seconds"] for row in (whole, alone, one)} == {1200.0}
    assert [row["runs"] for row in (whole, alone, one)] == [1, 3, 1]


def test_answers_and_routers_of_the_comparison_are_the_records():
    def right(run):
        found = run["kinds"]["knowledge"]["wording"]
        return found["num_right"] / found["num_questions"]

    shares = {form: mean_of(form, right) for form in FORMS}
    said(f"it answers {shares['rnn']:.0%} where the Transformer expert answers {shares['transformer']:.0%}")
    said("Some of these questions stood in training in the words of another fact")
    routers = [run["router"] for run in RUNS if run["form"] == "mixture"]
    gaps = [router["knowledge"]["mean"][0] - router["reasoning"]["mean"][0] for router in routers]
    first, second, third = (f"{100 * gap:+.1f}".replace("-", "−") for gap in gaps)
    said(f"knowledge less reasoning is {first}, {second} and {third} hundredths of the weight")
