"""The recorded study of widths, drawn and told: coordinate check and grid of step sizes. Chapter 17."""

import math

from mof.lessons.coordinate_check import describe_slopes
from mof.lessons.form_results import tell_missing
from mof.lessons.records import find_record
from mof.lessons.step_grid import drift, mean_losses
from mof.viz.coordinate_figure import coordinate_figure
from mof.viz.notebook_figures import show_figure
from mof.viz.step_grid_figure import step_grid_figure

RECORD, PROGRAM, HOURS = "width_study", "width_study.py", "0.5"
WORST_SHOWN = 1.0  # nats above the best: a training further up is left out of the figure


def show_coordinates(rows, title="Just now", note=""):
    """Draws a coordinate check and prints its slopes.

    Args:
        rows: as `mof.lessons.coordinate_check.measure_coordinates` gives. title: "Just now" or "Recorded".
        note: where it was measured, or "".
    """
    words = (
        "How far a few updates of full size move each part, against the width, both logarithmic: a flat line "
        "says that the step size fits every width. "
    )
    words += "Move the slider from rule to rule." if len({row["rule"] for row in rows}) > 1 else ""
    show_figure(coordinate_figure(rows, title), f"{words.strip()}{f' {note}.' if note else ''}")
    print(*describe_slopes(rows), sep="\n")


def show_recorded_coordinates():
    """Draws the recorded check, or says that nobody has made one yet."""
    record = find_record(RECORD)
    if record is None:
        tell_missing(HOURS, PROGRAM)
        return
    show_coordinates(record.data["coordinates"], "Recorded", record.note)


def show_grid():
    """Draws the recorded grid of step sizes and says how the best moves; or that there is no record."""
    record = find_record(RECORD)
    if record is None:
        tell_missing(HOURS, PROGRAM)
        return
    trainings = record.data["trainings"]
    show_figure(
        step_grid_figure(grid_curves(trainings), "Recorded"),
        "Held-out loss against the step size, a curve for each width, a ring at its best; what diverged or "
        f"came out more than {WORST_SHOWN:g} nats worse is left out. Move the slider from rule to rule; "
        f"{record.note}.",
    )
    print(*describe_drift(trainings), sep="\n")


def grid_curves(trainings):
    """The curves of `step_grid_figure`: mean over the seeds, without what is far above the best."""
    curves = {}
    for rule in dict.fromkeys(row["rule"] for row in trainings):
        for width in sorted({row["width"] for row in trainings if row["rule"] == rule}):
            losses = mean_losses(trainings, rule, width)
            best = min(losses.values())
            kept = {e: loss for e, loss in losses.items() if loss <= best + WORST_SHOWN}
            curves.setdefault(rule, {})[width] = kept
    return curves


def describe_drift(trainings):
    """How the best step size moves with the width, in a sentence for each rule."""
    lines = []
    for rule in dict.fromkeys(row["rule"] for row in trainings):
        found = drift(trainings, rule)
        widths = sorted(found["best"])
        best = ", ".join(f"{width}: {_power(found['best'][width])}" for width in widths)
        finer = ", ".join(f"{width}: {2 ** found['between'][width]:.2f}" for width in widths)
        verdict = "holds" if found["holds"] else "does not hold"
        lines += [
            f"{rule}:",
            f"  best factor by width   {best}",
            f"  between the steps      {finer}",
            f"  moves {found['steps']} {'step' if found['steps'] == 1 else 'steps'} of the grid over "
            f"{widths[-1] / widths[0]:g} times the width: at most one step {verdict}",
        ]
    return lines


def lowest_losses(trainings, rule):
    """The lowest mean loss of each width: dict from widths to nats a token."""
    widths = sorted({row["width"] for row in trainings if row["rule"] == rule})
    return {width: min(mean_losses(trainings, rule, width).values(), default=math.inf) for width in widths}


def _power(exponent):
    return f"{2**exponent}" if exponent >= 0 else f"1/{2**-exponent}"
