"""One page of tables from the stored results of the benchmarks with peers.

    python benchmarks/results_table.py

Reads the JSON files in benchmarks/results/ and prints Markdown. Ratios compare only what one run measured.
"""

import argparse
import json
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"
SPEED, CAPPED_SPEED, EQUAL_TIME = "training_speed.json", "training_speed_avx2.json", "equal_time_peers.json"
COUNTED = "paced_race.json"
# sizes that stand against each other
OPPONENTS = {
    "tiny": ("minimind-256x6",),
    "small": ("minimind-512x7", "gpt2-512x7"),
    "full": ("xiaothink-t6",),
}
TRIAL = "**A short trial: these figures are no results.**"


def markdown_table(header, rows):
    """Markdown of a table; the cells are turned into words by str."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def speed_table(result):
    """Every model's training speed."""
    rows = []
    for case in result["cases"]:
        if case["kind"] == "generating":
            continue
        speed = case["tokens_per_second"]
        way = ", compiled" if case.get("is_compiled") else ""
        rows.append(
            [
                f"{_name(case)}{way}",
                f"{case['parameters'] / 1e6:.1f} M",
                f"{case['tokenizer']} ({case['characters_per_token']:.2f})",
                case["dtype"],
                f"{case['characters_per_second']:,.0f}",
                f"{speed['median']:,.0f} ({speed['least']:,.0f} to {speed['most']:,.0f})",
                f"{case['mfu']:.0%}" if "mfu" in case else "",
                f"{case['peak_bytes'] / 1e9:.2f} GB",
            ]
        )
    header = ["model", "parameters", "tokenizer (characters a token)", "products", "characters/s"]
    return markdown_table([*header, "tokens/s (least to most)", "MFU", "peak memory"], rows)


def generating_table(result):
    """Speed of writing, where it was measured; an empty string elsewhere."""
    cases = [case for case in result["cases"] if case["kind"] == "generating"]
    rows = [[_name(case), case["dtype"], f"{case['tokens_per_second']['median']:,.0f}"] for case in cases]
    return markdown_table(["generating", "products", "tokens/s"], rows) if rows else ""


def products_table(result):
    """Rates of matrix products: 2048^3, and what the models' own shapes allow."""
    rows = []
    for dtype, rates in result["products"].items():
        cube = rates["cube_flops_per_second"]["median"]
        shapes = [
            f"{name} {entry['flops_per_second'] / 1e9:,.0f}" for name, entry in rates["model_shapes"].items()
        ]
        rows.append([dtype, f"{cube / 1e9:,.0f}", ", ".join(shapes)])
    return markdown_table(["products", "2048^3, GFLOP/s", "at the models' shapes, GFLOP/s"], rows)


def ratios(result):
    """Ours over each peer of its size, best setting against best setting.

    Returns:
        list of dicts: "ours", "peer" (names of the cases), "characters" and "tokens" (ratios of speed: above
        1, ours is faster), "memory" (ratio of peaks: below 1, ours is smaller), "characters_float32" (both in
        float32, or None).
    """
    found = []
    for preset, peers in OPPONENTS.items():
        for peer in peers:
            ours = _cases(result, "ours", preset)
            theirs = _cases(result, "peer", peer)
            if not ours or not theirs:
                continue
            best, rival = _fastest(ours), _fastest(theirs)
            plain, plain_rival = (
                _fastest([case for case in cases if case["dtype"] == "float32"]) for cases in (ours, theirs)
            )
            both = plain and plain_rival
            found.append(
                {
                    "ours": best["name"],
                    "peer": rival["name"],
                    "characters": best["characters_per_second"] / rival["characters_per_second"],
                    "tokens": best["tokens_per_second"]["median"] / rival["tokens_per_second"]["median"],
                    "memory": best["peak_bytes"] / rival["peak_bytes"],
                    "characters_float32": plain["characters_per_second"]
                    / plain_rival["characters_per_second"]
                    if both
                    else None,
                }
            )
    return found


