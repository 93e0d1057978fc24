"""`mof evaluate`: bits per byte on held-out text, loss by position, the router's shares."""

import json
from typing import Annotated

import typer


def evaluate(
    run: Annotated[str, typer.Option(help="Folder of a trained run.")] = "runs/first",
    corpus: Annotated[
        list[str] | None, typer.Option(help="Text to judge on, all of it; by default what the run held out.")
    ] = None,
    max_tokens: Annotated[int, typer.Option(help="Tokens to read at most; 0 reads all.", min=0)] = 0,
    output: Annotated[str | None, typer.Option(help="Also write the figures to this JSON file.")] = None,
):
    """Judge a model on text that it was not trained on."""
    from mof.cli.evaluation_report import held_out_table
    from mof.evaluation.held_out import HeldOutEvaluation
    from mof.training.assembly import open_cache, open_corpus
    from mof.training.saved_model import load_model

    model, tokenizer, folder = load_model(run)
    split = open_corpus(corpus, tokenizer, folder) if corpus else open_cache(folder, tokenizer).validation
    result = HeldOutEvaluation(model, split, max_tokens or None)()
    print(held_out_table(result))
    if output:
        figures = {name: getattr(value, "tolist", lambda v=value: v)() for name, value in result._asdict().items()}
        with open(output, "w", encoding="utf-8", newline="\n") as file:
            json.dump(figures, file, indent=1)
