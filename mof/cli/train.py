"""`mof train`: pre-training, chat fine-tuning, a whole plan of both, and going on with any of them."""

import dataclasses
from typing import Annotated

import typer

from mof.cli.backend import start_backend
from mof.cli.config_flags import with_config_flags
from mof.cli.invocation import command_line
from mof.config import ModelConfig
from mof.planning.gate import Gate, WhenToTrain, make_way
from mof.presets import PRESET_NAMES, TOKENIZERS, preset
from mof.training.config import TrainingConfig
from mof.training.run_folder import RunFolder

CORPUS_HELP = (
    "File or folder of text or dialogues (.txt, .jsonl, also as .zst). Give it again for more. With "
    "--resume: where the run's text lies now."
)


@with_config_flags(
    training=(TrainingConfig, "How it is trained"),
    model=(ModelConfig, "Shape of the model (the defaults shown are those of the preset tiny)"),
    when=(WhenToTrain, "When it runs (also with --plan and --resume; without a plan, niceness is 0)"),
)
def train(
    corpus: Annotated[list[str] | None, typer.Option(metavar="PATH", help=CORPUS_HELP)] = None,
    run: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="For checkpoints, log and tokenizer. Default: runs/first."),
    ] = None,
    preset_name: Annotated[
        str | None,
        typer.Option("--preset", metavar="|".join(PRESET_NAMES), help="Size of the model. Default: tiny."),
    ] = None,
    tokenizer: Annotated[
        str | None,
        typer.Option(metavar="|".join(TOKENIZERS), help="How text becomes tokens. Default: the preset's."),
    ] = None,
    base: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Train this run's model further, as on dialogues.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --run.")] = False,
    validation_fraction: Annotated[
        float | None,
        typer.Option(metavar="NUMBER", help="Share of the documents held out. Default: 0.01."),
    ] = None,
    plan: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Follow a plan of `mof plan`, or go on with it: the same command."),
    ] = None,
    background: Annotated[
        bool,
        typer.Option("--background", help="With --plan: go on when the terminal or the notebook is closed."),
    ] = False,
    model=None,
    training=None,
    when=None,
):
    """Train a model on your own text, or go on with a training.

    \b
    Examples:
      mof train --corpus my-texts --minutes 60
      mof train --resume --run runs/first
      mof train --base runs/first --corpus dialogues.jsonl --run runs/chat
      mof train --plan runs/four-days/plan-b.toml --background --day-hours 22-7
    """
    fixed = {"corpus": corpus, "preset": preset_name, "tokenizer": tokenizer, "base": base}
    fixed |= {"validation_fraction": validation_fraction, **model, **training}
    given = [f"--{name.replace('_', '-')}" for name, value in fixed.items() if value not in (None, [])]
    if plan is not None:
        given = ["--run"] * (run is not None) + ["--resume"] * resume + given
        if given:
            raise ValueError(f"--plan says all that decides the model: leave out {', '.join(given)}.")
        from mof.cli.train_plan import train_by_plan

        return train_by_plan(plan, when, background)
    run = "runs/first" if run is None else run
    if background:
        raise ValueError("--background needs a plan: make one with `mof plan`, and give it with --plan FILE.")
    if resume:
        given = [name for name in given if name != "--corpus"]
        if given:
            raise ValueError(
                f"--resume goes on with the run as it was planned: leave out {', '.join(given)}."
            )
    if not resume and not corpus:
        raise ValueError("there is no text to train on: give --corpus PATH, or --resume to go on with a run.")
    for name, value in (("--preset", preset_name), ("--tokenizer", tokenizer)):
        if base and value:
            raise ValueError(f"--base brings its own model and tokenizer: leave out {name}.")
    shape = preset(preset_name or (base and RunFolder(base).facts.get("preset")) or "tiny")
    usual = {"tokens_per_update": shape.tokens_per_update, "tokens_at_once": shape.tokens_at_once}
    config = TrainingConfig(**{**usual, **training})
    if tokenizer is not None:
        shape = dataclasses.replace(shape, tokenizer=tokenizer)
    model_config = shape.model.replace(**model)  # wrong settings are told before the backend starts
    if resume:
        model_config = RunFolder(run).model_config
    when = WhenToTrain(**{"niceness": 0, **when})
    gate = Gate(when)
    make_way(when.niceness)
    start_backend(saves_memory=model_config.saves_memory)
    from mof.cli.training_session import train_to_end
    from mof.training.assembly import existing_run, new_run

    if resume:
        prepared = existing_run(run, corpus=corpus)
    else:
        fraction = 0.01 if validation_fraction is None else validation_fraction
        prepared = new_run(run, shape, model, config, corpus, fraction, base)
    progress = train_to_end(*prepared, gate=gate)
    if progress.num_updates is None or progress.update < progress.num_updates:
        print("Stopped and saved. Go on with:\n  " + command_line("train", "--resume", "--run", run))
        return
    knows_dialogues = prepared[2].train.num_conversations > 0
    print("Done. Next:")
    print(
        "  "
        + command_line(*(["chat"] if knows_dialogues else ["generate", "--prompt", "春天"]), "--run", run)
    )
    print("  " + command_line("evaluate", "--run", run))
