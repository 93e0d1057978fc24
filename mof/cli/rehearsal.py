"""`mof rehearsal`: the whole of a long training in some minutes."""

from typing import Annotated

import typer

from mof.cli.invocation import command_line


def rehearsal(
    folder: Annotated[str, typer.Option(metavar="FOLDER", help="For its plan and runs.")] = "runs/rehearsal",
    data: Annotated[str, typer.Option(metavar="FOLDER", help="The text that ships.")] = "data",
    minutes: Annotated[
        float, typer.Option(metavar="NUMBER", help="Minutes of training, in all.", min=0.1)
    ] = 2.0,
):
    """Rehearse a long training: measure, plan, train, kill, resume, stop, resume, fine-tune, export, chat.

    With the smallest model and the text that ships; before you give four days to it, see here that your
    machine does all of it. What the model says after minutes makes no sense yet.
    """
    from mof.planning.rehearsal import rehearse

    result = rehearse(folder, data, minutes, tell=lambda words: print(words, flush=True))
    print("\nAll of it worked here:")
    for words, seconds in result.steps:
        print(f"  {seconds:5.0f} s  {words}")
    again = "the same" if result.is_same else "NOT the same: please report it"
    print(f"Killed after update {result.killed_at}, gone on with from update {result.resumed_at}.")
    if result.resumed_at < result.killed_at:
        print(f"What lay between was done again; its losses are {again}.")
    else:
        print("All of it was saved, so nothing was done again.")
    print(f"The model says: {result.answer}")
    print("Plan your own training:")
    print("  " + command_line("plan", "--corpus", "my-texts", "--dialogues", "my-dialogues", "--hours", "96"))
