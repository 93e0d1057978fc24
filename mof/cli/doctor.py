"""`mof doctor`: what this machine can train, and in which time."""

from pathlib import Path
from typing import Annotated

import typer

from mof.cli.invocation import command_line
from mof.machine.report import ASSUMED_CHARACTERS
from mof.presets import PRESET_NAMES, preset


def doctor(
    hours: Annotated[
        float, typer.Option(metavar="NUMBER", help="Hours of training to recommend a preset for.")
    ] = 96.0,
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
        bool, typer.Option("--show", help="Tell the last report again; measure nothing.")
    ] = False,
):
    """Measure this machine for a minute, and tell what it can train in which time.

    \b
    Examples:
      mof doctor
      mof doctor --hours 8
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
        report = load_report(path)
        if report is None:
            raise FileNotFoundError(
                f"{path} is not there yet: run `mof doctor` without --show first. Type: "
                + command_line("doctor", *place)
            )
    else:
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder: name a file in it.")
        presets = (preset_name,) if preset_name else PRESETS_MEASURED
        again = ["--hours", f"{hours:g}", "--seconds", f"{2 * seconds:.0f}", *place]
        again += ["--preset", preset_name] if preset_name else []
        report = examine(
            hours,
            seconds,
            presets,
            path.parent,
            tell=lambda words: print(words + " ...", flush=True),
            longer=command_line("doctor", *again),
        )
        report.save(path)
    show_report(report, characters, path)
