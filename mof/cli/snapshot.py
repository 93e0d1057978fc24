"""`mof snapshot` and `mof restore`: a run in a few megabytes, and a run that goes on from there."""

from typing import Annotated

import typer

from mof.cli.invocation import command_line


def snapshot(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Folder of a run, finished or not.")],
    output: Annotated[str, typer.Option(metavar="FOLDER", help="Where to write.")],
):
    """Keep where a run stands in a few megabytes: weights in int8, log, place in the text.

    \b
    It leaves out the optimiser. For a copy that goes on bit by bit, copy the run's folder.
    """
    from mof.inference.weights_snapshot import write_snapshot
    from mof.training.run_folder import RunFolder

    num_bytes = write_snapshot(RunFolder(run), output)
    print(f"Written to {output}: {num_bytes / 1e6:,.1f} MB. Should the run be lost, go on with:")
    print("  " + command_line("restore", output, "--run", run, "--corpus", "TEXT"))


def restore(
    snapshot: Annotated[str, typer.Argument(metavar="SNAPSHOT", help="Folder that `mof snapshot` wrote.")],
    run: Annotated[str, typer.Option(metavar="FOLDER", help="For the run that goes on from it.")],
    corpus: Annotated[
        list[str], typer.Option(metavar="PATH", help="The text it was reading. Give it again for more.")
    ],
):
    """Make a run that goes on from a snapshot; its step size rises again from nothing.

    \b
    Of a plan, restore each run into its place in the plan's folder, then give the plan as before.
    """
    from mof.inference.weights_snapshot import restore_snapshot
    from mof.planning.following import COPY_NAME

    made = restore_snapshot(snapshot, run, corpus)
    print(f"{made.path} stands where the snapshot was taken. Go on with:")
    copy = made.path.parent / COPY_NAME
    again = ("--plan", str(copy)) if copy.is_file() else ("--resume", "--run", run)
    print("  " + command_line("train", *again))
