"""What the system is asked gives a record that holds together."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from mof.machine import facts as facts_module
from mof.machine.facts import MachineFacts, describe_facts


def test_this_machine(tmp_path):
    found = describe_facts(tmp_path / "not" / "there", seconds_watched=0.05)
    assert 0 < found.usable_cores <= found.logical_cores and found.processor
    assert 0 < found.available_bytes <= found.memory_bytes and found.free_disk_bytes > 0
    assert MachineFacts.from_json(found.to_json()) == found


def test_a_drive_that_is_not_there_is_told(tmp_path, monkeypatch):
    asked = []

    def absent(path, **options):
        asked.append(path)
        assert len(asked) < 100, "it looks for ever"
        return False

    told = "is not there, so nothing can lie in .*runs: name another"
    with monkeypatch.context() as patch, pytest.raises(FileNotFoundError, match=told):
        patch.setattr(Path, "exists", absent)
        describe_facts(tmp_path / "runs", seconds_watched=0.05)


@pytest.mark.parametrize(
    ("battery", "expected"),
    [
        (None, False),
        (SimpleNamespace(power_plugged=True), False),
        (SimpleNamespace(power_plugged=None), False),
        (SimpleNamespace(power_plugged=False), True),
    ],
)
def test_battery(monkeypatch, battery, expected):
    monkeypatch.setattr(facts_module.psutil, "sensors_battery", lambda: battery, raising=False)
    assert facts_module._is_on_battery() is expected


def test_a_system_without_batteries(monkeypatch):
    monkeypatch.delattr(facts_module.psutil, "sensors_battery", raising=False)
    assert facts_module._is_on_battery() is False


def test_the_limit_of_a_container_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(facts_module, "quota_bytes", lambda: 1_000_000)
    monkeypatch.setattr(facts_module, "quota_cores", lambda: 0.5)
    found = describe_facts(tmp_path, seconds_watched=0.05)
    assert found.memory_bytes == 1_000_000 >= found.available_bytes and found.usable_cores == 0.5


def test_a_machine_without_cores_is_refused():
    with pytest.raises(ValueError, match="no machine"):
        MachineFacts(usable_cores=0.0)
