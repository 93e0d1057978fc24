"""`mof evaluate`: bits per byte on held-out text, loss by position, the router's shares."""

import json
from pathlib import Path
from typing import Annotated

import typer

from mof.cli.backend import start_backend


def evaluate(
    run: Annotated[
        str, typer.Option(metavar="FOLDER", help="A trained run, or an exported model.")
    ] = "runs/first",
    corpus: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH",
            help="Text to judge on, all of it. Default: what the run held out; an export needs some.",
        ),
    ] = None,
    max_tokens: Annotated[
        int,
        typer.Option(
            metavar="NUMBER",
            help="Tokens to read at most, of long documents the beginning; 0 reads all.",
            min=0,
        ),
    ] = 0,
    output: Annotated[
        str | None, typer.Option(metavar="FILE", help="Also write the figures to this JSON file.")
    ] = None,
):
    """Judge a model on text that it was not trained on."""
    if output and not Path(output).resolve().parent.is_dir():
        raise FileNotFoundError(f"the folder of {output} does not exist: make it, or name another file.")
    if output and Path(output).is_dir():
        raise IsADirectoryError(f"{output} is a folder: name a file in it.")
    start_backend()
    from mof.cli.engine import tell
    from mof.cli.evaluation_report import held_out_figures, held_out_table
    from mof.cli.judged_model import open_judged
    from mof.evaluation.held_out import HeldOutEvaluation
    from mof.patient_files import write_whole
    from mof.sources.progress_lines import ProgressLines

    judged = open_judged(run, corpus)
    if judged.text is None:
        raise ValueError(
            f"{run} is an exported model, which holds no text to judge on: name some that it was not trained "
            "on with --corpus PATH."
        )
    if not judged.text.num_documents:
        raise ValueError(f"{run} held out no text to judge on: name some with --corpus PATH.")
    with judged.holds_text():
        evaluation = HeldOutEvaluation(
            judged.model,
            judged.text,
            max_tokens or None,
            reader=judged.reader,
            byte_lengths=judged.tokenizer.byte_lengths,
        )
        how = ", of long ones the beginning" if evaluation.most_of_each else ""
        print(
            f"Reading {len(evaluation.documents):,} documents{how}. Preparing the graph takes some seconds.",
            flush=True,
        )
        result = evaluation(on_batch=ProgressLines(tell, "read"))
    print(held_out_table(result, judged.experts))
    if output:
        figures = {"run": run, "corpus": corpus or "held out", **held_out_figures(result)}
        figures["left_out"] = judged.left_out
        write_whole(Path(output), json.dumps(figures, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
        print(f"written to {output}")
