"""Step sizes over a run, those of a group that thaws too."""

import numpy as np
import pytest

from mof.training.config import TrainingConfig
from mof.viz.schedule_figure import schedule_figure

ONE_SIZE = TrainingConfig(warmup_updates=10, final_share=1.0, thaw_updates=20)


def test_the_lines_are_the_schedule_and_the_thawed_group_warms_up_again():
    figure = schedule_figure({"one size": ONE_SIZE, "cosine": TrainingConfig()}, num_updates=100)
    whole, thawed = (np.array(trace.y) for trace in figure.data)
    np.testing.assert_allclose(whole[:10], np.arange(1, 11) / 10)
    np.testing.assert_allclose(whole[10:], 1.0)
    assert not thawed[:50].any()
    np.testing.assert_allclose(thawed[50:70], np.arange(1, 21) / 20)
    np.testing.assert_allclose(thawed[70:], 1.0)
    assert figure.frames[1].data[0].y[-1] < 0.1 and len(figure.layout.sliders[0].steps) == 2


def test_the_title_adds_the_steps_up():
    title = schedule_figure({"one size": ONE_SIZE}, num_updates=100).layout.title.text
    assert title == "one size: 100 updates, as far as 96 full steps"  # 5.5 in the warm-up, then 90


def test_no_schedule_is_told():
    with pytest.raises(ValueError, match="no schedules"):
        schedule_figure({})
