"""Tables and ratios from results small enough to read."""

import json

from results_table import (
    TRIAL,
    counted_table,
    equal_time_table,
    markdown_table,
    page,
    ratio_table,
    ratios,
    speed_table,
)


def case(kind, model, dtype, characters, memory=2e9, **more):
    return {
        "name": f"{model} {dtype}",
        "kind": kind,
        "model": model,
        "dtype": dtype,
        "parameters": 6_700_000,
        "tokenizer": "bpe 8192",
        "characters_per_token": 2.0,
        "tokens_per_second": {"median": characters / 2, "least": 1.0, "most": 9999.0},
        "characters_per_second": characters,
        "peak_bytes": memory,
        **more,
    }


SPEED = {
    "cases": [
        case("ours", "tiny", "float32", 3000.0, mfu=0.53),
        case("ours", "tiny", "bfloat16", 8000.0, memory=1e9),
        case("peer", "minimind-256x6", "float32", 2000.0),
        case("peer", "minimind-256x6", "bfloat16", 4000.0, is_compiled=True),
        case("generating", "tiny", "bfloat16", 99999.0),
        case("ours", "full", "float32", 100.0),
    ],
    "products": {},
    "machine": {"processor": "a processor", "cores": 2},
    "date": "2026-01-02",
    "command": "python benchmarks/training_speed.py",
}


def test_markdown():
    assert markdown_table(["a", "b"], [[1, "x"]]) == "| a | b |\n| --- | --- |\n| 1 | x |"


def test_the_fastest_are_compared_and_float32_with_float32():
    (ratio,) = ratios(SPEED)  # full has no opponent that was measured
    assert ratio["ours"] == "tiny bfloat16" and ratio["peer"] == "minimind-256x6 bfloat16"
    assert ratio["characters"] == 2.0 and ratio["characters_float32"] == 1.5 and ratio["memory"] == 0.5


def test_a_peer_without_float32_has_no_such_ratio():
    cases = [c for c in SPEED["cases"] if (c["kind"], c["dtype"]) != ("peer", "float32")]
    (ratio,) = ratios({**SPEED, "cases": cases})
    assert ratio["characters_float32"] is None


def test_speed_by_row():
    lines = speed_table(SPEED).splitlines()
    assert len(lines) == 2 + 5  # writing is no training
    assert lines[2] == (
        "| mof tiny | 6.7 M | bpe 8192 (2.00) | float32 | 3,000 | 1,500 (1 to 9,999) | 53% | 2.00 GB |"
    )
    assert "| minimind-256x6, compiled |" in lines[5]


def test_stored_figures_are_called_stored():
    stored = {
        "model": "x",
        "characters_per_second": {"least": 109, "most": 118},
        "peak_bytes": 4e9,
        "note": "stored, not measured in this run",
    }
    table = ratio_table({**SPEED, "stored_not_measured": stored})
    assert table.endswith("x: 109 to 118 characters/s, 4.00 GB (stored, not measured in this run).")


def test_nothing_to_compare_makes_no_table():
    assert ratio_table({**SPEED, "cases": SPEED["cases"][:2]}) == ""


def test_equal_time_by_row():
    row = {"mean": 2.3, "least": 2.29, "most": 2.31, "runs": 3, "parameters": 5.8e6}
    row |= {"tokens": 3.2e6, "seconds": 1203.4, "learning_rate": 2e-3}
    result = {"preset": "tiny", "shape": "minimind-256x6", "summary": {"tuned": row}}
    assert equal_time_table(result).splitlines()[2] == (
        "| minimind-256x6, our vocabulary, best of several learning rates (0.002) | 5.8 M | "
        "2.300 (2.290 to 2.310) | 3 | 3.20 M | 1203 |"
    )


def test_counted_updates_stand_beside_the_peers_that_were_run():
    row = {"mean": 2.0, "least": 1.99, "most": 2.01, "runs": 3, "parameters": 5.8e6, "tokens": 4.98e6}
    row |= {"way": "bfloat16", "learning_rate": None, "passes": 0.441}
    tuned = {**row, "mean": 2.5, "learning_rate": 2e-3}
    lines = counted_table({"summary": {"tiny": row, "tuned": tuned}}).splitlines()
    assert lines[0].endswith("| runs | beside the same, tuned |")
    assert lines[2] == "| mof tiny | 5.8 M | bfloat16 | 4.98 M (0.44) | 2.000 (1.990 to 2.010) | 3 | 0.800 |"
    assert lines[3].startswith("| minimind-256x6, our vocabulary, rows of 256, best rate (0.002) |")
    assert lines[3].endswith("| 3 |  |")


def test_a_page_names_what_is_missing_and_what_is_a_trial(tmp_path):
    (tmp_path / "training_speed.json").write_text(
        json.dumps({**SPEED, "is_short": True, "failures": [{"case": "gpt2", "said": "no"}]}),
        encoding="utf-8",
    )
    text = page(tmp_path)
    assert TRIAL in text and "Failed: gpt2." in text
    assert "Not measured yet: equal_time_peers.json is missing." in text
    assert "2026-01-02, a processor, 2 cores: `python benchmarks/training_speed.py`" in text
