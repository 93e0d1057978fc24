"""`mof train`: pre-training, chat fine-tuning, and going on with either."""

from typing import Annotated

import typer

from mof.cli.config_flags import with_config_flags
from mof.config import ModelConfig
from mof.presets import PRESET_NAMES, preset
from mof.training.config import TrainingConfig


@with_config_flags(model=ModelConfig, training=TrainingConfig)
def train(
    corpus: Annotated[
        list[str] | None, typer.Option(help="File or folder of text or dialogues (.txt, .jsonl, .zst); repeat for more.")
    ] = None,
    run: Annotated[str, typer.Option(help="Folder for checkpoints, log and tokenizer.")] = "runs/first",
    preset_name: Annotated[str, typer.Option("--preset", help=f"Size: {', '.join(PRESET_NAMES)}.")] = "tiny",
    base: Annotated[str | None, typer.Option(help="Train this run's model further, for example on dialogues.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --run.")] = False,
    validation_fraction: Annotated[float, typer.Option(help="Share of the documents held out.")] = 0.01,
    model=None,
    training=None,
):
    """Train a model on your own text, or go on with a training.

    Examples: mof train --corpus my-texts --minutes 60 · mof train --resume --run runs/first ·
    mof train --base runs/first --corpus dialogues.jsonl --run runs/chat
    """
    from mof.cli.training_session import train_to_end
    from mof.training.assembly import existing_run, new_run

    if resume:
        if corpus or model or training:
            raise ValueError("--resume goes on with the run as it was planned: leave out --corpus and all settings.")
        prepared = existing_run(run)
    else:
        if not corpus:
            raise ValueError("no text to train on: give --corpus FILE or FOLDER, or --resume to go on with a run.")
        config = TrainingConfig(**training)
        prepared = new_run(run, preset(preset_name), model, config, corpus, validation_fraction, base)
    progress = train_to_end(*prepared)
    if progress.num_updates is None or progress.update < progress.num_updates:
        print(f"Stopped and saved. Go on with: mof train --resume --run {run}")
    else:
        print(f"Done. Next: mof generate --run {run} --prompt 春天   (or mof chat, mof evaluate)")
