"""`mof evaluate`: bits per byte on held-out text, loss by position, the router's shares."""

import json
from pathlib import Path
from typing import Annotated

import typer

from mof.cli.backend import start_backend


def evaluate(
    run: Annotated[str, typer.Option(metavar="FOLDER", help="A trained run.")] = "runs/first",
    corpus: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="Text to judge on, all of it. Default: what the run held out."),
    ] = None,
    max_tokens: Annotated[
        int, typer.Option(metavar="NUMBER", help="Tokens to read at most; 0 reads all.", min=0)
    ] = 0,
    output: Annotated[
        str | None, typer.Option(metavar="FILE", help="Also write the figures to this JSON file.")
    ] = None,
):
    """Judge a model on text that it was not trained on."""
    start_backend()
    from mof.cli.evaluation_report import held_out_figures, held_out_table
    from mof.evaluation.held_out import HeldOutEvaluation
    from mof.training.assembly import open_cache, open_corpus
    from mof.training.saved_model import load_model

    if output and not Path(output).resolve().parent.is_dir():
        raise FileNotFoundError(f"the folder of {output} does not exist: make it, or name another file.")
    model, tokenizer, folder = load_model(run)
    split = open_corpus(corpus, tokenizer, folder) if corpus else open_cache(folder, tokenizer).validation
    if not split.num_documents:
        raise ValueError(f"{run} held out no text to judge on: name some with --corpus PATH.")
    print(f"Reading {split.num_documents:,} documents. Preparing the graph takes some seconds.")
    result = HeldOutEvaluation(model, split, max_tokens or None)()
    print(held_out_table(result, model.config.experts))
    if output:
        figures = {"run": run, "corpus": corpus or "held out", **held_out_figures(result)}
        text = json.dumps(figures, ensure_ascii=False, indent=1, allow_nan=False)
        Path(output).write_text(text + "\n", encoding="utf-8")
        print(f"written to {output}")
