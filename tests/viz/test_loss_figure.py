"""Losses along a run: means of the last updates, on one axis for runs of any speed."""

import numpy as np
import pytest

from mof.viz.loss_figure import loss_figure


def test_each_point_is_the_mean_of_the_updates_before_it():
    losses = np.arange(100.0)
    figure = loss_figure({"slow": losses[:8], "fast": losses}, window=4, num_points=10)
    slow, fast = figure.data
    assert slow.x[-1] == fast.x[-1] == 100.0 and len(slow.x) == 8 and len(fast.x) == 10
    assert fast.y[-1] == pytest.approx(np.mean(losses[-4:])) and slow.y[0] == 0.0
    assert slow.line.dash != fast.line.dash


@pytest.mark.parametrize("losses", [{}, {"a": []}])
def test_nothing_to_draw_is_told(losses):
    with pytest.raises(ValueError, match="there are no losses"):
        loss_figure(losses)
