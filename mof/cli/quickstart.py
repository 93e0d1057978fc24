"""`mof quickstart`: a short real training on the text that ships, with samples before and after."""

from pathlib import Path
from typing import Annotated

import typer

from mof.cli.backend import start_backend
from mof.cli.default_model import shipped_model
from mof.cli.invocation import command_line
from mof.training.config import TrainingConfig

CORPUS_FOLDERS = ("prose", "dialogues")
USUAL_RUN, USUAL_DATA = "runs/quickstart", "data"
QUICK_TRAINING = TrainingConfig(tokens_per_update=2048, lengths=(128, 256), final_share=0.0)
QUICK_VOCABULARY_SIZE = 2048  # a few hundred thousand characters hold no more words that come often


def quickstart(
    minutes: Annotated[
        float, typer.Option(metavar="NUMBER", help="Minutes of training.", min=0.05)
    ] = QUICK_TRAINING.minutes,
    run: Annotated[str, typer.Option(metavar="FOLDER", help="For the model.")] = USUAL_RUN,
    data: Annotated[str, typer.Option(metavar="FOLDER", help="The text that ships.")] = USUAL_DATA,
    preset_name: Annotated[str, typer.Option("--preset", hidden=True)] = "tiny",
):
    """Train the tiny model for five minutes on the text that ships, and see what it learned."""
    corpus = [str(Path(data) / name) for name in CORPUS_FOLDERS]
    missing = [folder for folder in corpus if not Path(folder).is_dir()]
    if missing:
        raise FileNotFoundError(
            f"the text to learn from is not there: {' and '.join(missing)} (looked in {Path.cwd()}). Start "
            "this from the project's folder, or name the folder with --data."
        )
    start_backend()
    from mof.cli.quickstart_questions import show_answers, write_questions
    from mof.cli.quickstart_run import open_or_make_run
    from mof.cli.quickstart_view import QuickstartView
    from mof.cli.training_session import train_to_end

    config = QUICK_TRAINING.replace(minutes=minutes)
    print("Writing questions to learn from, beside the prose (a few seconds).")
    # a training that is gone on with keeps its own file, whatever the minutes asked for now
    questions = Path(run).with_name(f"{Path(run).name}-questions-{minutes:g}-minutes.jsonl")
    corpus.append(write_questions(questions, minutes))
    shape = {"vocabulary_size": QUICK_VOCABULARY_SIZE}
    prepared = open_or_make_run(run, preset_name, shape, config, corpus)
    view = QuickstartView(prepared[1], prepared[0].tokenizer())
    view.show_samples("Before: what it writes after three beginnings.")
    progress = train_to_end(*prepared)
    if progress.num_updates is None or progress.update < progress.num_updates:
        print("Stopped and saved. The same command goes on from here.")
        return
    view.show_samples("After: the same beginnings.")

    def command(other_minutes):
        words = ["quickstart", "--minutes", f"{other_minutes:g}"]
        for option, value, usual in (("--run", run, USUAL_RUN), ("--data", data, USUAL_DATA)):
            words += [] if value == usual else [option, value]
        return command_line(*words)

    show_answers(view.console, view.generator, prepared[0].training_config.minutes, command)
    view.show_router()
    print(f"\nThe model lies in {Path(run).resolve()} (its newest checkpoint in the folder checkpoints).")
    dialogues = str(Path(data) / "dialogues")
    print("Next, let it write, or teach it to answer and talk to it:")
    print("  " + command_line("generate", "--run", run, "--prompt", "春天"))
    print("  " + command_line("train", "--base", run, "--corpus", dialogues, "--run", "runs/chat"))
    print("  " + command_line("chat", "--run", "runs/chat"))
    if shipped := shipped_model("chat"):
        print("Or talk at once to a larger model that ships with this course:")
        print("  " + command_line("chat", "--run", str(shipped)))
