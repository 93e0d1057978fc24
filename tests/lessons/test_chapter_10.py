"""The figures that stand in the prose of chapter 10, worked out again."""

import json
import re

import numpy as np
import pytest
from keras import ops

from benchmarks import article_ablation, training_ideas
from mof.evaluation.student_t import T_QUANTILES
from mof.lessons.article_forms import FORMS
from mof.lessons.paired_results import estimate
from mof.lessons.records import ROOT, load_record
from mof.lessons.shipped_text import DIALOGUES, PROSE
from mof.lessons.update_cost import counted_share
from mof.training.config import TrainingConfig
from mof.training.optimizer import ORTHOGONALIZE_COEFFICIENTS, ORTHOGONALIZE_STEPS, orthogonalize
from mof.training.schedule import cosine_factor
from tests.lessons.chapter_prose import NOTEBOOKS, flat_prose

NAME = "10_training_well"
FLAT = flat_prose(NAME)
CELLS = json.loads((NOTEBOOKS / f"{NAME}.ipynb").read_text(encoding="utf-8"))["cells"]
PROSE_TEXT = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
CODE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code")
G = np.array([[1.65, 1.35], [1.35, 1.65]])


def said(words):
    assert words in FLAT, f"the chapter does not say: {words}"


def table_row(first, columns):
    rows = re.findall(rf"^\| {re.escape(first)}[^|]*\|(.*)\|$", PROSE_TEXT, re.M)
    return [cell.strip() for cell in next(row.split("|") for row in rows if len(row.split("|")) == columns)]


PUBLISHED = (3.4445, -4.7750, 2.0315)


def polynomial(s, coefficients=PUBLISHED):
    a, b, c = coefficients
    return a * s + b * s**3 + c * s**5


def stretches(matrix):
    return np.linalg.svd(matrix)[1]


def test_the_gradient_by_hand():
    assert stretches(G) == pytest.approx([3.0, 0.3])
    said(r"= 3.015$")
    assert np.linalg.norm(G) == pytest.approx(3.015, abs=5e-4)
    clipped = G / np.linalg.norm(G)
    assert table_row("**clipped**", 2) == ["0.55, 0.45, 0.45, 0.55", "0.995 and 0.0995"]
    np.testing.assert_allclose(clipped.ravel(), [0.55, 0.45, 0.45, 0.55], atol=5e-3)
    assert stretches(clipped) == pytest.approx([0.995, 0.0995], abs=5e-4)
    assert table_row("**AdamW**", 2)[1] == "2 and 0"
    assert stretches(np.sign(G)) == pytest.approx([2.0, 0.0], abs=1e-9)
    u, _, vt = np.linalg.svd(G)
    np.testing.assert_allclose(u @ vt, np.eye(2), atol=1e-9)


def test_newton_schulz_by_hand():
    said("p(s) = 3.4445\\, s - 4.7750\\, s^3 + 2.0315\\, s^5")
    values = stretches(G) / np.linalg.norm(G)
    for step in range(4):
        row = table_row("start" if step == 0 else str(step), 2)
        assert row == [f"{values[0]:.3f}", f"{values[1]:.4f}" if step == 0 else f"{values[1]:.3f}"]
        values = polynomial(values)
    said(r"$3.4445 \cdot 0.0995 = 0.343$")
    assert 3.4445 * 0.0995 == pytest.approx(0.343, abs=5e-4)


@pytest.mark.parametrize(
    ("ways", "words"),
    [([PUBLISHED] * 5, "between 0.68 and 1.20"), (ORTHOGONALIZE_COEFFICIENTS, "between 0.78 and 1.22")],
)
def test_what_the_steps_catch(ways, words):
    said("everything down to about a three hundredth")
    said(words)
    values = np.geomspace(0.003, 1, 20_000)
    for coefficients in ways:
        values = polynomial(values, coefficients)
    assert words == f"between {values.min():.2f} and {values.max():.2f}"


