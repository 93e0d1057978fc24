"""The page of the benchmarks tells the speeds as they are stored."""

import json

import pytest

from mof.lessons.records import ROOT

RESULTS = ROOT / "benchmarks" / "results"
PAGE = " ".join((ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def speeds():
    return json.loads((RESULTS / "training_speed.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("ours", "peer"),
    [
        ("mof full float32 bpe", "xiaothink-t6 float32 compiled"),
        ("mof full float32 characters", "xiaothink-t6 float32 compiled"),
        ("mof small float32 bpe", "minimind-512x7 float32 compiled"),
        ("mof small bfloat16 bpe", "minimind-512x7 bfloat16 compiled"),
    ],
)
def test_ratios_to_the_peers(speeds, ours, peer):
    cases = {case["name"]: case for case in speeds["cases"]}
    one, other = cases[ours], cases[peer]
    characters = [case["characters_per_second"] for case in (one, other)]
    tokens = one["tokens_per_second"]["median"] / other["tokens_per_second"]["median"]
    assert len(one["tokens_per_second"]["values"]) == len(other["tokens_per_second"]["values"]) == 5
    row = next(
        line
        for line in (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8").splitlines()
        if f"| {characters[0]:,.0f} : {characters[1]:,.0f} |" in line
    )
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[3] == f"{characters[0] / characters[1]:.2f}"
    assert cells[5].split(" ")[0] == f"{tokens:.2f}"
    assert cells[6] == f"{one['peak_bytes'] / other['peak_bytes']:.2f}"


def test_shares_of_the_roof(speeds):
    cases = {case["name"]: case for case in speeds["cases"]}
    roofs = {
        dtype: speeds["products"][dtype]["cube_flops_per_second"]["median"] for dtype in speeds["products"]
    }
    minimind = cases["minimind-512x7 float32 compiled"]
    rate = 6 * minimind["parameters"] * minimind["tokens_per_second"]["median"]
    assert (round(roofs["float32"] / 1e9), round(roofs["bfloat16"] / 1e9)) == (211, 414)
    assert f"minimind's shape {rate / 1e9:.0f} billion, {rate / roofs['float32']:.0%}" in PAGE
    assert f"`full` sustains {cases['mof full float32 bpe']['mfu']:.0%} (MFU)" in PAGE
    assert f"`small` {cases['mof small float32 bpe']['mfu']:.0%}, and minimind's" in PAGE
    assert f"`small` sustains {cases['mof small bfloat16 bpe']['mfu']:.0%} of it" in PAGE
    assert "would be 1.4 times as fast as `full`" in PAGE
    assert round(1 / cases["mof full float32 bpe"]["mfu"], 1) == 1.4


def test_limits_of_writing():
    found = json.loads((RESULTS / "generation_limits.json").read_text(encoding="utf-8"))
    bandwidths = sorted(limit["memory_bytes_per_second"] for limit in found["limits"])
    token = found["medians"]["onnxruntime"]["token_ms"]["2000"]
    assert len(bandwidths) == 5 == len(found["rounds"]["onnxruntime"])
    assert f"is read and written at {bandwidths[2] / 1e9:.1f} GB a second" in PAGE
    assert f"nothing else, takes {found['products_ms']:.1f} ms. A token takes {token:.1f}." in PAGE
    assert found["bound_ms"] == pytest.approx(
        1250 * found["bytes_on_disk"]["run"] / bandwidths[2] + 1, rel=1e-6
    )
    assert f"and a millisecond, {found['bound_ms']:.1f} ms here: **missed**, by a fifth" in PAGE
    assert token / found["bound_ms"] == pytest.approx(1.2, abs=0.02)
    assert f"the other {token - found['products_ms']:.1f} ms" in PAGE


def test_the_race_as_the_page_tells_it():
    rows = json.loads((RESULTS / "paced_race.json").read_text(encoding="utf-8"))["summary"]
    lines = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8").splitlines()
    best = rows["tiny recurrent alone"]
    peers = [rows["own"], rows["tuned"]]
    assert all(row["runs"] == 3 for row in (*peers, best))
    for row in rows.values():
        told = [line for line in lines if f"| {row['tokens'] / 1e6:.2f} M |" in line]
        assert any(f"{row['mean']:.3f}" in line and line.endswith(f"| {row['runs']} |") for line in told), row
    shares = [f"{best['mean'] / row['mean']:.3f}" for row in peers]
    assert f"{shares[0]} of the peer's bits (aim 0.80: **missed**) and {shares[1]} of those" in PAGE
