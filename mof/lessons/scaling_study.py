"""The recorded study of scaling, fitted, scored and told: small trainings, the long ones that were really
made, and the four days. Chapter 17."""

import json
from typing import NamedTuple

from mof.config import ModelConfig
from mof.lessons.budget import recorded_hour
from mof.lessons.form_results import tell_missing
from mof.lessons.four_days import FILES, RESULTS, SPEEDS_FILE, recorded_recipes
from mof.lessons.page_width import fit_page
from mof.lessons.records import find_record
from mof.machine.parameter_counts import num_parameters
from mof.planning.loss_forecast import MOST_STRETCH, most_believed_passes
from mof.planning.scaling_law import (
    OPERATIONS_PER_PARAMETER,
    FittedLaw,
    Law,
    Point,
    effective_tokens,
    fit,
)
from mof.presets import preset
from mof.viz.forecast_figure import equal_work_figure, forecast_figure
from mof.viz.notebook_figures import show_figure

RECORD, PROGRAM, HOURS = "scaling_study", "scaling_study.py", "1.3"
# complete trainings on the text that the study reads, with their own schedules, judged on the same held-out
# text: `benchmarks/accelerator_run.py` made them
LONG_RUNS = {"16.7 M, H200": RESULTS / FILES["B"], "83.4 M, H100": RESULTS / FILES["A"]}
HOUR_RUN = RESULTS / "hour_run.json"
SMALL = "small trainings"


class FourDays(NamedTuple):
    """A training of 96 hours that was never run on the CPU. parameters: of the model. tokens: that 96 hours
    read at the speed measured on two cores. speed: tokens a second. source: of the speed."""

    parameters: int
    tokens: float
    speed: float
    source: str


def long_points():
    """The long trainings: dict from their names to (Point, passes over their text).

    Raises:
        FileNotFoundError: a record of them is gone.
    """
    found = {}
    for name, path in LONG_RUNS.items():
        run = json.loads(path.read_text(encoding="utf-8"))["runs"]["pretraining"]
        size = num_parameters(ModelConfig.from_json(json.dumps(run["model"])))
        counted = effective_tokens(run["tokens"], run["tokens"] / run["epochs"])
        found[name] = Point(size, counted, run["bits_per_byte"]), run["epochs"]
    return found


def small_points(trainings, unique_tokens):
    """The study's own trainings: dict from "width 64, 0.5 M tokens" to Point.

    Args:
        trainings: list of dicts with "width", "parameters", "tokens" and "bits_per_byte".
        unique_tokens: of the text.
    """
    return {
        f"width {row['width']}, {row['tokens'] / 1e6:.2g} M tokens": Point(
            row["parameters"], effective_tokens(row["tokens"], unique_tokens), row["bits_per_byte"]
        )
        for row in trainings
    }


def four_days():
    """What 96 hours on two cores would be: dict from a name to FourDays."""
    recipes, hour = recorded_recipes(), recorded_hour()
    runs = {
        "tiny": (
            num_parameters(preset("tiny").model),
            hour.tokens_per_second,
            "benchmarks/results/hour_run.json",
        ),
        "16.7 M": (recipes["B"].num_parameters, recipes["B"].tokens_per_second, "data/models/README.md"),
        "full": (
            recipes["A"].num_parameters,
            recipes["A"].tokens_per_second,
            f"benchmarks/results/{SPEEDS_FILE}",
        ),
    }
    return {
        name: FourDays(size, 96 * 3600 * speed, speed, source) for name, (size, speed, source) in runs.items()
    }


def scores(small, long, passes):
    """Forecasts of the long trainings from trainings that they were no part of.

    Args:
        small: dict from names to Point. long: the same, of the long trainings. passes: dict from the names of
            the long ones to passes over their text; the small ones make less than one.

    Returns:
        list of dicts: "training", "from", "low", "centre", "high", "fact", "size_stretch" and
        "token_stretch" (how far beyond the fit), "inside" (the fact lies in the interval), "believed"
        (neither stretch, nor the passes, are beyond what a plan accepts).
    """
    rows = []
    for name, point in long.items():
        others = {other: value for other, value in long.items() if other != name}
        sources = [
            (SMALL, small),
            *((f"{SMALL} and {other}", small | {other: others[other]}) for other in others),
        ]
        for source, points in sources:
            row = score(fit(list(points.values())), point)
            most = most_believed_passes(max(passes.get(key, 0.0) for key in points))
            row["believed"] &= passes[name] <= most
            rows.append({"training": name, "from": source, **row})
    return rows


def score(fitted, point):
    """One forecast beside what came: a dict; see `scores`."""
    low, centre, high = fitted.forecast(point.num_parameters, point.num_tokens)
    stretches = fitted.stretch(point.num_parameters, point.num_tokens)
    return {
        "low": low,
        "centre": centre,
        "high": high,
        "fact": point.bits_per_byte,
        "size_stretch": stretches[0],
        "token_stretch": stretches[1],
        "inside": bool(low <= point.bits_per_byte <= high),
        "believed": bool(max(stretches) <= MOST_STRETCH),
    }


def stored_fit(entry):
    """The FittedLaw of a stored fit: a dict with the fields of FittedLaw as JSON gives them."""
    rows = tuple(Law(*row) for row in entry["resampled"])
    return FittedLaw(Law(*entry["law"]), rows, entry["spread"], tuple(entry["sizes"]), tuple(entry["tokens"]))


def fit_entry(fitted):
    """A FittedLaw as a dict for JSON, numbers to six digits."""

    def short(numbers):
        return [float(f"{number:.6g}") for number in numbers]

    return {
        "law": short(fitted.law),
        "resampled": [short(law) for law in fitted.resampled],
        "spread": float(f"{fitted.spread:.6g}"),
        "sizes": [float(size) for size in fitted.sizes],
        "tokens": [float(count) for count in fitted.tokens],
    }


