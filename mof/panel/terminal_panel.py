"""The panel in a terminal: a table for each run, a line of small bars for its loss, and what to do."""

import time

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from mof.course.translation import _
from mof.panel.quantities import smooth_loss
from mof.panel.run_reader import command_to_go_on
from mof.panel.signal_words import DANGER, NOTE, signals_of
from mof.panel.summary import share_done, summary_of
from mof.panel.track_records import judge_track

BARS = "▁▂▃▄▅▆▇█"
NUM_BARS = 60
STYLES = {NOTE: "cyan", DANGER: "bold red"}
SHOWN_SAMPLES = 3


def watch_in_terminal(readers, seconds_between, once=False, console=None):
    """Show runs until Ctrl-C, or until all have finished.

    Args:
        readers: list of RunReader.
        seconds_between: two looks.
        once: show them once.
        console: rich Console, or None for the standard output. Where it is no terminal, each look is printed
            below the last.
    """
    console = console or Console(highlight=False)
    snapshots = [reader.snapshot() for reader in readers]
    if once or not console.is_terminal:
        console.print(render(readers, snapshots))
    if once:
        return
    try:
        if console.is_terminal:
            with Live(render(readers, snapshots), console=console, auto_refresh=False, screen=False) as live:
                for look in _looks(readers, snapshots, seconds_between):
                    live.update(render(readers, look), refresh=True)
        else:
            for look in _looks(readers, snapshots, seconds_between):
                console.print(render(readers, look))
    except KeyboardInterrupt:
        console.print(_("Watching has ended; the training goes on."))


def render(readers, snapshots):
    """What is shown of some runs.

    Args:
        readers: list of RunReader. snapshots: list of their RunSnapshots.

    Returns:
        rich renderable.
    """
    with_samples = len(readers) == 1  # of several, what is below the window's edge is cut off
    return Group(*(_run(*pair, with_samples) for pair in zip(readers, snapshots, strict=True)))


def loss_bars(losses, num_bars=NUM_BARS):
    """Losses as a line of small bars: the highest fills its place, the lowest stands at the bottom.

    Args:
        losses: list of floats. num_bars: most characters.

    Returns:
        str.
    """
    losses = [loss for loss in losses if loss == loss]
    if not losses:
        return ""
    if len(losses) > num_bars:
        losses = [losses[int((i + 1) * len(losses) / num_bars) - 1] for i in range(num_bars)]
    low, span = min(losses), max(losses) - min(losses)
    return "".join(BARS[round((loss - low) / span * (len(BARS) - 1)) if span else 0] for loss in losses)


def _looks(readers, snapshots, seconds_between):
    while not all(snapshot.is_over for snapshot in snapshots):
        time.sleep(seconds_between)
        snapshots = [reader.snapshot() for reader in readers]
        yield snapshots


def _run(reader, snapshot, with_samples):
    """What presses comes first, samples last: rich cuts off what a window has no room for."""
    share = share_done(snapshot)
    done = int(share * NUM_BARS)
    bar = Text("█" * done, "green").append("░" * (NUM_BARS - done), "dim")
    parts = [Text(f"{snapshot.name}  {share:.0%}", "bold")]
    for signal in signals_of(snapshot, command_to_go_on(reader.path)):
        style = STYLES.get(signal.level, "yellow")
        parts.append(Text(f"! {signal.what} ", style).append(signal.to_do, "default"))
    on_track = judge_track(snapshot)
    track = Text(on_track.words, "yellow" if on_track.is_off else "dim")
    parts += [track, bar] if on_track.is_off else [bar]
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for label, value in summary_of(snapshot):
        table.add_row(Text(label), Text(value))
    losses = smooth_loss(snapshot, NUM_BARS)[1]
    if len(losses) > 1:
        bars = Text(loss_bars(losses), "cyan").append(f"  {losses[0]:.2f} → {losses[-1]:.2f}", "dim")
        table.add_row(Text(_("loss so far")), bars)
    parts += [table] if on_track.is_off else [table, track]
    if snapshot.marks and with_samples:
        for prompt, text in snapshot.marks[-1]["samples"][:SHOWN_SAMPLES]:
            parts.append(Text(prompt, "bold").append(" ".join(text.split()), "none"))
    return Group(*parts, Text())
