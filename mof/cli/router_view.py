"""The router's weights over a sentence, in a terminal."""

import keras
from rich.text import Text

from mof.corpus.conversation import encode_document
from mof.execution import as_graph
from mof.experts.names import expert_names

BAR_WIDTH = 30
_STYLES = ("cyan", "magenta", "yellow", "green", "blue")
_BLOCKS = "█░▓▒"  # told apart without colours too


def print_route_weights(console, model, tokenizer, text):
    """Print a bar for each token: how much of the mixture each expert gives.

    Args:
        console: rich Console. model: MixtureLanguageModel. tokenizer: its Tokenizer. text: str.
    """
    ids = encode_document(text, tokenizer)
    output, _ = as_graph(model, model.features)(ids[None], None, None, None)
    weights = keras.ops.convert_to_numpy(output.route_weights)[0]
    legend = Text("  ")
    for i, name in enumerate(expert_names(model.config.experts)):
        legend.append(f"{_BLOCKS[i % 4]} {name}   ", _STYLES[i % 5])
    console.print(legend, soft_wrap=True)
    for token_id, row in zip(ids, weights, strict=True):
        line = Text("  ")
        edges = [round(float(share) * BAR_WIDTH) for share in row.cumsum()]
        for i, (start, end) in enumerate(zip([0, *edges[:-1]], edges, strict=True)):
            line.append(_BLOCKS[i % 4] * (end - start), _STYLES[i % 5])
        line.append("  " + "  ".join(f"{share:4.0%}" for share in row) + "  ")
        line.append(_label(tokenizer.token_bytes(int(token_id))))
        console.print(line, soft_wrap=True)


def _label(token_bytes):
    """A token's characters; what is no character shows as bytes."""
    try:
        text = token_bytes.decode("utf-8")
    except UnicodeDecodeError:
        return "part of a character: " + token_bytes.hex(" ")
    if not text:
        return "(start of the text)"
    return text if text.isprintable() and not text.isspace() else repr(text)
