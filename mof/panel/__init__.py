"""Looking at trainings while they run, and at recorded ones: `from mof.panel import watch, replay`."""


def watch(*runs, seconds=5.0, is_live=None):
    """Shows one run or several, and goes on showing them while they are trained; see
    `mof.panel.notebook_panel.watch`."""
    from mof.panel.notebook_panel import watch

    return watch(*runs, seconds=seconds, is_live=is_live)


def replay(run):
    """Shows a recorded run under a slider of time, with no kernel; see `mof.panel.recorded_run.replay`."""
    from mof.panel.recorded_run import replay

    return replay(run)
