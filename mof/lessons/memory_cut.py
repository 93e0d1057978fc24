"""How far back a model really uses its memory: the loss on held-out text when the memory is emptied every few
tokens. Chapter 04.

Half-lives say what a memory could still hold. This says what it is worth: if emptying it every 16 tokens
costs nothing, nothing older than 16 tokens was used.
"""

import math

import numpy as np

from mof.corpus.conversation import encode_document
from mof.corpus.reading import read_documents
from mof.corpus.splitting import is_validation
from mof.lessons.short_run import SHIPPED_TEXT, VALIDATION_FRACTION


def held_out_prose(corpus=SHIPPED_TEXT, validation_fraction=VALIDATION_FRACTION):
    """The texts, without the conversations, that a short run on this corpus does not learn from.

    Args:
        corpus: files and folders of text. validation_fraction: share held out, as the run has it.

    Returns:
        list of str.
    """
    documents = read_documents(list(corpus))
    return [d.text for d in documents if d.messages is None and is_validation(d, validation_fraction)]


def bits_by_memory(model, tokenizer, texts, memory_lengths):
    """Bits per byte of some texts when the model's whole memory is emptied again and again.

    Args:
        model: MixtureLanguageModel. tokenizer: its Tokenizer.
        texts: list of str, each a document.
        memory_lengths: tokens between two emptyings, counted from each document's start; 1 leaves each token
            with itself alone. None is for "never inside a document".

    Returns:
        dict from each length to bits per byte; the mark that ends a document is not scored.

    Raises:
        ValueError: without texts, or for a length below 1.
    """
    from keras import ops

    from mof.execution import as_graph

    if not texts:
        raise ValueError("there are no texts, expected one at least: give held-out documents.")
    if any(length is not None and length < 1 for length in memory_lengths):
        raise ValueError(f"memory_lengths are {memory_lengths}, expected numbers of tokens from 1 on.")
    documents = [encode_document(text, tokenizer) for text in texts]
    ids = np.concatenate(documents)
    places = np.concatenate([np.arange(len(document)) for document in documents])
    is_scored = places[1:] > 0  # a target that opens a document is not
    num_bytes = sum(len(text.encode("utf-8")) for text in texts)
    score = as_graph(
        model, lambda inputs, targets, resets: model.token_nats(inputs, targets, None, resets)[0]
    )
    found = {}
    for length in memory_lengths:
        resets = places == 0 if length is None else places % length == 0
        nats = ops.convert_to_numpy(score(ids[None, :-1], ids[None, 1:], resets[None, :-1]))[0].astype(
            "float64"
        )
        found[length] = float(nats[is_scored].sum()) / math.log(2) / num_bytes
    return found
