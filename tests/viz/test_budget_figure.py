"""What hours buy, against the sum done token by token."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.viz.budget_figure import budget_figure, size_for, tokens_per_parameter


@given(st.floats(1e5, 1e10), st.floats(1e9, 1e13), st.floats(0.1, 1e4))
def test_tokens_are_operations_over_six_for_each_parameter(size, rate, hours):
    tokens = rate * 3600 * hours / (6 * size)
    assert tokens_per_parameter(size, rate, hours) == pytest.approx(tokens / size)


@given(st.floats(0.1, 1000.0), st.floats(1e9, 1e13), st.floats(0.1, 1e4))
def test_the_size_for_a_mark_has_that_mark(target, rate, hours):
    size = size_for(target, rate, hours)
    assert tokens_per_parameter(size, rate, hours) == pytest.approx(target)


def test_by_hand():
    """4.32e16 operations: sqrt(4.32e16 / 120) parameters."""
    assert size_for(20.0, 1.25e11, 96.0) == pytest.approx(np.sqrt(4.32e16 / 120))


def test_the_slider_lifts_line_and_marks():
    models = {"tiny": 6e6, "full": 80e6}
    figure = budget_figure(1.25e11, models, {"1 day": 24, "4 days": 96}, title="Recorded")
    assert [frame.name for frame in figure.frames] == ["1 day", "4 days"]
    day, four = (frame.data for frame in figure.frames)
    np.testing.assert_allclose(np.array(four[1].y), 4 * np.array(day[1].y))
    np.testing.assert_allclose(four[1].y[0], 4.32e16 / 6 / 36e12)
    assert figure.layout.sliders[0].active == 1 and list(figure.data[1].text) == ["tiny", "full"]
    assert figure.layout.title.text == (
        "Recorded: 4 days give 20 tokens for each parameter to a model of 19 million"
    )
    assert list(figure.data[2].y) == [20.0, 20.0]


def test_hours_without_labels_name_themselves():
    assert [f.name for f in budget_figure(1e11, {"a": 1e6}, [1, 96]).frames] == ["1 hour", "96 hours"]


@pytest.mark.parametrize(
    ("rate", "models", "hours"), [(0.0, {"a": 1.0}, [1]), (1.0, {}, [1]), (1.0, {"a": 1.0}, [])]
)
def test_nothing_to_reckon_with_is_refused(rate, models, hours):
    with pytest.raises(ValueError, match="expected some, each above 0"):
        budget_figure(rate, models, hours)
