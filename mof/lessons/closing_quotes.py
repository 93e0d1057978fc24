"""Does a model know, after a full stop, whether a quotation is still open? Chapter 03.

In Chinese prose as in English, ” can follow 。 only while a “ waits for it. The character before is the same
either way, so a bigram gives one answer for both; a model with a memory can give two.
"""

import numpy as np

from mof.corpus.conversation import encode_document
from mof.tokenizer.special_tokens import PADDING

OPENING, CLOSING, STOP = "“", "”", "。"
PIECE = 256  # texts are padded to multiples of it: few shapes, few graphs


def full_stops(text):
    """Where full stops stand, and whether a quotation is open there.

    Args:
        text: str.

    Returns:
        list of (index, bool).
    """
    depth, found = 0, []
    for i, character in enumerate(text):
        depth += (character == OPENING) - (character == CLOSING)
        if character == STOP:
            found.append((i, depth > 0))
    return found


def quote_memory(closing_share, texts):
    """The mean probability of ” after 。, inside quotations and outside.

    Args:
        closing_share: function of (text, list of indices) that gives a probability for each.
        texts: list of str.

    Returns:
        dict: "inside" and "outside" (floats), "num_inside" and "num_outside" (full stops of each kind).

    Raises:
        ValueError: the texts hold no full stop of one kind.
    """
    shares = {True: [], False: []}
    for text in texts:
        stops = full_stops(text)
        if not stops:
            continue
        for (_, is_open), share in zip(stops, closing_share(text, [i for i, _ in stops]), strict=True):
            shares[is_open].append(float(share))
    if not all(shares.values()):
        raise ValueError(
            f"{len(shares[True])} full stops inside quotations came and {len(shares[False])} outside, "
            "expected some of both: give more text."
        )
    return {
        "inside": float(np.mean(shares[True])),
        "outside": float(np.mean(shares[False])),
        "num_inside": len(shares[True]),
        "num_outside": len(shares[False]),
    }


def table_closing_share(table, tokenizer):
    """For `quote_memory`: a bigram's table [W, W], which knows the character before alone."""
    stop, closing = (int(tokenizer.encode(character)[0]) for character in (STOP, CLOSING))
    return lambda text, indices: [table[stop, closing]] * len(indices)


def ngram_closing_share(ngram):
    """For `quote_memory`: an NgramModel."""
    closing = 2 + ngram.characters.index(CLOSING)  # after the end and the unknown symbol
    return lambda text, indices: [ngram.next_probabilities(text[: i + 1])[closing] for i in indices]


def model_closing_share(model, tokenizer):
    """For `quote_memory`: a MixtureLanguageModel with its Tokenizer."""
    from keras import ops

    from mof.execution import as_graph

    (closing,) = tokenizer.encode(CLOSING)

    def read(token_ids, mask):
        output, _ = model.features(token_ids, None, None, mask)
        return ops.softmax(model.logits(output.hidden), axis=-1)[0, :, int(closing)]

    graph = as_graph(model, read, is_compiled=False)

    def closing_share(text, indices):
        ids = encode_document(text, tokenizer)
        token_ids = np.full((1, -(-len(ids) // PIECE) * PIECE), PADDING, dtype=np.int32)
        token_ids[0, : len(ids)] = ids
        shares = ops.convert_to_numpy(graph(token_ids, np.arange(token_ids.shape[1])[None] < len(ids)))
        return [shares[len(tokenizer.encode(text[: i + 1]))] for i in indices]

    return closing_share
