"""One shape at every width, and rules that touch the embedding alone."""

import pytest

from mof.lessons.width_rules import (
    BASE_WIDTH,
    BY_ROOT,
    BY_WIDTH,
    ONE_STEP,
    POWERS,
    WIDTHS,
    shape_at,
    with_rule,
)
from mof.machine.parameter_counts import num_matrix_parameters
from mof.model import MixtureLanguageModel
from mof.presets import preset
from mof.training.config import TrainingConfig
from mof.training.parameters import plan_parameters, step_sizes

NANO = preset("nano").model


def test_the_base_width_is_the_preset():
    assert NANO.replace(**shape_at(BASE_WIDTH)) == NANO and BASE_WIDTH in WIDTHS


def test_matrices_grow_with_the_square_of_the_width():
    """But for those that lead to heads and router, whose other side stays."""
    counts = {width: num_matrix_parameters(NANO.replace(**shape_at(width))) for width in (64, 128, 256)}
    assert 3.7 < counts[128] / counts[64] < counts[256] / counts[128] < 4.0


@pytest.mark.parametrize("width", [0, 30, -4, 64.0])
def test_a_width_that_heads_do_not_divide_is_refused(width):
    with pytest.raises(ValueError, match="expected a multiple of 4 heads"):
        shape_at(width)


@pytest.mark.parametrize(("rule", "share"), [(ONE_STEP, 1.0), (BY_ROOT, 0.5), (BY_WIDTH, 0.25)])
def test_a_rule_changes_the_embeddings_step_alone(rule, share):
    width = 4 * BASE_WIDTH
    model = MixtureLanguageModel(NANO.replace(**shape_at(16), vocabulary_size=40), 0)
    config = TrainingConfig()
    plans = plan_parameters(model, config)
    usual = step_sizes(plans, config, [1.0] * len(plans))
    ruled = step_sizes(with_rule(plans, rule, width), config, [1.0] * len(plans))
    for plan, before, after in zip(plans, usual, ruled, strict=True):
        expected = share if plan.path == "mof/embedding" else 1.0
        assert after == pytest.approx(before * expected), plan.path
    assert sum(plan.path == "mof/embedding" for plan in plans) == 1


def test_what_is_no_rule_is_refused():
    with pytest.raises(ValueError, match="expected one of"):
        with_rule([], "faster", 64)
    with pytest.raises(ValueError, match="no parameter is called"):
        with_rule([], ONE_STEP, 64)
    assert set(POWERS) == {ONE_STEP, BY_ROOT, BY_WIDTH}
