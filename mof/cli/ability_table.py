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


def _row(kind, split, share, interval, majority, nearest):
    return f"{kind:<11} {split:<9} {share:>6}   {interval:<15}  {majority:>9}  {nearest:>12}"
