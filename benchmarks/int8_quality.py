"""What int8 weights cost a trained model: bits per byte on text, in float32 and in int8.

    python benchmarks/int8_quality.py --run runs/first --corpus data --output int8_quality.json

Reads the first 256 tokens of some hundred documents of the corpus that the run held out (by its own rule, so
name what it was trained on, or other text with --all), by onnxruntime: once with the float32 weights, once
with an int8 export of them. Two minutes for `tiny`.
"""

import argparse
import datetime
import itertools
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with

BATCH_SIZE = 32


def choose_texts(corpus, fraction, count):
    """The first texts that a run with this validation fraction held out; a fraction of 1 takes all."""
    from mof.corpus.reading import read_documents
    from mof.corpus.splitting import is_validation

    documents = (d for d in read_documents(corpus) if d.messages is None and is_validation(d, fraction))
    return [document.text for document in itertools.islice(documents, count)]


def judge(reader, tokenizer, texts):
    """Bits per byte of each batch of texts."""
    from mof.evaluation.reader_loss import reader_bits_per_byte

    batches = [texts[i : i + BATCH_SIZE] for i in range(0, len(texts), BATCH_SIZE)]
    return [reader_bits_per_byte(reader, tokenizer, batch) for batch in batches]


def main():
    """Parse, export, judge, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", required=True, help="a trained run")
    parser.add_argument("--corpus", nargs="+", required=True, help="text to judge on")
    parser.add_argument("--documents", type=int, default=256, help="texts at most")
    parser.add_argument("--all", action="store_true", help="any text, not only what the run held out")
    parser.add_argument("--output", type=Path, help="JSON file to write")
    options = parser.parse_args()
    from mof.inference.export import export_run
    from mof.inference.exported_folder import open_export
    from mof.inference.run_graphs import open_run
    from mof.training.conditions import bit_identity_conditions
    from mof.training.run_folder import RunFolder

    run = RunFolder(options.run)
    fraction = 1.0 if options.all else run.facts.get("validation_fraction", 1.0)
    texts = choose_texts(options.corpus, fraction, options.documents)
    tokenizer = run.tokenizer()
    float32 = judge(open_run(run), tokenizer, texts)
    with tempfile.TemporaryDirectory() as folder:
        num_bytes = export_run(run, folder, is_int8=True)
        int8 = judge(open_export(folder)[0], tokenizer, texts)
    lost = [b - a for a, b in zip(float32, int8, strict=True)]
    last = run.read_log()[-1]
    words = f"--run RUN --corpus PATH --documents {options.documents}" + (" --all" if options.all else "")
    result = {
        "command": f"python benchmarks/int8_quality.py {words}",
        "date": datetime.date.today().isoformat(),
        "machine": bit_identity_conditions(),
        "preset": run.facts.get("preset"),
        "trained": {name: last[name] for name in ("update", "tokens")},
        "documents": len(texts),
        "float32_bits_per_byte": sum(float32) / len(float32),
        "int8_bits_per_byte": sum(int8) / len(int8),
        "lost_bits_per_byte": sum(lost) / len(lost),
        "lost_by_batch": lost,
        "int8_bytes": num_bytes,
    }
    print(json.dumps(result, indent=1))
    if options.output:
        options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
