"""kill -9 at random moments: the run is resumed, and equals one that was left alone bit for bit.

The same study with twenty kills is `python benchmarks/kill_study.py`.
"""

import keras
import pytest

from benchmarks.kill_study import differences, make_run, study, train


@pytest.mark.slow
@pytest.mark.skipif(
    keras.backend.backend() == "jax", reason="each process would compile for a minute; one backend is enough"
)
def test_three_kills_leave_no_trace(tmp_path):
    result = study(tmp_path, num_kills=3, num_updates=60)
    assert len(result["kills"]) == 3 and any(kill["checkpoints_left"] for kill in result["kills"])
    assert result["differences"] == [] and result["identical"]


@pytest.mark.slow
@pytest.mark.skipif(keras.backend.backend() == "jax", reason="see above")
def test_bfloat16_products_too(tmp_path):
    for name in ("alone", "killed"):
        make_run(tmp_path / name, 20, product_dtype="bfloat16")
    train(tmp_path / "alone")
    stretch = train(tmp_path / "killed", kill_at=7)
    assert 7 <= stretch.last < 20 and stretch.was_killed
    train(tmp_path / "killed")
    assert differences(tmp_path / "alone", tmp_path / "killed") == []
