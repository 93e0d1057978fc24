"""`mof info`: what this machine runs on, and what a run holds."""

import platform
from typing import Annotated

import typer

from mof import __version__
from mof.presets import PRESET_NAMES, preset


def info(
    run: Annotated[str | None, typer.Option(help="Folder of a run to describe.")] = None,
):
    """Tell versions, processor and presets, or what a run's folder holds."""
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

        print(f"  compiled element-wise chains (XLA): {'yes' if xla_is_available() else 'no, the plain graph is used'}")
    print("Presets:")
    for name in PRESET_NAMES:
        entry = preset(name)
        model = MixtureLanguageModel(entry.model)
        print(f"  {name:<6} {model.num_parameters():>11,} parameters, {entry.tokenizer}, for {entry.purpose}")


def _describe_run(path):
    from mof.training.run_folder import RunFolder

    folder = RunFolder(path)
    checkpoint = folder.newest_checkpoint(parts=())
    print(f"{path}: preset {folder.facts.get('preset') or 'own'}, corpus {', '.join(folder.facts['corpus'])}")
    if checkpoint is None:
        print("  no checkpoint yet")
        return
    progress = checkpoint.state["progress"]
    planned = progress["num_updates"] or "?"
    print(f"  update {progress['update']:,} of {planned}, {progress['num_tokens']:,} tokens, {progress['seconds']:.0f} s")
    evaluations = [entry for entry in folder.read_log() if entry.get("event") == "evaluation"]
    for entry in evaluations[-5:]:
        print(f"  after {entry['seconds']:.0f} s: {entry['bits_per_byte']:.3f} bits per byte on held-out text")
    print(f"  newest checkpoint: {checkpoint.path}")
