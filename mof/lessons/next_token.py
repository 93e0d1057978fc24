"""What a trained model expects after a text, and tokens as a figure can label them. Chapter 03."""

import numpy as np

from mof.corpus.conversation import encode_document
from mof.generation.logit_filters import probabilities
from mof.tokenizer.special_tokens import DOCUMENT, NUM_SPECIAL_TOKENS

_SIGNS = {"\n": "↵", " ": "␣"}


def next_probabilities(model, tokenizer, text):
    """The model's probabilities for the token after a text, at temperature 1.

    Args:
        model: MixtureLanguageModel. tokenizer: its Tokenizer. text: str, the beginning of a document.

    Returns:
        [W] float64.
    """
    from mof.generation.reading import StateReader

    logits, _ = StateReader(model).read([encode_document(text, tokenizer)])
    return probabilities(logits)[0]


def token_label(tokenizer, token_id):
    """A token in a few signs: its text, "end" for a document's end, "byte E4" for a part of a character."""
    if token_id == DOCUMENT:
        return "end"
    if token_id < NUM_SPECIAL_TOKENS:
        return f"special {token_id}"
    text = tokenizer.decode([token_id])
    if "\ufffd" in text or not text.isprintable() and text not in _SIGNS:
        return "byte " + tokenizer.token_bytes(token_id).hex().upper()
    return _SIGNS.get(text, text)


def likeliest(shares, tokenizer, number=5):
    """The likeliest tokens with their shares.

    Args:
        shares: [W]. tokenizer: Tokenizer. number: of tokens.

    Returns:
        list of (label, float), the likeliest first.
    """
    order = np.argsort(-np.asarray(shares), kind="stable")[:number]
    return [(token_label(tokenizer, int(i)), float(shares[i])) for i in order]
