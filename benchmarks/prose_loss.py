"""What the two models that ship make of the prose that ships: bits per byte before and after the fine-tuning.

    python benchmarks/prose_loss.py --output benchmarks/results/prose_loss.json

Reads the first 256 tokens of each text of `data/prose` by onnxruntime. Both models have read these texts
before, all but the two that were held out: they are part of what `base` was pre-trained on, some fifteen
passes of it. So what `chat` needs more is what its fine-tuning made it forget. A minute on two cores.
"""

import argparse
import datetime
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

from benchmarks.int8_quality import choose_texts  # noqa: E402
from benchmarks.stored_results import write_results  # noqa: E402

MODELS = ("base", "chat")


def main():
    """Read the texts, judge both models, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="JSON file to write")
    options = parser.parse_args()
    from mof.evaluation.reader_loss import reader_bits_per_byte
    from mof.inference.exported_folder import open_export
    from mof.training.conditions import bit_identity_conditions

    texts = choose_texts([str(ROOT / "data" / "prose")], 1.0, None)
    bits = {}
    for name in MODELS:
        reader, tokenizer = open_export(ROOT / "data" / "models" / name)
        bits[name] = reader_bits_per_byte(reader, tokenizer, texts)
        print(f"{name}: {bits[name]:.4f} bits per byte of {len(texts)} texts", flush=True)
    result = {
        "command": "python benchmarks/prose_loss.py",
        "date": datetime.date.today().isoformat(),
        "machine": bit_identity_conditions(),
        "texts": len(texts),
        "bits_per_byte": bits,
    }
    if options.output:
        write_results(options.output, result)


if __name__ == "__main__":
    main()
