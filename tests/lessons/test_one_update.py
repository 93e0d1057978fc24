"""One update laid open: loss and gradients are the model's, and the step is the optimisers'."""

import numpy as np
import pytest
from keras import ops

from mof.lessons.one_update import make_update, new_model_and_batch
from mof.training.optimizer import UpdateScalars, adamw_update, muon_direction


@pytest.fixture(scope="module")
def made():
    return make_update(seed=0, num_rows=2, num_tokens=16)


def test_the_batch_foretells_its_own_next_tokens(made):
    assert made.batch.token_ids.shape == (2, 16) and made.num_targets == 32.0
    np.testing.assert_array_equal(made.batch.token_ids[:, 1:], made.batch.targets[:, :-1])
    assert made.batch.resets[:, 0].all() and not made.batch.resets[:, 1:].any()


def test_loss_and_length_are_those_of_the_sums(made):
    model, batch = new_model_and_batch(0, 2, 16)
    for variable, weight in zip(model.trainable_variables, made.before, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(variable.value), weight)
    nats, _ = model.token_nats(batch.token_ids, batch.targets, None, batch.resets)
    assert made.nats == pytest.approx(float(ops.sum(nats)), rel=1e-5)
    length = np.sqrt(sum(np.sum(np.square(g / made.num_targets)) for g in made.sums))
    assert made.length == pytest.approx(length, rel=1e-4)


@pytest.mark.parametrize(("num_rows", "num_tokens"), [(3, 10**6), (10**6, 16), (0, 16)])
def test_more_rows_than_long_texts_are_refused(num_rows, num_tokens):
    words = f"{num_rows} rows of {num_tokens} tokens are asked for, and .* ask for fewer rows"
    with pytest.raises(ValueError, match=words):
        new_model_and_batch(0, num_rows, num_tokens)


def test_the_step_is_the_optimisers(made):
    shrink = min(1.0, made.config.clip_norm / made.length)
    for plan, before, after, total in zip(made.plans, made.before, made.after, made.sums, strict=True):
        gradient = (total / made.num_targets * shrink).astype("float32")
        if plan.is_muon:
            direction, _ = muon_direction(gradient, np.zeros_like(before), made.config.momentum, plan.parts)
            direction = ops.convert_to_numpy(direction) + plan.weight_decay * before
            expected = before - made.config.muon_learning_rate * direction
        else:
            scalars = UpdateScalars(*np.float32([1.0, made.config.learning_rate, 1]))
            empty = np.zeros_like(before)
            rates = made.config.first_decay_rate, made.config.second_decay_rate
            new, *_ = adamw_update(before, gradient, empty, empty, scalars, plan.weight_decay, *rates)
            expected = ops.convert_to_numpy(new)
        np.testing.assert_allclose(after, expected, atol=1e-4, err_msg=plan.path)
