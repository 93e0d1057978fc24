"""`mof doctor`: what this machine can train, and in which time."""

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from mof.cli.invocation import command_line
from mof.machine.report import ASSUMED_CHARACTERS
from mof.presets import PRESET_NAMES, preset

USUAL_HOURS = 96.0


def doctor(
    hours: Annotated[
        float | None,
        typer.Option(metavar="NUMBER", help="Hours of training to recommend a preset for. Default: 96."),
    ] = None,
    preset_name: Annotated[
        str | None,
        typer.Option(
            "--preset", metavar="|".join(PRESET_NAMES), help="Measure this size instead of tiny and small."
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option(metavar="NUMBER", help="Seconds to measure; a busy machine takes longer.")
    ] = 60.0,
    characters: Annotated[
        float,
        typer.Option(metavar="NUMBER", help="Characters of your text, for the number of passes over it."),
    ] = ASSUMED_CHARACTERS,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Where the report is kept. Default: runs/machine.json."),
    ] = None,
    show: Annotated[
        bool, typer.Option("--show", help="Tell the last report again, for other --hours; measure nothing.")
    ] = False,
):
    """Measure this machine for a minute, and tell what it can train in which time.

    \b
    Examples:
      mof doctor
      mof doctor --hours 8
      mof doctor --show --hours 24
      mof doctor --seconds 180 --preset small
    """
    from mof.cli.doctor_view import show_report
    from mof.machine.examination import PRESETS_MEASURED, examine
    from mof.machine.report import DEFAULT_PATH, load_report

    if not characters > 0:
        raise ValueError(
            f"--characters is {characters}, expected above 0: a megabyte of Chinese text holds about 350000."
        )
    if preset_name is not None:
        preset(preset_name)
    path = json_file or DEFAULT_PATH
    place = ["--json", str(json_file)] if json_file else []
    if show:
        if preset_name is not None:
            raise ValueError("--show measures nothing: leave --preset away, or measure anew without --show.")
        report = load_report(path)
        if report is None:
            raise FileNotFoundError(
                f"{path} is not there yet: run `mof doctor` without --show first. Type: "
                + command_line("doctor", *place)
            )
        report = report if hours is None else _for_hours(report, hours)
    else:
        wanted = USUAL_HOURS if hours is None else hours
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder: name a file in it.")
        presets = (preset_name,) if preset_name else PRESETS_MEASURED
        again = ["--hours", f"{wanted:g}", "--seconds", f"{2 * seconds:.0f}", *place]
        again += ["--preset", preset_name] if preset_name else []
        report = examine(
            wanted,
            seconds,
            presets,
            DEFAULT_PATH.parent,  # where runs lie, wherever the report goes
            tell=lambda words: print(words + " ...", flush=True),
            longer=command_line("doctor", *again),
        )
        report.save(path)
    show_report(report, characters, path, hours=hours if show else None)


def _for_hours(report, hours):
    """The report with its recommendation for other hours; what was measured stays."""
    from mof.machine.recommendation import recommend

    choice = recommend(report.predictions, report.facts.available_bytes, hours)
    name = choice.prediction.preset if choice.prediction else ""
    return dataclasses.replace(report, hours=float(hours), recommended=name, reason=choice.reason)
