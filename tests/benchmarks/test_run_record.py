"""The record of a run tells no path of the machine that it was made on."""

import json

from benchmarks import run_record
from tests.panel.made_runs import calm_losses, make_run, updates, with_events, write_log


def test_the_base_is_told_by_its_name(tmp_path):
    base = tmp_path / "somebody" / "pretraining"
    run = make_run(tmp_path / "somebody" / "chat", base=str(base), corpus=[str(tmp_path / "texts")])
    write_log(run, with_events(updates(calm_losses(100))))
    run_record.main([str(run.path), "--name", "made_up", "--records", str(tmp_path / "records")])
    written = (tmp_path / "records" / "run_made_up.json").read_text(encoding="utf-8")
    assert json.loads(written)["data"]["facts"]["base"] == "pretraining"
    assert "somebody" not in written and str(tmp_path) not in written
