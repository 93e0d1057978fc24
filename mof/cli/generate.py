"""`mof generate`: let a trained model continue a text."""

from typing import Annotated

import typer

from mof.cli.config_flags import with_config_flags
from mof.cli.default_model import default_model
from mof.cli.engine import EngineOption, open_generator
from mof.generation.config import GenerationConfig


@with_config_flags(generation=(GenerationConfig, "How the text is drawn"))
def generate(
    prompt: Annotated[
        str, typer.Option(metavar="TEXT", help="Beginning of the text, for example 春天 (spring).")
    ] = "",
    run: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help="A trained run, or an exported model; else runs/first where it is, or the model that ships.",
        ),
    ] = None,
    num_texts: Annotated[int, typer.Option(metavar="NUMBER", help="How many continuations.", min=1)] = 1,
    engine: EngineOption = "auto",
    generation=None,
):
    """Continue a text with a trained model, character by character."""
    config = GenerationConfig(**generation)
    generator = open_generator(default_model("base") if run is None else run, engine)
    for row in range(num_texts):
        print(prompt, end="", flush=True)
        for piece in generator.stream(prompt, config, row):
            print(piece, end="", flush=True)
        print("\n")
