"""A trained model out of its run's folder, ready to generate or to be judged."""

from mof.model import MixtureLanguageModel
from mof.training.run_folder import RunError, RunFolder


def load_model(path, warn=print):
    """The model of a run, with the weights of its newest whole checkpoint.

    Args:
        path: the run's folder.
        warn: called with a sentence for each damaged checkpoint that is passed over.

    Returns:
        (MixtureLanguageModel, Tokenizer, RunFolder).

    Raises:
        RunError: there is no run or no checkpoint, or the tokenizer is another one.
        CheckpointError: all checkpoints are damaged.
    """
    run = RunFolder(path)
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
        weights: dict from the parameters' paths to float32 arrays.
        source: named in the message.

    Raises:
        RunError: if names or shapes do not match.
    """
    for variable in model.trainable_variables:
        came = weights[variable.path].shape if variable.path in weights else "nothing"
        if came != tuple(variable.shape):
            raise RunError(
                f"{source} holds {came} for {variable.path}, this model expects {tuple(variable.shape)}: the weights belong to "
                "a model of another config."
            )
        variable.assign(weights[variable.path])
