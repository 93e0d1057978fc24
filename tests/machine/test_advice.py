"""Every warning comes when it must, alone, with a fix; a calm machine gets none."""

import re

import pytest

from mof.machine.advice import LEVELS, Advice, give_advice
from mof.machine.measuring import Findings
from mof.presets import PRESET_NAMES, preset
from mof.training.config import TrainingConfig
from mof.training.row_groups import rows_at_once
from tests.machine.quiet_machine import make_facts, make_steps

CASES = {
    "no_tensorflow": {"tensorflow": ""},
    "no_windows_runtime": {"has_windows_runtime": False},
    "onednn_off": {"onednn_switch": "0"},
    "single_core": {"logical_cores": 1, "usable_cores": 1.0},
    "limited_cores": {"usable_cores": 2.0},
    "no_avx2": {"instruction_sets": ("AVX",)},
    "little_memory": {"available_bytes": 1_000_000_000},
    "little_disk": {"free_disk_bytes": 1_000_000_000},
    "on_battery": {"is_on_battery": True},
    "busy": {"busy_cores": 1.2},
}


def test_a_calm_machine_needs_no_advice():
    assert give_advice(make_facts(), Findings((), (make_steps(),))) == ()


@pytest.mark.parametrize("name", CASES)
def test_each_finding_has_its_advice_and_a_fix(name):
    found = give_advice(make_facts(**CASES[name]))
    assert [advice.name for advice in found] == [name]
    assert len(found[0].meaning) > 20 and len(found[0].fix) > 10


def test_unsteady_steps_are_told():
    steps = (make_steps(batch_seconds=(0.5, 0.9, 0.4, 1.6, 0.6, 0.8)),)
    (found,) = give_advice(make_facts(), Findings((), steps))
    assert found.name == "unsteady" and "tiny" in found.meaning


def test_presets_that_do_not_fit_are_named():
    found = give_advice(make_facts(), too_large=("small", "full"))
    assert [advice.meaning.split()[0] for advice in found] == ["small", "full"]
    small, full = (advice.fix for advice in found)
    assert "`--lengths 128,256`" in small and "`--tokens-at-once 512`" in full and "--lengths" not in full


@pytest.mark.parametrize("name", PRESET_NAMES)
def test_what_is_advised_for_a_preset_that_does_not_fit_halves_what_it_holds(name):
    (found,) = give_advice(make_facts(), too_large=(name,))
    flag, value = re.search(r"`--([a-z-]+) ([\d,]+)`", found.fix).groups()
    shape = preset(name)
    usual = TrainingConfig(tokens_per_update=shape.tokens_per_update, tokens_at_once=shape.tokens_at_once)
    field = flag.replace("-", "_")
    new = tuple(map(int, value.split(","))) if field == "lengths" else int(value)
    changed = usual.replace(**{field: new})  # the flag is one of `mof train`

    def held(config):
        rows = rows_at_once(config.num_streams, max(config.lengths), config.tokens_at_once)
        return rows * max(config.lengths)

    assert held(changed) == held(usual) / 2


def test_what_the_measuring_said_is_passed_on():
    failed, left_out = give_advice(make_facts(), Findings((), (), ("Nothing came of it.",), ("No time.",)))
    assert failed.meaning == "Nothing came of it." and failed.level == "warning"
    assert left_out.meaning.startswith("No time.") and left_out.level == "note"


@pytest.mark.parametrize(
    "changes",
    [
        {"instruction_sets": ()},  # a system that does not tell
        {"instruction_sets": ("NEON",), "system": "Darwin 24 arm64"},
        {"onednn_switch": "1"},
        {"busy_cores": 0.2},
    ],
)
def test_no_false_alarm(changes):
    assert give_advice(make_facts(**changes)) == ()


def test_problems_come_first():
    facts = make_facts(tensorflow="", usable_cores=2.0, is_on_battery=True)
    levels = [LEVELS.index(advice.level) for advice in give_advice(facts)]
    assert levels == sorted(levels) == [0, 1, 2]


def test_advice_survives_json():
    advice = Advice(name="busy", level="warning", meaning="m", fix="f")
    assert Advice.from_json(advice.to_json()) == advice
