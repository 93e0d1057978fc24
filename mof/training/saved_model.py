"""A trained model out of its run's folder, ready to generate or to be judged."""

from mof.model import MixtureLanguageModel
from mof.training.run_folder import RunError, RunFolder


def load_model(path, warn=print, checkpoint=None):
    """The model of a run, with the weights of its newest whole checkpoint, or of a given one.

    Args:
        path: the run's folder.
        warn: called with a sentence for each damaged checkpoint that is passed over.
        checkpoint: Checkpoint of this run with its weights, or None for the newest.

    Returns:
        (MixtureLanguageModel, Tokenizer, RunFolder).

    Raises:
        RunError: there is no run or no checkpoint, or the tokenizer is another one.
        CheckpointError: all checkpoints are damaged.
    """
    run = RunFolder(path)
    if checkpoint is None:
        checkpoint = run.newest_checkpoint(parts=("weights",), warn=warn)
    if checkpoint is None:
        raise RunError(f"{path} has no checkpoint yet: train first, or wait for the first one to be saved.")
    model = MixtureLanguageModel(run.model_config, run.training_config.seed)
    set_weights(model, checkpoint.arrays["weights"], checkpoint.path)
    return model, run.tokenizer(), run


def set_weights(model, weights, source):
    """Give the model's parameters the values of a checkpoint.

    Args:
        model: MixtureLanguageModel.
        weights: StoredTensors by the parameters' paths, float32.
        source: named in the message.

    Raises:
        RunError: if names or shapes do not match.
    """
    check_shapes(
        weights, {variable.path: tuple(variable.shape) for variable in model.trainable_variables}, source
    )
    for variable in model.trainable_variables:
        variable.assign(weights[variable.path])


def check_shapes(arrays, expected, source):
    """Make sure that a checkpoint's arrays are those of this model and optimiser.

    Args:
        arrays: dict from names to arrays, or StoredTensors.
        expected: dict from the names that must be there to their shapes.
        source: named in the message.

    Raises:
        RunError: if names or shapes do not match.
    """
    for name, shape in expected.items():
        came = arrays[name].shape if name in arrays else "nothing"
        if came != shape:
            raise RunError(
                f"{source} holds {came} for {name}, this run expects {shape}: the checkpoint "
                "belongs to a model "
                "or an optimiser of another config. Put the run.json back that it was made with, "
                "or start a new run."
            )
