"""`mof info`: what this machine runs on, and what a run holds."""

import platform
from typing import Annotated

import typer

from mof import __version__
from mof.cli.backend import start_backend
from mof.presets import PRESET_NAMES, preset

NUM_EVALUATIONS = 5


def info(
    run: Annotated[str | None, typer.Option(metavar="FOLDER", help="A run to describe.")] = None,
):
    """Tell versions, processor and presets, or what a run's folder holds."""
    start_backend()
    import keras

    from mof.model import MixtureLanguageModel
    from mof.training.conditions import bit_identity_conditions

    if run is not None:
        return _describe_run(run)
    print(f"mof {__version__}, Python {platform.python_version()}, Keras {keras.__version__}")
    for name, value in bit_identity_conditions().items():
        print(f"  {name}: {value}")
    if keras.backend.backend() == "tensorflow":
        from mof.ops.compilation_tensorflow import xla_is_available

        answer = "yes" if xla_is_available() else "no, the plain graph is used"
        print(f"  compiled element-wise chains (XLA): {answer}")
    print("Presets:")
    for name in PRESET_NAMES:
        entry = preset(name)
        num_parameters = MixtureLanguageModel(entry.model).num_parameters()
        print(f"  {name:<6} {num_parameters:>11,} parameters  {entry.tokenizer:<10}  {entry.purpose}")


def _describe_run(path):
    from mof.cli.terminal import format_seconds
    from mof.training.run_folder import RunFolder

    folder = RunFolder(path)
    facts, config = folder.facts, folder.model_config
    print(f"{path}: preset {facts.get('preset') or 'of its own'}, vocabulary {config.vocabulary_size:,}")
    print(f"  corpus: {', '.join(facts['corpus'])}")
    if facts.get("base"):
        print(f"  went on from: {facts['base']}")
    checkpoint = folder.newest_checkpoint(parts=("weights",))
    if checkpoint is None:
        print("  no checkpoint yet")
        return
    progress = checkpoint.state["progress"]
    planned = f"{progress['num_updates']:,}" if progress["num_updates"] else "a number to be measured"
    print(f"  parameters: {sum(array.size for array in checkpoint.arrays['weights'].values()):,}")
    print(
        f"  update {progress['update']:,} of {planned}, {progress['num_tokens']:,} tokens in "
        f"{format_seconds(progress['seconds'])}"
    )
    evaluations = [entry for entry in folder.read_log() if entry.get("event") == "evaluation"]
    for entry in evaluations[-NUM_EVALUATIONS:]:
        after = format_seconds(entry["seconds"])
        print(f"  after {after}: {entry['bits_per_byte']:.3f} bits per byte on held-out text")
    _tell_time_left(folder, progress["num_updates"])
    print(f"  newest checkpoint: {checkpoint.path}")


def _tell_time_left(folder, num_updates):
    from mof.cli.terminal import format_seconds
    from mof.machine.forecast import forecast_run

    forecast = forecast_run(list(folder.read_log()), folder.training_config, num_updates)
    if forecast is not None and forecast.training_seconds > 0:
        low, middle, high = map(
            format_seconds, (forecast.clock_low, forecast.clock_seconds, forecast.clock_high)
        )
        print(f"  predicted: {middle} more, looks at held-out text included (80% interval: {low} to {high})")
