"""`mof generate`: let a trained model continue a text."""

import sys
from typing import Annotated

import typer

from mof.cli.backend import start_backend
from mof.cli.config_flags import with_config_flags
from mof.generation.config import GenerationConfig


@with_config_flags(generation=(GenerationConfig, "How the text is drawn"))
def generate(
    prompt: Annotated[
        str, typer.Option(metavar="TEXT", help="Beginning of the text, for example 春天 (spring).")
    ] = "",
    run: Annotated[str, typer.Option(metavar="FOLDER", help="A trained run.")] = "runs/first",
    num_texts: Annotated[int, typer.Option(metavar="NUMBER", help="How many continuations.", min=1)] = 1,
    generation=None,
):
    """Continue a text with a trained model, character by character."""
    config = GenerationConfig(**generation)
    start_backend()
    from mof.generation.decoding import TextGenerator
    from mof.training.saved_model import load_model

    model, tokenizer, _ = load_model(run, warn=_tell)  # the standard output holds the text alone
    generator = TextGenerator(model, tokenizer)
    _tell("Preparing to write takes some seconds.")
    for row in range(num_texts):
        print(prompt, end="", flush=True)
        for piece in generator.stream(prompt, config, row):
            print(piece, end="", flush=True)
        print("\n")


def _tell(words):
    print(words, file=sys.stderr, flush=True)