def recorded_study():
    """The record, or None after saying that nobody has made it yet."""
    record = find_record(RECORD)
    if record is None:
        tell_missing(HOURS, PROGRAM)
    return record


def show_trainings():
    """Prints the recorded small trainings, their law, and where that was; or that there is no record."""
    record = recorded_study()
    if record is None:
        return
    for row in record.data["trainings"]:
        size, count = row["parameters"] / 1e6, row["tokens"] / 1e6
        print(f"{size:5.2f} M parameters {count:5.2f} M tokens {row['bits_per_byte']:.3f} bits per byte")
    fitted = stored_fit(record.data["small_fit"])
    print(describe_law(fitted.law), f"a training lies about {fitted.spread:.1%} off the law", sep="\n")
    print(fit_page(record.note))


def show_scores():
    """Prints the forecasts of the long trainings beside what came, and where that was recorded; or that there
    are none."""
    record = recorded_study()
    if record is not None:
        rows = record.data.get("scores")
        print(*(describe_scores(rows) if rows else ["The recorded study read another text."]), sep="\n")
        print(fit_page(record.note))


def show_four_days():
    """Prints and draws the law of all recorded trainings; or that there is no record."""
    record = recorded_study()
    if record is None:
        return
    fitted, unique_tokens = whole_fit(record), record.data["unique_tokens"]
    long_passes = [passes for _, passes in long_points().values()] if "long" in record.data else [1.0]
    lines = describe_four_days(fitted, unique_tokens, max(long_passes))
    print(describe_law(fitted.law), *lines, sep="\n")
    trainings = {name: Point(*point) for name, point in record.data.get("long", {}).items()}
    trainings |= small_points(record.data["trainings"], unique_tokens)
    sizes = {"0.3 M": 3e5, "0.6 M": 6e5, "1.5 M": 1.5e6}
    sizes |= {name: run.parameters for name, run in four_days().items()}
    show_figure(
        forecast_figure(fitted, sizes, trainings, "Recorded", first=4, most_tokens=1e9),
        "Bits per byte against tokens, repeats as they count, logarithmic. The line is the law, "
        "the band its 80% interval, dots are trainings of about the size, dotted the ends of the fit. Move "
        f"the slider from size to size; {record.note}.",
    )


def show_equal_work(hours):
    """Draws what each size reaches with the same work, by the law of all recorded trainings; or says that
    there is no record.

    Args:
        hours: dict from labels to hours, at the rate of the recorded hour of `tiny`.
    """
    record = recorded_study()
    if record is None:
        return
    fitted, rate = whole_fit(record), recorded_hour().rate
    work = {name: 3600 * count * rate for name, count in hours.items()}
    show_figure(
        equal_work_figure(fitted, work, "Recorded", first=len(work) // 2),
        "Bits per byte against the size of the model, logarithmic, where all sizes get the same work and all "
        "text is fresh. The band is the 80% interval, the mark the lowest point. Move the slider; "
        f"{record.note}.",
    )
    for name, operations in work.items():
        best = fitted.law.best_size(operations)
        each = operations / OPERATIONS_PER_PARAMETER / best**2
        print(f"{name}: {best / 1e6:.3g} M parameters, {each:.3g} tokens for each")


def whole_fit(record):
    """The FittedLaw of all trainings of a record, or of the small ones where there are no others."""
    return stored_fit(record.data.get("whole_fit", record.data["small_fit"]))


def describe_law(law):
    """The law as a line of text."""
    return (
        f"bits = {law.floor:.3f} + {law.size_scale:.3f} / N^{law.size_exponent:.3f} "
        f"+ {law.token_scale:.3f} / D^{law.token_exponent:.3f}    (N, D in millions)"
    )


def describe_scores(rows):
    """Forecast beside fact, and how far beyond the fit it lay: three lines for each."""
    lines = []
    for row in rows:
        low, centre, high, fact = (f"{row[name]:.3f}" for name in ("low", "centre", "high", "fact"))
        size, tokens = (f"{row[name]:.1f}" for name in ("size_stretch", "token_stretch"))
        refusal = "" if row["believed"] else ": a plan would refuse"
        verdict = "inside" if row["inside"] else "outside"
        lines += [
            f"{row['training']}, from {row['from']}:",
            f"    forecast {centre} ({low} to {high}), came {fact}: {verdict}",
            f"    beyond {size} × in size, {tokens} × in tokens{refusal}",
        ]
    return lines


def describe_four_days(fitted, unique_tokens, most_passes):
    """What the law says of 96 hours on two cores, for each size: a list of lines.

    Args:
        fitted: FittedLaw. unique_tokens: of the text. most_passes: of the trainings of the fit.
    """
    lines = []
    for name, run in four_days().items():
        counted, passes = effective_tokens(run.tokens, unique_tokens), run.tokens / unique_tokens
        million = f"{run.tokens / 1e6:.0f}", f"{counted / 1e6:.0f}"
        low, centre, high = fitted.forecast(run.parameters, counted)
        is_far = max(fitted.stretch(run.parameters, counted)) > MOST_STRETCH
        refusal = ": a plan would refuse" if is_far or passes > most_believed_passes(most_passes) else ""
        lines += [
            f"{name}, {run.parameters / 1e6:.1f} M parameters:",
            f"    {million[0]} M tokens, {passes:.1f} passes, worth {million[1]} M fresh ones",
            f"    {centre:.3f} bits per byte ({low:.3f} to {high:.3f}){refusal}",
        ]
    return lines
