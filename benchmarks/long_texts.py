"""Does a model lose anything where a text grows longer than the rows that it learned from?

    python benchmarks/long_texts.py --model data/models/base --trained-length 512 --corpus my-texts \
        --output benchmarks/results/long_texts.json

Scores the same tokens three times: after as much text as one trained length holds, after four and after
sixteen times as much. Held-out documents are joined without a break, for single ones are too short, and cut
into rows. Of each row the last half of a trained length is scored; what stands before it is read from 1, 4
and 16 trained lengths before the row's end, beginning with an empty memory. The tokens scored are the same,
so each row's differences are differences of memory alone. Most of the longer text belongs to other documents:
the question is whether a memory that has read much spills over, not whether it can use all of it.

By onnxruntime, from a run or an export. Some five minutes for the model that ships.
"""

import argparse
import datetime
import json
import math
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

from benchmarks.int8_quality import choose_texts  # noqa: E402
from benchmarks.stored_results import write_results  # noqa: E402

MULTIPLES = (1, 4, 16)  # of the trained length


def cut_rows(tokens, num_rows, trained_length):
    """Rows of the longest multiple, one after the other.

    Args:
        tokens: 1-D int array. num_rows: rows wanted. trained_length: tokens, even.

    Returns:
        [num_rows, 16 * trained_length] int32 array.

    Raises:
        SystemExit: the text is too short.
    """
    import numpy as np

    length = max(MULTIPLES) * trained_length
    if len(tokens) < num_rows * length:
        raise SystemExit(
            f"{len(tokens):,} tokens of held-out text, expected {num_rows} rows of {length:,}: name more "
            "text, or fewer --rows."
        )
    return np.asarray(tokens[: num_rows * length], "int32").reshape(num_rows, length)


def scored_nats(reader, rows, multiple, trained_length):
    """Mean loss of each row's last half trained length, after the text since `multiple` trained lengths.

    Args:
        reader: `mof.inference.onnx_reader.OnnxReader`. rows: as `cut_rows`.

    Returns:
        list of float, nats a token, one for each row.
    """
    import numpy as np

    from mof.evaluation.reader_loss import stepped_nats
    from mof.tokenizer.special_tokens import DOCUMENT

    targets = rows[:, -multiple * trained_length :]
    inputs = np.concatenate([np.full((len(rows), 1), DOCUMENT, "int32"), targets[:, :-1]], axis=1)
    num_before = targets.shape[1] - trained_length // 2
    _, state = reader.read(list(inputs[:, :num_before]))
    nats, _ = stepped_nats(reader, inputs[:, num_before:], targets[:, num_before:], state)
    return nats.mean(axis=1).tolist()


def with_interval(values):
    """Mean of values and half of its 95% interval's width (Student 1908)."""
    from mof.evaluation.student_t import t_quantile

    half = t_quantile(len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return {"mean": statistics.fmean(values), "half": half}


def summarize(nats):
    """Losses by multiple, and their differences from the first, row by row.

    Args:
        nats: dict from multiples to lists of float, one for each row.

    Returns:
        list of {"multiple", "nats": {"mean", "half"}, "change": the same of the difference, or None}.
    """
    first = nats[MULTIPLES[0]]
    found = []
    for multiple, values in nats.items():
        change = [value - before for value, before in zip(values, first, strict=True)]
        found.append(
            {
                "multiple": multiple,
                "nats": with_interval(values),
                "change": with_interval(change) if multiple != MULTIPLES[0] else None,
            }
        )
    return found


def main():
    """Parse, read, score, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="a run, or an export")
    parser.add_argument(
        "--trained-length", type=int, required=True, help="tokens of the longest row in training"
    )
    parser.add_argument(
        "--corpus", nargs="+", required=True, help="text, of which the held-out share is read"
    )
    parser.add_argument("--fraction", type=float, default=0.01, help="validation fraction of the training")
    parser.add_argument("--rows", type=int, default=32, help="texts")
    parser.add_argument("--output", type=Path, help="JSON file to write")
    options = parser.parse_args()
    if options.trained_length < 2 or options.trained_length % 2 or options.rows < 2:
        parser.error("--trained-length must be even, 2 or more, and --rows 2 or more.")
    from mof.inference.exported_folder import is_export, open_export
    from mof.inference.run_graphs import open_run
    from mof.lessons.long_text import held_out_stream
    from mof.training.conditions import bit_identity_conditions
    from mof.training.run_folder import RunFolder

    if is_export(options.model):
        reader, tokenizer = open_export(options.model)[:2]
    else:
        run = RunFolder(options.model)
        reader, tokenizer = open_run(run), run.tokenizer()
    texts = choose_texts(options.corpus, options.fraction, None)
    rows = cut_rows(held_out_stream(tokenizer, texts), options.rows, options.trained_length)
    nats = {}
    for multiple in MULTIPLES:
        nats[multiple] = scored_nats(reader, rows, multiple, options.trained_length)
        print(f"{multiple} trained lengths: {statistics.fmean(nats[multiple]):.4f} nats a token", flush=True)
    result = {
        "command": f"python benchmarks/long_texts.py --model PATH/{Path(options.model).name} --corpus PATH "
        f"--trained-length {options.trained_length} --fraction {options.fraction:g} --rows {options.rows}",
        "date": datetime.date.today().isoformat(),
        "machine": bit_identity_conditions(),
        "trained_length": options.trained_length,
        "rows": options.rows,
        "scored_tokens": options.rows * (options.trained_length // 2),
        "multiples": summarize(nats),
    }
    print(json.dumps(result["multiples"], indent=1))
    if options.output:
        write_results(options.output, result)


if __name__ == "__main__":
    main()
