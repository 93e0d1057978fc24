"""The figures that stand in the prose of chapter 08, worked out again."""

import json
import re

import numpy as np
import pytest

from mof.inference.exported_folder import read_facts
from mof.lessons.expert_cost import operations_by_part
from mof.lessons.more_experts import train_mixture
from mof.lessons.records import ROOT, load_record
from mof.lessons.router_measures import entropy, specialisation
from mof.lessons.shipped_model import BASE
from mof.lessons.top_one import BLOCK_LENGTH
from mof.ops.normalization import rms_normalize
from mof.presets import preset
from mof.tasks.families import choose_families
from tests.lessons.chapter_prose import NOTEBOOKS, flat_prose

NAME = "08_the_router_and_the_mixture"
FLAT = flat_prose(NAME)
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


@pytest.mark.parametrize("name", ["router_by_kind"])
def test_the_record_that_conclusions_rest_on_is_there(name):
    assert load_record(name).data["kinds"]
