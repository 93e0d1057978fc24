"""Peak resident memory of training and of generating with a preset, each in a process of its own.

    python benchmarks/peak_memory.py --preset full --corpus data --output benchmarks/results/peak_memory.json

Trains a new run of that preset for a few updates by `mof train`, with batches of 2,048 tokens (8 streams of
256), in groups of rows where the preset has it so, then lets it write by `mof generate`. The figure is what
the system counted for each process (maximum resident set). Training is measured twice: as the preset has it,
and with `--recompute-products`. Six minutes for each number format of `full` on two cores, 2 GB of disk.
Linux and macOS: Windows has no such count.
"""

import argparse
import datetime
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

ROOT = Path(__file__).resolve().parent.parent
MEASURE = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:], stdout=sys.stderr)
scale = 1 if sys.platform == "darwin" else 1024
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * scale)
sys.exit(status)
"""


def peak_bytes(arguments):
    """Run `mof ARGUMENTS` and return the largest resident set of its process, in bytes."""
    command = [sys.executable, "-c", MEASURE, sys.executable, "-m", "mof", *arguments]
    return int(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout)


def main():
    """Parse, measure, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="full", help="size of the model")
    parser.add_argument("--corpus", nargs="+", default=["data"], help="text to read")
    parser.add_argument("--product-dtype", nargs="+", default=["float32", "bfloat16"], help="of the products")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    from mof.presets import preset
    from mof.training.conditions import bit_identity_conditions

    result = {
        "command": f"python benchmarks/peak_memory.py --preset {options.preset}",
        "date": datetime.date.today().isoformat(),
        "machine": bit_identity_conditions(),
        "preset": options.preset,
        "micro_batch_tokens": 2048,
        "tokens_at_once": preset(options.preset).tokens_at_once,
        "bytes": {},
    }
    for dtype in options.product_dtype:
        with tempfile.TemporaryDirectory() as folder:
            runs = [str(Path(folder) / name) for name in ("run", "thrifty")]
            training = ["train", "--preset", options.preset, "--product-dtype", dtype]
            for corpus in options.corpus:
                training += ["--corpus", corpus]
            training += ["--num-updates", "3", "--tokens-per-update", "4096", "--num-streams", "8"]
            training += ["--lengths", "256", "--checkpoint-updates", "2", "--evaluation-tokens", "8192"]
            generating = ["generate", "--run", runs[0], "--prompt", "春天来了，" * 40, "--max-tokens", "100"]
            thrifty = ["--run", runs[1], "--recompute", "--recompute-products"]
            result["bytes"][dtype] = {
                "training": peak_bytes([*training, "--run", runs[0]]),
                "training, --recompute-products": peak_bytes([*training, *thrifty]),
                "generating": peak_bytes(generating),
            }
        print(dtype, {name: f"{value / 1e9:.2f} GB" for name, value in result["bytes"][dtype].items()})
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
