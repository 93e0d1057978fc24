"""`mof quickstart`: a short real training on the text that ships, with a sample before and after."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

SAMPLE_PROMPTS = ("春天来了，", "我问妈妈：", "从前")  # "spring has come", "I asked mother:", "once upon a time"
ROUTER_SENTENCE = "妹妹把三个苹果放在桌子上，又拿走了一个。"  # "Sister put three apples on the table and took one away."


def quickstart(
    minutes: Annotated[float, typer.Option(help="Minutes of training.", min=0.05)] = 5.0,
    run: Annotated[str, typer.Option(help="Folder for the run.")] = "runs/quickstart",
    data: Annotated[str, typer.Option(help="Folder with the text that ships.")] = "data",
):
    """Train the tiny model for five minutes on the text that ships, and see what it learned."""
    from mof.cli.router_view import print_route_weights
    from mof.cli.training_session import train_to_end
    from mof.generation.config import GenerationConfig
    from mof.generation.decoding import TextGenerator
    from mof.presets import preset
    from mof.training.assembly import existing_run, new_run
    from mof.training.config import TrainingConfig
    from mof.training.run_folder import RunFolder

    corpus = [str(Path(data) / name) for name in ("prose", "dialogues")]
    folder = Path(run)
    prepared = None
    if (folder / "run.json").is_file():
        checkpoint = RunFolder(folder).newest_checkpoint(parts=())
        progress = checkpoint.state["progress"] if checkpoint else None
        if progress and (progress["num_updates"] is None or progress["update"] < progress["num_updates"]):
            print(f"Going on with the unfinished training in {run}.")
            prepared = existing_run(run)
        else:
            shutil.rmtree(folder)
    if prepared is None:
        config = TrainingConfig(
            minutes=minutes, tokens_per_update=2048, lengths=(128, 256), learning_rate=3e-3, evaluate_seconds=60.0
        )
        prepared = new_run(run, preset("tiny"), {}, config, corpus, validation_fraction=0.05)
    _, model, cache = prepared
    generator = TextGenerator(model, prepared[0].tokenizer())
    settings = GenerationConfig(max_tokens=60, temperature=0.7)

    def show_samples(title):
        print(f"\n{title}")
        for prompt, text in zip(SAMPLE_PROMPTS, generator.generate(list(SAMPLE_PROMPTS), settings), strict=True):
            print(f"  {prompt}{text.text}".replace("\n", " "))
        print()

    show_samples("Before training, the model knows nothing:")
    train_to_end(*prepared)
    show_samples("After training:")
    print("Which expert reads what (left: RNN, right: Transformer):")
    print_route_weights(model, prepared[0].tokenizer(), ROUTER_SENTENCE)
    print(f"\nThe model lies in {folder.resolve()} (newest checkpoint in its folder checkpoints).")
    print(f"Next: python -m mof generate --run {run} --prompt 春天   or longer: python -m mof train --help")
