"""The figures that stand in the prose of chapter 03, worked out again."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from mof.generation.logit_filters import probabilities
from mof.lessons.bigram import count_pairs, smooth_counts
from mof.lessons.first_model_study import COUNTED, GRAMS, OVERTRAINED, RECORD, STOPPED, UNIFORM, recorded_rows
from mof.lessons.prose_parts import prose_parts, prose_tokenizer, vocabulary_size
from mof.lessons.records import load_record
from mof.lessons.watched_run import NUM_UPDATES, ONE_GRU
from mof.ops.gru import gru_step
from mof.viz.temperature_figure import heated, nucleus

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "03_a_first_language_model.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
CODE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code")
FLAT = re.sub(r"\s+", " ", PROSE)
SIGNS = "·妈骂马"
# rows are the first of a pair, in the order of SIGNS
COUNTS = np.array([[0, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1], [1, 0, 0, 0]])


def said(words):
    assert words in FLAT, f"the chapter does not say: {words}"


def steps(text):
    """Places in the table of each step of a text with its marks."""
    ids = [SIGNS.index(sign) for sign in f"·{text}·"]
    return list(zip(ids, ids[1:], strict=False))


def bits(table, text):
    return -sum(math.log2(table[i, j]) if table[i, j] else -math.inf for i, j in steps(text))


def test_the_counts_of_the_four_characters():
    found = np.zeros((4, 4), int)
    for i, j in steps("妈妈骂马"):
        found[i, j] += 1
    np.testing.assert_array_equal(found, COUNTS)
    said("| 妈 | 1 | 1 | | | 2 |")
    said("It has five pairs of neighbours")
    assert COUNTS.sum() == 5


def test_its_own_text_costs_two_bits():
    table = COUNTS / COUNTS.sum(axis=1, keepdims=True)
    assert [table[i, j] for i, j in steps("妈妈骂马")] == [1, 0.5, 0.5, 1, 1]
    assert bits(table, "妈妈骂马") == 2.0 and bits(table, "妈骂妈妈") == math.inf
    said("2 / 5 = 0.4 bits")
    said("$2^{0.4} = 1.3$")
    assert round(2**0.4, 1) == 1.3
    assert len("妈妈骂马".encode()) == 12
    said("2 / 12 = 0.17 **bits per byte**")
    assert round(2 / 12, 2) == 0.17
    said("$1 / \\ln 2 = 1.44$ bits")
    assert round(1 / math.log(2), 2) == 1.44


def test_smoothing_by_hand():
    table = smooth_counts(COUNTS, 1.0)
    assert table[1, 1] == 2 / 6 and table[2, 3] == 2 / 5
    assert 2 ** bits(table, "妈骂妈妈") == pytest.approx(675)
    assert 2 ** -bits(table, "妈妈骂马") == pytest.approx(8 / 1125)
    said("$\\log_2 675 = 9.40$ bits")
    assert round(math.log2(675), 2) == 9.40
    said("which is 7.14 bits instead of 2")
    assert round(math.log2(1125 / 8), 2) == 7.14
    said("| smoothed | 7.14 bits | 9.40 bits |")
    said("| no model | 10 bits | 10 bits |")
    assert len(steps("妈骂妈妈")) * math.log2(4) == 10


def test_the_vocabulary_has_some_two_thousand_tokens():
    said("some two thousand made-up ones")
    assert 1_800 < vocabulary_size(prose_parts().training) < 2_300
    said("fewer than a hundred thousand characters")
    assert 50_000 < sum(map(len, prose_parts().training)) < 100_000


def test_temperatures_and_top_p_by_hand():
    shares = [1 / 3, 1 / 3, 1 / 6, 1 / 6]
    said("0.4, 0.4, 0.1 and 0.1")
    np.testing.assert_allclose(heated(shares, 0.5), [0.4, 0.4, 0.1, 0.1], atol=1e-6)
    said("0.29, 0.29, 0.21 and 0.21")
    assert [round(float(x), 2) for x in heated(shares, 2.0)] == [0.29, 0.29, 0.21, 0.21]
    said("With $p = 0.6$, 妈 and 骂 are enough")
    assert nucleus(shares, 0.6).tolist() == [True, True, False, False]
    said("a dart at 0.5 hits 骂")
    assert np.searchsorted(np.cumsum(shares), 0.5, side="right") == 1


def test_one_step_down_the_gradient():
    gradient = 2 * probabilities(np.zeros(4)) - np.array([1, 1, 0, 0])
    said("| gradient, $2p - c$ | $-1/2$ | $-1/2$ | $1/2$ | $1/2$ |")
    assert gradient.tolist() == [-0.5, -0.5, 0.5, 0.5]
    said("| $p$ now | 0.37 | 0.37 | 0.13 | 0.13 |")
    assert [round(float(x), 2) for x in probabilities(-gradient)] == [0.37, 0.37, 0.13, 0.13]


def test_one_step_of_the_gru_by_hand():
    inputs, kernel = np.array([[0, 0, 1]], "float32"), np.ones((1, 3), "float32")
    hidden = float(gru_step(inputs, kernel, np.zeros(3, "float32"), np.array([[0.5]], "float32"))[0, 0])
    said("$h = 0.622 \\cdot 0.5 + 0.378 \\cdot 0.865 = 0.638$")
    assert round(hidden, 3) == 0.638 and round(1 / (1 + math.exp(-0.5)), 3) == 0.622
    assert round(math.tanh(1 + 0.622 * 0.5), 3) == 0.865
    said("$0.75 \\cdot 0.8 + 0.25 \\cdot (-0.4) = 0.5$")
    assert 0.75 * 0.8 + 0.25 * -0.4 == pytest.approx(0.5)


def test_the_quotation_by_hand():
    rows = {}
    for name in ("reads", "gate $z$", "candidate $n$", "state $h$"):
        (line,) = re.findall(rf"^\| {re.escape(name)} \| (.*) \|$", PROSE, re.MULTILINE)
        rows[name] = line.split(" | ")
    assert "".join(rows["reads"]) == "他说：“好。”"
    h = 0.0
    for z, n, expected in zip(rows["gate $z$"], rows["candidate $n$"], rows["state $h$"], strict=True):
        h = float(z) * h + (1 - float(z)) * (0.0 if n == "any" else float(n))
        assert h == float(expected)


def test_the_sizes_of_the_gru():
    said("Each token has a vector of 128 numbers. A GRU with a state of 256 numbers reads it")
    assert (ONE_GRU["width"], ONE_GRU["recurrent_width"]) == (128, 256)


def test_nothing_is_left_to_do():
    assert "TODO" not in PROSE + CODE


def test_what_the_prose_says_of_the_record():
    data = load_record(RECORD).data
    means = {}
    for row in recorded_rows(data):
        means.setdefault(row["form"], []).append(row["bits_per_byte"])
    means = {form: sum(values) / len(values) for form, values in means.items()}
    said("**Counting wins.**")
    assert means[GRAMS[5]] < means[STOPPED]
    said("beats our plain bigram by a wide margin")
    assert means[STOPPED] < means[COUNTED] - 0.15
    said("Trained to the end it is worse than the plain bigram")
    assert means[OVERTRAINED] > means[COUNTED]
    said("it beats our plain $k$ by a quarter of a bit a byte")
    assert 0.2 < means[COUNTED] - means[GRAMS[2]] < 0.3
    lead, smoothing = means[COUNTED] - means[GRAMS[5]], means[COUNTED] - means[GRAMS[2]]
    said(f"of {lead:.3f} bits per byte, Kneser-Ney on pairs alone brings {smoothing:.3f}")
    said(f"({means[GRAMS[2]]:.3f} against {means[STOPPED]:.3f}, not told apart with one seed)")
    said("four hundredths, comes from the longer look back")
    assert round(means[GRAMS[2]] - means[GRAMS[5]], 2) == 0.04 and means[GRAMS[2]] < means[STOPPED]
    said("nine times through")
    assert all(round(run["looks"][-1]["passes"]) == 9 for run in data["runs"] if run["share"] == 1.0)
    assert all(0 < run["best"] < len(run["looks"]) - 1 for run in data["runs"]), "held-out loss turns"


def test_two_in_three_pairs_came_once():
    said("two in three of the pairs in this text came once")
    texts = prose_parts().training
    counts = count_pairs(texts, prose_tokenizer(texts))
    assert 0.64 < (counts == 1).sum() / (counts > 0).sum() < 0.70
    said("each row has 62 made-up pairs ($k W$, at $k = 0.03$)")
    assert round(0.03 * len(counts)) == 62
    said("There are about 129,000 of these and 68,000 real ones")
    assert (round(0.03 * counts.size, -3), round(counts.sum(), -3)) == (129_000, 68_000)


def test_what_the_prose_says_of_less_text():
    data = load_record(RECORD).data
    leads, losses = [], {}
    for entry in sorted(data["counting"], key=lambda entry: entry["share"]):
        bits = {row["form"]: row["bits_per_byte"] for row in entry["rows"]}
        runs = [run for run in data["runs"] if run["share"] == entry["share"]]
        leads.append(sum(run["test_best"] for run in runs) / len(runs) - bits[GRAMS[5]])
        losses[entry["share"]] = (min(run["test_last"] for run in runs), bits[UNIFORM])
    said("from more than a tenth of a bit a byte to less than half of that")
    assert leads == sorted(leads, reverse=True) and leads[0] > 0.1 and leads[-1] < leads[0] / 2
    said("the GRU needs more bits than a model that knows nothing")
    quarter, half = ([f"{bits:.2f}" for bits in losses[share]] for share in (0.25, 0.5))
    said(f"({quarter[0]} against {quarter[1]}, and {half[0]} against {half[1]})")
    ends = {run["share"]: run["looks"][-1]["passes"] for run in data["runs"]}
    said(f"went through their text {ends[0.25]:.1f} and {ends[0.5]:.1f} times, the whole one")
    said(f"the whole one {ends[1.0]:.0f} times")
    assert (
        all(losses[share][0] > losses[share][1] for share in (0.25, 0.5)) and losses[1.0][0] < losses[1.0][1]
    )
    whole = next(run for run in data["runs"] if run["share"] == 1.0)
    said("with a look every 40 updates")
    assert [look["update"] for look in whole["looks"]][:3] == [0, 40, 80] and whole["seed"] == 0
    assert whole["num_updates"] == NUM_UPDATES
