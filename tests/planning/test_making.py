"""From hours and text to a plan: what it reads, when it ends; and nonsense refused, each with its reason."""

import re

import pytest

from mof.machine.advice import Advice
from mof.planning.loss_forecast import LossLaw, family_key
from mof.planning.making import CHAT_SHARE
from mof.planning.plan import PlanError
from mof.planning.refusals import check_machine
from mof.presets import preset
from tests.machine.quiet_machine import make_facts
from tests.planning.conftest import TALKS, TEXTS


def test_the_tokens_fill_the_hours(make_made):
    made = make_made("small", hours=96.0)
    plan, expected = made.plan, made.plan.expected
    seconds = plan.tokens / expected.tokens_per_second
    assert 0.95 * 96 * 3600 < seconds < 96 * 3600  # checkpoints and looks take the rest
    assert expected.seconds == 96 * 3600
    assert expected.seconds_low == pytest.approx(
        96 * 3600 * expected.tokens_per_second / expected.tokens_per_second_high, rel=1e-3
    )
    assert expected.seconds_low < expected.seconds < expected.seconds_high


def test_dialogues_are_read_twice_or_take_a_third(make_made):
    long = make_made("tiny", hours=96.0).plan
    assert long.stages[1].text.tokens == pytest.approx(2 * TALKS.num_tokens, rel=0.04)
    short = make_made("small", hours=4.0).plan
    assert short.stages[1].text.tokens == pytest.approx(CHAT_SHARE * short.tokens, rel=0.01)
    assert [stage.name for stage in long.stages] == ["pretraining", "chat"]


def test_without_dialogues_there_is_one_stage(make_made):
    plan = make_made(talks=None, dialogues=[]).plan
    assert len(plan.stages) == 1 and plan.tokens == plan.stages[0].text.tokens


def test_what_is_repeated_is_said(make_made):
    made = make_made("tiny", hours=96.0)
    stage = made.plan.stages[0]
    passes = stage.text.tokens / TEXTS.num_tokens
    assert made.facts["pretraining"].endswith(f"its text {passes:.1f} times") and passes > 16.3
    assert any(f"reads its text {passes:.0f} times" in words for words in made.warnings)
    assert make_made("small", hours=8.0).warnings == []


def test_the_schedule_counts_updates_and_fine_tunes_gently(make_made):
    first, chat = (stage.training for stage in make_made("tiny").plan.stages)
    for stage in make_made("tiny").plan.stages:
        assert stage.training.num_updates == stage.text.tokens // stage.training.tokens_per_update
    assert chat.learning_rate == pytest.approx(first.learning_rate / 10)
    assert chat.muon_learning_rate == pytest.approx(first.muon_learning_rate / 10)
    assert first.schedule == "warmup_stable_decay" and 120 <= first.checkpoint_seconds <= 900


def test_a_few_minutes_save_and_look_more_often(make_made):
    training = make_made("nano", hours=0.05, talks=None, dialogues=[]).plan.stages[0].training
    assert training.checkpoint_seconds < 15 and training.evaluate_seconds < 25
    assert training.warmup_updates <= 0.05 * training.num_updates + 1


def test_few_dialogues_get_smaller_updates(make_made):
    few = TALKS._replace(num_tokens=150_000.0)
    chat = make_made("full", talks=few, hours=96.0).plan.stages[1].training
    assert chat.tokens_per_update == 4096 < preset("full").tokens_per_update


def test_no_loss_is_invented(make_made):
    made = make_made(laws=[])
    assert made.plan.expected.bits_per_byte == 0.0
    assert made.facts["loss"] == "no forecast: no law of the loss has been fitted yet."


def test_a_fitted_law_gives_its_number(make_made):
    law = LossLaw(
        family=family_key(preset("nano").model),
        corpus="texts",
        unique_tokens=34_000_000,
        most_passes=15.0,
        tokens_per_update=(4096,),
        law=(1.0, 0.5, 0.3, 1.0, 0.3),
        sizes=(1e6, 1e7),
        tokens=(1e6, 1e8),
        source="a fit",
    )
    expected = make_made(laws=[law]).plan.expected
    assert 1.0 < expected.bits_per_byte_low < expected.bits_per_byte < expected.bits_per_byte_high < 3.0
    assert expected.loss_from == "from a fit"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hours": -1.0}, "hours are -1.0, expected above 0"),
        ({"hours": 0}, "expected above 0"),
        ({"hours": float("nan")}, "expected above 0"),
        ({"hours": float("inf")}, "expected above 0"),
        ({"hours": 345_600}, "more than a year"),
        ({"hours": 0.0001}, "updates of 4,096 tokens, expected at least 10. Give more hours"),
        ({"texts": []}, "no text to pre-train on"),
        ({"dialogues": ["texts"], "texts": ["texts"]}, "texts is given as text and as dialogues"),
        ({"most_passes": 0.5}, "most_passes is 0.5"),
        ({"most_passes": 1.0, "hours": 96.0}, "the pretraining would read its text"),
        (
            {"text_look": TEXTS._replace(num_documents=3, num_characters=120)},
            "the texts hold 3 documents with 120",
        ),
        ({"text_look": TEXTS._replace(num_documents=3)}, "expected at least 20 and 10,000"),
        ({"talks": TALKS._replace(num_conversations=0)}, "the dialogues hold no conversation"),
        ({"talks": TALKS._replace(num_characters=99)}, "the dialogues hold 122,582 documents with 99"),
        ({"facts": make_facts(free_disk_bytes=100_000_000)}, "0.10 GB of disk are free"),
        ({"facts": make_facts(available_bytes=800_000_000)}, "tiny may take"),
    ],
)
def test_nonsense_is_refused_with_its_reason(make_made, changes, words):
    with pytest.raises(PlanError) as caught:
        make_made(**changes)
    assert words in str(caught.value)


def test_enough_hours_are_named_where_they_are_too_many(make_made):
    with pytest.raises(PlanError, match=r"fewer hours \(about ([\d.]+)\)") as caught:
        make_made(hours=96.0, most_passes=4.0)
    hours = float(re.search(r"about ([\d.]+)\)", str(caught.value))[1])
    assert make_made(hours=0.95 * hours, most_passes=4.0)


def test_a_disturbed_measurement_is_told(make_made, report, monkeypatch):
    busy = Advice(name="busy", level="warning", meaning="m", fix="f")
    object.__setattr__(report, "advice", (busy,))
    assert any("measurement was disturbed" in words for words in make_made().warnings)


def test_the_report_of_another_machine_is_refused(report):
    check_machine(report, make_facts())
    with pytest.raises(PlanError, match="of another machine: usable cores 4.0 there, 2.0 here"):
        check_machine(report, make_facts(usable_cores=2.0))
