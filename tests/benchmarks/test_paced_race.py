"""Contestants that can be configured, each training under a name of its own."""

import json
from collections import Counter

import pytest
from paced_race import (
    CONTESTANTS,
    SEEDS,
    chosen_contestants,
    configs_of,
    is_best_rate,
    rows_of,
    seconds_by,
    shape,
    summarized,
    way_of,
)

ROUNDS = [
    {"ways": {"float32 plain": 3.0, "bfloat16 compiled": 2.5}},
    {"ways": {"float32 plain": 2.0, "bfloat16 compiled": 2.2}},
]


def test_every_training_has_a_name_of_its_own():
    names = Counter(name for contestant in CONTESTANTS for name, _, _ in contestant.runs())
    assert max(names.values()) == 1
    assert {"tiny-0", "own-2-0.001", "tuned-1-0.002"} <= set(names)


@pytest.mark.parametrize("contestant", [c for c in CONTESTANTS if c.preset], ids=lambda c: c.name)
def test_settings_of_a_contestant_are_those_of_its_preset_but_for_what_it_changes(contestant):
    model, training = configs_of(contestant, 77, seed=1)
    plain, usual = configs_of(shape("as it comes", contestant.preset), 77, seed=1)
    changed = {name for name in vars(plain) if getattr(model, name) != getattr(plain, name)}
    assert changed == {name for name in contestant.model} | (
        {"vocabulary_size"} if contestant.vocabulary != 8192 else set()
    )
    different = {name for name in vars(usual) if getattr(training, name) != getattr(usual, name)}
    assert different == set(contestant.training)
    assert training.num_updates == 77 and training.seed == 1


def test_the_races_own_contestants_have_three_seeds():
    three = {contestant.name for contestant in CONTESTANTS if contestant.seeds == SEEDS}
    assert {"tiny", "own", "tuned"} <= three


def test_products_are_of_the_asked_format():
    model, _ = configs_of(CONTESTANTS[0], 5, seed=0, dtype="bfloat16")
    assert model.product_dtype == "bfloat16"


def test_the_pace_is_the_least_disturbed_round_of_the_fastest_way():
    assert way_of(ROUNDS) == "float32 plain"
    assert seconds_by("bfloat16 compiled", ROUNDS) == 2.2


def test_a_name_that_nobody_has_is_refused():
    assert [c.name for c in chosen_contestants(["tuned", "tiny"])] == ["tuned", "tiny"]
    with pytest.raises(SystemExit, match="no contestant 'tinny'"):
        chosen_contestants(["tiny", "tinny"])


def swept(seed, rate, **told):
    job = {"name": f"tuned-{seed}-{rate:g}", "contestant": "tuned", "seed": seed, "learning_rate": rate}
    return {**job, "num_updates": 7, "way": "float32 plain", **told}


def test_later_seeds_train_with_the_best_rate_of_the_first(tmp_path):
    jobs = [swept(seed, rate) for seed in SEEDS for rate in (1e-3, 2e-3, 4e-3)]
    told = {"tuned-0-0.001": {"bits_per_byte": 2.6}, "tuned-0-0.002": {"bits_per_byte": 2.5}}
    told["tuned-0-0.004"] = {"diverged_after_seconds": 9.0}
    told = {name: {"num_updates": 7, **result} for name, result in told.items()}
    for name, result in told.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(result), encoding="utf-8")
    later = [job["name"] for job in jobs if job["seed"] and is_best_rate(job, jobs, tmp_path)]
    assert later == ["tuned-1-0.002", "tuned-2-0.002"]


def test_a_result_of_another_pace_is_not_taken(tmp_path):
    job = swept(0, 1e-3)
    path = tmp_path / "tuned-0-0.001.json"
    path.write_text(json.dumps({"bits_per_byte": 2.6, "num_updates": 7}), encoding="utf-8")
    assert [row["bits_per_byte"] for row in rows_of([job], tmp_path)] == [2.6]
    with pytest.raises(SystemExit, match="of 7 updates, and its job asks for 9"):
        rows_of([job | {"num_updates": 9}], tmp_path)


def test_a_summary_leaves_out_the_other_rates_and_what_diverged():
    figures = {"parameters": 7, "tokens": 8}
    rows = [
        swept(0, 1e-3, bits_per_byte=2.6, **figures),
        swept(0, 2e-3, bits_per_byte=2.5, **figures),
        swept(0, 4e-3, diverged_after_seconds=9.0),
        swept(1, 2e-3, bits_per_byte=2.7, **figures),
        {**swept(2, 2e-3), "diverged_after_seconds": 3.0},
    ]
    found = summarized(rows, {"tuned": 1200.0})["tuned"]
    assert found["runs"] == 2 and found["mean"] == pytest.approx(2.6) and found["learning_rate"] == 2e-3
    assert (found["least"], found["most"], found["seconds"]) == (2.5, 2.7, 1200.0)
