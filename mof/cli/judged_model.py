"""What `mof evaluate` and `mof abilities` judge: a run, or an exported model, which holds less than a run."""

from typing import NamedTuple

from mof.cli.engine import tell

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


def open_judged(path, corpus=None, generator=None):
    """A run's newest model and the text that it held out; or an exported model, judged by onnxruntime.

    Args:
        path: of the folder. corpus: list of files and folders to judge on, all of them, or None for what the
            run held out. generator: TextGenerator over that folder, if there is one already.

    Returns:
        JudgedModel.

    Raises:
        RunError, CheckpointError, ExportError: the folder cannot be used; the message says why.
    """
    from mof.cli.engine import open_generator
    from mof.inference.exported_folder import is_export
    from mof.training.assembly import open_cache, open_corpus
    from mof.training.saved_model import load_model

    if is_export(path):
        return _open_export(path, corpus, generator or open_generator(path))
    model, tokenizer, folder = load_model(path)
    text = open_corpus(corpus, tokenizer, path) if corpus else open_cache(folder, tokenizer).validation
    length = max(folder.training_config.lengths)
    return JudgedModel(model, None, tokenizer, model.config.experts, text, length, [])


def _open_export(path, corpus, generator):
    from mof.cli.default_model import place_of_caches
    from mof.inference.exported_folder import read_facts
    from mof.training.assembly import open_corpus

    facts = read_facts(path)
    experts, length = tuple(facts["model"]["experts"]), facts.get("trained_length")
    left_out = [NO_ROUTER] if len(experts) > 1 else []
    text = None
    if corpus:
        tell("Turning the text into tokens (once; the next look finds them).")
        text = open_corpus(corpus, generator.tokenizer, place_of_caches(path))
    return JudgedModel(None, generator.reader, generator.tokenizer, experts, text, length, left_out)
