"""The figure to beat: held-out bits per byte of a Kneser-Ney character n-gram model trained on your texts.

    python benchmarks/kneser_ney_baseline.py --corpus my-texts --validation-fraction 0.01 --output result.json

The documents are held out by their hash, as `mof train` does, so with the same corpus and the same fraction
both models learn from the same text and are measured on the same text. Conversations are left out: this
measures plain text. The result is a JSON file with the figures, the command, the date, the machine and the
checksum of every corpus file. Files stand there under their names alone, so it says nothing about the folders
of your computer.
"""

import argparse
import datetime
import hashlib
import json
import os
import platform
import shlex
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

from one_measurement import peak_bytes

from mof.corpus.corpus_files import CorpusFile
from mof.corpus.reading import read_documents
from mof.corpus.reading_report import CorpusError, ReadingReport
from mof.corpus.splitting import check_validation_fraction, is_validation
from mof.evaluation.ngram_baseline import NgramModel


class CorpusSplit:
    """Reads a corpus once: training texts are passed on, held-out ones are kept, files are hashed."""

    def __init__(self, paths: Sequence[Path], validation_fraction: float):
        self.paths = paths
        self.validation_fraction = validation_fraction
        self.reading_report = ReadingReport()
        self.validation_texts: list[str] = []
        self.num_training_documents = self.num_training_characters = self.num_training_bytes = 0
        self.num_conversations = 0
        self._checksums = defaultdict(hashlib.sha256)
        self._sizes_bytes = defaultdict(int)

    def training_texts(self) -> Iterator[str]:
        """The texts to train on; when it ends, all figures of the corpus are known."""
        for document in read_documents(self.paths, self.reading_report, on_chunk=self._add_chunk):
            if document.text is None:
                self.num_conversations += 1
            elif is_validation(document, self.validation_fraction):
                self.validation_texts.append(document.text)
            else:
                self.num_training_documents += 1
                self.num_training_characters += document.num_characters
                self.num_training_bytes += document.num_text_bytes
                yield document.text
        if not self.num_training_documents or not any(self.validation_texts):
            raise CorpusError(
                f"{self.num_training_documents} texts to train on and {len(self.validation_texts)} held out "
                f"({self.num_conversations} conversations left out): both parts need text. Give more text, "
                f"or another --validation-fraction than {self.validation_fraction}."
            )

    def files(self) -> list[dict[str, str | int]]:
        """Name, size and checksum of each file, as stored."""
        return [
            {"name": file.name, "num_bytes": self._sizes_bytes[file], "sha256": checksum.hexdigest()}
            for file, checksum in self._checksums.items()
        ]

    def _add_chunk(self, file: CorpusFile, chunk: bytes) -> None:
        self._checksums[file].update(chunk)
        self._sizes_bytes[file] += len(chunk)


def measure(options: argparse.Namespace) -> dict:
    """Trains, scores, and returns everything the result file holds."""
    check_validation_fraction(options.validation_fraction)
    started = time.perf_counter()

    def report(message: str) -> None:
        print(f"{time.perf_counter() - started:8.1f} s  {message}", flush=True)

    split = CorpusSplit(options.corpus, options.validation_fraction)
    model = NgramModel.train(split.training_texts(), options.order, options.minimum_count, report)
    training_seconds = time.perf_counter() - started
    report(f"trained; scoring {len(split.validation_texts):,} held-out documents")
    score = model.score(split.validation_texts)
    report(f"{score.bits_per_byte:.4f} bits per byte on {score.num_bytes:,} held-out bytes")
    if split.reading_report.num_bad_lines:
        print(split.reading_report)
    if split.num_conversations:
        print(f"{split.num_conversations:,} conversations left out: only plain texts are measured")
    if options.save_model:
        model.save(options.save_model)
        report(f"saved {options.save_model}")
    return {
        "command": command(options),
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "corpus": split.files(),
        "order": options.order,
        "minimum_count": options.minimum_count,
        "validation_fraction": options.validation_fraction,
        "num_training_documents": split.num_training_documents,
        "num_training_characters": split.num_training_characters,
        "num_training_bytes": split.num_training_bytes,
        "num_known_characters": len(model.characters),
        "num_bad_lines": split.reading_report.num_bad_lines,
        "num_conversations_left_out": split.num_conversations,
        "training_seconds": round(training_seconds, 1),
        "peak_memory_bytes": peak_bytes(),
        "validation": {**asdict(score), "bits_per_byte": score.bits_per_byte},
    }


def command(options: argparse.Namespace) -> str:
    """The command that repeats the measurement, with the folders left out of the paths."""
    arguments = ["--corpus", *(path.name for path in options.corpus)]
    arguments += ["--validation-fraction", str(options.validation_fraction), "--order", str(options.order)]
    arguments += ["--minimum-count", str(options.minimum_count), "--output", options.output.name]
    return shlex.join(["python", "benchmarks/kneser_ney_baseline.py", *arguments])


def machine() -> dict[str, str | int | None]:
    """What the measurement ran on."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": processor_name(),
        "num_cpus": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def processor_name() -> str:
    """The processor's name; Linux tells it in a file only."""
    cpu_info = Path("/proc/cpuinfo")
    if cpu_info.exists():
        for line in cpu_info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the arguments, measures, writes the result; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--corpus",
        type=Path,
        nargs="+",
        required=True,
        metavar="PATH",
        help=".txt, .jsonl, .txt.zst or .jsonl.zst files, or folders of them",
    )
    parser.add_argument(
        "--validation-fraction", type=float, default=0.01, help="share held out (default 0.01)"
    )
    parser.add_argument("--order", type=int, default=5, help="longest n-gram (default 5)")
    parser.add_argument(
        "--minimum-count", type=int, default=2, help="rarer characters become the unknown one (default 2)"
    )
    parser.add_argument("--output", type=Path, required=True, metavar="JSON", help="result file to write")
    parser.add_argument("--save-model", type=Path, metavar="NPZ", help="also keep the trained model")
    options = parser.parse_args(arguments)
    for path in filter(None, (options.output, options.save_model)):
        if not path.resolve().parent.is_dir():
            parser.error(f"the folder of {path} does not exist: create it, or give another path")
        if path.is_dir():
            parser.error(f"{path} is a folder, expected the path of a file to write")
    try:
        result = measure(options)
    except (ValueError, FileNotFoundError) as error:
        parser.error(str(error))
    text = json.dumps(result, ensure_ascii=False, indent=2) + "\n"
    unfinished = options.output.with_name(options.output.name + ".unfinished")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, options.output)
    print(f"wrote {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
