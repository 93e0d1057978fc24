"""The router's weights over a sentence, in a terminal."""

import keras

from mof.corpus.conversation import encode_document
from mof.execution import as_graph

BAR_WIDTH = 30


def print_route_weights(model, tokenizer, text):
    """Print a bar for each token: how much of the mixture each expert gives.

    Args:
        model: MixtureLanguageModel. tokenizer: its Tokenizer. text: str.
    """
    ids = encode_document(text, tokenizer)
    output, _ = as_graph(model, model.features)(ids[None], None, None, None)
    weights = keras.ops.convert_to_numpy(output.route_weights)[0]
    for token_id, row in zip(ids, weights, strict=True):
        token = tokenizer.token_bytes(int(token_id)).decode("utf-8", errors="replace") or "(start)"
        filled = round(float(row[0]) * BAR_WIDTH)
        shares = "  ".join(f"{share:.2f}" for share in row)
        print(f"  {'█' * filled}{'░' * (BAR_WIDTH - filled)}  {shares}  {token!r}")
