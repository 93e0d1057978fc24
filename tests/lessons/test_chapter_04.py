"""The figures that stand in the prose of chapter 04, worked out again."""

import json
import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
from keras import ops

from mof.layers.gated_recurrence import make_recurrence
from mof.lessons.gate_spans import half_lives, resting_half_lives
from mof.lessons.paired_results import estimate
from mof.lessons.records import load_record
from mof.lessons.recurrence_forms import OURS
from mof.lessons.scan_rounds import scan_rounds
from mof.ops.gated_recurrence import gated_recurrence, minimal_gru_gates
from mof.ops.gru import gru_step
from mof.presets import PRESET_NAMES, preset

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "04_the_rnn_expert.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
CODE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code")
FLAT = re.sub(r"\s+", " ", PROSE)
TINY = preset("tiny").model
KITTEN = [(Fraction(1, 2), 2), (Fraction(1, 4), 6), (Fraction(1, 2), 1), (Fraction(1), 0)]


def said(words):
    assert words in FLAT, f"the chapter does not say: {words}"


def test_the_recorded_study_is_as_it_is_told():
    data = load_record("recurrence_forms").data
    rows = {(row["form"], row["seed"]): row for row in data["runs"]}
    gru, ours, no_convolution, no_gate, no_share = data["pace"]
    assert (gru, ours, no_share) == ("GRU", OURS, "minimal, q = 0")

    def worse(form):
        pairs = [(rows[form, seed], rows[ours, seed]) for seed in (0, 1, 2)]
        return estimate([a["bits_per_byte"] - b["bits_per_byte"] for a, b in pairs])

    def told(form):
        return f"{worse(form).mean:.3f} ± {worse(form).half:.3f}"

    said(f"the GRU is {told(gru)} bits per byte worse")
    said(f"{told(gru)} bits per byte better than the GRU, having read five times as much")
    pace = {form: entry["seconds_of_update"] for form, entry in data["pace"].items()}
    said(f"so an update takes {pace[gru] / pace[ours]:.1f} times as long")
    read = [rows[form, 0]["tokens"] / 1e6 for form in (gru, ours)]
    said(f"two minutes read {read[0]:.1f} million tokens in place of {read[1]:.1f}")
    assert 4.5 < read[1] / read[0] < 5.5
    said(f"Without the output gate it is {told(no_gate)} worse, without the")
    said(f"worse, without the convolution {told(no_convolution)}.")
    assert all(worse(form).is_clear for form in (gru, no_gate, no_convolution))
    said(f"not told apart from nothing: {told(no_share)}.")
    assert not worse(no_share).is_clear
    share = np.mean([rows[ours, seed]["embedding_shares"][1] for seed in (0, 1, 2)])
    said(f"$q$ of the second layer has gone from 0.4 to {share:.2f}")
    assert max(row["passes"] for row in data["runs"]) < 1 / 5


def test_four_tokens_by_hand():
    h = Fraction(0)
    signs = zip(KITTEN, ("小", "猫", "饿", "了"), ("xiǎo", "māo", "è", "le"), strict=True)
    for (a, b), token, pinyin in signs:
        h = a * h + b
        (row,) = re.findall(
            rf"^\| {token} \(\*{pinyin}\*\) \|[^|]*\| (\S+) \| (\S+) \| (\S+) \|$", PROSE, re.M
        )
        assert row == (str(a), str(b), f"{float(h):g}")
    said("a quarter of 2, and 6, is 6.5")


def joined(earlier, later):
    return earlier[0] * later[0], later[0] * earlier[1] + later[1]


def test_pairs_by_hand():
    assert joined(KITTEN[2], KITTEN[3]) == (Fraction(1, 2), 1)
    said("with $a = 1/2$ and $b = 1$")
    assert joined(KITTEN[0], KITTEN[1]) == (Fraction(1, 8), Fraction(13, 2))
    said("with $a = 1/8$ and $b = 6.5$")
    assert joined(joined(*KITTEN[:2]), joined(*KITTEN[2:])) == (Fraction(1, 16), Fraction(17, 4))
    said("a sixteenth would be left at the end")
    said("\\tfrac1{16} h + 4.25")


def test_the_sentence_of_the_figure_begins_with_the_kitten():
    numbers = re.search(r"keeps = (\[.*\])\nadds = (\[.*\])", CODE)
    keeps, adds = (json.loads(text) for text in numbers.groups())
    assert list(zip(keeps, adds, strict=True))[:4] == [(float(a), b) for a, b in KITTEN]
    assert len(scan_rounds(keeps, adds)[0]) == 1 + 3
    (cell,) = [text for text in ("".join(c["source"]) for c in CELLS) if "import scan_figure" in text]
    assert "Three rounds for eight tokens" in re.sub(r'"\s+"', "", cell) and len(keeps) == 8


