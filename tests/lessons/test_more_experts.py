"""An expert without memory, models of three and four experts, and what an expert costs."""

import numpy as np
import pytest

from mof.lessons.expert_cost import operations_by_part, reading_seconds
from mof.lessons.more_experts import DictionaryExpert, model_of
from mof.machine.product_counts import forward_operations
from mof.presets import preset
from tests.layer_contract import LayerContract

NANO = preset("nano").model.replace(vocabulary_size=64, width=16, num_heads=2, recurrent_width=8)
NANO = NANO.replace(feed_forward_width=16, thought_width=8, router_width=8, chunk_length=4)
FOUR = ("recurrent", "transformer", "dictionary", "recurrent")
TOLERANCE = 1e-4  # float32, two orders of the same sums


class TestDictionaryExpert(LayerContract):
    num_weights = 8 + 2 * 8 * 6  # the norm's scale, and two matrices

    def make(self):
        return DictionaryExpert(6, name="layer")


def test_a_dictionary_knows_the_token_alone():
    expert = DictionaryExpert(6, seed=1)
    expert.build((None, None, 8))
    x = np.random.default_rng(0).normal(size=(1, 5, 8)).astype("float32")
    y, state = expert(x)
    assert not np.any(state["nothing"])
    turned, _state = expert(x[:, ::-1])
    np.testing.assert_allclose(np.asarray(turned)[:, ::-1], y, atol=1e-6)
    step, _state = expert.step(x[:, 2], state)
    np.testing.assert_allclose(step, np.asarray(y)[:, 2], atol=1e-6)


@pytest.mark.parametrize("kinds", [FOUR[:3], FOUR])
def test_three_and_four_experts_step_as_they_read(kinds):
    model = model_of(kinds, NANO, seed=3)
    ids = np.random.default_rng(0).integers(0, 64, size=(2, 7)).astype("int32")
    whole, _state = model(ids)
    output, _state = model.features(ids)
    assert output.route_weights.shape == (2, 7, len(kinds))
    np.testing.assert_allclose(output.route_weights, 1 / len(kinds), atol=1e-6)
    state = model.initial_state(2)
    for t in range(7):
        logits, state = model.step(ids[:, t], state)
        np.testing.assert_allclose(logits, np.asarray(whole)[:, t], atol=TOLERANCE)


def test_experts_of_one_kind_differ_and_a_seed_gives_the_same():
    ones, others = (model_of(FOUR, NANO, seed=3) for _ in range(2))
    for one, other in zip(ones.weights, others.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    first, last = (ones.experts[i].trainable_variables[1] for i in (0, 3))
    assert first.shape == last.shape and not np.allclose(first, last)


@pytest.mark.parametrize("kinds", [(), ("recurrent", "oracle")])
def test_an_unknown_kind_is_named(kinds):
    with pytest.raises(ValueError, match="expected at least one of \\['recurrent'"):
        model_of(kinds, NANO)


def test_the_parts_cost_together_what_the_model_costs():
    for name in ("tiny", "small"):
        config = preset(name).model
        parts = operations_by_part(config)
        assert list(parts) == ["RNN expert", "Transformer expert", "router", "output and head"]
        assert sum(parts.values()) == pytest.approx(forward_operations(config))
    assert "router" not in operations_by_part(NANO.replace(experts=("recurrent",)))


def test_reading_is_timed_for_each_expert():
    found = reading_seconds(NANO, num_tokens=16)
    assert list(found) == ["RNN expert", "Transformer expert"]
    assert all(seconds > 0 for pair in found.values() for seconds in pair)
