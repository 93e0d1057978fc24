"""The time left that `mof info --run` tells of an unfinished run."""

from types import SimpleNamespace

from mof.cli.info import _tell_time_left
from tests.machine.test_forecast import CONFIG, NUM_UPDATES, make_log


def test_an_unfinished_run_has_its_forecast(capsys):
    folder = SimpleNamespace(read_log=lambda: make_log()[:300], training_config=CONFIG)
    _tell_time_left(folder, NUM_UPDATES)
    told = capsys.readouterr().out
    assert told.startswith("  predicted: 5:") and "80% interval: " in told  # 300 updates of 1.0 to 1.2 s


def test_a_finished_or_hardly_begun_run_has_none(capsys):
    for num_entries in (NUM_UPDATES, 3):
        folder = SimpleNamespace(read_log=lambda n=num_entries: make_log()[:n], training_config=CONFIG)
        _tell_time_left(folder, NUM_UPDATES)
    assert capsys.readouterr().out == ""
