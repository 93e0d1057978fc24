"""The whole examination, from facts to recommendation. Called by `mof doctor` and by its benchmark."""

import datetime
import time

from mof.machine.advice import give_advice
from mof.machine.bandwidth_measurement import measure_bandwidths
from mof.machine.facts import describe_facts
from mof.machine.measuring import measure
from mof.machine.prediction import predict_presets
from mof.machine.recommendation import recommend
from mof.machine.report import DoctorReport
from mof.presets import preset

PRESETS_MEASURED = ("tiny", "small")


def examine(
    hours=96.0,
    num_seconds=60.0,
    presets=PRESETS_MEASURED,
    folder="runs",
    tell=lambda words: None,
    run=None,
    longer=None,
):
    """Look at the machine, measure it, and predict.

    Args:
        hours: of training that a preset is recommended for.
        num_seconds: for the measurements; a busy or slow machine takes longer.
        presets: which are trained for some steps.
        folder: where runs will lie; the disk is measured there.
        tell: called with a sentence as each measurement begins.
        run: as in `mof.machine.measuring.measure`.
        longer: the reader's command for twice the seconds, told where the measurements gave too little; None
            for `mof doctor` with its other settings left alone.

    Returns:
        DoctorReport.

    Raises:
        ValueError: an argument is wrong, or nothing could be measured; the sentence says why.
        OSError: nothing can be written in `folder`.
    """
    if not hours > 0:
        raise ValueError(f"hours is {hours}, expected above 0: how long may the training take?")
    if not num_seconds >= 10:
        raise ValueError(
            f"seconds is {num_seconds}, expected at least 10: starting TensorFlow alone takes some."
        )
    for name in presets:
        preset(name)
    start = time.perf_counter()
    tell("Looking at the machine, and at what else is running")
    facts = describe_facts(folder)
    installation = [a for a in give_advice(facts) if a.level == "problem"]
    if installation:
        raise ValueError(" ".join(f"{advice.meaning} {advice.fix}" for advice in installation))
    tell("Measuring memory and disk")
    bandwidths = measure_bandwidths(folder, max(1, int(facts.usable_cores)), facts.available_bytes)
    findings = measure(num_seconds, presets, tell, run)
    if not findings.steps or not findings.rates:
        raise ValueError(
            "the measurements gave too little for a forecast. "
            + " ".join(findings.failures)
            + " Close other programs, or give it more time: "
            + (longer or f"mof doctor --seconds {2 * num_seconds:.0f}")
        )
    predictions = predict_presets(findings.rates, findings.steps, bandwidths.memory_bytes_per_second)
    choice = recommend(predictions, facts.available_bytes, hours)
    return DoctorReport(
        date=datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        hours=float(hours),
        measured_seconds=round(time.perf_counter() - start, 1),
        facts=facts,
        bandwidths=bandwidths,
        rates=findings.rates,
        steps=findings.steps,
        predictions=predictions,
        advice=give_advice(facts, findings, choice.too_large),
        recommended=choice.prediction.preset if choice.prediction else "",
        reason=choice.reason,
    )
