"""The figures that stand in the prose of chapter 05, worked out again."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from keras import ops

from mof.config import LONGEST_CHUNK
from mof.course.checking import judge
from mof.course.registry import find_exercise
from mof.layers.linear_attention import LONGEST_SPAN_TOKENS, SHORTEST_SPAN_TOKENS
from mof.lessons.attention_memory import kept_bytes, memory_bytes
from mof.lessons.paired_results import estimate
from mof.lessons.records import load_record
from mof.lessons.sharpness import sharpness_by_loudness
from mof.ops.linear_attention import (
    DENOMINATOR_EPSILON,
    linear_attention_chunked,
    linear_attention_memory,
    positive_features,
)
from mof.presets import preset
from mof.viz.decay_figure import share_heard

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "05_linear_attention.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
FLAT = re.sub(r"\s+", " ", PROSE)
QUERIES = np.array([[1, 0], [1, 1], [1, 0]], "float64")
KEYS = np.array([[2, 1], [0, 1], [1, 1]], "float64")
VALUES = np.array([[10], [20], [40]], "float64")
TINY = preset("tiny").model
WIDTH, CHUNK = TINY.width // TINY.num_heads, TINY.chunk_length


def test_the_recorded_study_is_as_it_is_told():
    data = load_record("attention_forms").data
    bits = {}
    for row in data["runs"]:
        bits.setdefault(row["form"], {})[row["seed"]] = row
    forms = list(bits)
    article, decay, norm, ours = (
        np.array([bits[form][seed]["bits_per_byte"] for seed in (0, 1, 2)]) for form in forms
    )
    assert forms == ["the article's", "+ decay", "+ norm of each head", "ours (+ gate)"]
    changes = [article - ours, article - decay, norm - ours, decay - norm]
    told = [estimate(list(change)) for change in changes]
    together, by_decay, by_gate, by_norm = (f"{each.mean:.3f} ± {each.half:.3f}" for each in told)
    assert not any(each.is_clear for each in told)
    said(f"Together they are {together} bits per byte")
    said(f"Decay is {by_decay} and the gate {by_gate}, with every seed, too; the norm {by_norm}, with two")
    said(f"together {together} bits per byte, better with every seed and not told apart from nothing")
    assert [int((change > 0).sum()) for change in changes] == [3, 3, 3, 2]
    apart = max(max(entry["rounds"]) / min(entry["rounds"]) - 1 for entry in data["pace"].values())
    said(f"of its five rounds the slowest took up to {apart:.0%} longer than the fastest")
    pace = {form: entry["seconds_of_update"] for form, entry in data["pace"].items()}
    said(f"by the medians ours takes {pace[forms[3]] / pace[forms[0]] - 1:.0%} longer for an update")
    sharp = [bits[forms[3]][seed]["sharpness"] for seed in (0, 1, 2)]
    linear, softmax = (np.mean([each[name] for each in sharp]) for name in ("linear", "softmax"))
    said(f"她 reads {linear:.1f} of 16 tokens when decay is left out of the weights")
    said(f"and softmax would read {softmax:.1f}")
    assert {each["tokens"] for each in sharp} == {16}
    said("of which two minutes read a seventh")
    assert {round(1 / row["passes"]) for row in data["runs"]} <= {7, 8}


def said(words):
    assert words in FLAT, f"the chapter does not say: {words}"


def test_three_tokens_by_hand():
    said("2, 0 and 1")
    assert (KEYS @ QUERIES[2]).tolist() == [2, 0, 1]
    tables = (("(20, 10)", "(2, 1)"), ("(20, 30)", "(2, 2)"), ("(60, 70)", "(3, 3)"))
    for t, (outer, key_sum) in enumerate(tables):
        said(f"| {'猫喝水'[t]} | {outer} | {key_sum} |")
        assert f"({', '.join(f'{x:g}' for x in (KEYS[: t + 1].T @ VALUES[: t + 1])[:, 0])})" == outer
        assert f"({', '.join(f'{x:g}' for x in KEYS[: t + 1].sum(axis=0))})" == key_sum
    outer, key_sum = KEYS[:2].T @ VALUES[:2], KEYS[:2].sum(axis=0)
    said("you should get 12.5")
    assert QUERIES[1] @ outer / (QUERIES[1] @ key_sum) == 12.5


def phi(u):
    return np.where(u > 0, u + 1, np.exp(np.minimum(u, 0)))


@pytest.mark.parametrize(
    ("kind", "loudness"),
    [("softmax", 1), ("softmax", 2), ("features", 1), ("features", 2), ("features", 1000)],
)
def test_the_table_of_what_water_reads(kind, loudness):
    query = loudness * QUERIES[2]
    weights = np.exp(KEYS @ query) if kind == "softmax" else phi(KEYS) @ phi(query)
    shares = " | ".join(f"{share:.2f}" for share in weights / weights.sum())
    said(f"| {kind}, query ({loudness}, 0) | {shares} |")


def test_chunks_by_hand():
    said("(3 \\cdot 10 + 1 \\cdot 20) / (3 + 1) = 12.5")
    said("(40 + 20) / (1 + 2) = 20")
    q, k, v = (ops.convert_to_tensor(x[None, :, None], "float32") for x in (QUERIES, KEYS, VALUES))
    memory = linear_attention_memory(1, 1, 2, 1)
    numerator, denominator, memory = linear_attention_chunked(q, k, v, memory, chunk_length=2)
    found = ops.convert_to_numpy(numerator[..., 0] / denominator).ravel()
    np.testing.assert_allclose(found, [10, 12.5, 20], rtol=1e-6)
    np.testing.assert_allclose(ops.convert_to_numpy(memory["outer"]).ravel(), [60, 70], rtol=1e-6)
    np.testing.assert_allclose(ops.convert_to_numpy(memory["key_sum"]).ravel(), [3, 3], rtol=1e-6)


def test_costs():
    assert (WIDTH, CHUNK, LONGEST_CHUNK) == (32, 64, 64)
    said(f"| one at a time | | $2 K^2$ | $2 K^2$ | {2 * WIDTH**2:,} |")
    said(f"$2 K (C + K)$ | {2 * WIDTH * (CHUNK + WIDTH):,} |")
    said(f"$2 T K$ | {2 * 1000 * WIDTH:,} |")
    carried = 512 * WIDTH**2 / CHUNK**2  # multiplications more for each token
    said("at 512 tokens it adds 2%")
    assert round(100 * carried / (2 * WIDTH * (CHUNK + WIDTH))) == 2
    length = 2 * CHUNK**2 * (CHUNK + WIDTH) / WIDTH
    said("about 25,000 tokens")
    assert length * WIDTH**2 / CHUNK**2 == 2 * WIDTH * (CHUNK + WIDTH) and round(length, -3) == 25_000
    said(f"it is $C + K = {CHUNK + WIDTH}$")


def test_memory():
    said("as much as sixteen and a half tokens")
    assert memory_bytes(TINY) / kept_bytes(TINY, 1) == 16.5
    said("six thousand times smaller")
    assert 5_500 < kept_bytes(TINY, 100_000) / memory_bytes(TINY) < 6_500


def test_numbers_near_the_end_of_float32():
    u = np.array([-17, -18, -86], "float32")
    assert (ops.convert_to_numpy(ops.elu(u) + 1.0) > 0).tolist() == [True, False, False]
    assert (ops.convert_to_numpy(positive_features(u)) > 0).all()
    assert ops.convert_to_numpy(positive_features(np.array([-120], "float32")))[0] == 0.0
    said("$10^{-6}$")
    assert DENOMINATOR_EPSILON == 1e-6
    said("256 + 1 is 256")
    total = ops.cast(256.0, "bfloat16") + ops.cast(1.0, "bfloat16")
    assert float(ops.convert_to_numpy(ops.cast(total, "float32"))) == 256.0
    said("$e^{88}$")
    assert math.exp(88) < float(np.finfo("float32").max) < math.exp(89)


def test_spans_of_the_heads():
    said("spans from 8 to 2,048")
    assert (SHORTEST_SPAN_TOKENS, LONGEST_SPAN_TOKENS, TINY.num_heads) == (8, 2048, 8)
    (caption,) = ["".join(c["source"]) for c in CELLS if "import decay_figure" in "".join(c["source"])]
    caption = re.sub(r'"\s+"', "", caption)  # its pieces
    assert "under 1% for head 0, about four fifths for head 7" in caption
    assert share_heard(math.exp(-1 / 8), 1000) < 0.01 and 0.77 < share_heard(math.exp(-1 / 2048), 1000) < 0.83


def test_blur_of_random_vectors():
    said("Linear attention reads some sixty of 64 at any loudness")
    for loudness in (0.5, 1.0, 2.0, 4.0, 8.0):
        assert 59 < sharpness_by_loudness(loudness)["linear"][0] <= 64


def test_what_the_prose_says_of_the_recorded_times():
    softmax, chunked, step = load_record("attention_by_length").data["seconds"].values()
    said("softmax attention takes four times as long, linear attention a little more than twice")
    assert 3.5 < softmax["8192"] / softmax["4096"] < 4.5 and 2.0 < chunked["8192"] / chunked["4096"] < 2.7
    said("about a millisecond after 64 tokens and after thousands")
    assert all(0.0005 < seconds < 0.002 for seconds in step.values())
    said("The clock says several hundred")
    assert softmax["256"] < chunked["256"] and softmax["1024"] > chunked["1024"]
    said("hundreds of times as long as chunks")
    assert 200 < 8192 * step["8192"] / chunked["8192"] < 1000


def test_the_last_chunk_of_the_exercise_is_shorter():
    said("the last chunk may be shorter")

    def whole_chunks_only(queries, keys, values, length):
        assert len(queries) % length == 0, "a rest"

    assert "a rest" in judge(find_exercise("05.4"), whole_chunks_only).evidence
