"""`mof watch`: a run, or several, seen from a terminal while they are trained."""

from typing import Annotated

import typer


def watch(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="Folders of runs.", show_default=False)],
    every: Annotated[
        float, typer.Option("--every", metavar="SECONDS", help="Between two looks.", min=0.2)
    ] = 5.0,
    once: Annotated[bool, typer.Option("--once", help="Look once, and end.")] = False,
):
    """Watch a training: loss, speed, time left, and what to do where something is wrong.

    It reads the run's files alone: start it in a second terminal, as often as you like. Ctrl-C ends the
    watching, not the training.

    \b
    Examples:
      mof watch runs/first
      mof watch runs/first runs/second --every 30
      mof watch runs/first --once
    """
    from mof.panel.run_reader import open_runs
    from mof.panel.terminal_panel import watch_in_terminal

    watch_in_terminal(open_runs(runs), every, once)
