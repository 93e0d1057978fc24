"""`mof export`: a trained model as a folder of its own, a quarter of the size if asked."""

from typing import Annotated

import typer

from mof.cli.invocation import command_line


def export(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Folder of a trained run.")],
    output: Annotated[str, typer.Option(metavar="FOLDER", help="Where to write.")],
    int8: Annotated[
        bool, typer.Option("--int8", help="Round the large matrices to 8 bits: smaller and faster.")
    ] = False,
):
    """Write a model's newest weights as a folder that any onnxruntime can run."""
    from mof.inference.export import export_run
    from mof.training.run_folder import RunFolder

    num_bytes = export_run(RunFolder(run), output, int8)
    print(f"Written to {output}: {num_bytes / 1e6:,.1f} MB. Next:")
    print(f"  {command_line('generate', '--run', output, '--prompt', '春天')}")
