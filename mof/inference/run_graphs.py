"""A reader over a run's newest checkpoint: graphs made in memory, weights where training left them."""

from mof.inference.mixture import TOKENS, make_graph
from mof.inference.onnx_reader import OnnxReader
from mof.inference.sessions import open_sessions
from mof.training.run_folder import RunError


def newest_weights(run, warn=print):
    """The weights of a run's newest whole checkpoint.

    Args:
        run: RunFolder. warn: called with a sentence for each damaged checkpoint that is passed over.

    Returns:
        StoredTensors.

    Raises:
        RunError: there is no checkpoint. CheckpointError: all are damaged.
    """
    checkpoint = run.newest_checkpoint(parts=("weights",), warn=warn)
    if checkpoint is None:
        raise RunError(
            f"{run.path} has no checkpoint yet: train first, or wait for the first one to be saved."
        )
    return checkpoint.arrays["weights"]


def open_run(run, warn=print, num_threads=0):
    """Read and write with a run's weights, float32.

    Args:
        run: RunFolder. warn: see `newest_weights`. num_threads: of a product; 0 takes one for each core.

    Returns:
        OnnxReader.

    Raises:
        RunError, CheckpointError: as `newest_weights`.
        GraphError: the weights do not fit the run's config.
        ValueError: the config has no graphs; see `mof.inference.mixture.why_not`.
    """
    return open_weights(run.model_config, newest_weights(run, warn), num_threads)


def open_weights(config, weights, num_threads=0):
    """An OnnxReader of that ModelConfig over weights, a StoredTensors whose file is called
    weights.safetensors."""
    places = weights.places()
    models = {
        form: make_graph(config, places, form, str(weights.path)).SerializeToString() for form in TOKENS
    }
    return OnnxReader(open_sessions(models, weights.path.parent, places, num_threads))
