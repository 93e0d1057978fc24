"""Record for the cover: a trained model reads a sentence; its router's weights and guesses, token by token.

    python benchmarks/router_on_a_sentence.py --run runs/hour

The run is the one that `judge_run.py` judged: the preset `tiny`, an hour of training
(results/hour_run.json). Takes a minute.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

import keras
import numpy as np

from mof.corpus.conversation import encode_document
from mof.inference.run_graphs import open_run
from mof.lessons.records import write_record
from mof.training.conditions import bit_identity_conditions
from mof.training.run_folder import RunFolder
from mof.training.saved_model import load_model

SENTENCE = "妹妹把三个苹果放在桌子上，又拿走了一个。"
ENGLISH = "Little sister put three apples on the table and took one away again."
NUM_GUESSES = 3
CODE = ("mof/model.py", "mof/layers/router.py", "mof/ops/gated_recurrence.py", "mof/ops/linear_attention.py")


def route_weights(model, ids):
    """The router's weights, [tokens, experts]."""
    output, _ = model.features(ids[None], None, None, None)
    return keras.ops.convert_to_numpy(output.route_weights)[0]


def guesses(reader, tokenizer, ids):
    """For each token, what the model expects next: lists of [text, probability], the likeliest first."""
    state, found = None, []
    for token_id in ids:
        logits, state = reader.read([np.array([token_id])], state)
        shares = np.exp(logits[0] - logits[0].max())
        shares /= shares.sum()
        best = np.argsort(-shares)[:NUM_GUESSES]
        found.append([[text_of(tokenizer, i), round(float(shares[i]), 4)] for i in best])
    return found


def text_of(tokenizer, token_id):
    """A token as text; "" for what is no character, or only part of one."""
    return tokenizer.token_bytes(int(token_id)).decode("utf-8", "ignore")


def main():
    """Read the sentence and write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", required=True, help="folder of the trained run")
    arguments = parser.parse_args()
    model, tokenizer, run = load_model(arguments.run)
    reader = open_run(RunFolder(arguments.run))
    ids = encode_document(SENTENCE, tokenizer)
    weights = route_weights(model, ids)
    expected, parts = guesses(reader, tokenizer, ids), reader.initial_state(1)
    tokens = [
        {
            "text": text_of(tokenizer, token_id),
            "weights": [round(float(share), 4) for share in row],
            "next": after,
        }
        for token_id, row, after in zip(ids, weights, expected, strict=True)
    ]
    memory = {
        kind: sum(array.size for name, array in parts.items() if name.startswith(f"expert_{i}/"))
        for i, kind in enumerate(run.model_config.experts)
    }
    last = [entry for entry in run.read_log() if entry.get("event") == "evaluation"][-1]
    data = {
        "sentence": SENTENCE,
        "english": ENGLISH,
        "preset": run.facts["preset"],
        "training_seconds": last["seconds"],
        "tokens_read": last["tokens"],
        "experts": list(run.model_config.experts),
        "memory_numbers": memory,
        "tokens": tokens[1:],  # the mark of the document's start is no text
        "expected_first": expected[0],
    }
    command = "python benchmarks/router_on_a_sentence.py --run runs/hour"
    path = write_record("router_on_a_sentence", data, command, bit_identity_conditions(), CODE)
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