def ratio_table(result):
    """`ratios` as Markdown, and what is stored in place of a peer that was not measured; empty if neither."""
    rows = []
    for r in ratios(result):
        float32 = r["characters_float32"]
        rows.append(
            [
                r["ours"],
                r["peer"],
                f"{r['characters']:.2f}",
                f"{r['tokens']:.2f}",
                "" if float32 is None else f"{float32:.2f}",
                f"{r['memory']:.2f}",
            ]
        )
    header = ["ours, fastest", "peer, fastest", "characters/s, ours : peer", "tokens/s"]
    table = markdown_table([*header, "characters/s, both float32", "peak memory"], rows) if rows else ""
    stored = result.get("stored_not_measured")
    if stored:
        speed = stored["characters_per_second"]
        table += (
            f"\n\n{stored['model']}: {speed['least']} to {speed['most']} characters/s, "
            f"{stored['peak_bytes'] / 1e9:.2f} GB ({stored['note']})."
        )
    return table


def equal_time_table(result):
    """Held-out bits per byte at equal time."""
    names = {
        "ours": f"mof {result['preset']}",
        "own": f"{result['shape']}, rows of 340, AdamW 1e-3",
        "tuned": f"{result['shape']}, our vocabulary, best of several learning rates",
    }
    rows = []
    for contestant, row in result["summary"].items():
        rate = row["learning_rate"]
        rows.append(
            [
                names[contestant] + (f" ({rate:g})" if contestant == "tuned" else ""),
                f"{row['parameters'] / 1e6:.1f} M",
                f"{row['mean']:.3f} ({row['least']:.3f} to {row['most']:.3f})",
                row["runs"],
                f"{row['tokens'] / 1e6:.2f} M",
                f"{row['seconds']:.0f}",
            ]
        )
    header = ["model", "parameters", "bits per byte (least to most)", "runs", "tokens", "seconds"]
    return markdown_table(header, rows)


def counted_table(result):
    """The same where the updates of the minutes were counted, each contestant beside the peers."""
    names = {
        "own": "minimind-256x6, vocabulary 6400, rows of 340, AdamW 1e-3",
        "tuned": "minimind-256x6, our vocabulary, rows of 256, best rate",
    }
    summary = result["summary"]
    peers = [name for name in names if name in summary]
    rows = []
    for name, row in summary.items():
        rate = f" ({row['learning_rate']:g})" if name == "tuned" else ""
        rows.append(
            [
                names.get(name, f"mof {name}") + rate,
                f"{row['parameters'] / 1e6:.1f} M",
                row["way"],
                f"{row['tokens'] / 1e6:.2f} M ({row['passes']:.2f})",
                f"{row['mean']:.3f} ({row['least']:.3f} to {row['most']:.3f})",
                row["runs"],
                *("" if name in names else f"{row['mean'] / summary[peer]['mean']:.3f}" for peer in peers),
            ]
        )
    header = ["model", "parameters", "products", "tokens (times through the text)"]
    header += ["bits per byte (least to most)", "runs"]
    beside = ["beside minimind's shape, 6400", "beside the same, tuned"]
    return markdown_table([*header, *(beside[list(names).index(peer)] for peer in peers)], rows)


def page(folder=RESULTS):
    """All tables of the results in a folder, as Markdown; a result that is missing is named."""
    parts = []
    for file, title, tables in (
        (SPEED, "Training speed", (products_table, speed_table, ratio_table)),
        (CAPPED_SPEED, "Kept to AVX2", (products_table, speed_table, generating_table, ratio_table)),
        (EQUAL_TIME, "Quality at equal time, by the clock", (equal_time_table,)),
        (COUNTED, "Quality at equal time, by counted updates", (counted_table,)),
    ):
        path = Path(folder) / file
        parts.append(f"## {title}")
        if not path.is_file():
            parts.append(f"Not measured yet: {file} is missing.")
            continue
        result = json.loads(path.read_text(encoding="utf-8"))
        if result.get("is_short") or result.get("short"):
            parts.append(TRIAL)
        parts += [table for table in (make(result) for make in tables) if table]
        machine = result["machine"]
        place = f"{machine.get('processor')}, {machine.get('cores')} cores"
        parts.append(f"{result['date']}, {place}: `{result['command']}`")
        for failure in result.get("failures", []):
            parts.append(f"Failed: {failure['case']}.")
        parts += result.get("missing", [])
    return "\n\n".join(parts) + "\n"


def _name(case):
    return case["model"] if case["kind"] == "peer" else f"mof {case['model']}"


def _cases(result, kind, model):
    return [case for case in result["cases"] if case["kind"] == kind and case["model"] == model]


def _fastest(cases):
    return max(cases, key=lambda case: case["characters_per_second"], default=None)


def main():
    """Print the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=RESULTS, help="of the JSON files")
    print(page(parser.parse_args().folder), end="")


if __name__ == "__main__":
    main()
