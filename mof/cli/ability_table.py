"""The results of `mof abilities` as text for a terminal."""


def family_line(result):
    """A FamilyAccuracy in one line."""
    return (
        f"{result.family:<28} {result.kind:<10} {result.split:<9} {result.share:>4.0%} "
        f"({result.low:.0%} to {result.high:.0%}; blind {max(result.majority, result.nearest):.0%})"
    )


def ability_table(report, expert_names):
    """Shares by kind and split, and the router's weights by kind.

    Args:
        report: as `mof.evaluation.ability_report.judge_abilities` gives it. expert_names: list of str.

    Returns:
        str.
    """
    lines = ["", _row("kind", "split", "right", "95%", "commonest", "most similar")]
    for kind, splits in report["kinds"].items():
        for split, row in splits.items():
            share = f"{row['num_right'] / row['num_questions']:.1%}"
            interval = f"{row['low']:.1%} to {row['high']:.1%}"
            lines.append(
                _row(kind, split, share, interval, f"{row['majority']:.1%}", f"{row['nearest']:.1%}")
            )
    for kind, row in report["router"].items():
        weights = zip(expert_names, row["mean"], row["half"], strict=True)
        lines.append(f"router on {kind:<11} " + ", ".join(f"{n} {m:.1%} ± {h:.1%}" for n, m, h in weights))
    return "\n".join(lines)


def memory_table(memory):
    """The needle by distance and the loss by position, in a few lines.

    Args:
        memory: as `mof.evaluation.memory_report.judge_memory` gives it.

    Returns:
        str.
    """
    lines = [f"A fact recalled, by tokens in between (trained at {memory['trained_length']:,}):"]
    for row in memory["needle"]:
        share = row["num_right"] / row["num_trials"]
        lines.append(
            f"  {row['distance']:>6,}  {share:>4.0%} ({row['low']:.0%} to {row['high']:.0%}), "
            f"{row['nats_without'] - row['nats']:+.2f} nats by having read it"
        )
    positions = memory["positions"]
    if positions is None or not memory["needle"]:
        lines.append("  The held-out text is too short to look further.")
    if positions is not None:
        lines.append("Nats per token by position in a long text:")
        for i, (nats, half) in enumerate(zip(positions["nats"], positions["half"], strict=True)):
            start = i * positions["block"]
            lines.append(f"  {start:>6,} to {start + positions['block'] - 1:<6,} {nats:.3f} ± {half:.3f}")
    return "\n".join(lines)


def writing_line(writing):
    """How much continuations repeat themselves, in a line.

    Args:
        writing: as `mof.evaluation.writing_report.judge_writing` gives it.

    Returns:
        str.
    """
    if writing is None:
        return "No held-out text is long enough to compare its continuation with the model's."
    return (
        f"4-grams said again within {writing['num_characters']} characters: {writing['written']:.1%} in "
        f"{writing['num_texts']} continuations, {writing['real']:.1%} in the real ones."
    )


def _row(kind, split, share, interval, majority, nearest):
    return f"{kind:<11} {split:<9} {share:>6}   {interval:<15}  {majority:>9}  {nearest:>12}"
