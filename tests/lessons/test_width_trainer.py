"""Trainings that share their graphs are the trainings that they would be alone; and the coordinate check."""

import keras
import numpy as np
import pytest

from mof.lessons.coordinate_check import (
    EMBEDDING,
    LOGITS,
    PARTS,
    ROUTER,
    coordinate_row,
    describe_slopes,
    probe_tokens,
    read_parts,
    root_mean_square,
    slope,
    slopes,
)
from mof.lessons.small_scaling import train_small
from mof.lessons.width_rules import BY_WIDTH, ONE_STEP
from mof.lessons.width_trainer import STEPS, width_trainer
from tests.training.small_run import random_text, write_lines

WIDTH = 16
NUM_UPDATES = 3


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Sixty texts of 400 characters, of which some are held out."""
    path = tmp_path_factory.mktemp("texts") / "texts.jsonl"
    return [str(write_lines(path, [{"text": random_text(400, seed)} for seed in range(60)]))]


@pytest.fixture(scope="module")
def trainer(corpus):
    with width_trainer(WIDTH, corpus) as made:
        made.train(ONE_STEP, 1, 1, NUM_UPDATES)  # another step size and seed come first
        yield made


def weights_of(model):
    return {variable.path: np.array(variable) for variable in model.trainable_variables}


def test_a_training_with_shared_graphs_is_the_training_alone(corpus, trainer):
    shared = trainer.train(BY_WIDTH, -1, 0, NUM_UPDATES)
    weights = weights_of(trainer.model)
    with width_trainer(WIDTH, corpus) as alone:
        assert alone.train(BY_WIDTH, -1, 0, NUM_UPDATES).nats_per_token == pytest.approx(
            shared.nats_per_token, rel=1e-6
        )
        for path, expected in weights_of(alone.model).items():
            np.testing.assert_allclose(weights[path], expected, rtol=1e-5, atol=1e-6, err_msg=path)


def test_each_begins_with_the_weights_of_its_seed(trainer):
    begun = [trainer.begin(ONE_STEP, 0, seed, 1) for seed in (0, 1)]
    assert begun[0].engine is begun[1].engine
    first = weights_of(trainer.model)["mof/embedding"]
    trainer.begin(ONE_STEP, 0, 0, 1)
    assert not np.allclose(first, weights_of(trainer.model)["mof/embedding"])


def test_step_sizes_are_factors_of_two(trainer):
    config = trainer.begin(ONE_STEP, -2, 0, 10).config
    assert config.learning_rate == pytest.approx(STEPS["learning_rate"] / 4)
    assert config.muon_learning_rate == pytest.approx(STEPS["muon_learning_rate"] / 4)
    assert config.num_updates == 10 and config.warmup_updates == 1
    full = trainer.begin(ONE_STEP, 0, 0, 10, is_whole=False).config
    assert (full.warmup_updates, full.final_share) == (0, 1.0)


def test_a_training_that_diverges_is_told(trainer):
    assert trainer.train(ONE_STEP, 60, 0, NUM_UPDATES) is None
    assert np.isfinite(trainer.train(ONE_STEP, 0, 0, NUM_UPDATES).nats_per_token)  # and harms no other


def test_the_parts_are_what_the_model_computes(trainer):
    trainer.begin(ONE_STEP, 0, 0, 1)
    ids = probe_tokens(trainer.cache.validation, 1, 16)
    assert ids.shape == (1, 16) and ids.dtype == np.int32
    parts = {name: np.array(part) for name, part in read_parts(trainer.model, ids).items()}
    assert tuple(parts) == PARTS
    logits = np.array(trainer.model(ids)[0])
    centred = logits - logits.mean(axis=-1, keepdims=True)
    np.testing.assert_allclose(parts[LOGITS], centred, atol=1e-4)
    table = np.array(trainer.model.embedding)
    np.testing.assert_allclose(parts[EMBEDDING], table[ids] * WIDTH**0.5, atol=1e-5)
    np.testing.assert_allclose(np.exp(parts[ROUTER]).sum(axis=-1), 1.0, atol=1e-5)


def test_a_row_holds_the_change_and_a_smaller_step_moves_the_embedding_less(trainer):
    rows = {rule: coordinate_row(trainer, rule, num_updates=2) for rule in (ONE_STEP, BY_WIDTH)}
    one, ruled = (rows[rule]["change"] for rule in rows)
    assert set(one) == set(PARTS) and min(one.values()) > 0
    # at a quarter of the base width the rule asks for four times the step
    assert ruled[EMBEDDING] == pytest.approx(4 * one[EMBEDDING], rel=0.2)


def test_too_short_texts_are_refused(trainer):
    with pytest.raises(ValueError, match="no held-out document has 5000 tokens"):
        probe_tokens(trainer.cache.validation, 2, 5000)


def test_slopes_by_definition():
    assert slope([1, 2, 4], [3, 6, 12]) == pytest.approx(1.0)
    assert slope([32, 256], [0.1, 0.1]) == pytest.approx(0.0)
    assert root_mean_square(np.array([3.0, 4.0])) == pytest.approx(np.sqrt(12.5))
    rows = [
        {"width": width, "rule": "r", "change": dict.fromkeys(PARTS, width**0.5)} for width in (32, 64, 256)
    ]
    assert slopes(rows, "r")[LOGITS] == pytest.approx(0.5)
    words = describe_slopes(rows)
    assert len(words) == len(PARTS) + 2 and "+0.50, 2.8 times" in words[1]
    for bad in (([1], [1]), ([1, 1], [1, 2]), ([1, 2], [0, 1]), ([1, 2], [1])):
        with pytest.raises(ValueError, match="expected as many of each"):
            slope(*bad)


def test_a_small_study_keeps_one_training_for_later(corpus):
    told = []
    points, last = train_small((WIDTH,), (2, 3), (WIDTH, 4), corpus=corpus, tell=told.append)
    assert list(points) == [f"width {WIDTH}, 2 updates", f"width {WIDTH}, 3 updates"]
    assert last.num_tokens == 4 * 1024 and last.num_parameters == next(iter(points.values())).num_parameters
    assert told[-1] == f"width {WIDTH}, 4 updates: kept for later"
    assert keras.backend.backend()  # a model was really trained
