"""The figures that stand in the prose of chapter 06, worked out again."""

import json
import math
import re
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from mof.layers.thought_space import ThoughtSpace
from mof.lessons.leaks import future_part, moves_by_changes, moves_by_gradients
from mof.lessons.paired_results import estimate
from mof.lessons.records import load_record
from mof.lessons.thought_forms import FORMS
from mof.model import make_expert
from mof.ops.activations import tanh_gelu
from mof.ops.running_mean import running_mean_chunked, running_mean_memory
from mof.presets import preset
from mof.published import transformer_expert as published
from tests.lessons.chapter_prose import NOTEBOOKS, flat_prose

FLAT = flat_prose("06_thought_space")
CELLS = json.loads(Path(NOTEBOOKS / "06_thought_space.ipynb").read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
SPRING = {"春": 2, "天": 6, "来": 1, "了": 7}
SIX = np.random.default_rng(1).normal(size=(6, 8)).astype("float32")


def said(words):
    assert words in FLAT, f"the chapter does not say: {words}"


def test_the_recorded_study_is_as_it_is_told():
    data = load_record("thought_forms").data
    rows = {(row["form"], row["seed"]): row for row in data["runs"]}
    none, token, ours, leaks = data["pace"]
    assert (none, ours, leaks) == ("no thought space", "running mean (ours)", "mean of the row (leaks)")

    def bits(form, name="bits_per_byte"):
        return np.array([rows[form, seed][name] for seed in (0, 1, 2)])

    worse = bits(ours) - bits(none)
    told = estimate(list(worse))
    said(f"ours is {told.mean:.3f} ± {told.half:.3f} bits per byte worse than the model without")
    said(f"no gain, {told.mean:.3f} ± {told.half:.3f} bits per byte worse")
    assert (worse > 0).all() and not told.is_clear
    assert abs((bits(token) - bits(none)).mean()) < 0.001
    pace = {form: entry["seconds_of_update"] for form, entry in data["pace"].items()}
    read = rows[ours, 0]["tokens"] / rows[none, 0]["tokens"]
    longer = pace[ours] / pace[none] - 1
    said(f"By its pace an update takes {longer:.0%} longer, so it has read {1 - read:.0%} less text")
    rounds = data["pace"][ours]["rounds"]
    assert max(rounds) / min(rounds) - 1 > longer
    alpha = np.mean([rows[ours, seed]["thought_alphas"][0] for seed in (0, 1, 2)])
    said(f"first block has grown to {alpha:.1f}")
    said(f"the lowest of all figures, {bits(leaks).mean():.3f}, against")
    assert bits(leaks).mean() == min(bits(form).mean() for form in data["pace"])
    steps = {form: bits(form, "stepwise_bits") for form in data["pace"]}
    assert all((steps[leaks] > steps[form]).all() for form in (none, token, ours))
    in_use = estimate(list(steps[ours] - steps[none]))
    assert (steps[ours] > steps[none]).all() and not in_use.is_clear
    said(f"ours is {in_use.mean:.3f} ± {in_use.half:.3f} bits per byte worse than the model without thought")
    whole = {form: bits(form, "whole_bits").mean() for form in (none, leaks)}
    said(f"as a whole: {whole[leaks]:.3f} on the prose")
    said(f"against {whole[none]:.3f} and {bits(none).mean():.3f} without thought space")
    said(f"Token by token it is the worst, {steps[leaks].mean():.3f}")
    tables = load_record("article_ablation").data["table"]
    [change] = [row["change"] for row in tables["all"] if row["form"] == "no thought space"]
    [prose] = [row["change"] for row in tables["prose"] if row["form"] == "no thought space"]
    said(f"has the model without it {change['mean']:.3f} worse on all text")
    said(f"and {prose['mean']:.3f} ± {prose['half']:.3f} on prose: a sign in its favour")
    assert change["mean"] > 0 and prose["mean"] > prose["half"]


def table_row(first, columns):
    rows = re.findall(rf"^\| {re.escape(first)}[^|]*\|(.*)\|$", PROSE, re.M)
    return next(row.split("|") for row in rows if len(row.split("|")) == columns)


def test_four_tokens_by_hand():
    total = 0
    for count, (token, x) in enumerate(SPRING.items(), start=1):
        total += x
        found = [cell.strip() for cell in table_row(token, 5)[1:]]
        assert found == [str(x), str(total), str(count), f"{total / count:g}"]
    said("The article's form is the last mean, 4, for all four tokens")
    assert total / 4 == 4


def test_the_change_by_hand():
    said("let 了 be 11 in place of 7. The sum becomes 20.")
    for values, when in ((SPRING, "before"), ({**SPRING, "了": 11}, "after")):
        x = list(values.values())
        running = [sum(x[: t + 1]) / (t + 1) for t in range(4)]
        for name, means in (("running mean", running), ("mean of the whole text", [sum(x) / 4] * 4)):
            found = [cell.strip().strip("*") for cell in table_row(f"{name} {when}", 4)]
            assert found == [f"{mean:g}" for mean in means]
    assert sum({**SPRING, "了": 11}.values()) == 20


@pytest.mark.parametrize(("token", "mean"), [("春", 2.0), ("天", 4.0), ("来", 3.0), ("了", 4.0)])
def test_the_thought_by_hand(token, mean):
    gelu = float(ops.convert_to_numpy(tanh_gelu(np.float32(mean))))
    found = [cell.strip() for cell in table_row(token, 3)]
    assert found == [f"{mean:g}", f"{gelu:.2f}", f"{SPRING[token] + 0.3 * gelu:.2f}"]


def test_alpha_starts_where_it_is_said():
    said("and starts at 0.3")
    layer = ThoughtSpace(8)
    layer.build((None, None, 4))
    assert float(ops.convert_to_numpy(layer.alpha)) == np.float32(0.3) == np.float32(published.INITIAL_ALPHA)


def test_sums_that_run_on_lose_the_second_document():
    said("Next to 4,096,000, float32 has steps of a quarter")
    assert 1000 * 4096 == 4_096_000 and float(np.spacing(np.float32(4_096_000))) == 0.25
    stream = np.array([1000.0] * 4096 + [0.001] * 4, "float32")
    sums = np.cumsum(stream)
    assert not (sums[4096:] - sums[4095]).any()
    starts = np.arange(len(stream))[None] == 4096
    means, _ = running_mean_chunked(stream[None, :, None], running_mean_memory(1, 1), starts)
    np.testing.assert_allclose(ops.convert_to_numpy(means)[0, 4096:, 0], 0.001, rtol=1e-5)


def test_what_a_thought_space_costs():
    tiny = preset("tiny").model
    expert = make_expert("transformer", tiny, seed=0)
    expert.build((None, None, tiny.width))
    block = expert.blocks[0]
    attention, thought = (
        sum(math.prod(weight.shape) for weight in layer.weights)
        for layer in (block.attention, block.thought_space)
    )
    said("A fifth as many weights as the attention has")
    assert 0.17 < thought / attention < 0.23
    said("256 sums and a count")
    shapes = {name: tuple(part.shape) for name, part in block.thought_space.initial_state(1).items()}
    assert shapes == {"sum": (1, 256), "count": (1,)}


def on_one_text(layer):
    def read(x):
        y = layer(ops.convert_to_tensor(x)[None])
        return (y[0] if isinstance(y, tuple) else y)[0]

    return read


@pytest.mark.parametrize("measure", [moves_by_changes, moves_by_gradients])
def test_the_two_squares(measure):
    said("Every number of the first square is above 0")
    keras.utils.set_random_seed(0)
    assert measure(on_one_text(published.ThoughtSpace(8)), SIX).min() > 1e-4
    said("everything above the diagonal is 0. Not small: 0")
    moves = measure(on_one_text(ThoughtSpace(8)), SIX)
    assert future_part(moves) == 0.0 and moves[np.tril_indices(6)].min() > 1e-4


def test_the_blind_spots():
    def pass_the_loud(x):
        loudness = ops.sum(ops.square(x), axis=1)
        return ops.where((loudness > ops.median(loudness))[:, None], x, 0.0)

    assert future_part(moves_by_gradients(pass_the_loud, SIX)) == 0.0
    assert future_part(moves_by_changes(pass_the_loud, SIX)) > 0.1
    batch_norm = keras.layers.BatchNormalization()
    leaks = [
        future_part(moves_by_changes(lambda x, mode=mode: batch_norm(x[None], training=mode)[0], SIX))
        for mode in (False, True)
    ]
    assert leaks[0] == 0.0 and leaks[1] > 0.01


def test_the_forms_of_the_study():
    said("one more form: the same two layers")
    assert len(FORMS) == 4
    code = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code")
    assert "for form in (NONE, OURS, LEAKING):" in code and 'rows_of_32 = {"lengths": (32,)' in code
    said("Rows have 32 tokens. Each model learns for 25 seconds, seed 0.")
    assert "seconds=25" in code