def test_a_gru_turns_back_and_a_minimal_one_does_not():
    h, signs = np.array([[1.0]], "float32"), []
    token = np.array([[-50.0, 50.0, 0.0]], "float32")
    for _ in range(6):
        h = gru_step(token, np.array([[0.0, 0.0, -3.0]], "float32"), np.zeros(3, "float32"), h)
        signs.append(float(h[0, 0]) > 0.9)
        assert abs(float(h[0, 0])) > 0.9
    assert signs == [False, True] * 3
    constant = np.ones((1, 20, 3), "float32")
    retain, update = minimal_gru_gates(0.3 * constant, -constant, np.zeros(3, "float32"))
    states = ops.convert_to_numpy(gated_recurrence(retain, update, np.ones((1, 3), "float32"))[0])
    assert (np.diff(states, axis=1) <= 0).all() and states.min() >= -1


def test_sizes():
    assert (TINY.width, TINY.recurrent_width, TINY.recurrent_layers) == (256, 512, 2)
    said("In the preset `tiny` $R$ is 512: 786,432 multiplications")
    assert 3 * TINY.recurrent_width**2 == 786_432
    said("where tokens have the width $D = 256$ and the states $R = 512$")
    said("two layers in all presets but the smallest")
    layers = [preset(name).model.recurrent_layers for name in PRESET_NAMES]
    assert layers == [1, 2, 2, 2]
    for kind, count in (("gru", 1_444_864), ("minimal_gru", 524_800)):
        layer = make_recurrence(kind, TINY.recurrent_width)
        layer.build((None, None, TINY.width))
        assert sum(int(np.prod(weight.shape)) for weight in layer.weights) == count
        said(f"{count:,}")


def test_work_of_the_scan():
    said("9 rounds")
    assert math.ceil(math.log2(512)) == 9
    said("$9 \\cdot 512 - 511 = 4{,}097$ combinations")
    assert sum(512 - 2**r for r in range(9)) == 9 * 512 - 511 == 4097
    said("`scan` does eight times the work, in 9 steps that wait for one another in place of 511")
    assert 7.5 < 4097 / 511 < 8.5
    said("Every step of the loop has 4,096 numbers")
    assert 8 * TINY.recurrent_width == 4096


def test_where_the_shortcut_breaks():
    said("After 126 tokens the sum has outgrown float32")
    said("after 149 the product has become 0")
    half, one = np.full(200, 0.5, "float32"), np.ones(200, "float32")
    with np.errstate(all="ignore"):
        products = np.cumprod(half)
        quick = products * np.cumsum(one / products)
    assert np.isfinite(quick[:126]).all() and np.isinf(quick[126:149]).all() and np.isnan(quick[149:]).all()
    assert products[148] > 0 and products[149] == 0
    np.testing.assert_allclose(quick[:126], 2 * (1 - 0.5 ** np.arange(1, 127)), rtol=1e-6)


def test_a_state_never_exceeds_the_largest_candidate():
    said("a weighted mean of all candidates so far and the 0 at the start")
    random = np.random.default_rng(0)
    logits, candidates = random.normal(size=(2, 1, 50, 4)).astype("float32")
    retain, update = minimal_gru_gates(2 * logits, candidates, np.zeros(4, "float32"))
    states = ops.convert_to_numpy(gated_recurrence(retain, update, np.zeros((1, 4), "float32"))[0])
    so_far = np.maximum.accumulate(np.abs(candidates), axis=1)
    assert (np.abs(states) <= so_far + 1e-6).all()


def test_digits_next_to_1():
    said("float32 has steps of $6 \\cdot 10^{-8}$")
    assert 5.5e-8 < 1 - np.nextafter(np.float32(1), np.float32(0)) < 6.5e-8
    assert 1 - float(ops.convert_to_numpy(ops.sigmoid(np.float32(20)))) == 0.0
    assert float(ops.convert_to_numpy(ops.sigmoid(np.float32(-20)))) > 2e-9


def test_half_lives():
    said("With $a = 0.9$ it is 6.6 tokens, with $a = 0.999$ it is 693")
    assert [round(float(n), 1) for n in half_lives([0.9, 0.999])] == [6.6, 692.8]
    said("half-lives from 1 token to some 340")
    layer = make_recurrence("minimal_gru", 96)
    layer.build((None, None, 4))
    at_start = resting_half_lives(layer)
    assert 0.95 < at_start.min() < 1.1 and 325 < at_start.max() < 350
    said("$1 / z$ runs from 2 to about 500")
    z = 1 - 0.5 ** (1 / at_start)
    assert 1.95 < 1 / z.max() < 2.1 and 470 < 1 / z.min() < 510
