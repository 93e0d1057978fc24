"""kill -9 in both stages of a plan: the same command goes on, and all comes out the same bit for bit.

The same study with twenty kills is `python benchmarks/plan_kill_study.py`.
"""

import keras
import pytest

from benchmarks.plan_kill_study import study


@pytest.mark.weekly
@pytest.mark.skipif(
    keras.backend.backend() == "jax", reason="each process would compile for a minute; one backend is enough"
)
def test_kills_in_both_stages_leave_no_trace(tmp_path):
    result = study(tmp_path, num_kills=3, num_updates=40)
    assert len(result["kills"]) == 3 and {kill["stage"] for kill in result["kills"]} == {
        "pretraining",
        "chat",
    }
    assert result["differences"] == [] and result["identical"]
