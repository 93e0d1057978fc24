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


def open_judged(path, corpus=None, generator=None):
    """A run's newest model and the text that it held out; or an exported model, judged by onnxruntime.

    Args:
        path: of the folder. corpus: list of files and folders to judge on, all of them, or None for what the
            run held out. generator: TextGenerator over that folder, if there is one already.

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
    model, tokenizer, folder = load_model(path)
    text = _open_text(corpus, tokenizer, path) if corpus else _held_out_text(folder, tokenizer)
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


def _held_out_text(folder, tokenizer):
    from mof.training.assembly import open_cache

    newest = folder.newest_checkpoint(parts=(), warn=lambda words: None)  # told when the weights were read
    cursor = newest.state.get("cursor") if newest else None
    fingerprint = cursor["fingerprint"] if cursor else None
    try:
        return open_cache(folder, tokenizer, expected_fingerprint=fingerprint).validation
    except OtherTextError as error:
        raise OtherTextError(f"{error} To judge on other text, name it with --corpus PATH.") from error
