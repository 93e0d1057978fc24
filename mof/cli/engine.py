"""Which engine writes: onnxruntime, which starts in a second, or the backend that trains, which knows every
model."""

import sys
from typing import Annotated

import typer

from mof.cli.backend import start_backend
from mof.generation.decoding import TextGenerator

ENGINES = ("auto", "onnxruntime", "tensorflow")
EngineOption = Annotated[
    str,
    typer.Option(
        metavar="|".join(ENGINES),
        help="What computes. auto takes onnxruntime where it knows the model, else what trained it.",
    ),
]


def open_generator(path, engine="auto", checkpoint=None):
    """A TextGenerator over a run or an exported model; words about it go to the standard error.

    Args:
        path: of the folder.
        engine: one of ENGINES.
        checkpoint: Checkpoint of the run with its weights, or None for the newest.

    Returns:
        TextGenerator.

    Raises:
        RunError, CheckpointError, ExportError: the folder cannot be used; the message says why.
        ValueError: for another engine, or one that cannot run this model.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine is {engine!r}, expected one of {ENGINES}.")
    from mof.inference.exported_folder import is_export, open_export
    from mof.training.run_folder import RunFolder

    if is_export(path):
        if engine == "tensorflow":
            raise ValueError(
                f"{path} is an exported model, which onnxruntime alone reads: leave --engine away, or name "
                "the run that it came from."
            )
        reason = _why_not_importable()
        if reason:
            raise ValueError(f"{path} is an exported model and needs onnxruntime, but {reason}.")
        return TextGenerator(*open_export(path))
    run = RunFolder(path)
    if engine != "tensorflow":
        reason = _why_not(run.model_config)
        if reason is None:
            from mof.inference.run_graphs import newest_weights, open_weights

            weights = checkpoint.arrays["weights"] if checkpoint else newest_weights(run, warn=tell)
            return TextGenerator(open_weights(run.model_config, weights), run.tokenizer())
        if engine == "onnxruntime":
            raise ValueError(f"onnxruntime cannot run this model: {reason}. Use --engine tensorflow.")
        tell(f"Not by onnxruntime, but by what trained the model, which takes longer to start: {reason}.")
    return _open_by_keras(path, checkpoint)


def tell(words):
    """Write a line to the standard error: the standard output holds the text alone."""
    print(words, file=sys.stderr, flush=True)


def _open_by_keras(path, checkpoint):
    start_backend()
    from mof.generation.reading import StateReader
    from mof.training.saved_model import load_model

    model, tokenizer, _ = load_model(path, warn=tell, checkpoint=checkpoint)
    tell("Preparing to write takes some seconds.")
    return TextGenerator(StateReader(model), tokenizer)


def _why_not(config):
    reason = _why_not_importable()
    if reason:
        return reason
    from mof.inference.mixture import why_not

    return why_not(config)


def _why_not_importable():
    """Why onnxruntime is not there, or None: a broken install must not keep a model from writing."""
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
    except ImportError as error:
        return f"it cannot be imported ({error})"
    return None