def test_the_cell_is_the_packages_iteration():
    space = {}
    cell = next("".join(c["source"]) for c in CELLS if "def newton_schulz" in "".join(c["source"]))
    exec(cell.split("\n\nG =")[0], space)
    for shape in ((5, 3), (3, 5), (4, 4)):
        matrix = np.random.default_rng(0).normal(size=shape).astype("float32")
        expected = ops.convert_to_numpy(orthogonalize(matrix))
        found = space["newton_schulz"](matrix, ORTHOGONALIZE_COEFFICIENTS)
        np.testing.assert_allclose(found, expected, atol=1e-3)


def test_the_optimisers_products_in_tokens():
    said("one update weighs as much as 1,024 tokens")
    assert 3 * ORTHOGONALIZE_STEPS * 256**3 / (3 * 256**2) == 1024
    config = TrainingConfig()
    said("4,096 tokens, eight rows of 512 or thirty-two of 128")
    assert config.tokens_per_update == 4096 == config.num_streams * 512 == 32 * 128


def test_a_mean_of_means_is_another_number():
    said(r"$(3 \cdot 2 + 6) / 4 = 3$")
    assert (3 * 2 + 6) / 4 == 3 and (2 + 6) / 2 == 4


def test_half_of_the_cosine_is_gone_at_half_of_the_run():
    said("Half of its way is gone at half of the run")
    assert cosine_factor(500, 1000, 0, 0.0) == pytest.approx(0.5)


def test_freezing_is_counted_as_the_table_says():
    said("spares a third of a half, a sixth")
    assert 1 - counted_share(1, 2, True) == pytest.approx(1 / 6)


def test_the_defaults_that_are_named():
    config = TrainingConfig()
    said("the first 15% of our updates have rows of 128 tokens alone")
    assert config.short_share == 0.15 and config.lengths == (128, 256, 512)
    said("Ours has none")
    assert "Ours has the limit 1." in CODE and config.clip_norm == 1.0
    assert {form[:9] for form in FORMS} >= {"no router", "with the ", "one lengt", "with free"}


def test_bfloat16_rounds_as_the_prose_says():
    said("Next to 1 the steps are 1/128 above and 1/256 below")

    def rounded(x):
        return float(ops.cast(ops.cast(np.float32(x), "bfloat16"), "float32"))

    assert rounded(1 + 1 / 128) == 1 + 1 / 128 and rounded(1 + 1 / 300) == 1.0
    assert rounded(1 - 1 / 256) == 1 - 1 / 256 and rounded(1 - 0.001) == 1.0


def test_the_interval_by_hand():
    rows = re.findall(r"^\| (\d) \| ([\d.]+) \| ([\d.]+) \| \+([\d.]+) \|$", PROSE_TEXT, re.M)
    ours, others, changes = (np.array([float(row[i]) for row in rows]) for i in (1, 2, 3))
    np.testing.assert_allclose(others - ours, changes, atol=1e-9)
    said("2.710 and 2.730 on average")
    assert (ours.mean(), others.mean()) == pytest.approx((2.71, 2.73))
    said(r"0.020 \pm 4.303 \cdot \frac{0.010}{\sqrt 3} = 0.020 \pm 0.025")
    found = estimate(list(changes))
    assert T_QUANTILES[2] == 4.303 and changes.std(ddof=1) == pytest.approx(0.01)
    assert (round(found.mean, 3), round(found.half, 3)) == (0.02, 0.025) and not found.is_clear


def test_the_studies_are_as_they_are_told():
    said("The preset `nano` learns")
    said("three minutes for each training. Beside it stand nine others")
    assert article_ablation.STUDY.minutes == 3.0 and len(load_record("article_ablation").data["pace"]) == 10
    said("in the same frame")
    assert training_ideas.STUDY.minutes == 3.0
    assert article_ablation.STUDY.preset == training_ideas.STUDY.preset == "nano"
    said("questions outweigh prose a hundred to one")
    shipped = sum(path.stat().st_size for path in PROSE.rglob("*") if path.is_file())
    assert 80 < 30e6 / shipped < 130 and DIALOGUES.is_dir()


def test_the_short_runs_are_as_they_are_told():
    said("for 20 seconds each, seed 0")
    assert "seconds=20, seed=0" in CODE
    said("two blocks of the widths of `tiny`, eight rows of 256 tokens")


