"""`mof status` and `mof stop`: how a plan or a run stands, and its end by request."""

from pathlib import Path
from typing import Annotated

import typer

from mof.cli.doctor_view import duration
from mof.cli.invocation import command_line
from mof.planning.following import COPY_NAME, OUTPUT_NAME, folder_of

FOLDER_HELP = "A plan's file, its folder, or a run's folder."
PathArgument = Annotated[str, typer.Argument(metavar="PLAN|FOLDER", help=FOLDER_HELP)]
TIME_FORMAT = "%a %d %b, %H:%M"


def status(path: PathArgument = "runs/four-days"):
    """Tell how a plan or a run stands, from its files: what is done, what runs, when it will end."""
    from mof.planning.run_state import look

    for number, folder in enumerate(_folders(path)):
        if number:
            print()
        _show(look(folder))


def _folders(path):
    """What is asked for: the path itself, and the folders of plans in it, such as those of both recipes."""
    folder = Path(path)
    if folder.suffix == ".toml" or not folder.is_dir():
        return [path]
    inside = sorted(file.parent for file in folder.glob(f"*/{COPY_NAME}"))
    is_one_itself = (folder / COPY_NAME).is_file() or not inside
    return [path] * is_one_itself + inside


def _show(state):
    print(f"{state.folder}: {_condition(state)}")
    for stage in state.stages:
        print(f"  {stage.name:<12} {_stage_line(stage)}")
        if stage.unsaved and not state.is_running:
            print(f"  {'':<12} {_unsaved_line(stage.unsaved)}")
        if stage.bits_per_byte is not None:
            print(f"  {'':<12} {stage.bits_per_byte:.3f} bits per byte on held-out text at the last look")
        if stage.newest:
            print(f"  {'':<12} newest checkpoint {stage.newest}")
    if state.seconds_left is not None and state.seconds_left[1] > 0:
        low, middle, high = map(duration, state.seconds_left)
        print(f"  left: {middle} (80% interval {low} to {high})")
        early, _, late = (moment.strftime(TIME_FORMAT) for moment in state.end)
        condition = "" if state.is_running else ", if it goes on now"
        print(f"  end: between {early} and {late}{condition}")
    for event in [event for stage in state.stages for event in stage.events][-5:]:
        print(f"  {event['time'][:16].replace('T', ' ')}  {event['event']}: {event['words']}")
    if not state.is_running and not all(stage.is_finished for stage in state.stages):
        print("Go on with:\n  " + _command(state))


def stop(
    path: PathArgument = "runs/four-days",
    seconds: Annotated[float, typer.Option(metavar="NUMBER", help="To wait for it.")] = 600.0,
):
    """Stop what trains in a folder after its present update; it saves everything first."""
    from mof.planning import background
    from mof.planning.run_state import look

    busy = [folder for folder in _folders(path) if background.is_busy(folder_of(folder))]
    if len(busy) > 1:  # both recipes lie in one folder
        raise ValueError(f"more than one trains there: name one of {', '.join(map(str, busy))}.")
    path = busy[0] if busy else path
    if busy:
        print("Asked to stop; waiting until it has saved.", flush=True)
    before = look(path) if busy else None
    if not background.stop(path, seconds):
        raise ValueError(
            f"it has not stopped in {seconds:g} s. It stops after its present update: look again later."
        )
    state = look(path)
    unsaved = sum(stage.unsaved for stage in state.stages)
    if unsaved and (before is None or before.is_training):
        raise ValueError(
            f"it has ended, but it could not save first: {_unsaved_line(unsaved)} Its last words say why: in "
            f"its window, or in {state.folder / OUTPUT_NAME}. It goes on with: {_command(state)}"
        )
    begun = any(stage.update or stage.newest for stage in state.stages)
    is_waiting = before is not None and not before.is_training
    print("Stopped; it had not begun to train." if is_waiting or not begun else "Stopped and saved.")


def _condition(state):
    if all(stage.is_finished for stage in state.stages):
        return "finished"
    if state.pause is not None:
        return f"waiting since {state.pause['time'][:16].replace('T', ' ')}. {state.pause['words']}"
    if state.is_running and not state.is_training:
        output = state.folder / OUTPUT_NAME
        place = f"its window, or {output}, says" if output.is_file() else "its window says"
        return f"preparing, or waiting until it may train: {place} which"
    return "training" if state.is_running else "not running"


def _unsaved_line(number):
    if number == 1:
        return "the last update is in no checkpoint, and will be done again."
    return f"the last {number:,} updates are in no checkpoint, and will be done again."


def _stage_line(stage):
    if not stage.newest and not stage.update:
        return "not begun"
    done = (
        f"update {stage.update:,} of {stage.num_updates:,}"
        if stage.num_updates
        else f"update {stage.update:,}"
    )
    share = f"{stage.update / stage.num_updates:.1%}, " if stage.num_updates else ""
    speed = f", {stage.tokens / stage.seconds:,.0f} a second" if stage.seconds else ""
    words = f"{share}{done}; {stage.tokens:,} tokens in {duration(stage.seconds)}{speed}"
    if stage.is_finished:
        return f"finished: {words}"
    return words


def _command(state):
    if state.plan is None:
        return command_line("train", "--resume", "--run", str(state.folder))
    copy = Path(state.folder) / COPY_NAME
    return command_line("train", "--plan", str(copy) if copy.is_file() else "PLAN")
