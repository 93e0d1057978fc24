"""What `mof evaluate` and `mof abilities` judge: a run, or an exported model, which holds less than a run."""

import contextlib
from typing import NamedTuple

from mof.cli.engine import tell
from mof.corpus.token_cache_building import OtherTextError

NO_ROUTER = (
    "The router's weights are not told: an exported model gives out none of them. Ask the run that it came "
    "from."
)
NO_TEXT = (
    "Memory and writing were not judged: an exported model holds no text. Name some that it was not trained "
    "on with --corpus PATH."
)
NO_PLAIN_TEXT = (
    "Memory and writing were not judged: all documents to judge on are conversations. Name texts that it was "
    "not trained on with --corpus PATH."
)
NO_LENGTH = (
    "Memory was not judged: this export does not say how long the rows of its training were. Export the "
    "model again."
)


class JudgedModel(NamedTuple):
    """A model and what it is judged on.

    model: MixtureLanguageModel; or None for an exported one, which its `reader` alone knows.
    reader: OnnxReader of an exported model, else None.
    tokenizer: Tokenizer. experts: ModelConfig.experts.
    text: CacheSplit of held-out text, or None where none is known.
    trained_length: tokens of the longest row in training, or None where it is not known.
    left_out: list of sentences, what the model cannot tell of itself.
    """

    model: object
    reader: object
    tokenizer: object
    experts: tuple
    text: object
    trained_length: int | None
    left_out: list

    def holds_text(self):
        """While this is held, no other process deletes the text's tokens."""
        return contextlib.nullcontext() if self.text is None else self.text.in_use()


def choose_weights(path):
    """Which weights answer and are judged, chosen once: a training may write new ones at any time.

    Args:
        path: of a run, or of an exported model.

    Returns:
        (Checkpoint with its weights, or None for an exported model; dict of hashes: "weights", SHA-256 of the
        file that holds them, and "tokenizer", the tokenizer's).

    Raises:
        RunError, CheckpointError, ExportError: the folder cannot be used; the message says why.
    """
    from mof.inference.exported_folder import is_export, read_facts
    from mof.inference.graph_builder import WEIGHTS_NAME
    from mof.training.run_folder import RunError, RunFolder

    checkpoint = None
    if is_export(path):
        facts = read_facts(path)
    else:
        checkpoint = RunFolder(path).newest_checkpoint(parts=("weights",), warn=tell)
        if checkpoint is None:
            raise RunError(f"{path} has no checkpoint yet: train first, or wait for the first to be saved.")
        facts = checkpoint.state
    weights = facts["files"][WEIGHTS_NAME]["sha256"]
    return checkpoint, {"weights": weights, "tokenizer": facts["tokenizer_hash"]}


def open_judged(path, corpus=None, generator=None, checkpoint=None):
    """A run's model and the text that it held out; or an exported model, judged by onnxruntime.

    Args:
        path: of the folder. corpus: list of files and folders to judge on, all of them, or None for what the
            run held out. generator: TextGenerator over that folder, if there is one already.
        checkpoint: Checkpoint of the run with its weights, or None for the newest.

    Returns:
        JudgedModel.

    Raises:
        RunError, CheckpointError, ExportError: the folder cannot be used; the message says why.
        OtherTextError: the run's text is no longer the one that it was trained on: another part of it would
            be held out, and what was learned by heart be judged.
    """
    from mof.cli.engine import open_generator
    from mof.inference.exported_folder import is_export
    from mof.training.saved_model import load_model

    if is_export(path):
        return _open_export(path, corpus, generator or open_generator(path))
    model, tokenizer, folder = load_model(path, checkpoint=checkpoint)
    text = _open_text(corpus, tokenizer, path) if corpus else _held_out_text(folder, tokenizer, checkpoint)
    length = max(folder.training_config.lengths)
    return JudgedModel(model, None, tokenizer, model.config.experts, text, length, [])


def _open_export(path, corpus, generator):
    from mof.cli.default_model import place_of_caches
    from mof.inference.exported_folder import read_facts

    facts = read_facts(path)
    experts, length = tuple(facts["model"]["experts"]), facts.get("trained_length")
    left_out = [NO_ROUTER] if len(experts) > 1 else []
    text = None
    if corpus:
        text = _open_text(corpus, generator.tokenizer, place_of_caches(path))
    return JudgedModel(None, generator.reader, generator.tokenizer, experts, text, length, left_out)


def _open_text(corpus, tokenizer, model_path):
    from mof.training.assembly import open_corpus

    tell("Turning the text into tokens (once; the next look finds them).")
    return open_corpus(corpus, tokenizer, model_path, tell)


def _held_out_text(folder, tokenizer, checkpoint):
    from mof.training.assembly import open_cache

    # what is damaged was told when the weights were read
    checkpoint = checkpoint or folder.newest_checkpoint(parts=(), warn=lambda words: None)
    cursor = checkpoint.state.get("cursor") if checkpoint else None
    fingerprint = cursor["fingerprint"] if cursor else None
    try:
        return open_cache(folder, tokenizer, expected_fingerprint=fingerprint).validation
    except OtherTextError as error:
        raise OtherTextError(f"{error} To judge on other text, name it with --corpus PATH.") from error
