"""`mof generate`: let a trained model continue a text."""

from typing import Annotated

import typer

from mof.cli.config_flags import with_config_flags
from mof.generation.config import GenerationConfig


@with_config_flags(generation=GenerationConfig)
def generate(
    prompt: Annotated[str, typer.Option(help="Beginning of the text, for example 春天 (spring).")] = "",
    run: Annotated[str, typer.Option(help="Folder of a trained run.")] = "runs/first",
    num_texts: Annotated[int, typer.Option(help="How many continuations.", min=1)] = 1,
    generation=None,
):
    """Continue a text with a trained model, character by character."""
    from mof.generation.decoding import TextGenerator
    from mof.training.saved_model import load_model

    config = GenerationConfig(**generation)
    model, tokenizer, _ = load_model(run)
    generator = TextGenerator(model, tokenizer)
    for row in range(num_texts):
        print(prompt, end="", flush=True)
        for piece in generator.stream(prompt, config, row):
            print(piece, end="", flush=True)
        print("\n")