def test_the_recorded_ablation_is_as_it_is_told():
    data = load_record("article_ablation").data
    changes = {row["form"]: row["change"] for row in data["table"]["all"]}
    prose = {row["form"]: row["change"] for row in data["table"]["prose"]}
    pace, tokens = data["pace"], {row["form"]: row["tokens"] for row in data["table"]["all"]}
    seconds = {form: entry["seconds_of_update"] for form, entry in pace.items()}
    crop, frozen, thought = "with the crop, 130 tokens", "with freezing, first half", "no thought space"
    router, length = "no router: equal shares", "one length of rows, 256"

    def mean(form):
        return changes[form]["mean"]

    def more(form, base="ours"):
        return tokens[form] / tokens[base] - 1

    rnn, transformer = mean("Transformer expert alone"), mean("RNN expert alone")
    said(f"Without it the model is {transformer:.3f} bits per byte worse, without the RNN expert {rnn:.3f}.")
    said(f"**The crop** makes an update {seconds[crop] / seconds['ours']:.1f} times as long")
    said(f"How much of the {mean(crop):.3f} bits is that")
    assert -0.8 < more(crop) < -0.72
    said(f"**Freezing** costs {mean(frozen):.3f}.")
    said(f"the clock said {seconds[frozen] / seconds['ours'] - 1:.0%} more")
    said(f"without it {mean(thought):.3f} worse, though {more(thought):.0%} more text was read")
    on_prose = prose[thought]
    said(f"there it is {on_prose['mean']:.3f} ± {on_prose['half']:.3f} worse without it")
    assert on_prose["mean"] > on_prose["half"]
    (row,) = [row for row in data["table"]["prose"] if row["form"] == thought]
    assert row["better_in"] == 0 and sum(len(entries) - 1 for entries in data["table"].values()) - 9 == 36
    said(f"half and half for every token is {mean(router):.3f} worse, after {-more(router):.0%} less text")
    no_embed_q, two = "two RNN layers, no embed_q", "two RNN layers"
    found = f"without it {-mean(no_embed_q):.3f} better than the same two layers with it"
    said(f"{found}, after {more(no_embed_q, two):.0%} more text")
    said(f"told apart: {-mean(two):.3f} ± {changes[two]['half']:.3f} better than ours")
    assert abs(mean(two)) < changes[two]["half"]
    said(f"rows of one length are {-mean(length):.3f} better, after {more(length):.0%} more text")
    small = (thought, router, no_embed_q, length)
    assert all(abs(mean(form)) > changes[form]["half"] for form in small)
    said("The last four are small, and all of them have a star on all text")
    apart = {form: max(entry["rounds"]) / min(entry["rounds"]) - 1 for form, entry in pace.items()}
    assert all(len(entry["rounds"]) == 4 for entry in pace.values()) and apart[router] == max(apart.values())
    said(f"The four rounds of ours were {apart['ours']:.0%} apart")
    said(f"those of half and half {apart[router]:.0%}")
    clear = (rnn, mean(frozen), transformer, mean(crop))
    said("{:.3f}, {:.3f}, {:.3f} and {:.3f} stand clear of it".format(*clear))
    assert min(clear) > 5 * max(abs(mean(form)) for form in small if form != thought) > 0


def test_what_an_error_of_the_pace_is_worth():
    stored = json.loads((ROOT / "benchmarks/results/pace_error.json").read_text(encoding="utf-8"))
    rows = stored["trainings"]
    assert len({row["parameters"] for row in rows}) == 1
    few, many = sorted({row["updates"] for row in rows})
    bits = {(row["updates"], row["seed"]): row["bits_per_byte"] for row in rows}
    gains = [bits[few, seed] - bits[many, seed] for seed in range(3)]
    assert min(gains) > 0
    said(f"trained for {few:,} updates and for {many:,}, {many / few - 1:.0%} more")
    said(f"was {np.mean(gains):.3f} bits better, in each of three seeds")
    table = load_record("article_ablation").data["table"]["all"]
    small = ("no router: equal shares", "two RNN layers, no embed_q", "one length of rows, 256")
    assert max(abs(row["change"]["mean"]) for row in table if row["form"] in small) < 2 * np.mean(gains)
    said("differ by no more than twice that")
