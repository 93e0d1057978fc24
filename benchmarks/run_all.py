"""All benchmarks with peers, one after the other, and one page of tables at the end.

    python benchmarks/run_all.py --corpus my-texts

Makes the peers' environments, then measures training speed, the same kept to AVX2 for the small models, and
quality at equal time; each of these tells its hours, about ten in all on two quiet cores. The results and the
page, peers.md, go to benchmarks/results/. Stopped and started again, it goes on. --short tries all of it in
minutes, into runs/peers-short/, and gives no results.
"""

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))

from results_table import CAPPED_SPEED, EQUAL_TIME, RESULTS, SPEED, page  # noqa: E402

CAPPED_CASES = ("products", "mof tiny", "minimind-256x6")


def commands(corpus, results, is_short, find_links):
    """The programs to run, in order.

    Args:
        corpus: list of paths. results: folder. is_short: try everything. find_links: for setup.py.

    Returns:
        list of lists of words: a program in this folder and its arguments.
    """
    text = ["--corpus", *map(str, corpus)]
    short = ["--short"] if is_short else []
    links = ["--find-links", *find_links] if find_links else []

    def stage(program, output, *words):
        folder = ["--folder", str(results / "work")] if is_short else []
        return [program, *text, *words, *short, *folder, "--output", str(results / output)]

    return [
        ["peers/setup.py", *links],
        stage("training_speed.py", SPEED),
        stage("training_speed.py", CAPPED_SPEED, "--cap", "avx2", "--only", *CAPPED_CASES),
        stage("equal_time_peers.py", EQUAL_TIME, "--speed", str(results / SPEED)),
    ]


def main():
    """Run all, write the page, print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", nargs="+", required=True, help="files and folders of plain text")
    parser.add_argument("--short", action="store_true", help="a trial in minutes; no results")
    parser.add_argument("--find-links", nargs="*", default=[], help="folders of wheels for the peers")
    options = parser.parse_args()
    results = ROOT / "runs" / "peers-short" if options.short else RESULTS
    results.mkdir(parents=True, exist_ok=True)
    for program, *words in commands(options.corpus, results, options.short, options.find_links):
        print(f"\n{program} {' '.join(words)}", flush=True)
        subprocess.run([sys.executable, str(HERE / program), *words], check=True)
    text = page(results)
    (results / "peers.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
